// SPDX-License-Identifier: GPL-2.0-or-later
/* What can be accepted of a night, and what cannot. Nights are files that a test wrote; no machine is started. */
#include "../nights.h"

#include <base/error.h>
#include <base/files.h>
#include <campaign/nightly.h>
#include <report/night.h>
#include <store/nightfacts.h>

#include <string.h>

#define COUNT(value) "\"insn2.to_init\": [" #value "]"

static char *parent;

static void keep(const char *id, const TestCell *cells)
{
	g_autoptr(Night) night = test_night(id, "c1", "c2", cells);
	g_autofree char *path = g_build_filename(parent, id, NULL), *summary = night_to_summary(night, "another");
	g_autoptr(GError) error = NULL;

	g_assert_true(files_mkdirs(path, NULL));
	night_keep(path, night->facts, &error);
	g_assert_no_error(error);
	night_write(path, NIGHT_SUMMARY, summary, &error);
	g_assert_no_error(error);
}

/* A good night, and behind it one of these cells, which is accepted, or not: NULL. Caller frees. */
static char *accept_second(const TestCell *cells, GError **error)
{
	const TestCell good[] = { TEST_PASS("a", NULL), TEST_PASS("b", COUNT(1000000)), { .name = NULL } };

	g_assert_true(!parent || files_remove_tree(parent, NULL));
	g_free(parent);
	parent = g_dir_make_tmp("khotest-accept-XXXXXX", NULL);
	keep("2026-11-27", good);
	keep("2026-11-28", cells);
	return nightly_accept(parent, "2026-11-28", NULL, error);
}

static char *accepted_when(void)
{
	g_autofree char *path = g_build_filename(parent, "2026-11-28", NULL);
	g_autoptr(NightFacts) facts = night_read(path, NULL);

	g_assert_nonnull(facts);
	return g_steal_pointer(&facts->accepted);
}

static void check_refused(const TestCell *cells, const char *says)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *lines = accept_second(cells, &error), *when = accepted_when();

	g_assert_null(lines);
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, says));
	g_assert_null(when);
}

static void test_verdict(void)
{
	const TestCell cells[] = { TEST_FAIL("a", "guest-panic", "x"),
				   TEST_PASS("b", COUNT(1000000)),
				   { .name = NULL } };

	check_refused(cells, "change what the plan expects");
}

static void test_nothing(void)
{
	const TestCell cells[] = { TEST_PASS("a", NULL), TEST_PASS("b", COUNT(1000000)), { .name = NULL } };

	check_refused(cells, "nothing became worse");
}

static char *subject_of_last(void)
{
	g_autoptr(Nights) nights = nights_load(parent, NULL, NULL);

	return night_subject(nights_last(nights));
}

static void test_figure(void)
{
	const TestCell cells[] = { TEST_PASS("a", NULL), TEST_PASS("b", COUNT(1031000)), { .name = NULL } };
	g_autoptr(GError) error = NULL;
	g_autofree char *lines = accept_second(cells, &error), *when = accepted_when(), *subject = subject_of_last();

	g_assert_no_error(error);
	g_assert_true(g_str_has_prefix(lines, "accepted: b label: "));
	g_assert_nonnull(strstr(lines, " +3.1%: "));
	g_assert_null(strstr(lines, "not accepted"));
	g_assert_nonnull(when);
	g_assert_true(g_str_has_suffix(subject, "insn2.to_init +3.1%, accepted"));
}

/* The figure is accepted, the verdict is not, and the subject says so. */
static void test_both(void)
{
	const TestCell cells[] = { TEST_FAIL("a", "guest-panic", "x"),
				   TEST_PASS("b", COUNT(1031000)),
				   { .name = NULL } };
	g_autoptr(GError) error = NULL;
	g_autofree char *lines = accept_second(cells, &error), *when = accepted_when(), *subject = subject_of_last();

	g_assert_no_error(error);
	g_assert_nonnull(
		strstr(lines, "not accepted, change what the plan expects: a label: FAIL: x, expected PASS\n"));
	g_assert_nonnull(strstr(lines, "\naccepted: b label: "));
	g_assert_nonnull(when);
	g_assert_true(g_str_has_suffix(subject, ", accepted but for the verdicts"));
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/nightaccept/verdict", test_verdict);
	g_test_add_func("/nightaccept/nothing", test_nothing);
	g_test_add_func("/nightaccept/figure", test_figure);
	g_test_add_func("/nightaccept/both", test_both);
	status = g_test_run();
	g_assert_true(files_remove_tree(parent, NULL));
	g_free(parent);
	return status;
}
