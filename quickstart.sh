#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# From a clean clone to a verdict, on Debian 12 or 13:
#
#   ./quickstart.sh        installs what is missing, builds, and compares stock, unfixed and central at 100 GB
#   ./quickstart.sh test   the same set-up, then the tests; last line: N passed, N failed, N skipped
#
# Safe to repeat; either may come first.
set -eu
cd "$(dirname "$0")"

case "${1-}" in
'' | test | setup) ;;
*) echo "usage: $0 [test|setup]" >&2; exit 99 ;;
esac

# what khotest is built with; charts of reports; the machine; what goes into the guest; what kernels are built with and fetched with
packages="gcc libc6-dev meson ninja-build pkg-config libglib2.0-dev libjson-glib-dev libarchive-dev libvirt-dev
libcairo2-dev libsqlite3-dev libgsl-dev libfdt-dev
gnuplot-nox
qemu-system-x86 seabios libvirt-daemon libvirt-daemon-driver-qemu
busybox-static kexec-tools
make flex bison bc libelf-dev lz4 git ca-certificates curl dpkg-dev debian-archive-keyring"
# in tests only: a browser looks at pages of reports (412 MB), gdb at machines that are held, two tools at the sources,
# and two make and check manual pages
[ "${1-}" != test ] || packages="$packages chromium gdb clang-tidy cppcheck scdoc mandoc"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_missing() {
  command -v dpkg-query >/dev/null || {
    echo "quickstart: this is not a Debian system; install the equivalents of: $packages" >&2
    exit 77
  }
  missing=
  for package in $packages; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  echo "quickstart: installing$missing" >&2
  as_root apt-get -q update >&2
  # kexec-tools asks whether it should handle reboots of this machine: no question, no change
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $missing >&2
}

# $1: folder, rest: options. Keeps a folder that is there and was set up by this meson.
build_in() {
  folder=$1
  shift
  if [ -f "$folder/build.ninja" ]; then
    meson configure "$folder" "$@" >/dev/null
  else
    meson setup "$folder" "$@" >&2
  fi
  ninja -C "$folder" >&2
}

# Adds a finished meson test run to the totals, from the machine-readable log.
passed=0 failed=0 skipped=0
count() {
  for result in $(sed -n 's/.*"result": "\([A-Z]*\)".*/\1/p' "$1/meson-logs/testlog.json"); do
    case $result in
    OK) passed=$((passed + 1)) ;;
    SKIP) skipped=$((skipped + 1)) ;;
    *) failed=$((failed + 1)) ;;
    esac
  done
}

run_tests() {
  status=0
  meson test -C build --print-errorlogs "$@" || status=$?
  count build
  # the same parsers and judgement again, watched for memory errors and undefined behaviour
  # its runtime takes bytes in front of a library's thread-local memory for the C library's and, if they are others by
  # chance, dies looking there for leaks ("Tracer caught signal 11"); and its strstr() reads on to the text's end, with
  # which no time grows as the parser's own does
  ASAN_OPTIONS=intercept_tls_get_addr=0:intercept_strstr=0 \
    meson test -C build-sanitize --suite unit --suite golden --print-errorlogs || status=$?
  count build-sanitize
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ] || status=1
  return $status
}

install_missing
werror=false
[ -z "${CI-}" ] || werror=true
build_in build "-Dwerror=$werror"
case "${1-}" in
'') exec build/khotest compare stock unfixed central -m auto ;;
test)
  shift
  build_in build-sanitize "-Dwerror=$werror" -Db_sanitize=address,undefined -Db_lundef=false
  run_tests "$@"
  ;;
esac
