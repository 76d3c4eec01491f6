# SPDX-License-Identifier: AGPL-3.0-or-later
# Turns catalog.csv into the rows of catalog.c. A CMake script, so that cross builds need no host compiler.
#   cmake -D CSV=catalog.csv -D OUT=catalog_rows.inc -P catalog.cmake
cmake_minimum_required(VERSION 3.25)
set(SECTORS water food shelter health hygiene baby power cleanup transport comms clothing people animals information
	legal safety)

# "0.0083" to 8: thousandths, rounded to the nearest. Empty is 0.
function(thousandths out text)
	if(text STREQUAL "")
		set(${out} 0 PARENT_SCOPE)
		return()
	endif()
	if(NOT text MATCHES "^([0-9]+)(\\.([0-9]+))?$")
		message(FATAL_ERROR "${CSV}: '${text}' is not a number")
	endif()
	set(whole ${CMAKE_MATCH_1})
	string(SUBSTRING "${CMAKE_MATCH_3}0000" 0 4 fraction)
	math(EXPR value "(${whole} * 10000 + 1${fraction} - 10000 + 5) / 10")
	set(${out} ${value} PARENT_SCOPE)
endfunction()

# Takes the next field, quoted or not, from the front of `line`.
macro(next_field out)
	if(line MATCHES [[^"([^"]*)",?(.*)$]])
	elseif(line MATCHES [[^([^,]*),?(.*)$]])
	endif()
	set(${out} "${CMAKE_MATCH_1}")
	set(line "${CMAKE_MATCH_2}")
endmacro()

file(STRINGS ${CSV} lines ENCODING UTF-8)
set(HEADER
	code,slug,sector,unit,kg_each,per_person_per_day,once_per_unit,applies_to,tier,sealed,en,es,fr,ht,also,source)
set(rows "/* Generated from proto/catalog/catalog.csv by proto/catalog/catalog.cmake. */\n")
foreach(line IN LISTS lines)
	if(line STREQUAL HEADER)
		set(header_seen true)
		continue()
	endif()
	foreach(name code slug sector unit kg per_day once applies_to tier sealed en es fr ht also source)
		next_field(${name})
	endforeach()
	list(FIND SECTORS "${sector}" sector_index)
	if(sector_index LESS 0)
		message(FATAL_ERROR "${CSV}: ${code}: unknown sector ${sector}")
	endif()
	# "~1.2" is an estimate.
	set(kg_estimate false)
	if(kg MATCHES "^~(.+)$")
		set(kg_estimate true)
		set(kg ${CMAKE_MATCH_1})
	endif()
	thousandths(kg_milli "${kg}")
	thousandths(per_day_milli "${per_day}")
	thousandths(once_milli "${once}")
	if(sealed STREQUAL "1")
		set(sealed true)
	else()
		set(sealed false)
	endif()
	set(suggestion false)
	if(source MATCHES "assumption|from memory" OR (source STREQUAL "" AND NOT "${per_day}${once}" STREQUAL ""))
		set(suggestion true)
	endif()
	string(APPEND rows "{ .code = ${code}, .slug = \"${slug}\", .sector = \"${sector}\", .unit = \"${unit}\",\n"
		"  .applies_to = \"${applies_to}\", .sector_index = ${sector_index}, .kg_milli = ${kg_milli},\n"
		"  .per_person_day_milli = ${per_day_milli}, .once_per_unit_milli = ${once_milli}, .tier = ${tier},\n"
		"  .sealed = ${sealed}, .suggestion = ${suggestion}, .kg_estimate = ${kg_estimate},\n"
		"  .labels = { \"${en}\", \"${es}\", \"${fr}\", \"${ht}\" }, .also = \"${also}\" },\n")
endforeach()
if(NOT header_seen)
	message(FATAL_ERROR "${CSV}: its header is not ${HEADER}")
endif()
file(WRITE ${OUT} "${rows}")
