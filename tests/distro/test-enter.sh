#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What tests/distro/ promises to whoever runs it as root: nothing stays mounted or running, whatever happens. TAP.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

skip() {
  echo "1..0 # SKIP $1"
  exit 0
}

[ "$(id -u)" = 0 ] || skip "takes root"
busybox=$(command -v busybox) || skip "no busybox"
unshare --mount --pid --fork true 2>/dev/null || skip "no namespaces here"

folder=$(mktemp -d)
root=$folder/root
holder=
cleanup() {
  [ -z "$holder" ] || kill -KILL "$holder" 2>/dev/null || true
  # stops at mounts, where one was left
  rm -rf --one-file-system "$folder"
}
trap cleanup EXIT

mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev" "$root/run" "$folder/outside"
cp "$busybox" "$root/bin/busybox"
for applet in sh cat env grep ls sleep stat test; do
  ln -s busybox "$root/bin/$applet"
done
echo outside >"$folder/outside/file"

number=0
check() { # $1: name, rest: a command that succeeds if all is well
  name=$1
  shift
  number=$((number + 1))
  if "$@"; then echo "ok $number $name"; else echo "not ok $number $name"; fi
}

status_is() {
  wanted=$1
  shift
  status=0
  "$@" >"$folder/out" 2>"$folder/err" || status=$?
  [ "$status" = "$wanted" ] || { sed 's/^/# /' "$folder/err" && return 1; }
}

nothing_mounted() {
  ! grep -F " $root" /proc/self/mountinfo
}

prints() {
  wanted=$1
  shift
  got=$("$@") || return 1
  [ "$got" = "$wanted" ] || { echo "# $got" && return 1; }
}

# A command in there, and its child, hold a pipe open; its reader outside comes to the end when neither lives any more.
hold() {
  mkfifo "$root/pipe"
  cat "$root/pipe" >/dev/null &
  reader=$!
  "$here/enter.sh" "$root" sh -c 'exec 9>/pipe; sleep 1000 & :>/held; wait' &
  holder=$!
  for _ in $(seq 100); do
    [ ! -e "$root/held" ] || return 0
    sleep 0.1
  done
  return 1
}

reads() {
  kill -0 "$reader"
}

killed_whole() {
  kill -KILL "$holder"
  wait "$holder" 2>/dev/null || true
  holder=
  timeout 10 tail -f /dev/null --pid="$reader"
}

echo "1..13"
check "the command's status" status_is 7 "$here/enter.sh" "$root" sh -c 'exit 7'
check "/proc is the command's own" prints /bin/busybox \
  "$here/enter.sh" "$root" sh -c 'ls -l /proc/self/exe | grep -o /bin/busybox'
check "/dev/shm" prints tmpfs "$here/enter.sh" "$root" stat -f -c %T /dev/shm
check "/dev/null" status_is 0 "$here/enter.sh" "$root" sh -c 'echo lost >/dev/null && test ! -s /dev/null'
check "a clean environment" prints "" env LEAK=1 "$here/enter.sh" "$root" sh -c 'env | grep LEAK || :'
check "a folder from outside" prints outside "$here/enter.sh" --bind "$folder/outside:/mnt" "$root" cat /mnt/file
check "... which is not left there" test ! -e "$root/mnt/file"
check "nothing is left mounted" nothing_mounted
check "a command that goes on" hold
check "... holds its pipe" reads
check "... has no mount that is seen outside" nothing_mounted
check "SIGKILL ends all of it" killed_whole
check "a folder that is no root" status_is 99 "$here/enter.sh" "$folder/outside" true
