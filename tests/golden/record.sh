#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes a recording out of a run directory: record.sh RUNDIR NAME
# Leaves out what the judgement does not read, and where this machine keeps its files.
set -eu
target=$(dirname "$0")/recordings/$2
rm -rf "$target"
mkdir -p "$target"
cp -R "$1/hops" "$target" 2>/dev/null || true
for file in journal.jsonl console.log console.times; do
  [ ! -e "$1/$file" ] || cp "$1/$file" "$target"
done
chmod -R u+w,go+r "$target"
[ ! -e "$1/plan.json" ] || sed 's|"/[^"]*/\([^"/]*\)"|"/recorded/\1"|' "$1/plan.json" >"$target/plan.json"
