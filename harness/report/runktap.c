// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs as KTAP, which kernel developers' tools read (Documentation/dev-tools/ktap.rst): several are subtests of one. */
#include "runktap.h"
#include "runcases.h"

#include <report/run.h>

#define INDENT "  "

char *runktap_plain(const char *text)
{
	return g_strdelimit(g_strdup(text ? text : ""), "#\n\r", ' ');
}

static void put_case(GString *out, const char *indent, guint number, const RunCase *one)
{
	static const char *const directives[] = { [CASE_ERROR] = " # ERROR ", [CASE_SKIP] = " # SKIP " };
	bool ok = one->state == CASE_PASS || one->state == CASE_SKIP;
	g_autofree char *name = runktap_plain(one->name), *message = runktap_plain(one->message);

	/* what is known of a failure is a diagnostic line before it */
	if (one->state == CASE_FAIL)
		g_string_append_printf(out, "%s# %s\n", indent, message);
	g_string_append_printf(out, "%s%s %u %s", indent, ok ? "ok" : "not ok", number, name);
	if (one->state == CASE_ERROR || one->state == CASE_SKIP)
		g_string_append_printf(out, "%s%s", directives[one->state], message);
	g_string_append_c(out, '\n');
}

bool runktap_put(GString *out, const char *indent, const char *name, const Result *result)
{
	g_autoptr(GPtrArray) cases = runcases_of(result);

	/* kunit_parser.py looks for a subtest's version line first, and for its name behind that */
	g_string_append_printf(out, "%sKTAP version 1\n", indent);
	if (name)
		g_string_append_printf(out, "%s# Subtest: %s\n", indent, name);
	g_string_append_printf(out, "%s1..%u\n", indent, cases->len);
	for (guint i = 0; i < cases->len; i++)
		put_case(out, indent, i + 1, cases->pdata[i]);
	return !runcases_count(cases, CASE_FAIL) && !runcases_count(cases, CASE_ERROR);
}

char *result_to_ktap(const Result *result)
{
	GString *out = g_string_new(NULL);

	runktap_put(out, "", NULL, result);
	return g_string_free(out, FALSE);
}

char *results_to_ktap(GPtrArray *results)
{
	g_auto(GStrv) suites = runcases_suites(results);
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "KTAP version 1\n1..%u\n", results->len);
	for (guint i = 0; i < results->len; i++) {
		g_autofree char *name = runktap_plain(suites[i]);
		bool ok;

		ok = runktap_put(out, INDENT, name, results->pdata[i]);
		g_string_append_printf(out, "%s %u %s\n", ok ? "ok" : "not ok", i + 1, name);
	}
	return g_string_free(out, FALSE);
}
