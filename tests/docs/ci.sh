#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In each CI system of docs/ci/ a night is kept whatever it comes to: a cache that is saved after success alone has no
# red one. And the message that is shown is the one that this night wrote. Arguments: the folder, khotest.
set -eu
github=$1/github-nightly.yml
if grep -q 'actions/cache@' "$github" || ! grep -A 1 'actions/cache/save@' "$github" | grep -q 'if: always()'; then
  echo "$github keeps nothing of a red night" >&2
  exit 1
fi
# a key that an entry has already is not saved: that of the night before would stay
if ! grep -A 6 'actions/cache/save@' "$github" | grep -q 'key: .*run_id.*run_attempt'; then
  echo "$github saves under a key that is not new each night" >&2
  exit 1
fi
if ! grep -A 3 '^  cache:' "$1/gitlab-nightly.yml" | grep -q 'when: always'; then
  echo "$1/gitlab-nightly.yml keeps nothing of a red night" >&2
  exit 1
fi
# of a night that failed before it began there is none, and the newest in the cache is that of another night
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for file in "$1"/*-nightly.yml; do
  night=$(sed -n 's/^ *\(- \|run: \)build\/khotest \(nightly .*\) > message\.[a-z]*$/\2/p' "$file")
  if [ -z "$night" ] || grep -q 'results/nights/' "$file"; then
    echo "$file shows the message of whichever night is the newest" >&2
    exit 1
  fi
  # its options are understood: what is wrong is the plan, and of that nothing is said where the message goes
  if "$2" $night --plan no-such-plan -o "$dir" > "$dir/out" 2> "$dir/err" || [ -s "$dir/out" ] ||
    ! grep -q 'no plan' "$dir/err"; then
    echo "$file: khotest $night: $(cat "$dir/err")" >&2
    exit 1
  fi
done
