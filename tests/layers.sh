#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Proves the arrows of the design: what each library must not call, by its undefined symbols; and what each folder may
# include, its inner folders too; and that no files of one library call each other in a circle.
#   layers.sh SOURCE_DIR NM LIBRARY=PATH...
set -euo pipefail

# A folder, and the folders whose headers it may include besides its own. An arrow that is not here is an error, and so is
# one that nothing uses any more.
arrows() {
	cat <<-'TABLE'
		proto
		proto/catalog    proto
		proto/place
		sync/set         proto
		sync/clock       sync/set
		sync/link        proto sync/set
		sync/radio       proto sync/set
		sync             proto sync/set sync/link sync/radio
		sync/fold        proto sync/set
		sync/plan        proto proto/catalog proto/place sync/set sync/fold
		board/text       proto/catalog
		board            board/text proto/catalog
		board/http
		board/tables     board board/text proto/catalog proto/place
		board/display    board board/text proto/catalog
		board/page       board board/text board/http proto/catalog
		board/api        board board/text board/http board/tables board/display board/page proto/catalog
		node/settings    proto proto/place board/display
		node/system      sync/clock node/settings
		node/system/synchronised node/system
		node/setup       proto node/settings node/system
		node/picture     proto proto/catalog proto/place sync/set sync/fold sync/plan board board/text node/system
		node/store       proto sync node/settings node/system node/picture
		node/link        proto sync sync/clock sync/radio node/settings node/system node/picture node/store
		node/radio       proto sync board board/text node/settings node/picture
		node/questions   proto proto/catalog proto/place sync sync/clock sync/fold board node/system node/picture node/store
		node/history     proto board board/text node/system node/picture node/store
		node/desk        proto proto/catalog proto/place sync/clock board board/text node/settings node/system node/setup node/picture node/store node/history
		node             board board/api board/display node/settings node/system node/setup node/picture node/store node/link node/radio node/questions node/history node/desk
	TABLE
}

# "FOLDER INCLUDED" for every include of a header of another folder of ours.
includes() {
	grep -rnoE '^#include "(proto|sync|board|node)/[a-z0-9_/-]+\.[a-z]+"' proto sync board node --include='*.c' --include='*.h' |
		sed -E 's|^([a-z/]+)/[^/:]+:[0-9]+:#include "([a-z/]+)/[^/]*"$|\1 \2|' | awk '$1 != $2' | sort -u
}

check_includes() {
	local wrong
	wrong=$(comm -3 <(arrows | awk '{ for (i = 2; i <= NF; i++) print $1, $i }' | sort -u) <(includes) |
		awk -F '\t' '$1 != "" { print "nothing needs the arrow " $1 " any more: take it out of layers.sh" }
			$2 != "" { print "an arrow that is not allowed: " $2 }')
	[ -z "$wrong" ] || { echo "$wrong"; return 1; }
}

pure='uv_.*|sqlite3_.*|socket|bind|listen|accept4?|connect|send|sendto|sendmsg|recv|recvfrom|recvmsg'
pure+='|clock|clock_.*|time|gettimeofday|timespec_get|nanosleep|usleep|sleep|rand|rand_r|s?random(_r)?|srand|[demjln]rand48'
pure+='|arc4random.*|getrandom|getentropy|randombytes.*|open(at)?(64)?|fd?open(64)?|fopen(64)?|read|write|pread(64)?|pwrite(64)?'
pure+='|fread|fwrite|close|unlink|getenv|pthread_.*'
heap='malloc|calloc|realloc|reallocarray|free|strdup|strndup|aligned_alloc|posix_memalign|asprintf|vasprintf|sodium_malloc'

# The extended regular expression of the symbols that a library must not need.
forbidden() {
	case $1 in
	proto) echo "$pure|$heap" ;;
	sync) echo "$pure|$heap" ;;
	board) echo 'sqlite3_.*|sync_.*|fold_.*|entry_.*|frame_.*' ;;
	*) return 1 ;;
	esac
}

# What calls what among the files of a library, in an order if there is one: tsort names the files of a circle.
check_circles() {
	local name=$1 path=$2 found
	found=$("$nm" -A "$path" | awk '
		{ split($1, part, ":"); object = part[2]; type = $(NF - 1); symbol = $NF }
		type ~ /^[TDRBC]$/ { home[symbol] = object }
		type == "U" { from[++uses] = object; needs[uses] = symbol }
		END {
			for (i = 1; i <= uses; i++)
				if (needs[i] in home && home[needs[i]] != from[i])
					print from[i], home[needs[i]]
		}' | sort -u | tsort 2>&1 >/dev/null || true)
	[ -z "$found" ] || { echo "files of $name call each other in a circle:"; echo "$found"; return 1; }
}

cd "$1"
nm=$2
shift 2
status=0
check_includes || status=1
for pair in "$@"; do
	name=${pair%%=*}
	path=${pair#*=}
	check_circles "$name" "$path" || status=1
	[ "$name" != node ] || continue # it may call what it likes
	pattern=$(forbidden "$name") || { echo "layers.sh: no rule for $name" >&2; exit 1; }
	symbols=$("$nm" -A -u "$path")
	[ -n "$symbols" ] || { echo "layers.sh: $path needs no symbol at all; is it a library?" >&2; exit 1; }
	# A line is "libsync.a:set.c.o:        U symbol"; a version may follow the symbol.
	if found=$(grep -E "[Uwv] (__)?($pattern)(_chk)?(@.*)?\$" <<<"$symbols"); then
		echo "$name must not call:"
		echo "$found"
		status=1
	fi
done
exit $status
