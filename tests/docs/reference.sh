#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# docs/reference.md is what the program says of itself. Arguments: khotest, the file.
set -eu
made=$("$1" --describe reference)
if ! printf '%s\n' "$made" | diff -u "$2" -; then
  echo "$2 is not what the program knows: khotest --describe reference >$2" >&2
  exit 1
fi
