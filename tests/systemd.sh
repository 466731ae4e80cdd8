#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# systemd-analyze has nothing to say of the units; it warns of much that it does not fail for. Arguments: the units.
command -v systemd-analyze >/dev/null || { echo "there is no systemd-analyze on this host" >&2; exit 77; }
runtime=$(mktemp -d)
trap 'rm -r "$runtime"' EXIT
said=$(XDG_RUNTIME_DIR=$runtime systemd-analyze --user verify "$@" 2>&1)
status=$?
[ -z "$said" ] || echo "$said" >&2
[ $status = 0 ] && [ -z "$said" ]
