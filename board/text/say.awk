# SPDX-License-Identifier: AGPL-3.0-or-later
# Makes C and JavaScript of the language files. An awk script, so that cross builds need no host compiler.
#   awk -v out=FOLDER -f say.awk en.txt es.txt ...      the first file decides which codes there are
# Writes say_codes.inc, say_texts.inc, language_codes.inc, language_names.inc and words.js into FOLDER. A language that
# lacks a code, has one more, or fills in what the first does not know is an error, with the file and the code.

function fail(why) {
	print FILENAME ": " why > "/dev/stderr"
	failed = 1
}

# {name} and {name|one|many} in `text` as {0} and {0|one|many}. In the first language they count as they come.
function number_values(text,    done, name, i, found) {
	done = ""
	while (match(text, /\{[a-z]+[}|]/)) {
		name = substr(text, RSTART + 1, RLENGTH - 2)
		found = -1
		for (i = 0; i < value_count[code]; i++)
			if (value_name[code, i] == name)
				found = i
		if (found < 0 && language == 0) {
			found = value_count[code]++
			value_name[code, found] = name
		}
		if (found < 0) {
			fail(code ": nothing is called {" name "} in the first language")
			return text
		}
		done = done substr(text, 1, RSTART) found substr(text, RSTART + RLENGTH - 1, 1)
		text = substr(text, RSTART + RLENGTH)
	}
	return done text
}

# As a literal of C and JavaScript. Character by character: awks differ in how they replace a backslash.
function quoted(text,    i, c, done) {
	done = ""
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		done = done (c == "\\" || c == "\"" ? "\\" : "") c
	}
	return "\"" done "\""
}

function constant(text) {
	gsub(/-/, "_", text)
	return "SAY_" toupper(text)
}

BEGIN {
	language = -1
	code_count = 0
}

FNR == 1 {
	language++
	path = FILENAME
	sub(/^.*\//, "", path)
	sub(/\.txt$/, "", path)
	short[language] = path
}

/^#/ || /^$/ {
	next
}

!/^[a-z][a-z0-9-]* = ./ {
	fail("line " FNR " is not: code = text")
	next
}

{
	at = index($0, " = ")
	code = substr($0, 1, at - 1)
	text = substr($0, at + 3)
	if (code == "language") {
		name[language] = text
		next
	}
	if (code == "singular-zero") {
		zero[language] = text == "yes"
		next
	}
	if (language == 0)
		codes[code_count++] = code
	if (said[0, code] == "" && language > 0)
		fail(code " is not in the first language")
	if (said[language, code] != "")
		fail(code " stands twice")
	said[language, code] = number_values(text)
}

END {
	texts = out "/say_texts.inc"
	enums = out "/say_codes.inc"
	languages = out "/language_codes.inc"
	names_of = out "/language_names.inc"
	words = out "/words.js"
	print "/* Generated from board/text/languages by board/text/say.awk. */" > enums
	print "enum say_code {\n\tSAY_NOTHING," > enums
	for (i = 0; i < code_count; i++)
		print "\t" constant(codes[i]) "," > enums
	print "\tSAY_CODES\n};" > enums
	print "/* Generated from board/text/languages by board/text/say.awk. */\nenum language {" > languages
	for (l = 0; l <= language; l++)
		print "\tLANGUAGE_" toupper(short[l]) "," > languages
	print "\tLANGUAGES\n};" > languages
	listed = short[0]
	for (l = 1; l <= language; l++)
		listed = listed (l < language ? ", " : " or ") short[l]
	print "\n/* For whoever chooses one. */\n#define LANGUAGES_LISTED " quoted(listed) > languages
	print "\n/* How many values each has. */\nenum {" > enums
	for (i = 0; i < code_count; i++)
		print "\t" constant(codes[i]) "_VALUES = " (value_count[codes[i]] + 0) "," > enums
	print "};" > enums

	print "/* Generated from board/text/languages by board/text/say.awk. */" > texts
	print "/* Generated from board/text/languages by board/text/say.awk. */" > names_of
	print "static const struct tongue TONGUES[LANGUAGES] = {" > names_of
	for (l = 0; l <= language; l++)
		print "\t{ " quoted(short[l]) ", " quoted(name[l]) ", " (zero[l] ? "true" : "false") " }," > names_of
	print "};" > names_of
	print "static const struct phrase PHRASES[SAY_CODES] = {" > texts
	for (i = 0; i < code_count; i++) {
		code = codes[i]
		names = ""
		for (v = 0; v < value_count[code]; v++)
			names = names (v ? " " : "") value_name[code, v]
		print "\t[" constant(code) "] = { " quoted(code) ", " quoted(names) ", {" > texts
		for (l = 0; l <= language; l++) {
			if (said[l, code] == "") {
				print short[l] ".txt: " code " is not said" > "/dev/stderr"
				failed = 1
			}
			print "\t\t" quoted(said[l, code]) "," > texts
		}
		print "\t} }," > texts
	}
	print "};" > texts

	print "'use strict';\n// The words of the page, by language: made of board/text/languages." > words
	printf "const LANGUAGES = [" > words
	for (l = 0; l <= language; l++)
		printf "%s[%s, %s]", l ? ", " : "", quoted(short[l]), quoted(name[l]) > words
	print "];\nconst WORDS = {" > words
	for (i = 0; i < code_count; i++) {
		code = codes[i]
		if (code !~ /^page-/)
			continue
		printf "%s: [", quoted(substr(code, 6)) > words
		for (l = 0; l <= language; l++)
			printf "%s%s", l ? ", " : "", quoted(said[l, code]) > words
		print "]," > words
	}
	print "};" > words
	if (failed)
		exit 1
}
