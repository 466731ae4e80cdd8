#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Three nights of a branch: nothing is wrong; then a boot executes 3% more; then scratch is lost. results/three-nights/ has what
# came out.
#
#   tests/threenights.sh KHOTEST DIR   DIR, which should be new, gets the repository, the plan, nights and site
#
# Takes 20 minutes of two cores, and the tree of 7.2 in the cache (tests/planted.sh). Your own kernels stay as they are.
set -eu

khotest=$(realpath "${1:?usage: $0 KHOTEST DIR}")
project=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "${2:?usage: $0 KHOTEST DIR}"
cd "$2"
export XDG_CONFIG_HOME="$PWD/config" KHOTEST_RESULTS="$PWD/results"

sh "$project/tests/planted.sh" "$PWD/linux"
# twice what is planted there: 1.7% would be found as well
git -C linux checkout -q -f slow
sed -i 's/planted < 650000/planted < 1300000/' linux/mm/mm_init.c
git -C linux -c user.name=khotest -c user.email=khotest@localhost commit -q -a -m "mm/mm_init: count further at boot"
git -C linux checkout -q -f verdict

cat >small.plan <<'END'
[plan]
summary=one kernel, 1G: the verdict, and what a boot costs in instructions

[check]
kernels=planted
series=stock
memory=1G

[cost]
kernels=planted
series=stock
memory=1G
mode=counted
END

for branch in base slow verdict; do
  git -C linux branch -q -f next $branch
  status=0
  "$khotest" nightly --plan ./small.plan --source "planted=$PWD/linux#next" --site site || status=$?
  echo "the night of $branch: exit status $status"
done
