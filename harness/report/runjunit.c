// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs as JUnit's XML: a <testsuite> for each, see matrixjunit.c. */
#include "runjunit.h"
#include "runcases.h"

#include <base/text.h>
#include <report/run.h>

static void put_case(GString *out, const char *suite, const RunCase *one)
{
	static const char *const tags[] = { [CASE_FAIL] = "failure", [CASE_ERROR] = "error", [CASE_SKIP] = "skipped" };
	g_autofree char *name = text_markup(one->name);
	g_autofree char *message = text_markup(one->message);

	g_string_append_printf(out, "    <testcase classname=\"khotest.%s\" name=\"%s\"", suite, name);
	if (tags[one->state])
		g_string_append_printf(out, ">\n      <%s message=\"%s\"/>\n    </testcase>\n", tags[one->state],
				       message);
	else
		g_string_append(out, "/>\n");
}

void runjunit_put(GString *out, const char *name, const Result *result)
{
	g_autoptr(GPtrArray) cases = runcases_of(result);
	g_autofree char *suite = text_markup(name);
	char seconds[G_ASCII_DTOSTR_BUF_SIZE];

	g_ascii_formatd(seconds, sizeof(seconds), "%.3f", result->wall_ns < 0 ? 0 : (double)result->wall_ns / 1e9);
	g_string_append_printf(out,
			       "  <testsuite name=\"khotest.%s\" tests=\"%u\" failures=\"%u\" errors=\"%u\" "
			       "skipped=\"%u\" time=\"%s\">\n",
			       suite, cases->len, runcases_count(cases, CASE_FAIL), runcases_count(cases, CASE_ERROR),
			       runcases_count(cases, CASE_SKIP), seconds);
	for (guint i = 0; i < cases->len; i++)
		put_case(out, suite, cases->pdata[i]);
	g_string_append(out, "  </testsuite>\n");
}

char *results_to_junit(GPtrArray *results)
{
	g_auto(GStrv) suites = runcases_suites(results);
	GString *out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");

	for (guint i = 0; i < results->len; i++)
		runjunit_put(out, suites[i], results->pdata[i]);
	return g_string_free(g_string_append(out, "</testsuites>\n"), FALSE);
}

char *result_to_junit(const Result *result)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();

	g_ptr_array_add(one, (gpointer)result);
	return results_to_junit(one);
}
