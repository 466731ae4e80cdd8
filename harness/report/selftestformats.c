// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's own tests, for programs: KTAP, JUnit, JSON. Each test is a suite of all that its run was asked. */
#include "payloadjson.h"
#include "runjunit.h"
#include "runktap.h"

#include <base/json.h>
#include <base/text.h>
#include <report/selftests.h>

#define INDENT "  "
#define SCHEMA 1

/* ---- KTAP ---- */

static void put_outcome(GString *out, guint number, const SelftestOutcome *outcome)
{
	static const char *const directives[] = { [VERDICT_SKIP] = " # SKIP ", [VERDICT_ERROR] = " # ERROR " };
	bool ok = outcome->kind == VERDICT_PASS || outcome->kind == VERDICT_SKIP;
	bool directed = outcome->kind == VERDICT_SKIP || outcome->kind == VERDICT_ERROR;
	g_autofree char *name = runktap_plain(outcome->name), *why = runktap_plain(outcome->why);

	if (outcome->result)
		runktap_put(out, INDENT, name, outcome->result);
	if (outcome->kind == VERDICT_FAIL)
		g_string_append_printf(out, "# %s\n", why);
	g_string_append_printf(out, "%s %u %s%s%s\n", ok ? "ok" : "not ok", number, name,
			       directed ? directives[outcome->kind] : "", directed ? why : "");
}

char *selftests_to_ktap(const Selftests *selftests)
{
	GString *out = g_string_new("KTAP version 1\n");

	g_string_append_printf(out, "1..%u", selftests->outcomes->len);
	if (!selftests->outcomes->len) {
		g_autofree char *describe = runktap_plain(selftests->describe);

		g_string_append_printf(out, " # SKIP %s has no selftests of kho or liveupdate", describe);
	}
	g_string_append_c(out, '\n');
	for (guint i = 0; i < selftests->outcomes->len; i++)
		put_outcome(out, i + 1, selftests->outcomes->pdata[i]);
	return g_string_free(out, FALSE);
}

/* ---- JUnit ---- */

/* One that was not run has no suite of its own. */
static void put_unrun(GString *out, const SelftestOutcome *outcome)
{
	g_autofree char *name = text_markup(outcome->name);
	g_autofree char *why = text_markup(outcome->why);

	g_string_append_printf(out,
			       "  <testsuite name=\"khotest.selftest.%s\" tests=\"1\" failures=\"0\" errors=\"0\" "
			       "skipped=\"1\" time=\"0.000\">\n"
			       "    <testcase classname=\"khotest.selftest.%s\" name=\"the run\">\n"
			       "      <skipped message=\"%s\"/>\n    </testcase>\n  </testsuite>\n",
			       name, name, why);
}

char *selftests_to_junit(const Selftests *selftests)
{
	GString *out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");

	for (guint i = 0; i < selftests->outcomes->len; i++) {
		const SelftestOutcome *outcome = selftests->outcomes->pdata[i];
		g_autofree char *name = g_strconcat("selftest.", outcome->name, NULL);

		if (outcome->result)
			runjunit_put(out, name, outcome->result);
		else
			put_unrun(out, outcome);
	}
	return g_string_free(g_string_append(out, "</testsuites>\n"), FALSE);
}

/* ---- JSON ---- */

static void put_kernels(JsonBuilder *b, const Result *result)
{
	json_begin_array(b, "hops");
	for (guint h = 0; result && h < result->hops->len; h++) {
		const Hop *hop = result_said(result, h);

		json_builder_begin_object(b);
		json_put_string(b, "release", hop ? hop->release : NULL);
		if (hop)
			payloadjson_put(b, hop->hooks);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

char *selftests_to_json(const Selftests *selftests)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "schema", SCHEMA);
	json_put_string(b, "verdict", verdict_kind_name(selftests_verdict(selftests)));
	json_put_string(b, "source", selftests->describe);
	json_put_string(b, "folder", selftests->folder);
	json_begin_array(b, "tests");
	for (guint i = 0; i < selftests->outcomes->len; i++) {
		const SelftestOutcome *outcome = selftests->outcomes->pdata[i];

		json_builder_begin_object(b);
		json_put_string(b, "name", outcome->name);
		json_put_string(b, "source", outcome->source);
		json_put_string(b, "outcome", verdict_kind_name(outcome->kind));
		json_put_string(b, "why", outcome->why);
		json_put_string(b, "run", outcome->result ? outcome->result->path : NULL);
		json_put_string(b, "verdict",
				outcome->result ? verdict_kind_name(outcome->result->verdict->kind) : NULL);
		put_kernels(b, outcome->result);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, true);
}
