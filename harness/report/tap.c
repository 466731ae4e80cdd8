// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The Test Anything Protocol, version 13 (testanything.org): a plan, and a line for each test, which prove(1) and CI
 * systems read. What is known of one that is not ok stands below it as a YAML block.
 */
#include "runcases.h"

#include <report/tap.h>

#include <string.h>

/* A description goes up to '#', where a directive begins, and to the end of its line. */
static char *description(const char *suite, const char *name)
{
	g_autofree char *all = suite ? g_strconcat(suite, ": ", name, NULL) : g_strdup(name);
	GString *out = g_string_new(NULL);

	for (const char *c = all; *c; c++) {
		if (*c == '#' || *c == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, (guchar)*c < ' ' ? ' ' : *c);
	}
	return g_string_free(out, FALSE);
}

/* A string as JSON has it is one in YAML too; what is no UTF-8 becomes U+FFFD. */
static void put_message(GString *out, const char *message)
{
	g_autofree char *valid = g_utf8_make_valid(message, -1);

	g_string_append(out, "  ---\n  message: \"");
	for (const char *c = valid; *c; c++)
		if ((guchar)*c < ' ' || *c == 0x7f)
			g_string_append_printf(out, "\\u%04x", (guint)(guchar)*c);
		else if (*c == '"' || *c == '\\')
			g_string_append_printf(out, "\\%c", *c);
		else
			g_string_append_c(out, *c);
	g_string_append(out, "\"\n  ...\n");
}

/* expected: if it is not ok, that is as it should be, which a directive says to readers. */
static void put_case(GString *out, guint number, const char *suite, const char *name, CaseState state, const char *why,
		     bool expected)
{
	bool ok = state == CASE_PASS || state == CASE_SKIP;
	g_autofree char *text = description(suite, name), *reason = description(NULL, why ? why : "");

	g_string_append_printf(out, "%s %u - %s", ok ? "ok" : "not ok", number, text);
	if (state == CASE_SKIP)
		g_string_append_printf(out, " # SKIP %s", reason);
	else if (!ok && expected)
		g_string_append(out, " # TODO fails as expected");
	g_string_append_c(out, '\n');
	if (!ok && why)
		put_message(out, why);
}

/* All cases of a run; expected: what it should be is known, and it is so. The number of the last. */
static guint put_run(GString *out, guint number, const char *suite, const Result *result, bool expected)
{
	g_autoptr(GPtrArray) cases = runcases_of(result);

	for (guint i = 0; i < cases->len; i++) {
		const RunCase *one = cases->pdata[i];

		put_case(out, ++number, suite, one->name, one->state, one->message, expected);
	}
	return number;
}

/* The lines of tests, with what goes before them. Takes lines. */
static char *finish(GString *lines, guint number, const char *why_none)
{
	g_autofree char *why = description(NULL, why_none ? why_none : "nothing was run");
	g_autofree char *head = number ? g_strdup_printf("TAP version 13\n1..%u\n", number)
				       : g_strdup_printf("TAP version 13\n1..0 # SKIP %s\n", why);

	return g_string_free(g_string_prepend(lines, head), FALSE);
}

char *result_to_tap(const Result *result)
{
	GString *out = g_string_new(NULL);

	return finish(out, put_run(out, 0, NULL, result, false), NULL);
}

/* One after the other. Each run has to come out as its series should, which is what the exit status asks. */
char *results_to_tap(GPtrArray *results)
{
	g_auto(GStrv) suites = runcases_suites(results);
	GString *out = g_string_new(NULL);
	guint number = 0;

	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];

		number = put_run(out, number, suites[i], result, result_as_expected(result));
	}
	return finish(out, number, NULL);
}

char *storedcomparison_to_tap(const StoredComparison *stored)
{
	g_autoptr(GPtrArray) results = storedcomparison_results(stored);

	return results_to_tap(results);
}

char *selftests_to_tap(const Selftests *selftests)
{
	static const CaseState states[] = { [VERDICT_PASS] = CASE_PASS,
					    [VERDICT_FAIL] = CASE_FAIL,
					    [VERDICT_SKIP] = CASE_SKIP,
					    [VERDICT_ERROR] = CASE_ERROR };
	g_autofree char *none = g_strdup_printf("%s has no selftests of kho or liveupdate", selftests->describe);
	GString *out = g_string_new(NULL);
	guint number = 0;

	for (guint i = 0; i < selftests->outcomes->len; i++) {
		const SelftestOutcome *outcome = selftests->outcomes->pdata[i];

		if (outcome->result)
			number = put_run(out, number, outcome->name, outcome->result, false);
		put_case(out, ++number, NULL, outcome->name, states[outcome->kind], outcome->why, false);
	}
	return finish(out, number, none);
}

char *matrix_to_tap(const MatrixResult *result)
{
	static const CaseState states[] = {
		[CELL_MET] = CASE_PASS,	   [CELL_UNMET] = CASE_FAIL,	[CELL_SKIPPED] = CASE_SKIP,
		[CELL_ERROR] = CASE_ERROR, [CELL_NOT_RUN] = CASE_ERROR, /* as the exit status has it */
	};
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < result->cells->len; i++) {
		const MatrixCell *cell = result->cells->pdata[i];

		put_case(out, i + 1, result->dir->plan, cell->cell->id, states[cell->state], cell->why, false);
	}
	return finish(out, result->cells->len, NULL);
}
