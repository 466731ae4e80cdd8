#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What others wrote to read such formats has to be able to: prove(1) for TAP, the kernel's own kunit_parser.py for KTAP,
# xmllint for JUnit with a schema. What this host lacks is left out, and said.
# usage: formats.sh KHOTEST RECORDINGS SCHEMA
set -eu
khotest=$(realpath "$1") recordings=$2 schema=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
good="$recordings/pass-central-1g" bad="$recordings/fail-unfixed-100g" dead="$recordings/panic"

fail() {
	echo "$*" >&2
	exit 1
}

# write FORMAT FILE RUNDIR...: exit status 1 and 99 are verdicts
write() {
	format=$1 file=$2
	shift 2
	"$khotest" report "$@" --format "$format" >"$file" 2>err || [ -s "$file" ] || fail "$format: $(cat err)"
}

check_tap() {
	write tap good.t "$good" && write tap bad.t "$bad" && write tap all.t "$good" "$bad" "$dead"
	prove -Q -e cat good.t || fail "prove does not take what passed"
	prove -e cat bad.t >said 2>&1 && fail "prove lets pass what failed"
	grep -q 'Failed: 1)' said || fail "prove counts otherwise: $(cat said)"
	prove -e cat all.t >said 2>&1 && fail "prove lets pass what failed"
	! grep -q 'Parse errors' said || fail "prove cannot read all of it: $(cat said)"
}

check_ktap() {
	write ktap good.k "$good" && write ktap all.k "$good" "$bad" "$dead"
	PYTHONDONTWRITEBYTECODE=1 python3 - "$1" good.k all.k >said <<'END'
import contextlib, io, sys
sys.path.insert(0, sys.argv[1])
import kunit_parser
for path in sys.argv[2:]:
    with open(path) as file, contextlib.redirect_stdout(io.StringIO()):
        lines = file.read().split("\n")
        try:
            from kunit_printer import null_printer
            test = kunit_parser.parse_run_tests(lines, null_printer)
        except (ImportError, TypeError):
            test = kunit_parser.parse_run_tests(lines)
    print(path, test.status.name, "errors", test.counts.errors, "crashed", test.counts.crashed,
          "failed", test.counts.failed, "all", test.counts.total())
END
	grep -q '^good.k SUCCESS errors 0 crashed 0 failed 0 ' said || fail "kunit_parser.py: $(cat said)"
	grep -q '^all.k FAILURE errors 0 crashed 0 failed 2 ' said || fail "kunit_parser.py: $(cat said)"
}

check_junit() {
	write junit good.xml "$good" && write junit all.xml "$good" "$bad" "$dead"
	xmllint --nonet --noout --schema "$schema" good.xml all.xml 2>said || fail "xmllint: $(cat said)"
	sed 's/ name="/ nome="/' good.xml >broken.xml
	! xmllint --nonet --noout --schema "$schema" broken.xml 2>said || fail "the schema lets anything pass"
}

done_any=
if command -v prove >/dev/null; then
	check_tap
	done_any="$done_any tap"
fi
parser=
for tree in "${XDG_CACHE_HOME:-$HOME/.cache}"/khotest/trees/[0-9]*/tools/testing/kunit; do
	[ -f "$tree/kunit_parser.py" ] && parser=$tree
done
if [ -n "$parser" ] && command -v python3 >/dev/null; then
	check_ktap "$parser"
	done_any="$done_any ktap"
fi
if command -v xmllint >/dev/null; then
	check_junit
	done_any="$done_any junit"
fi
echo "read by others:${done_any:- nothing}; needed are prove, python3 with a kernel tree in the cache, and xmllint"
[ -n "$done_any" ] || exit 77
