#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The Debian package of this checkout's last commit, as somebody would who has no checkout: built in a root that
# debootstrap has just made, looked at by lintian, installed in another one and used there. Prints what each step said.
#
#   tests/distro/package.sh [--cache DIR] [--in DIR] [bookworm|trixie|sid]...
#
# --in DIR: where roots, packages and logs go; a package that is there already is not built again.
# --cache DIR: khotest's cache in the second root, so that kernels are not built again if the compiler is the same.
# Takes root, debootstrap, and 8 GB of disk for each release while it is at work.
# Status: 0 if everything is as it should be, 1 if something is not, 77 if this host cannot, 99 for an error.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
. "$here/archive.sh"

fail() {
  echo "package: $1" >&2
  exit "${2-99}"
}

say() {
  echo "package: $(date +%H:%M:%S) $1" >&2
}

# $1: release, $2: what for, $3: packages. The root is $work/RELEASE-WHAT.
root() {
  say "$1: a root to $2"
  debootstrap_root "$1" "$work/$1-$2" "$mirror" "$3" >"$work/$1-$2-debootstrap.log" 2>&1 ||
    fail "debootstrap could not make it: $work/$1-$2-debootstrap.log"
}

build() {
  root "$1" build git
  say "$1: the package"
  "$here/enter.sh" --bind "$work/khotest.git:/srv/khotest.git" --bind "$work/$1-package:/srv/package" "$work/$1-build" \
    sh -ec '
      export DEBIAN_FRONTEND=noninteractive
      apt-get -q update
      cd && git clone -q /srv/khotest.git khotest && cd khotest
      apt-get -q -y install --no-install-recommends devscripts dpkg-dev lintian equivs
      mk-build-deps --install --remove --tool "apt-get -q -y --no-install-recommends" docs/packaging/debian/control
      rm -f khotest-build-deps*
      docs/packaging/build.sh /srv/package' >"$work/$1-build.log" 2>&1 ||
    fail "it could not be built: $work/$1-build.log" 1
  echo "== $1: lintian"
  "$here/enter.sh" --bind "$work/$1-package:/srv/package" "$work/$1-build" \
    sh -c 'lintian --version; lintian --allow-root --fail-on error,warning --info --show-overrides /srv/package/*.deb' ||
    bad=1
  rm -rf --one-file-system "$work/$1-build"
}

# $1: the status that is expected, rest: the command, shown with what it printed at the end
step='
step() {
  expected=$1
  shift
  echo "\$ $*"
  code=0
  "$@" >/tmp/out 2>/tmp/err || code=$?
  tail -n 12 /tmp/out
  [ $code = "$expected" ] || {
    tail -n 5 /tmp/err >&2
    echo "$1: exit status $code, and $expected was expected" >&2
    exit 1
  }
  [ $code = 0 ] || echo "exit status $code"
}
'

use() {
  root "$1" use ""
  echo "== $1: installed, and used"
  "$here/enter.sh" --bind "$work/$1-package:/srv/package" ${cache:+--bind "$cache:/root/.cache/khotest"} "$work/$1-use" \
    sh -c "$step"'
      export DEBIAN_FRONTEND=noninteractive PAGER=cat
      apt-get -q update >/dev/null
      cd /tmp
      # what it fetches are many names
      step 0 apt-get -q -y install /srv/package/khotest_*.deb >/dev/null
      cd
      step 0 khotest config
      khotest doctor || :
      step 0 khotest list kernels
      step 0 khotest help nightly
      step 0 khotest run -q -m 1G --series central
      step 1 khotest run -q -m 1G --series unfixed
      step 0 khotest list runs
      step 1 khotest report LAST --format tap
      step 0 ls /usr/lib/systemd/user/khotest-nightly.service /usr/share/man/man1/khotest-run.1.gz
      step 0 apt-get -q -y purge khotest
      [ -z "$(find /usr /etc /var -path /var/log -prune -o -name "*khotest*" -print)" ] ||
        { find /usr /etc -name "*khotest*"; echo "left behind"; exit 1; }
      echo "purged: nothing of it is left"' || bad=1
  rm -rf --one-file-system "$work/$1-use"
}

cache='' in='' releases='' bad=''
while [ $# -gt 0 ]; do
  case $1 in
  --cache) cache=$(cd "$2" && pwd) && shift ;;
  --in) in=$2 && shift ;;
  -*) fail "usage: $0 [--cache DIR] [--in DIR] [RELEASE]..." ;;
  *) releases="$releases $1" ;;
  esac
  shift
done
[ "$(id -u)" = 0 ] || fail "debootstrap takes root" 77
command -v debootstrap >/dev/null || fail "install debootstrap" 77
mirror=$(find_mirror)
[ -n "$mirror" ] || fail "apt here has no archive of Debian's" 77
work=${in:-$(mktemp -d /var/tmp/khotest-package-XXXXXX)}
mkdir -p "$work"
work=$(cd "$work" && pwd)
rm -rf "$work/khotest.git"
git clone -q --bare "$top" "$work/khotest.git"
for release in ${releases:-bookworm trixie}; do
  mkdir -p "$work/$release-package"
  ls "$work/$release-package"/khotest_*.deb >/dev/null 2>&1 || build "$release"
  use "$release"
done
say "logs and packages are in $work"
exit ${bad:-0}
