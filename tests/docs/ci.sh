#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In each CI system of docs/ci/ a night is kept whatever it comes to: a cache that is saved after success alone has no
# red one. Argument: the folder.
set -eu
github=$1/github-nightly.yml
if grep -q 'actions/cache@' "$github" || ! grep -A 1 'actions/cache/save@' "$github" | grep -q 'if: always()'; then
  echo "$github keeps nothing of a red night" >&2
  exit 1
fi
# a key that an entry has already is not saved: that of the night before would stay
if ! grep -A 6 'actions/cache/save@' "$github" | grep -q 'key: .*run_id.*run_attempt'; then
  echo "$github saves under a key that is not new each night" >&2
  exit 1
fi
if ! grep -A 3 '^  cache:' "$1/gitlab-nightly.yml" | grep -q 'when: always'; then
  echo "$1/gitlab-nightly.yml keeps nothing of a red night" >&2
  exit 1
fi
