# SPDX-License-Identifier: GPL-2.0-or-later
#
# To be sourced: which Debian archive this machine has, and how a root reaches it.

# The same choice as in harness/build/aptsource.c: Debian's main archive, by its origin or by its address.
find_mirror() {
  format='$(REPO_URI)|$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(RELEASE)'
  {
    apt-get indextargets --format "$format"
    apt-get --no-release-info indextargets --format "$format"
  } | awk -F'|' '
    $4 != "main" || $1 !~ /^(https?|ftp|file):/ || $1 ~ /debian-security/ || $3 ~ /Security/ { next }
    $5 ~ /-security/ { next }
    $2 == "Debian" && !known { known = $1 }
    $1 ~ /\/debian\/*$/ && !named { named = $1 }
    END { print known ? known : named }'
}

# The root $2 of release $1, from mirror $3, with packages $4 (separated by commas) and what apt needs to go on. Mounts of
# debootstrap's are seen by nobody else, and whatever kills the caller ends it.
debootstrap_root() {
  # before anything else can be installed from such an archive
  case $3 in https:*) set -- "$1" "$2" "$3" "${4:+$4,}ca-certificates" ;; esac
  setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child \
    debootstrap --variant=minbase ${4:+"--include=$4"} "$1" "$2" "$3" || return 1
  # reaches the archive, and looks at dates, as this machine's apt does
  apt-config dump | grep -E '^Acquire::(http|https|ftp|Retries|Check-Date|Check-Valid-Until|ForceIPv[46])\b' \
    >"$2/etc/apt/apt.conf.d/01outside" || true
}
