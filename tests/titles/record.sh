#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Puts a run directory into recordings.tar.xz: record.sh RUNDIR NAME [WHAT WAS DONE TO IT]
# record.sh --drop NAME takes one out. One archive for all: runs of one kernel have nearly everything in common.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
all=$(mktemp -d)
trap 'rm -rf "$all"' EXIT
[ ! -e "$here/recordings.tar.xz" ] || tar -C "$all" -xJf "$here/recordings.tar.xz"
target=$all/$2
rm -rf "$target"
if [ "$1" != --drop ]; then
  # what the judgement reads, without where this machine keeps its files
  mkdir -p "$target"
  cp -R "$1/hops" "$target" 2>/dev/null || true
  for file in journal.jsonl console.log console.times machine.txt memory.core lines.txt; do
    [ ! -e "$1/$file" ] || cp "$1/$file" "$target"
  done
  sed 's|"/[^"]*/\([^"/]*\)"|"/recorded/\1"|' "$1/plan.json" >"$target/plan.json"
  # without the sums by which a change would come to light: the test makes some
  sed -i -E 's/,"(plan|crc|seal)":"[0-9a-f]+"//g' "$target/journal.jsonl"
  # of a machine that was read: what its memory is understood by
  [ ! -e "$1/memory.core" ] || { cp -R "$1/kernels" "$target" && rm -f "$target"/kernels/*/config; }
  [ -z "${3-}" ] || echo "$3" >"$target/how"
fi
chmod -R u=rwX,go=rX "$all"
tar -C "$all" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf - $(ls "$all") | xz -9e -T1 >"$here/new.tar.xz"
mv "$here/new.tar.xz" "$here/recordings.tar.xz"
