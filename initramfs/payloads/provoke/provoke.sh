# SPDX-License-Identifier: GPL-2.0-or-later
#
# provoke.sh up|loaded: does what provoke.what= on the command line says, in the kernel of provoke.hop=
# (from 0 on). Capitals are words of the kernel's own, drivers/misc/lkdtm.

lkdtm=/sys/kernel/debug/provoke-crash/DIRECT
words="devour flood halt poweroff reset refused cold-boot loop other-kernel silence garbage triple-fault fail"
patience=60

word() {
  for at in $(busybox cat /proc/cmdline); do
    case $at in provoke.$1=*) echo "${at#*=}" ;; esac
  done | busybox tail -n 1
}

# ok or not ok, and why
say() {
  echo "KTAP version 1"
  echo "1..1"
  echo "# $2"
  echo "$1 1 ${what:-nothing}"
  [ "$1" = ok ] || exit 1
  exit 0
}

# By another process, as this one has to tell what came of it.
by_other() {
  "$@" &
  other=$!
  while [ $patience -gt 0 ] && busybox grep -q '^State:.[^Z]' /proc/$other/status 2>/dev/null; do
    busybox sleep 1
    patience=$((patience - 1))
  done
  [ $patience -gt 0 ] || say ok "it has not come back"
  wait $other
  say ok "it came back, status $?"
}

write() {
  echo "$1" >$lkdtm
}

flood() {
  busybox yes >/dev/console
}

# Words of the overlay provoke, before there is a console, and without one that would begin earlier.
load_early() {
  load_next "$(probe next-cmdline | busybox sed 's/earlycon=[^ ]*//') khotest_provoke=$1"
}

# The next kernel with another command line than it should have.
load_next() {
  kexec -s -l /boot/next --initrd=/run/initrd --command-line="$1" || say "not ok" "kexec -s -l"
  say ok "loaded with another command line"
}

what=$(word what)
hop=$(word hop)
[ -n "$what" ] || say "not ok" "-a provoke.what=WORD is missing; WORD is of $lkdtm, or one of: $words"

when=up default=$((KHOTEST_HOPS - 1))
case $what in
refused) default=0 ;;
cold-boot | loop | other-kernel) when=loaded default=0 ;;
silence | garbage | triple-fault)
  when=loaded default=0
  [ "$KHOTEST_HOP" = "${hop:-0}" ] || say "not ok" "this kernel should not have come up: it was built without the overlay provoke"
  ;;
esac
[ "$when" = "$1" ] && [ "${hop:-$default}" = "$KHOTEST_HOP" ] || say ok "not here"

case $what in
devour) exec ./devour ;;
fail) say "not ok" "as it was told" ;;
flood) by_other flood ;;
halt) by_other busybox halt -f ;;
poweroff) by_other busybox poweroff -f ;;
reset) by_other busybox reboot -f ;;
refused)
  busybox mount -o bind "$KHOTEST_PAYLOAD/provoke.sh" /boot/next || say "not ok" "mount"
  say ok "the next kernel is a file that is none"
  ;;
cold-boot) load_next "$(busybox cat /proc/cmdline)" ;;
other-kernel) load_next "$(probe next-cmdline | busybox sed 's/khotest.nonces=[^ ]*/khotest.nonces=00,00/')" ;;
silence | garbage) load_early "$what" ;;
triple-fault) load_early reset ;;
loop) load_next "$(probe next-cmdline) rdinit=/payloads/provoke/loop" ;;
*)
  [ -e $lkdtm ] || say "not ok" "this kernel has no $lkdtm: it was built without CONFIG_LKDTM (kconfigs/provoke.config)"
  busybox grep -qx "$what" $lkdtm || say "not ok" "neither $lkdtm knows this word, nor is it one of: $words"
  by_other write "$what"
  ;;
esac
