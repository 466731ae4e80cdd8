#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs a command in a Debian root as if that were a machine: enter.sh [--bind FROM:TO]... ROOT COMMAND...
#
# Mounts and processes are in namespaces of their own, which end with the command, and with this script on whatever
# path it ends, SIGKILL among them. So no mount is ever to be seen from outside, and none can be left behind.
set -eu

usage() {
  echo "usage: $0 [--bind FROM:TO]... ROOT COMMAND..." >&2
  exit 99
}

# The kernel's own file systems, and devices that every machine has; KVM where this one has it.
mount_all() {
  # khotest makes mounts private from / on, and that takes a mount point
  mount --bind "$root" "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /sys "$root/sys"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  mkdir "$root/dev/pts" "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  for node in null zero full random urandom tty kvm; do
    [ ! -c "/dev/$node" ] || cp -a "/dev/$node" "$root/dev/"
  done
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  for stream in 0.stdin 1.stdout 2.stderr; do
    ln -s "/proc/self/fd/${stream%.*}" "$root/dev/${stream#*.}"
  done
  mkdir -p "$root/run/lock"
}

bind() {
  mkdir -p "$root$2"
  mount --bind "$1" "$root$2"
}

inside=
if [ "${1-}" = --inside ]; then
  inside=1
  shift
fi
binds=
while [ "${1-}" = --bind ]; do
  [ $# -ge 2 ] || usage
  case $2 in
  *[[:space:]]*) echo "$0: no blanks in --bind '$2', please" >&2; exit 99 ;;
  *?:/?*) binds="$binds $2" ;;
  *) usage ;;
  esac
  shift 2
done
[ $# -ge 2 ] || usage
if [ ! -x "$1/bin/sh" ]; then
  echo "$0: $1 is not the root of a system: there is no /bin/sh in it" >&2
  exit 99
fi
root=$(cd "$1" && pwd)
shift

if [ -z "$inside" ]; then
  [ "$(id -u)" = 0 ] || { echo "$0: a chroot takes root" >&2; exit 77; }
  options=
  for pair in $binds; do
    options="$options --bind $pair"
  done
  exec setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child \
    sh "$0" --inside $options "$root" "$@"
fi

mount_all
for pair in $binds; do
  bind "${pair%%:*}" "${pair#*:}"
done
# of the environment only what leads to the archive
variables="HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb"
for name in http_proxy https_proxy no_proxy; do
  eval "value=\${$name-}"
  [ -z "$value" ] || variables="$variables $name=$value"
done
# no exec: this shell is process 1 there, and takes in orphans
env -i --default-signal=INT --default-signal=QUIT $variables chroot "$root" "$@"
