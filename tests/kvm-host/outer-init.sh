#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# PID 1 of the outer machine, the host with KVM: a handover of each series in a nested guest. What is for run.sh to
# read begins with "kvm-host: "; the run directories go as a tar file onto the third disk.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root XDG_CACHE_HOME=/tmp/cache LC_ALL=C

say() {
  echo "kvm-host: $*"
}

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
mkdir -p /dev/pts /dev/shm
mount -t devpts pts /dev/pts
for folder in /dev/shm /tmp /run /var/tmp; do mount -t tmpfs tmp $folder; done
mount -t debugfs debug /sys/kernel/debug

cd /khotest
say "up after $(cut -d ' ' -f 1 /proc/uptime) s: $(uname -r), $(qemu-system-x86_64 --version | head -n 1)"
build/khotest doctor 2>&1 | sed -n 's/^ *KVM/kvm-host: KVM/p'
. ./kvm-host.conf
for image in $series; do
  say "begin $image"
  status=0
  build/khotest run --accel kvm --image kernels/$image -m 1G -p 1 -a "$words" --timeout 1h -v -o /tmp/runs/$image \
    --format json >/tmp/$image.json || status=$?
  say "end $image $status"
done
tar -C /tmp/runs -cf - . | dd of=/dev/vdc bs=64k conv=notrunc 2>/dev/null
say "done after $(cut -d ' ' -f 1 /proc/uptime) s"
sync
echo o >/proc/sysrq-trigger
sleep 60
