#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
#   tests/fuzz/run.sh [-n EXECUTIONS] [-t SECONDS] [-l BYTES] [-w FOLDER] [-m] [-o FILE] BUILD [TARGET...]
#
# Gives libFuzzer each target, one after the other, until it has so many executions (-n, 10000000) or so much time
# (-t, for each target; no limit without it), with inputs of up to so many bytes (-l, 2048; twice as many, and again,
# for a target whose seeds reach less than half of what they reach uncut), and prints a table of all targets: how many
# places of the program were reached, and how many the seeds alone reach. BUILD has to be set up as docs/security.md
# has it. FOLDER (fuzz-work in BUILD) keeps what libFuzzer found worth keeping, its logs, and what it failed on:
# another run goes on there, and executions add up. -n 0 prints the table alone. -m takes over into the tree's corpora
# the smallest inputs that reach what those do not, a few KiB a target. -o writes the table into a file too, in the
# place of the one that it has at its end. Exit status 1: something was found.
set -eu
tree=$(cd "$(dirname "$0")/../.." && pwd)
wanted=10000000 seconds=0 longest=2048 work= merge= output=
merged_most=3000 # bytes a target
uncut_length=1048576
while getopts n:t:l:w:mo: option; do
  case $option in
  n) wanted=$OPTARG ;;
  t) seconds=$OPTARG ;;
  l) longest=$OPTARG ;;
  w) work=$OPTARG ;;
  m) merge=yes ;;
  o) output=$OPTARG ;;
  *) exit 99 ;;
  esac
done
shift $((OPTIND - 1))
build=${1:?give the build folder}
shift
fuzz=$(cd "$build" && pwd)/tests/fuzz/khotest-fuzz
[ -x "$fuzz" ] || { echo "$fuzz is not there: docs/security.md has how it is built" >&2; exit 77; }
work=${work:-$build/fuzz-work}
mkdir -p "$work"
rm -f "$work/ended"
corpora=$tree/tests/fuzz/corpus
export KHOTEST_FUZZ_CORPORA="$corpora" KHOTEST_FUZZ_RECORDINGS="$tree/tests/golden/recordings"
# inputs are short; long ones are for the test of how time grows (replay.c)
limits="-timeout=10 -rss_limit_mb=2048"
# replay.c of each test run has leaks looked for; here that is up to half of the time
limits="$limits -detect_leaks=0"
# the stack of each allocation is half of the time
# and memory that waits for its second use: of one execution a little is enough to see it, and the rest is only cold,
# which is half of the time again; what was given back to the system costs a page fault to have again
asan=malloc_context_size=2:quarantine_size_mb=0:thread_local_quarantine_size_kb=64:allocator_release_to_os_interval_ms=-1
export ASAN_OPTIONS="${ASAN_OPTIONS-$asan}"

list() { KHOTEST_FUZZ_LIST=yes "$fuzz"; }
targets=${*:-$(list | cut -f1)}

# executions of a target so far: $1
done_of() {
  cat "$work/$1".*.log 2>/dev/null | awk '/^stat::number_of_executed_units:/ { n += $2 } END { print n + 0 }'
}

seeds_of() {
  rm -rf "$work/$1.seeds"
  mkdir -p "$work/$1.seeds" "$work/$1.corpus"
  KHOTEST_FUZZ_TARGET=$1 KHOTEST_FUZZ_SEEDS="$work/$1.seeds" "$fuzz"
}

# the places of the program that the seeds of a target reach, cut to so many bytes: $1, $2
seeds_reach() {
  KHOTEST_FUZZ_TARGET=$1 "$fuzz" $limits -max_len="$2" -runs=0 "$work/$1.seeds" 2>&1 |
    awk '/INITED|DONE/ && !n { for (i = 1; i < NF; i++) if ($i == "cov:") n = $(i + 1) } END { print n + 0 }'
}

# inputs that are cut in the wrong place are run as often as one likes, and say nothing
length_of() {
  length=$longest
  uncut=$(seeds_reach "$1" "$uncut_length")
  while [ "$length" -lt "$uncut_length" ] && [ $((2 * $(seeds_reach "$1" "$length"))) -lt "$uncut" ]; do
    length=$((2 * length))
  done
  echo "$length"
}

# the most places that were reached while a target was fuzzed
reached() { cat "$work/$1".*.log 2>/dev/null | sed -n 's/.* cov: \([0-9]*\).*/\1/p' | sort -n | tail -n 1; }

fuzz_target() {
  left=$((wanted - $(done_of "$1")))
  [ "$left" -gt 0 ] || return 0
  seeds_of "$1"
  KHOTEST_FUZZ_TARGET=$1 nice -n 19 "$fuzz" $limits -max_len="$(length_of "$1")" -runs="$left" \
    -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$work/$1.found-" \
    "$work/$1.corpus" "$work/$1.seeds" >"$work/$1.$(date +%s).log" 2>&1 ||
    echo "$1: ended with status $?; $(ls -t "$work/$1".*.log | head -n 1) says why" | tee -a "$work/ended" >&2
}

merge_target() {
  rm -rf "$work/$1.merged"
  mkdir -p "$work/$1.merged" "$work/$1.corpus" "$corpora/$1"
  cp "$corpora/$1"/* "$work/$1.merged" 2>/dev/null || true
  KHOTEST_FUZZ_TARGET=$1 "$fuzz" -max_len=512 -timeout=10 -merge=1 "$work/$1.merged" "$work/$1.corpus" >/dev/null 2>&1
  size=0
  for file in $(ls -Sr "$work/$1.merged"); do
    case $file in *[!0-9a-f]*) continue ;; esac
    [ "${#file}" = 40 ] && [ ! -e "$corpora/$1/$file" ] || continue
    size=$((size + $(stat -c %s "$work/$1.merged/$file")))
    [ "$size" -le "$merged_most" ] || break
    cp "$work/$1.merged/$file" "$corpora/$1/$(printf %.12s "$file")"
  done
}

for target in $targets; do
  [ "$wanted" = 0 ] || fuzz_target "$target"
  [ -z "$merge" ] || merge_target "$target"
done

print_table() {
  echo '| target | parser | executions | places | of seeds | findings, mended |'
  echo '| --- | --- | ---: | ---: | ---: | --- |'
  list | while IFS="$(printf '\t')" read -r target parser; do
    found=$(ls "$corpora/$target" 2>/dev/null | sed -n 's/^found-//p' | tr '\n' ' ' | sed 's/ $//; s/ /, /g')
    [ -d "$work/$target.seeds" ] || seeds_of "$target"
    printf '| `%s` | `%s` | %s | %s | %s | %s |\n' "$target" "$parser" "$(done_of "$target")" "$(reached "$target")" \
      "$(seeds_reach "$target" "$uncut_length")" "$found"
  done
}

print_table
if [ -n "$output" ]; then
  { sed '/^| target | parser/,$d' "$output"; print_table; } >"$work/table"
  cp "$work/table" "$output"
fi
[ -e "$work/ended" ] || ls "$work"/*.found-* >/dev/null 2>&1 || exit 0
echo "found, and not mended: $(cat "$work/ended" 2>/dev/null; ls "$work"/*.found-* 2>/dev/null)" >&2
exit 1
