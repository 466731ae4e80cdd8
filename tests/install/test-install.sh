#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What 'meson install' puts into DESTDIR, moved elsewhere and used from a folder that has nothing to do with it: data,
# settings, help, manual pages, completions. Nothing is written into the installation. test-install.sh BUILD PREFIX
set -eu
build=$1 prefix=$2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
n=0

result() { # ok|not ok, name
  n=$((n + 1))
  echo "$1 $n - $2"
}

# name, command...: it has to succeed
check() {
  name=$1
  shift
  if "$@" >"$place/out" 2>"$place/err"; then
    result ok "$name"
  else
    result 'not ok' "$name"
    sed 's/^/# /' "$place/out" "$place/err"
  fi
}

# name, words that have to be in what is said, status, command...
says() {
  name=$1 words=$2 wanted=$3
  shift 3
  status=0
  "$@" >"$place/out" 2>&1 || status=$?
  if [ "$status" = "$wanted" ] && grep -qF -e "$words" "$place/out"; then
    result ok "$name"
  else
    result 'not ok' "$name"
    echo "# status $status, wanted $wanted, and: $words"
    sed 's/^/# /' "$place/out"
  fi
}

check install env DESTDIR="$place/dest" meson install -C "$build" --no-rebuild --quiet
mv "$place/dest$prefix" "$place/moved"
khotest=$place/moved/bin/khotest share=$place/moved/share
(cd "$place/moved" && find . -type f -exec sha256sum {} + | sort) >"$place/before"

# a user who has nothing yet
mkdir "$place/home" "$place/elsewhere"
cd "$place/elsewhere"
export HOME="$place/home" XDG_CONFIG_HOME="$place/config" XDG_STATE_HOME="$place/state"
export XDG_CACHE_HOME="$place/cache" XDG_RUNTIME_DIR="$place"
unset KHOTEST_RESULTS KHOTEST_MEMORY KHOTEST_SOURCE KHOTEST_PROBE KHOTEST_CACHE

says data central 0 "$khotest" list kernels
says plans smoke 0 "$khotest" matrix smoke --dry-run
says data-place "$share/khotest" 0 "$khotest" config
says results "$place/state/khotest/runs" 0 "$khotest" run -m 1G --accel tcg --series unfixed --dry-run
says results-of-option "there/runs" 0 "$khotest" list runs --results "$place/elsewhere/../elsewhere/there"
says doctor "kernel tools" 0 "$khotest" doctor

mkdir -p "$place/config/khotest"
printf '[khotest]\nmemory=2G\nresults=~/out\n' >"$place/config/khotest/config"
says setting-of-file "machine     2G" 0 "$khotest" run --accel tcg --dry-run
says setting-of-file-place "$place/home/out/runs" 0 "$khotest" run --accel tcg --dry-run
says setting-of-variable "machine     3G" 0 env KHOTEST_MEMORY=3G "$khotest" run --accel tcg --dry-run
says setting-of-option "machine     1G" 0 env KHOTEST_MEMORY=3G "$khotest" run -m 1G --accel tcg --dry-run
says setting-shown "KHOTEST_MEMORY" 0 env KHOTEST_MEMORY=3G "$khotest" config
printf '[khotest]\nmemroy=2G\n' >"$place/config/khotest/config"
says setting-unknown "did you mean memory" 99 "$khotest" list
says help-all-the-same "usage: khotest VERB" 0 "$khotest" --help
rm "$place/config/khotest/config"

verbs=$("$khotest" --describe verbs)
for verb in $verbs; do
  says "help $verb" "khotest $verb" 0 "$khotest" "$verb" --help
done
topics=$("$khotest" help | awk 'seen { if (!NF) exit; print $1 } /^-----/ { seen = 1 }')
check topics test "$(echo "$topics" | wc -w)" -gt 15
for topic in $topics; do
  check "help $topic" sh -c "\"$khotest\" help $topic | grep -q ..."
done
says help-of-verb "--series" 0 "$khotest" help run
says help-nearest "did you mean rundir" 99 "$khotest" help rundri

if [ -d "$share/man" ]; then
  for verb in $verbs; do
    check "page of $verb" test -s "$share/man/man1/khotest-$verb.1"
  done
  check page-has-options grep -q 'memory-dir' "$share/man/man1/khotest-run.1"
  if command -v mandoc >/dev/null; then
    check mandoc mandoc -Tlint -W error "$share"/man/man*/*
  else
    result ok 'mandoc # SKIP it is not here'
  fi
  if command -v man >/dev/null && man --version 2>/dev/null | grep -q '^man '; then
    check man sh -c "for page in $share/man/man*/*; do MANWIDTH=100 LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l -Tutf8 -Z \
      \$page 2>&1 >/dev/null; done | tee $place/warnings; ! [ -s $place/warnings ]"
  else
    result ok 'man # SKIP it is not here'
  fi
else
  result ok 'pages # SKIP scdoc was not there when this was set up'
fi

# words of a command line whose last one is not finished, as bash gives them; prints the candidates
cat >"$place/complete.bash" <<'END'
. "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_khotest "$1"
printf '%s\n' "${COMPREPLY[@]}"
END
cat >"$place/complete.zsh" <<'END'
compadd() { local name=$argv[-1]; print -l -- ${(P)name}; }
compset() { :; }
_files() { print files; }
words=("${(@)argv[2,-1]}")
CURRENT=$#words
. $1
END
completes() { # wanted, then words
  candidate=$1
  shift
  says "bash: $*" "$candidate" 0 bash "$place/complete.bash" "$share/bash-completion/completions/khotest" "$khotest" "$@"
  if command -v zsh >/dev/null; then
    says "zsh: $*" "$candidate" 0 zsh -f "$place/complete.zsh" "$share/zsh/site-functions/_khotest" "$khotest" "$@"
  fi
}
completes doctor doc
completes --profile run --pro
completes timing run --profile ''
completes central run --series cen
completes upstream run --kernel 7.2 --series up
completes hugetlb run -f huge
completes memfd run --payload mem
completes pageblocks run --check page
completes junit run --format ju
completes smoke matrix sm
completes init2 history ini
completes matrices list mat
completes rundir help run
says 'bash: an option' "--series" 0 sh -c "bash '$place/complete.bash' \
  '$share/bash-completion/completions/khotest' '$khotest' run --ser; echo"
check 'bash: nothing that is not there' sh -c "! bash '$place/complete.bash' \
  '$share/bash-completion/completions/khotest' '$khotest' run --nothing | grep ."
says 'bash: a sign between' junit 0 bash "$place/complete.bash" "$share/bash-completion/completions/khotest" "$khotest" \
  run --format = ju

(cd "$place/moved" && find . -type f -exec sha256sum {} + | sort) >"$place/after"
check nothing-written cmp "$place/before" "$place/after"
mv "$share/khotest" "$place/lost"
says incomplete "not installed as a whole" 99 "$khotest" list
echo "1..$n"
