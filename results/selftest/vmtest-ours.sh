#!/bin/bash
# vmtest-ours.sh VERSION KERNEL_FOLDER: selftests/kho/vmtest.sh of VERSION, unmodified, with khotest's kernel
cd /var/tmp/src-selftest
export V_TREE=$PWD/small/$1 V_KERNEL=$2 V_HEADERS=$HOME/.cache/khotest/build/$1-headers/usr/include PATH=$PWD/shim:$PATH
[ -d $V_HEADERS ] || V_HEADERS=$PWD/hdr-$1/usr/include
if [ ! -d small/$1 ]; then
  mkdir -p small/$1
  base=$(sed -n 's/^base=//p' ~/.cache/khotest/trees/$1/.git/khotest)
  GIT_DIR=$HOME/.cache/khotest/trees/$1/.git GIT_WORK_TREE=$PWD/small/$1 GIT_INDEX_FILE=$PWD/small/index-$1 git checkout -q $base -- tools/testing/selftests/kho tools/testing/selftests/liveupdate tools/testing/selftests/kselftest tools/testing/selftests/kselftest.h tools/include/nolibc usr/gen_init_cpio.c
fi
mkdir -p vmlog
unshare -m bash -c 'mount --bind /dev/null /dev/kvm; time timeout 900 bash "$1/tools/testing/selftests/kho/vmtest.sh" -d "/var/tmp/src-selftest/vmbuild-$2" -j 1; echo exit $?' sh $V_TREE $1 2>&1 | tee vmlog/ours-kho-$1.log
