// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit.h"

#include <base/error.h>
#include <base/setting.h>
#include <report/audit.h>
#include <report/bisection.h>
#include <report/checks.h>
#include <report/cost.h>
#include <report/kcidb.h>
#include <report/matrix.h>
#include <report/night.h>
#include <report/run.h>
#include <report/selftests.h>
#include <report/storedcomparison.h>
#include <report/sweep.h>
#include <report/tap.h>

#include <string.h>
#include <unistd.h>

static char *trends_for_terminal(const GPtrArray *trends)
{
	return trends_to_text(trends, isatty(STDOUT_FILENO));
}

/* Who submits. */
static const char *kcidb_origin(void)
{
	const char *said = setting_get("origin");

	return said ? said : KCIDB_ORIGIN;
}

static char *run_for_kcidb(const Result *result)
{
	return result_to_kcidb(result, kcidb_origin());
}

static char *runs_for_kcidb(GPtrArray *results)
{
	return results_to_kcidb(results, kcidb_origin());
}

static char *comparison_for_kcidb(const StoredComparison *stored)
{
	return storedcomparison_to_kcidb(stored, kcidb_origin());
}

static char *matrix_for_kcidb(const MatrixResult *result)
{
	return matrix_to_kcidb(result, kcidb_origin());
}

static char *selftests_for_kcidb(const Selftests *selftests)
{
	return selftests_to_kcidb(selftests, kcidb_origin());
}

/* What --quiet leaves of text; it is not asked for by name. */
static const Emitter brief_text = {
	.name = "text",
	.run = result_to_brief,
	.runs = results_to_brief,
	.audit = result_audit_to_text,
	.comparison = storedcomparison_to_brief,
	.matrix = matrix_to_brief,
	.sweep = sweep_to_brief,
	.cost = cost_to_text,
	.against = against_to_text,
	.trends = trends_for_terminal,
	.inventory = inventory_to_text,
	.checks = checks_to_text,
	.selftests = selftests_to_brief,
	.bisection = bisection_to_text,
	.updates = updates_to_text,
	.night = night_to_text,
};

static const Emitter emitters[] = {
	{ "text", result_to_text, results_to_text, result_audit_to_text, storedcomparison_to_text, matrix_to_text,
	  sweep_to_text, cost_to_text, against_to_text, trends_for_terminal, inventory_to_text, checks_to_text,
	  selftests_to_text, bisection_to_text, updates_to_text, night_to_text },
	{ "md", result_to_markdown, results_to_markdown, result_audit_to_markdown, storedcomparison_to_markdown,
	  matrix_to_markdown, sweep_to_markdown, cost_to_markdown, against_to_markdown, trends_to_markdown,
	  inventory_to_markdown, checks_to_markdown, selftests_to_markdown, NULL, NULL, night_to_markdown },
	{ "json", result_to_json, results_to_json, result_to_json, storedcomparison_to_json, matrix_to_json,
	  sweep_to_json, cost_to_json, against_to_json, trends_to_json, inventory_to_json, checks_to_json,
	  selftests_to_json, bisection_to_json, updates_to_json, night_to_json },
	{ .name = "cover", .comparison = storedcomparison_to_cover },
	{ .name = "csv", .comparison = storedcomparison_to_csv, .sweep = sweep_to_csv, .trends = trends_to_csv },
	{ .name = "junit",
	  .run = result_to_junit,
	  .runs = results_to_junit,
	  .matrix = matrix_to_junit,
	  .selftests = selftests_to_junit },
	{ .name = "ktap", .run = result_to_ktap, .runs = results_to_ktap, .selftests = selftests_to_ktap },
	{ .name = "tap",
	  .run = result_to_tap,
	  .runs = results_to_tap,
	  .comparison = storedcomparison_to_tap,
	  .matrix = matrix_to_tap,
	  .selftests = selftests_to_tap },
	{ .name = "kcidb",
	  .run = run_for_kcidb,
	  .runs = runs_for_kcidb,
	  .comparison = comparison_for_kcidb,
	  .matrix = matrix_for_kcidb,
	  .selftests = selftests_for_kcidb },
};

static bool has(const Emitter *emitter, gsize what)
{
	return G_STRUCT_MEMBER(gpointer, emitter, what) != NULL;
}

/* "text, md or json": last is the word before the last of them. Caller frees. */
static char *names_of(gsize what, const char *last)
{
	GString *names = g_string_new(NULL);
	guint left = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(emitters); i++)
		left += has(&emitters[i], what);
	for (gsize i = 0; i < G_N_ELEMENTS(emitters); i++)
		if (has(&emitters[i], what)) {
			left--;
			g_string_append_printf(names, "%s%s", emitters[i].name,
					       left > 1	   ? ", "
					       : left == 1 ? last
							   : "");
		}
	return g_string_free(names, FALSE);
}

const Emitter *emitter_find(const char *name, bool brief, gsize what, GError **error)
{
	g_autofree char *names = NULL;

	if (!name || strcmp(name, emitters[0].name) == 0)
		return brief ? &brief_text : &emitters[0];
	if (strcmp(name, "kcidb") == 0 && !kcidb_is_origin(kcidb_origin())) {
		g_autofree char *origin = setting_text("origin");

		error_set(error, KHOTEST_ERROR_INPUT, "%s: KCIDB takes small letters, digits and '_', as in my_ci",
			  origin);
		return NULL;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(emitters); i++)
		if (strcmp(name, emitters[i].name) == 0 && has(&emitters[i], what))
			return &emitters[i];
	names = names_of(what, " and ");
	error_set(error, KHOTEST_ERROR_INPUT, "--format %s: %s are possible here", name, names);
	return NULL;
}

const char *emitter_name(guint number)
{
	return number < G_N_ELEMENTS(emitters) ? emitters[number].name : NULL;
}

const char *emitter_help(gsize what)
{
	g_autofree char *names = names_of(what, " or ");
	g_autofree char *help = g_strconcat(names, ", on standard output", NULL);

	return g_intern_string(help);
}

bool emitter_check_dry(const Emitter *emitter, bool plans, GError **error)
{
	if (strcmp(emitter->name, "text") == 0 || (plans && emitter_is_json(emitter)))
		return true;
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "--format %s is about results, and --dry-run has none: %s possible with it", emitter->name,
			 plans ? "text and json are" : "text is");
}

bool emitter_is_text(const Emitter *emitter)
{
	return emitter == &emitters[0];
}

bool emitter_is_json(const Emitter *emitter)
{
	return strcmp(emitter->name, "json") == 0;
}
