#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
#   tests/coverage.sh BUILD
#
# After the tests of a build folder that was set up with -Db_coverage=true: how many lines of each room they execute, of each
# file of which they execute less than three quarters, and the sum. By gcov, which gcc brings. docs/coverage.md has what that
# means.
set -eu
build=${1:?give the build folder}
cd "$build"
find harness -name '*.gcno' | grep -q . || { echo "$build was not set up with -Db_coverage=true" >&2; exit 99; }
# a file that no test has run has no .gcda: gcov says 0% of it
find harness -name '*.gcno' -print0 | xargs -0 gcov --no-output 2>/dev/null |
  awk -F"[':% ]+" '
    /^File / { file = $2; sub(/^(\.\.\/)+/, "", file) }
    /^Lines executed/ && file ~ /^harness\/.*\.c$/ && !seen[file]++ {
      all = $NF; done = $3 * all / 100
      split(file, part, "/")
      room_all[part[2]] += all; room_done[part[2]] += done; sum_all += all; sum_done += done
      if (done < 0.75 * all)
        low[file] = sprintf("%-44s %5.1f%% of %4d", file, 100 * done / all, all)
    }
    END {
      for (room in room_all)
        printf "%-12s %5.1f%% of %5d lines\n", room, 100 * room_done[room] / room_all[room], room_all[room] | "sort"
      close("sort")
      printf "%-12s %5.1f%% of %5d lines\n\n", "all", 100 * sum_done / sum_all, sum_all
      for (file in low)
        print low[file] | "sort"
    }'
