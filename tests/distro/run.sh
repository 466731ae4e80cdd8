#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Both commands of the README, as somebody new would run them: in roots that debootstrap has just made, with nothing
# but git, from a clone of this checkout's last commit. Prints a table; docs/hosts.md keeps one.
#
#   tests/distro/run.sh                            bookworm trixie trixie-backports sid: some hours on 2 cores
#   tests/distro/run.sh --only quickstart trixie
#   tests/distro/run.sh trixie -- --suite unit     what comes after -- goes to meson test
#
# Takes root, debootstrap and, for each root while it is there, 15 GB of disk.
# Status: 0 if everything is as it should be, 1 if something failed, 77 if this host cannot, 99 for an error.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/archive.sh"
all="bookworm trixie trixie-backports sid"

usage() {
  cat >&2 <<END
usage: $0 [OPTION]... [ROOT]... [-- MESON-TEST-ARGUMENT...]
ROOT: a release of Debian, or RELEASE-backports: that with QEMU and libvirt from its backports.
Without any: $all
  --only quickstart|test   only one of the two commands
  --cache DIR              use DIR as khotest's cache in every root, so that kernels are not built again; the
                           compiler is part of a kernel's key, so releases with different compilers share none
  --mirror URI             the archive; without it, the one of this machine's apt
  --in DIR                 where roots and logs go; without it, a new folder in \$TMPDIR or /var/tmp
  --keep                   leave the roots there; tests/distro/enter.sh goes into one
  --werror                 warnings are errors, as in CI
END
  exit "$1"
}

fail() {
  echo "distro: $1" >&2
  exit "${2-99}"
}

say() {
  echo "distro: $(date +%H:%M:%S) $1" >&2
}

# Runs a command in the background and waits, so that a signal is acted upon at once. $1: file for its output
child=
run_logged() {
  log=$1
  shift
  "$@" >"$log" 2>&1 &
  child=$!
  code=0
  wait "$child" || code=$?
  child=
  return $code
}

# Roots are entered in mount namespaces that end with the command; were a mount left all the same, nothing is removed.
remove_root() {
  [ -d "$1" ] || return 0
  if grep -qF " $1/" /proc/self/mountinfo; then
    say "$1 has something mounted in it, and stays"
    return 0
  fi
  rm -rf --one-file-system "$1"
}

finish() {
  # both end everything that they started when they are killed
  [ -z "$child" ] || kill -KILL "$child" 2>/dev/null || true
  [ -z "$child" ] || wait "$child" 2>/dev/null || true
  [ -z "$work" ] || {
    [ -n "$keep" ] || for root in $roots; do remove_root "$work/$root"; done
    rm -rf "$work/khotest.git"
    say "logs${keep:+ and roots} are in $work"
  }
}

make_root() {
  run_logged "$work/$1-debootstrap.log" debootstrap_root "${1%-backports}" "$work/$1" "$mirror" git || return 1
  case $1 in
  *-backports)
    echo "deb $mirror $1 main" >>"$work/$1/etc/apt/sources.list"
    printf 'Package: src:qemu src:libvirt src:seabios\nPin: release n=%s\nPin-Priority: 990\n' "$1" \
      >"$work/$1/etc/apt/preferences.d/backports"
    ;;
  esac
}

# $1: root, $2: log, rest: the command, in the clone
enter() {
  folder=$work/$1
  log=$2
  shift 2
  run_logged "$log" "$here/enter.sh" --bind "$work/khotest.git:/srv/khotest.git" \
    ${cache:+--bind "$cache:/root/.cache/khotest"} "$folder" sh -c '
      cd && { [ -d khotest ] || git clone -q /srv/khotest.git khotest; } && cd khotest && exec "$@"' sh "$@"
}

# $1: seconds
format_time() {
  printf '%d min %02d s' $(($1 / 60)) $(($1 % 60))
}

versions='
v() {
  version=$("$@" 2>/dev/null | sed -n "1s/^[^0-9]*\([0-9][0-9.]*\).*/\1/p")
  echo "${version:--}"
}
echo "$(v gcc -dumpfullversion) | $(v meson --version) | $(v pkg-config --modversion glib-2.0) |" \
  "$(v qemu-system-x86_64 --version) | $(v pkg-config --modversion libvirt) | $(v kexec --version)"'

# The verdict of series $2 in what khotest compare printed into file $1.
verdict_of() {
  word=$(awk -v series="$2" '$2 == series && $3 ~ /^[A-Z]+$/ { print $3; exit }' "$1" 2>/dev/null) || true
  echo "${word:--}"
}

# The tests that failed, by name, from meson's machine-readable logs.
failed_tests() {
  for build in build build-sanitize; do
    log=$work/$1/root/khotest/$build/meson-logs/testlog.json
    [ -f "$log" ] || continue
    sed -n 's/^{"name": "\([^"]*\)".*"result": "\([A-Z]*\)".*/\2 \1/p' "$log" |
      sed -n "/^\(OK\|SKIP\|EXPECTEDFAIL\) /d; s|^\([A-Z]*\) \(.*\)|- $1, $build: \2: \1|p"
  done
}

try_quickstart() {
  say "$1: quickstart.sh"
  begun=$(date +%s)
  enter "$1" "$work/$1-quickstart.log" env $ci ./quickstart.sh || bad=1
  quickstart_time=$(format_time $(($(date +%s) - begun)))
}

try_tests() {
  say "$1: quickstart.sh test"
  begun=$(date +%s)
  shift
  enter "$root" "$work/$root-test.log" env $ci ./quickstart.sh test "$@" || bad=1
  test_time=$(format_time $(($(date +%s) - begun)))
  counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \/ \2 \/ \3/p' \
    "$work/$root-test.log" | tail -n 1)
}

# One root from nothing to a row of the table; what failed goes into file failures.
try_root() {
  root=$1
  shift
  quickstart_time=- test_time=- counts=- bad=
  say "$root: debootstrap"
  if make_root "$root"; then
    [ "$only" = test ] || try_quickstart "$root"
    [ "$only" = quickstart ] || try_tests "$root" "$@"
    enter "$root" "$work/$root-versions.log" sh -c "$versions" || true
  else
    bad=1
    tail -n 3 "$work/$root-debootstrap.log" >&2
    echo "- $root: debootstrap could not make it" >>"$work/failures"
    echo "- | - | - | - | - | -" >"$work/$root-versions.log"
  fi
  {
    printf '| %s | %s ' "$root" "$(cat "$work/$root-versions.log")"
    for series in stock unfixed central; do
      printf '| %s ' "$(verdict_of "$work/$root-quickstart.log" $series)"
    done
    printf '| %s | %s | %s |\n' "$quickstart_time" "${counts:--}" "$test_time"
  } | tee -a "$work/rows" >&2
  failed_tests "$root" >>"$work/failures"
  [ -z "$bad" ] || status=1
  [ -n "$keep" ] || remove_root "$work/$root"
}

print_table() {
  echo "$(date -u +%Y-%m-%d), commit $commit, Linux $(uname -r), $(nproc) CPUs"
  echo
  echo "| root | gcc | meson | GLib | QEMU | libvirt | kexec-tools | stock | unfixed | central | quickstart.sh |" \
    "passed / failed / skipped | quickstart.sh test |"
  echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
  cat "$work/rows"
  [ ! -s "$work/failures" ] || { echo && cat "$work/failures"; }
}

work='' keep='' cache='' mirror='' only='' ci='' roots='' in=''
while [ $# -gt 0 ]; do
  case $1 in
  --only | --cache | --mirror | --in) [ $# -ge 2 ] || usage 99 ;;
  esac
  case $1 in
  --only)
    case $2 in quickstart | test) only=$2 ;; *) usage 99 ;; esac
    shift
    ;;
  --cache) cache=$2 && shift ;;
  --mirror) mirror=$2 && shift ;;
  --in) in=$2 && shift ;;
  --keep) keep=1 ;;
  --werror) ci=CI=true ;;
  --help) usage 0 ;;
  --) shift && break ;;
  -*) usage 99 ;;
  *[!a-z-]*) fail "'$1' is not the name of a release: they are like trixie and trixie-backports" ;;
  *) roots="$roots $1" ;;
  esac
  shift
done
roots=${roots:-$all}

[ "$(id -u)" = 0 ] || fail "debootstrap and chroot take root" 77
for tool in debootstrap unshare setpriv git; do
  command -v "$tool" >/dev/null || fail "there is no $tool on this host: install it" 77
done
[ -n "$mirror" ] || mirror=$(find_mirror)
[ -n "$mirror" ] || fail "this machine's apt names no Debian archive for debootstrap: give one with --mirror" 77
for folder in "$in" "$cache"; do
  [ -z "$folder" ] || mkdir -p "$folder"
done
[ -z "$cache" ] || cache=$(cd "$cache" && pwd)
[ -n "$in" ] || in=$(mktemp -d "${TMPDIR:-/var/tmp}/khotest-distro.XXXXXX")
in=$(cd "$in" && pwd)
for root in $roots khotest.git; do
  [ ! -e "$in/$root" ] || fail "$in/$root is there already: remove it, or give another folder with --in"
done
work=$in
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

git -C "$here" diff --quiet HEAD -- || say "changes that are not committed are not tested"
git clone -q --bare --no-hardlinks "$(git -C "$here" rev-parse --show-toplevel)" "$work/khotest.git"
commit=$(git -C "$work/khotest.git" rev-parse --short=12 HEAD)
: >"$work/rows"
: >"$work/failures"
status=0
for root in $roots; do
  try_root "$root" "$@"
done
print_table | tee "$work/table.md"
exit $status
