#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Handovers under KVM on a host that has none: run.sh KHOTEST FOLDER
#
# QEMU emulates a machine with AMD's SVM; in it runs Debian 13 with its own kernel, kvm_amd, QEMU and libvirt: a host
# with KVM. There the khotest of this tree hands over with stock, unfixed and central of 7.1, whose kernels come from
# this host's cache. FOLDER keeps the outer machine for the next time (4 GB), and the run directories. README.md says
# why each option is there. Exit status: 0 all three verdicts are right, 1 one is not, 77 this host lacks something.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
. "$source/tests/distro/archive.sh"
khotest=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
root=$folder/root
release=trixie
series=${KVM_HOST_SERIES:-stock unfixed central}
# for the nested guest: without paravirtualisation each interrupt is acknowledged with an exit; README.md
words="nopv tsc_early_khz=1000000"
# instructions are the outer clock, 4 ns each: no tick costs more than it lasts, however slow this host is
clock=shift=2,sleep=off
cpu=max,-la57,-xsave
timeout=${KVM_HOST_TIMEOUT:-14400}
qemu=${KVM_HOST_QEMU:-qemu-system-x86_64}

packages="linux-image-amd64 kmod busybox-static kexec-tools qemu-system-x86 seabios libvirt-daemon
  libvirt-daemon-driver-qemu gcc libc6-dev meson ninja-build pkg-config libglib2.0-dev libjson-glib-dev libarchive-dev
  libvirt-dev libcairo2-dev libsqlite3-dev libgsl-dev libfdt-dev lz4"

say() {
  echo "kvm-host: $*" >&2
}

check_host() {
  [ "$(id -u)" = 0 ] || { say "needs root, for debootstrap and chroot"; exit 77; }
  missing=
  for tool in debootstrap:debootstrap mke2fs:e2fsprogs xz:xz-utils strip:binutils "$qemu":qemu-system-x86; do
    command -v "${tool%%:*}" >/dev/null || missing="$missing ${tool##*:}"
  done
  [ -z "$missing" ] || { say "needs$missing: apt-get install$missing"; exit 77; }
}

# debootstrap itself cannot install what depends on itself before it is configured, as systemd does: apt can.
fill_root() {
  debootstrap_root $release "$root" "$from" "" &&
    "$source/tests/distro/enter.sh" "$root" env DEBIAN_FRONTEND=noninteractive sh -c \
      'apt-get -q update && apt-get -qy install --no-install-recommends "$@"' sh $packages
}

make_root() {
  [ ! -e "$folder/root.complete" ] || return 0
  from=$(find_mirror)
  [ -n "$from" ] || { say "apt-get update first: no Debian mirror is known here"; exit 77; }
  say "a root of $release with its kernel, QEMU and libvirt"
  rm -rf "$root"
  fill_root >"$folder/debootstrap.log" 2>&1 || {
    tail -n 5 "$folder/debootstrap.log" >&2
    exit 1
  }
  rm -rf "$root"/var/cache/apt/archives/*.deb "$folder/root.img"
  : >"$folder/root.complete"
}

build_khotest() {
  say "khotest, built in there"
  mkdir -p "$root/khotest"
  (cd "$source" && git ls-files -z --cached --others --exclude-standard | tar -cf - --null -T -) |
    tar -xf - -C "$root/khotest"
  {
    [ -e "$root/khotest/build/build.ninja" ] || chroot "$root" meson setup /khotest/build /khotest
    chroot "$root" ninja -C /khotest/build khotest initramfs/khotest-probe
  } >"$folder/build.log" 2>&1 || { tail -n 20 "$folder/build.log" >&2; exit 1; }
}

take_kernels() {
  mkdir -p "$root/khotest/kernels"
  for name in $series; do
    say "kernel 7.1 $name, from this host's cache or built now"
    image=$("$khotest" build --kernel 7.1 --series "$name" -q)
    cp "$image" "$root/khotest/kernels/$name"
  done
  printf 'series="%s"\nwords="%s"\n' "$series" "$words" >"$root/khotest/kvm-host.conf"
}

# Modules without debug information and signature: an emulated CPU takes half a minute to verify those of kvm.
make_initrd() {
  tree=$folder/initrd
  version=$(ls "$root/lib/modules" | head -n 1)
  rm -rf "$tree"
  mkdir -p "$tree/bin" "$tree/modules" "$tree/proc" "$tree/root" "$tree/dev"
  cp "$root/bin/busybox" "$tree/bin/busybox"
  number=100
  for module in virtio_pci virtio_blk ext4 kvm_amd; do
    chroot "$root" modprobe -S "$version" --show-depends "$module"
  done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' | while read -r file; do
    number=$((number + 1))
    to=$tree/modules/$number-$(basename "$file" .xz)
    case $file in
    *.xz) xz -dc "$root$file" >"$to" ;;
    *) cp "$root$file" "$to" ;;
    esac
    strip --strip-debug "$to"
  done
  cat >"$tree/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
for module in /modules/*; do /bin/busybox insmod "$module"; done
until /bin/busybox mount -t ext4 /dev/vda /root; do /bin/busybox sleep 1; done
/bin/busybox tar -x -f /dev/vdb -C /root
exec /bin/busybox switch_root /root /khotest/tests/kvm-host/outer-init.sh
INIT
  chmod 755 "$tree/init"
  (cd "$tree" && find . | "$root/bin/busybox" cpio -o -H newc 2>/dev/null) >"$folder/initrd.cpio"
  cp "$root/boot/vmlinuz-$version" "$folder/vmlinuz"
}

# The root is put on a disk once; what changes goes to it as a tar file on the second disk.
make_disks() {
  if [ ! -e "$folder/root.img" ]; then
    say "its disk"
    rm -f "$folder/root.img.half"
    mke2fs -q -t ext4 -O ^has_journal -d "$root" "$folder/root.img.half" 4G >&2
    mv "$folder/root.img.half" "$folder/root.img"
  fi
  tar -C "$root" -cf "$folder/khotest.tar" khotest/build/khotest khotest/build/initramfs/khotest-probe \
    khotest/initramfs khotest/kconfigs khotest/patches khotest/tests/kvm-host khotest/kernels khotest/kvm-host.conf
  rm -f "$folder/runs.tar"
  truncate -s 256M "$folder/runs.tar"
}

boot() {
  say "booting; the console is $folder/console.log"
  : >"$folder/console.log"
  timeout "$timeout" "$qemu" -machine q35 -accel tcg -icount $clock -cpu $cpu -smp 1 -m 4G -nodefaults -display none \
    -no-reboot -kernel "$folder/vmlinuz" -initrd "$folder/initrd.cpio" \
    -append "console=ttyS0 panic=-1 mitigations=off loglevel=4" \
    -drive "file=$folder/root.img,if=virtio,format=raw,snapshot=on" \
    -drive "file=$folder/khotest.tar,if=virtio,format=raw,readonly=on" \
    -drive "file=$folder/runs.tar,if=virtio,format=raw" \
    -serial "file:$folder/console.log" -monitor "unix:$folder/monitor,server=on,wait=off" >&2 &
  emulator=$!
  trap 'kill $emulator 2>/dev/null || true' EXIT
  tail -n +1 --pid=$emulator -f "$folder/console.log" 2>/dev/null | grep --line-buffered -a '^kvm-host: ' >&2 || true
  wait $emulator || say "the emulator ended with status $?"
  trap - EXIT
}

# $1: result.json
verdict_of() {
  sed -n 's/^  "verdict" : "\([^"]*\)".*/\1/p' "$1"
}

first_reason() {
  sed -n '/^  "reasons" : \[$/,/^  \]/s/^ *"id" : "\([^"]*\)".*/\1/p' "$1" | head -n 1
}

judge() {
  right=0 wrong=0
  rm -rf "$folder/runs"
  mkdir "$folder/runs"
  tar -xf "$folder/runs.tar" -C "$folder/runs" 2>/dev/null || say "no run directories came out of the machine"
  printf '%-8s  %-7s  %-8s  %s\n' series verdict expected reason
  for name in $series; do
    expected=PASS reason=
    [ "$name" != unfixed ] || expected=FAIL reason=scratch-not-cma
    run=$(ls -d "$folder/runs/$name"/* 2>/dev/null | head -n 1)
    verdict=- why=
    if [ -n "$run" ]; then
      "$khotest" report --format json "$run" >"$folder/$name.json" || true
      verdict=$(verdict_of "$folder/$name.json")
      why=$(first_reason "$folder/$name.json")
      grep -q '"accelerator" *: *"kvm"' "$run/plan.json" || verdict="$verdict, not under KVM"
    fi
    printf '%-8s  %-7s  %-8s  %s\n' "$name" "$verdict" $expected "$why"
    if [ "$verdict" = $expected ] && { [ -z "$reason" ] || [ "$why" = "$reason" ]; }; then
      right=$((right + 1))
    else
      wrong=$((wrong + 1))
    fi
  done
  echo "$right right, $wrong wrong; run directories: $folder/runs"
  [ $wrong = 0 ]
}

check_host
make_root
build_khotest
take_kernels
make_initrd
make_disks
boot
judge
