// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong on the command line or on the host is answered with one clear line and the right exit status. */
#include "tool.h"

#include <base/files.h>

#include <string.h>

typedef struct {
	const char *name;
	int status;
	const char *says;
	const char *words[12];
} Case;

/* too long by itself for the command line of a kernel that is loaded by kexec */
#define FILL "log_buf_len=1M "
#define FILL_10 FILL FILL FILL FILL FILL FILL FILL FILL FILL FILL
#define LONG                                                                                                           \
	FILL_10 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10

static const Case cases[] = {
	{ "no-verb", 99, "usage: khotest VERB", { NULL } },
	{ "unknown-verb", 99, "there is no verb 'rnu', did you mean run", { "rnu" } },
	{ "unknown-topic", 99, "there is no help on 'reson', did you mean reasons", { "help", "reson" } },
	{ "unknown-option", 99, "Unknown option --frobnicate", { "run", "--frobnicate" } },
	{ "unknown-series", 99, "unfixed", { "run", "--series", "unfixd", "-m", "1G" } },
	{ "unknown-kernel", 99, "9.9", { "run", "--kernel", "9.9", "-m", "1G" } },
	{ "unknown-series-compare", 99, "central", { "compare", "stock", "centrl", "-m", "1G" } },
	{ "series-as-word", 99, "did you mean --series unfixed", { "run", "unfixed" } },
	{ "nothing-to-compare", 99, "compare needs the series", { "compare" } },
	{ "memory-nonsense", 99, "'blue' is not a size", { "run", "-m", "blue" } },
	{ "memory-zero", 99, "needs memory", { "run", "-m", "0" } },
	{ "memory-small", 99, "too small", { "run", "-m", "64M" } },
	{ "memory-large", 99, "too large", { "run", "-m", "33T" } },
	{ "memory-unit", 99, "unknown unit", { "run", "-m", "100Q" } },
	{ "timeout-unit", 99, "needs a unit", { "run", "-m", "1G", "--timeout", "300" } },
	{ "timeout-zero", 99, "a run needs time", { "run", "-m", "1G", "--timeout", "0s" } },
	{ "cpus", 99, "--cpus 0: it must be at least 1", { "run", "-m", "1G", "-p", "0" } },
	{ "jobs", 99, "--jobs 0: it must", { "matrix", "smoke", "-j", "0", "--dry-run" } },
	{ "jobs-nightly", 99, "--jobs 0: it must", { "nightly", "-j", "0", "--dry-run" } },
	{ "jobs-run", 99, "--jobs -1: it must", { "run", "-j", "-1", "--dry-run" } },
	{ "sweep-runs", 99, "--runs 0: it must", { "sweep", "memory=1G..2G", "--runs", "0", "--dry-run" } },
	{ "sweep-points", 99, "--points 0: it must", { "sweep", "memory=1G..2G", "--points=0", "--dry-run" } },
	{ "sweep-hops", 99, "--hops 0: it must", { "sweep", "memory=1G..2G", "--hops=0", "--dry-run" } },
	{ "empty-check", 99, "--check is empty", { "run", "-m", "1G", "--check", "", "--dry-run" } },
	{ "empty-no-check", 99, "--no-check is empty", { "run", "-m", "1G", "--no-check=", "--dry-run" } },
	{ "empty-check-report", 99, "--check is empty", { "report", "LAST", "--check", "" } },
	{ "empty-numa", 99, "--numa is empty: give N|SIZE", { "run", "-m", "1G", "--numa", "", "--dry-run" } },
	{ "empty-series", 99, "--series is empty", { "run", "-m", "1G", "--series", "", "--dry-run" } },
	{ "empty-payload", 99, "--payload is empty", { "run", "-m", "1G", "--payload", "", "--dry-run" } },
	{ "empty-results", 99, "--results is empty", { "list", "runs", "--results", "" } },
	{ "numa", 99, "SIZE,cpus=LIST", { "run", "--numa", "1G,nodes=3", "--numa", "1G" } },
	{ "format", 99, "text, md, json, junit, ktap, tap and kcidb are possible here", { "run", "--format", "xml" } },
	{ "profile", 99, "check and timing", { "run", "--profile", "fast" } },
	{ "accel", 99, "xen", { "run", "--accel", "xen" } },
	{ "build-memory",
	  99,
	  "--memory does not go with build: it is about a machine or a run",
	  { "build", "-m", "1G" } },
	{ "build-letters", 99, "--memory does not go with build", { "build", "-vm", "1G" } },
	{ "build-output", 99, "--output does not go with build", { "build", "--series", "central", "--output=x" } },
	{ "build-hops", 99, "--hops does not go with build", { "build", "--hops", "2" } },
	{ "break",
	  99,
	  "--break date: no payload of this run knows that word (memfd: data)",
	  { "run", "-m", "1G", "--payload", "memfd", "--break", "date", "--dry-run" } },
	{ "break-none",
	  99,
	  "--break data: no payload of this run knows that word (none of them does damage)",
	  { "run", "-m", "1G", "--payload", "pin", "--break", "data", "--dry-run" } },
	{ "build-payload", 99, "there is no payload 'memfs': did you mean memfd", { "build", "--payload", "memfs" } },
	{ "build-payload-kernel",
	  99,
	  "payload reserve-mem is for kernels from 6.19 on, and this one is 6.18",
	  { "build", "--kernel", "6.18", "--payload", "reserve-mem" } },
	{ "build-device", 99, "there is no device 'toaster'", { "build", "--device", "toaster" } },
	{ "exit-style", 99, "kselftest and bisect", { "run", "--exit-style", "rude" } },
	{ "bisect-what", 99, "over the commits of --tree DIR", { "bisect", "a", "b" } },
	{ "bisect-ends", 99, "needs a good and a bad end", { "bisect", "a", "--tree", "/tmp" } },
	{ "bisect-metric",
	  99,
	  "goes with --mode counted",
	  { "bisect", "a", "b", "--tree", "/tmp", "--metric", "insn2.to_init" } },
	{ "bisect-metric-kernels",
	  99,
	  "--metric init.later takes 3 kernels in a row, and there are 2",
	  { "bisect", "a", "b", "--tree", "/tmp", "--metric", "init.later" } },
	{ "bisect-threshold",
	  99,
	  "--threshold: '3' is not a share",
	  { "bisect", "a", "b", "--tree", "/tmp", "--metric", "init2", "--threshold", "3" } },
	{ "bisect-repeat", 99, "1 to 100", { "bisect", "a", "b", "--tree", "/tmp", "--repeat", "101" } },
	{ "bisect-bad-if",
	  99,
	  "--bad-if nosuch: no verdict has that reason",
	  { "bisect", "a", "b", "--tree", "/tmp", "--bad-if", "nosuch" } },
	{ "bisect-bad-if-kind",
	  99,
	  "emulator-stuck makes a verdict ERROR, and no FAIL",
	  { "bisect", "a", "b", "--tree", "/tmp", "--bad-if", "emulator-stuck" } },
	{ "bisect-resume", 99, "is not the directory of a bisection", { "bisect", "--resume", "/tmp" } },
	{ "fail-if", 99, "did you mean init2", { "compare", "stock", "central", "--fail-if", "inti2>1%" } },
	{ "fail-if-limit", 99, "the limit is no number", { "compare", "stock", "central", "--fail-if", "init2>x" } },
	{ "fail-if-pairs", 99, "is decided by 7 pairs", { "compare", "stock", "central", "--fail-if", "init2>1%" } },
	{ "fail-if-mode",
	  99,
	  "the count of the same is insn2.to_init",
	  { "compare", "stock", "central", "--mode", "counted", "--fail-if", "init2>1%" } },
	{ "fail-if-time",
	  99,
	  "goes with --mode counted",
	  { "compare", "stock", "central", "--runs", "9", "--fail-if", "insn2.to_init>1%" } },
	{ "fail-if-kernels",
	  99,
	  "init2 takes 2 kernels in a row, and there is 1",
	  { "compare", "stock", "central", "--runs", "9", "--hops", "1", "--fail-if", "init2>1%" } },
	{ "fail-if-handover",
	  99,
	  "blackout takes 2 kernels in a row",
	  { "compare", "stock", "central", "--runs", "9", "--hops", "1", "--fail-if", "blackout>1%" } },
	{ "fail-if-unsure", 99, "there is none", { "compare", "stock", "central", "--fail-if-unsure" } },
	{ "fail-if-one-pair",
	  99,
	  "'khotest compare --runs auto --fail-if ...' runs as many as it takes; of counted runs one is enough, by "
	  "insn2.to_init",
	  { "report", "/tmp", "--against", "/tmp", "--fail-if", "init2>1%" } },
	{ "anyway-alone", 99, "--anyway is about --against", { "report", "/tmp", "--anyway" } },
	{ "list-two-folders",
	  99,
	  "list runs takes one folder, and '/usr' is too many",
	  { "list", "runs", "/tmp", "/usr" } },
	{ "list-folder", 99, "list kernels takes nothing else, and '/tmp' is too many", { "list", "kernels", "/tmp" } },
	{ "fail-if-report", 99, "goes with --against", { "report", "/tmp", "--fail-if", "init2>1%" } },
	{ "fail-on-change", 99, "is about a metric", { "history", "--fail-on-change" } },
	{ "cover-format", 99, "a format of its own", { "compare", "a", "b", "--cover", "--format", "md" } },
	{ "append-quote", 99, "a double quote is not closed", { "run", "-m", "1G", "-a", "a=\"b" } },
	{ "append-newline", 99, "character 6 is a newline", { "run", "-m", "1G", "-a", "quiet\nroot=x" } },
	{ "append-own", 99, "the harness's own", { "run", "-m", "1G", "-a", "khotest.hop=1" } },
	{ "append-long", 99, "shorten -a by", { "run", "-m", "1G", "-a", LONG } },
	{ "append-compare", 99, "not closed", { "compare", "stock", "central", "-m", "1G", "-a", "\"" } },
	{ "append-sweep", 99, "a newline", { "sweep", "memory=1G..2G", "-a", "quiet\nseries=stock", "--dry-run" } },
	{ "append-sweep-long", 99, "from append and scratch", { "sweep", "memory=1G..2G", "-a", LONG, "--dry-run" } },
	{ "sweep-metric", 99, "did you mean init1", { "sweep", "memory=1G..2G", "--metric", "init2,inti1" } },
	{ "sweep-metric-dry-run", 99, "no metric 'foo'", { "sweep", "memory=1G..2G", "--metric", "foo", "--dry-run" } },
	{ "sweep-metric-resume", 99, "no metric 'foo'", { "sweep", "--resume", "/", "--metric", "foo" } },
	{ "sweep-metric-mode",
	  99,
	  "it goes with --mode counted",
	  { "sweep", "memory=1G..2G", "--metric", "insn2.to_init", "--dry-run" } },
	{ "sweep-metric-kernels",
	  99,
	  "--metric init2 takes 2 kernels in a row, and there is 1",
	  { "sweep", "memory=1G..2G", "--hops", "1", "--metric", "init1,init2", "--dry-run" } },
	{ "sweep-counted-range",
	  99,
	  "sweep cpus with --mode wall",
	  { "sweep", "cpus=1..4", "--mode", "counted", "--dry-run" } },
	{ "sweep-counted-cpus",
	  99,
	  "counted runs have one CPU: leave -p out",
	  { "sweep", "memory=1G..2G", "--mode", "counted", "-p", "2", "--dry-run" } },
	{ "sweep-trust", 99, "--trust goes with --resume", { "sweep", "memory=1G..2G", "--trust" } },
	{ "matrix-trust", 99, "--trust goes with --resume", { "matrix", "smoke", "--trust" } },
	{ "compare-trust", 99, "--trust goes with --resume", { "compare", "stock", "central", "--trust" } },
	{ "bisect-trust", 99, "--trust goes with --resume", { "bisect", "--patches", "x", "--trust" } },
	{ "nightly-trust", 99, "--trust goes with --resume", { "nightly", "--trust" } },
	{ "sweep-resume-dry-run", 99, "--dry-run does not go", { "sweep", "--resume", "/", "--dry-run" } },
	{ "sweep-resume-memory", 99, "--memory does not go", { "sweep", "--resume", "/", "-m", "4G" } },
	{ "sweep-report-output", 99, "--output does not go", { "sweep", "--report", "/", "-o", "/tmp/x" } },
	{ "fragment", 99, "did you mean hugetlb", { "run", "-m", "1G", "-f", "huge" } },
	{ "fragment-list", 99, "'khotest list fragments' lists all", { "run", "-m", "1G", "-f", "nosuch" } },
	{ "config-value", 99, "--config FOO: write SYMBOL=VALUE", { "run", "-m", "1G", "--config", "FOO" } },
	{ "config", 99, "HZ=often", { "run", "-m", "1G", "--config", "HZ=often" } },
	{ "output", 99, "/etc/passwd is no folder; -o DIR", { "run", "-m", "1G", "-o", "/etc/passwd/runs" } },
	{ "output-name", 99, "-o: the name of /tmp/a", { "run", "-m", "1G", "-o", "/tmp/a\xff", "--dry-run" } },
	{ "memory-dir-name",
	  99,
	  "is not in UTF-8, and libvirt takes no other",
	  { "run", "-m", "1G", "--memory-dir", "/tmp/a\xff", "--dry-run" } },
	{ "memory-dir", 99, "/etc/passwd is no folder", { "run", "-m", "1G", "--memory-dir", "/etc/passwd" } },
	{ "tree-no-kernel", 99, "that is no kernel source", { "run", "-m", "1G", "--tree", "/usr" } },
	{ "dry-run-fragment", 99, "did you mean hugetlb", { "run", "-m", "1G", "--dry-run", "-f", "huge" } },
	{ "dry-run-image", 99, "/etc/passwd", { "run", "-m", "1G", "--dry-run", "--image", "/etc/passwd" } },
	{ "image-missing", 99, "/no/such/image", { "run", "-m", "1G", "--image", "/no/such/image" } },
	{ "image-not-a-kernel", 99, "/etc/passwd", { "run", "-m", "1G", "--image", "/etc/passwd" } },
	{ "image-and-kernel", 99, "do not go with it", { "run", "--image", "x", "--kernel", "7.1" } },
	{ "image-and-profile", 99, "do not go with it", { "run", "--image", "x", "--profile", "timing" } },
	{ "image-and-series", 99, "do not go with it", { "run", "--image", "x", "--series", "stock" } },
	{ "tree-missing", 99, "/no/such/tree", { "run", "-m", "1G", "--tree", "/no/such/tree" } },
	{ "rundir-missing", 99, "no run directory", { "report", "/no/such/run" } },
	{ "rundir-none", 99, "is not a run directory", { "report", "/" } },
	{ "report-nothing", 99, "needs a run directory", { "report" } },
	{ "check",
	  99,
	  "there is no check 'harms'; there are: records,",
	  { "run", "-m", "1G", "--check", "log,harms" } },
	{ "check-none", 99, "leaves no check", { "run", "--check", "log", "--no-check", "log" } },
	{ "check-many", 99, "there is no check 'x'", { "compare", "stock", "central", "-m", "1G", "--no-check", "x" } },
	{ "list-nonsense", 99, "there is no list of 'colours'", { "list", "colours" } },
	{ "matrix-nothing", 99, "matrix takes one plan", { "matrix" } },
	{ "matrix-plan", 99, "did you mean smoke", { "matrix", "smok" } },
	{ "matrix-not-a-plan", 99, "/etc/passwd", { "matrix", "/etc/passwd" } },
	{ "matrix-only", 99, "has memory '3G'", { "matrix", "smoke", "--dry-run", "--only", "memory=3G" } },
	{ "matrix-format", 99, "json, junit, tap and kcidb", { "matrix", "smoke", "--format", "xml" } },
	{ "matrix-dry-format", 99, "text is possible", { "matrix", "smoke", "--dry-run", "--format", "junit" } },
	{ "sweep-dry-format", 99, "text is possible", { "sweep", "memory=1G..2G", "--dry-run", "--format", "json" } },
	{ "nightly-dry-format", 99, "text is possible", { "nightly", "--dry-run", "--format", "json" } },
	{ "run-dry-format", 99, "text and json are", { "run", "-m", "1G", "--dry-run", "--format", "junit" } },
	{ "build-format", 99, "--format does not go with build", { "build", "--dry-run", "--format", "json" } },
	{ "matrix-report", 99, "no directory of a matrix or a sweep", { "matrix", "--report", "/" } },
	{ "matrix-report-jobs", 99, "--jobs does not go", { "matrix", "--report", "/", "-j", "2" } },
	{ "matrix-resume-only", 99, "--only does not go", { "matrix", "--resume", "/", "--only", "memory=1G" } },
	{ "matrix-resume", 99, "no directory of a matrix or a sweep", { "matrix", "--resume", "/" } },
	{ "publish-other", 99, "/ is no directory of a matrix, a comparison or a sweep", { "publish", "/", "/tmp/x" } },
	{ "matrix-both", 99, "matrix takes one plan", { "matrix", "smoke", "--resume", "/" } },
	{ "compare-report", 99, "is not a comparison directory", { "compare", "--report", "/" } },
	{ "compare-report-series", 99, "takes neither series", { "compare", "stock", "--report", "/" } },
	{ "compare-report-check",
	  99,
	  "--check does not go with --report",
	  { "compare", "--report", "/", "--check", "log" } },
	{ "compare-report-cpus", 99, "--cpus does not go with --report", { "compare", "--report", "/", "-p", "2" } },
	{ "compare-report-runs",
	  99,
	  "--runs does not go with --report",
	  { "compare", "--report", "/", "--runs", "2" } },
	{ "compare-report-dry-run",
	  99,
	  "--dry-run does not go with --report",
	  { "compare", "--report", "/", "--dry-run" } },
	{ "audit-hops", 99, "--hops does not go with run directories", { "audit", "/", "--hops", "2" } },
	{ "audit-payload", 99, "--payload does not go with run directories", { "audit", "/", "--payload", "x" } },
	{ "audit-check", 99, "--check does not go with run directories", { "audit", "/", "--check", "log", "-q" } },
	{ "audit-rundir", 99, "is not a run directory", { "audit", "/", "--map", "x.svg", "--format", "md" } },
	{ "nightly-report-site",
	  99,
	  "--site does not go with --report",
	  { "nightly", "--report", "LAST", "--site", "x" } },
	{ "nightly-accept-mail",
	  99,
	  "--mail does not go with --accept",
	  { "nightly", "--accept", "x", "--mail", "y" } },
	{ "selftest-dry-hops", 99, "needs 2 kernels", { "selftest", "--hops", "1", "--dry-run" } },
	{ "selftest-dry-image", 99, "give --kernel or --tree", { "selftest", "--image", "/", "--dry-run" } },
	{ "history-series", 99, "are about a metric", { "history", "--series", "nosuch" } },
	{ "history-key", 99, "are about a metric", { "history", "--key", "x", "--format", "json" } },
	{ "history-across", 99, "are about a metric", { "history", "--across", "x" } },
	{ "compare-csv-once", 99, "goes with --runs", { "compare", "stock", "-m", "1G", "--format", "csv" } },
	{ "compare-output",
	  99,
	  "is not empty",
	  { "compare", "stock", "stock", "-m", "1G", "--runs", "2", "-o", "/etc" } },
	{ "publish-nothing", 99, "publish takes the directory", { "publish" } },
	{ "bisect-style", 125, "is not a size", { "run", "--exit-style", "bisect", "-m", "blue" } },
	{ "bisect-style-option", 125, "Unknown option", { "run", "--frobnicate", "--exit-style", "bisect" } },
	{ "bisect-style-trees", 125, "--tree is given 2", { "run", "--tree=a", "--tree=b", "--exit-style=bisect" } },
	{ "bisect-style-report", 125, "Unknown option", { "report", "--exit-style=bisect", "--frobnicate" } },
	{ "kselftest-style", 4, "is not a size", { "run", "--exit-style", "kselftest", "-m", "blue" } },
};

static void test_case(gconstpointer data)
{
	const Case *c = data;
	g_auto(SpawnResult) result = { 0 };
	g_autofree char *first = NULL;

	tool_run(c->words, NULL, &result);
	g_assert_cmpint(result.status, ==, c->status);
	g_assert_cmpstr(result.out, ==, "");
	if (!strstr(result.err, c->says))
		g_error("'%s' lacks '%s'", result.err, c->says);
	/* one line, but for the usage */
	if (c->words[0])
		g_assert_true(strchr(result.err, '\n') == result.err + strlen(result.err) - 1);
}

/* What is set is read before the options are. */
static void test_setting(void)
{
	static const char *const words[] = { "run", "--exit-style", "bisect", "--dry-run", NULL };
	static const char *const env[] = { "KHOTEST_MEMORY=blue", NULL };
	g_auto(SpawnResult) result = { 0 };

	tool_run(words, env, &result);
	g_assert_cmpint(result.status, ==, 125);
	g_assert_nonnull(strstr(result.err, "KHOTEST_MEMORY=blue: "));
}

/* What a shell offers for a value that is not begun yet. */
static void test_complete(void)
{
	static const struct {
		const char *words[2];
		const char *offered; /* a pattern */
	} lines[] = {
		{ { "fetch", "--format" }, "^text\njson\n$" },
		{ { "bisect", "--format" }, "^text\njson\n$" },
		{ { "run", "--format" }, "^text\nmd\njson\njunit\nktap\ntap\nkcidb\n$" },
		{ { "run", "--tree" }, "^:files\n$" },
		{ { "bisect", "--patches" }, "central\n" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		const char *const words[] = { "--complete", lines[i].words[0], lines[i].words[1], "", NULL };
		g_auto(SpawnResult) result = { 0 };

		tool_run(words, NULL, &result);
		g_assert_cmpint(result.status, ==, 0);
		g_assert_true(g_regex_match_simple(lines[i].offered, result.out, 0, 0));
	}
}

static void test_help(void)
{
	g_auto(SpawnResult) result = { 0 };

	tool_run((const char *const[]){ "help", "reasons", NULL }, NULL, &result);
	g_assert_cmpint(result.status, ==, 0);
	g_assert_cmpstr(result.err, ==, "");
	g_assert_nonnull(strstr(result.out, " FAIL     kernel panic\n"));
	g_assert_nonnull(strstr(result.out, " ERROR    a check could not see what it looks at\n"));
}

/* What a verb refuses whatever stands beside it is not offered. */
static void test_offered(void)
{
	static const char *const never[][2] = { { "compare", " --series=" }, { "compare", " --image=" },
						{ "bisect", " --image=" },   { "selftest", " --image=" },
						{ "shell", " --mode=" },     { "build", " --memory=" } };

	for (gsize i = 0; i < G_N_ELEMENTS(never); i++) {
		g_auto(SpawnResult) result = { 0 };

		tool_run((const char *const[]){ never[i][0], "--help", NULL }, NULL, &result);
		g_assert_cmpint(result.status, ==, 0);
		g_assert_nonnull(strstr(result.out, " --jobs="));
		g_assert_null(strstr(result.out, never[i][1]));
	}
}

/* Whoever reads it looks where the value was said. */
static void test_origin(void)
{
	static const char *const words[] = { "run", "--format", "kcidb", NULL };
	g_autofree char *folder = g_dir_make_tmp("khotest-origin-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "khotest", "config", NULL);
	g_autofree char *dir = g_path_get_dirname(path);
	g_autofree char *home = g_strconcat("XDG_CONFIG_HOME=", folder, NULL);
	g_autofree char *said = g_strdup_printf("origin=My-CI in %s: KCIDB takes", path);
	g_auto(SpawnResult) file = { 0 }, variable = { 0 };

	g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
	g_assert_true(files_write(path, "[khotest]\norigin=My-CI\n", 24, NULL));
	tool_run(words, (const char *const[]){ home, "KHOTEST_ORIGIN=", NULL }, &file);
	g_assert_cmpint(file.status, ==, 99);
	g_assert_nonnull(strstr(file.err, said));
	tool_run(words, (const char *const[]){ home, "KHOTEST_ORIGIN=Your-CI", NULL }, &variable);
	g_assert_nonnull(strstr(variable.err, "KHOTEST_ORIGIN=Your-CI: KCIDB takes"));
	g_assert_true(files_remove_tree(folder, NULL));
}

/* Where the output goes is full, or closed: nobody is to take half of it, or none, for all of it. */
static void test_output(void)
{
	static const struct {
		const char *command;
		int status;
		const char *says;
	} ends[] = {
		{ "\"$0\" checks >/dev/full", 99, "could not be written: No space left on device" },
		{ "\"$0\" --version >/dev/full", 99, "could not be written: No space left on device" },
		{ "\"$0\" checks >&-", 99, "could not be written: Bad file descriptor" },
		{ "\"$0\" --version >&-", 99, "could not be written: Bad file descriptor" },
		{ "\"$0\" --help >&-", 99, "could not be written: Bad file descriptor" },
		{ "\"$0\" --describe verbs >&-", 99, "could not be written: Bad file descriptor" },
		{ "\"$0\" --describe reference >&-", 99, "could not be written: Bad file descriptor" },
		{ "\"$0\" list fragments >&-", 99, "could not be written: Bad file descriptor" },
		{ "\"$0\" matrix smoke --dry-run >&-", 99, "could not be written: Bad file descriptor" },
		{ "\"$0\" checks 2>&- >/dev/null", 0, "" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
		const char *const argv[] = { "sh", "-c", ends[i].command, tool_path(), NULL };
		SpawnSpec spec = { .argv = argv, .keep_output = true };
		g_auto(SpawnResult) result = { 0 };
		g_autoptr(GError) error = NULL;

		g_test_message("%s", ends[i].command);
		g_assert_true(spawn_run(&spec, &result, &error));
		g_assert_no_error(error);
		g_assert_cmpint(result.status, ==, ends[i].status);
		g_assert_nonnull(strstr(result.err, ends[i].says));
	}
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/bad-input/%s", cases[i].name);

		g_test_add_data_func(path, &cases[i], test_case);
	}
	g_test_add_func("/bad-input/setting", test_setting);
	g_test_add_func("/complete", test_complete);
	g_test_add_func("/help/reasons", test_help);
	g_test_add_func("/help/offered", test_offered);
	g_test_add_func("/origin", test_origin);
	g_test_add_func("/output", test_output);
	return g_test_run();
}
