#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Proves the arrows of the design: what each library must not call, by its undefined symbols.
#   layers.sh NM LIBRARY=PATH...
set -euo pipefail

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

nm=$1
shift
status=0
for pair in "$@"; do
	name=${pair%%=*}
	path=${pair#*=}
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
