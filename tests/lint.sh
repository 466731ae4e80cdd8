#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
#   tests/lint.sh [-a] BUILD [FILE...]
#
# clang-tidy (.clang-tidy says what it asks, and why not more) and cppcheck (tests/cppcheck.supp) over the C files of a build
# folder: with -a over all, clang's analyzer included, which takes half an hour; without it over the rooms that read
# what is not ours and judge it, which takes a minute or two. Exit status 1: something was found; 77: a tool is missing.
set -eu
cd "$(dirname "$0")/.."
rooms='base|machine|proto|measure|store|run' analyzer='-clang-analyzer-*' jobs=$(nproc)
case "${1-}" in
-a) rooms= analyzer=; shift ;;
esac
build=${1:?give the build folder}
shift
[ -f "$build/compile_commands.json" ] || { echo "$build is no build folder" >&2; exit 99; }
for tool in clang-tidy cppcheck; do
  command -v $tool >/dev/null || { echo "there is no $tool here (Debian package: $tool)" >&2; exit 77; }
done

# others find other things, which nobody has looked at yet: Debian 12 has these
clang-tidy --version | grep -q "version 14\." && cppcheck --version | grep -q " 2\.10" || {
  echo "what is asked of the sources was chosen for clang-tidy 14 and cppcheck 2.10; here are others" >&2
  exit 77
}

# as meson names them, from the build folder
files() {
  [ $# = 0 ] || { printf '%s\n' "$@"; return; }
  sed -n 's|^ *"file": "\.\./\(.*\.c\)",*$|\1|p' "$build/compile_commands.json" | sort -u |
    grep -E "^(harness|initramfs|tests)/" | { if [ -n "$rooms" ]; then grep -E "^harness/($rooms)/"; else cat; fi; }
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
files "$@" >"$work/files"
echo "$(wc -l <"$work/files") files"
xargs -P "$jobs" -n 4 nice -n 10 clang-tidy --quiet --warnings-as-errors='*' --extra-arg=-w ${analyzer:+--checks="$analyzer"} \
  -p "$build" <"$work/files" >"$work/tidy" 2>"$work/tidy.err" || true
# one line a finding, once where a header is read by many
sed -n "s|^$PWD/||; s|^.*/\.\./||; /\(warning\|error\): .*\[/p" "$work/tidy" | sort -u >"$work/found"
# a file that cannot be read is not a clean one
grep "^Error while processing" "$work/tidy.err" | sort -u >"$work/unread" || true
[ -s "$work/found" ] || cat "$work/unread" >>"$work/found"
nice -n 10 cppcheck -j "$jobs" --quiet --enable=warning,portability --library=gtk --inline-suppr --std=c11 \
  --suppressions-list=tests/cppcheck.supp --template='{file}:{line}: {severity}: {message} [{id}]' \
  --file-list="$work/files" -D__GNUC__=12 -D__x86_64__ -DG_LOG_DOMAIN='"khotest"' '-DG_DEFINE_QUARK(a,b)=' $(printf ' -I %s' harness/*/include) \
  >>"$work/found" 2>&1 || true
cat "$work/found"
[ ! -s "$work/found" ] || { echo "$(wc -l <"$work/found") findings" >&2; exit 1; }
