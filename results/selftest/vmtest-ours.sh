#!/bin/bash
# vmtest-ours.sh TREE KERNEL HEADERS FOLDER [SCRIPT]: selftests/kho/vmtest.sh of a kernel tree, or SCRIPT below
# tools/testing/selftests, unmodified, with khotest's kernel. KERNEL: a folder of the cache with bzImage and config; HEADERS:
# usr/include of the tree; FOLDER: where it may build. The make beside this script takes the place of the tree's. /dev/kvm
# is hidden, for hosts whose KVM cannot run Linux.
export V_TREE=$1 V_KERNEL=$2 V_HEADERS=$3 PATH=$(dirname "$(realpath "$0")"):$PATH
script=${5:-kho/vmtest.sh}
unshare -m sh -c 'mount --bind /dev/null /dev/kvm; script=$1/tools/testing/selftests/$3; folder=$2; shift 3
  timeout 900 bash "$script" -d "$folder" -j 1 "$@"; echo "exit $?"' sh "$V_TREE" "$4" "$script" "${@:6}"
