#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A Debian package of the last commit: docs/packaging/build.sh [FOLDER]
#
# The tree is copied, since dpkg-buildpackage wants debian/ at its top; FOLDER (build-package) has the package and
# its log when it is done.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-build-package}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

command -v dpkg-buildpackage >/dev/null || { echo "$0: dpkg-buildpackage is not here: install dpkg-dev" >&2; exit 77; }
missing=$(dpkg-checkbuilddeps "$top/docs/packaging/debian/control" 2>&1) ||
  { echo "$0: $missing" >&2; exit 77; }

tree=$folder/tree
rm -rf "$tree"
mkdir "$tree"
git -C "$top" archive HEAD | tar -x -C "$tree"
cp -r "$tree/docs/packaging/debian" "$tree/debian"
if ! (cd "$tree" && dpkg-buildpackage --build=binary --no-sign) >"$folder/build.log" 2>&1; then
  tail -n 20 "$folder/build.log" >&2
  echo "$0: the package could not be built; $folder/build.log has all that was said" >&2
  exit 99
fi
rm -rf "$tree"
ls "$folder"/khotest_*.deb
