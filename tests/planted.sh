#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A git repository of a kernel with faults that are known: what bisections and nights are shown on, and tried on.
#
#   tests/planted.sh DIR   makes it, from the tree of 7.2 in the cache, whose objects it borrows; that tree stays as it is
#
# All branches begin at "base" and have 64 commits, which do nothing but for these:
#
#   verdict     41: the fix for scratch in deferred init is taken out again (patches/7.2/unfixed)
#   slow        23: each boot executes some 2 million instructions more
#   late        52: 600 million more, which times show too
#   all         33 does not build, 34 mends it
#
# Each commit touches a file or two, so that little is compiled for it. The same ids everywhere.
set -eu

dir=${1:?usage: $0 DIR}
project=$(cd "$(dirname "$0")/.." && pwd)
tree=${XDG_CACHE_HOME:-$HOME/.cache}/khotest/trees/7.2
[ -d "$tree/.git" ] || {
  echo "$0: there is no tree of 7.2 in the cache: 'khotest build --kernel 7.2 --series upstream' makes one" >&2
  exit 77
}
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
mkdir -p "$dir"
cd "$dir"
git init -q -b verdict .
echo "$tree/.git/objects" >.git/objects/info/alternates
base=$(git --git-dir="$tree/.git" rev-parse base)
git tag -f base "$base" >/dev/null
export GIT_AUTHOR_NAME=khotest GIT_AUTHOR_EMAIL=khotest@localhost
export GIT_COMMITTER_NAME=khotest GIT_COMMITTER_EMAIL=khotest@localhost

harmless="lib/string_helpers.c lib/cmdline.c kernel/liveupdate/kexec_handover.c mm/memblock.c lib/kasprintf.c
kernel/params.c mm/util.c lib/hexdump.c kernel/reboot.c mm/vmstat.c lib/bitmap.c kernel/ksysfs.c mm/page_alloc.c lib/sort.c"
files=$(echo $harmless | wc -w)

# $1: path, stdin: what the file is to be
put() {
  blob=$(git hash-object -w --stdin)
  git update-index --cacheinfo "100644,$blob,$1"
}

# $1: number, $2: subject; the index is its tree
commit() {
  GIT_AUTHOR_DATE="$((1767225600 + $1 * 3600)) +0000"
  GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
  export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
  head=$(git commit-tree -p "$head" -m "$2" "$(git write-tree)")
}

# $1: number. One more comment at the end of a file, each time of another one.
harmless_commit() {
  file=$(echo $harmless | cut -d ' ' -f $(($1 % files + 1)))
  { git show ":$file"; echo "/* planted: change $1 of nothing */"; } | put "$file"
  commit "$1" "$file: change nothing, number $1"
}

# $1: how often. A name of its own, so that nothing else has it; the loop cannot be optimised away
slower() {
  git show :mm/mm_init.c | awk -v times="$1" '
    { print }
    /^void __init page_alloc_init_late\(void\)/ { inside = 1 }
    inside && /^\tint nid;/ { print "\tunsigned long planted;\n\n\tfor (planted = 0; planted < " times "; planted++)\n\t\tbarrier();"; inside = 0 }' |
    put mm/mm_init.c
}

# $1: branch, $2: number of its fault, $3: subject
branch() {
  git read-tree base
  head=$base
  number=1
  while [ $number -le 64 ]; do
    if [ $number = "$2" ]; then
      case $1 in
      verdict) git apply --cached "$project"/patches/7.2/unfixed/*.patch ;;
      slow) slower 650000 ;;
      late) slower 200000000 ;;
      esac
      commit $number "$3"
    elif [ $number = 33 ]; then
      { git show :lib/sort.c; echo "this is no C"; } | put lib/sort.c
      commit $number "lib/sort.c: break the build"
    elif [ $number = 34 ]; then
      git show base:lib/sort.c | put lib/sort.c
      commit $number "lib/sort.c: mend the build"
    else
      harmless_commit $number
    fi
    number=$((number + 1))
  done
  git update-ref "refs/heads/$1" "$head"
}

branch verdict 41 "mm/mm_init: initialise scratch like any other memory"
branch slow 23 "mm/mm_init: look at each page once more"
branch late 52 "mm/mm_init: look at each page again and again"
for one in verdict slow late; do
  echo "$one: $(git rev-parse --short=12 base)..$(git rev-parse --short=12 $one), $(git rev-list --count base..$one) commits"
done
