// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"
#include "failif.h"

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <campaign/compare.h>
#include <history/against.h>
#include <history/openindex.h>
#include <page/html.h>
#include <report/run.h>
#include <store/results.h>
#include <store/rundir.h>

#include <stdio.h>
#include <string.h>

static bool write_page(const char *file, const char *page, GError **error)
{
	if (!*file || strcmp(file, "-") == 0)
		return error_set(error, KHOTEST_ERROR_INPUT, "--html %s: a page goes into a file: name one",
				 *file ? file : "''");
	if (!files_write(file, page, strlen(page), error))
		return false;
	log_info("written: %s", file);
	return true;
}

/* A sweep is a matrix whose blocks name values. */
static char *page_of_matrix(const char *path, GError **error)
{
	g_autoptr(MatrixResult) matrix = matrixresult_load(path, error);
	g_autoptr(Sweep) sweep = matrix && matrix_is_sweep(matrix) ? sweep_new(matrix, NULL, error) : NULL;

	if (!matrix || (!sweep && matrix_is_sweep(matrix)))
		return NULL;
	return sweep ? html_of_sweep(matrix, sweep) : html_of_matrix(matrix);
}

static char *page_of_comparison(const char *path, GError **error)
{
	g_autoptr(StoredComparison) stored = storedcomparison_load(path, error);

	return stored ? html_of_comparison(stored) : NULL;
}

/* A directory that holds runs. */
static int report_many_html(const char *path, const char *file, const CheckChoice *choice, GError **error)
{
	g_autofree char *page = NULL;

	if (choice->only || choice->without) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "--check and --no-check are for runs, and %s holds many: its runs are in %s/runs", path,
			  path);
		return EXIT_ERROR;
	}
	page = comparedir_is(path) ? page_of_comparison(path, error) : page_of_matrix(path, error);
	return page && write_page(file, page, error) ? EXIT_PASS : EXIT_ERROR;
}

static bool report_html(GPtrArray *results, const char *file, GError **error)
{
	g_autofree char *page = html_of_results(results);

	return write_page(file, page, error);
}

/*
 * Prints what changed in result since another run: a path, or "LAST" for the one before
 * with its key and series. anyway: also where they cannot be compared. Takes the result over.
 */
static int report_against(Cli *cli, Result *result, const char *which, const CheckChoice *choice, bool anyway,
			  const Emitter *emitter, const FailIf *fail_if, GError **error)
{
	g_autoptr(Result) now = result;
	g_autofree char *results = paths_results(NULL);
	g_autofree char *path = strcmp(which, "LAST") == 0
					? openindex_previous(cli->paths.cache, results, now, cli->cancel, error)
					: g_strdup(which);
	g_autoptr(Result) before = path ? result_judge(path, choice, error) : NULL;
	g_autoptr(Against) against = NULL;
	g_autoptr(GPtrArray) both = g_ptr_array_new();
	g_autofree char *text = NULL;
	const char *words[3] = { NULL };
	ExitStatus status;

	if (!before)
		return EXIT_ERROR;
	against = against_new(now, before);
	if (against->difference && !anyway) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s and %s cannot be compared: %s; --anyway puts them side by side and says so", before->id,
			  now->id, against->difference);
		return EXIT_ERROR;
	}
	text = emitter->against(against);
	cli_print(text);
	words[0] = before->id;
	words[1] = now->id;
	status = exit_of_verdict(now->verdict->kind);
	g_ptr_array_add(both, g_steal_pointer(&before));
	g_ptr_array_add(both, g_steal_pointer(&now));
	return (int)failif_exit_of_one_each(fail_if, words, both, status);
}

/* The newest run where runs go by default; error if there is none. Caller frees. */
static char *newest_run(GError **error)
{
	g_autofree char *runs = paths_results(RUNS_FOLDER);
	g_auto(GStrv) names = rundir_list(runs);
	guint n = names ? g_strv_length(names) : 0;

	if (n)
		return g_build_filename(runs, names[n - 1], NULL);
	error_set(error, KHOTEST_ERROR_INPUT,
		  "there is no run below %s; for a run that was made with -o, give its directory", runs);
	return NULL;
}

/* LAST is the newest one. */
static bool name_newest(char **paths, GError **error)
{
	for (char **path = paths; *path; path++) {
		char *newest;

		if (strcmp(*path, "LAST") != 0)
			continue;
		newest = newest_run(error);
		if (!newest)
			return false;
		g_free(*path);
		*path = newest;
	}
	return true;
}

int verb_report(Cli *cli, int argc, char **argv, GError **error)
{
	g_autofree char *format_name = NULL, *exit_style = NULL, *against = NULL, *html = NULL;
	g_auto(GStrv) check = NULL, no_check = NULL;
	gboolean anyway = FALSE;
	g_auto(FailIf) fail_if = { 0 };
	const GOptionEntry entries[] = {
		OPTIONS_CHECK(&check, &no_check),
		{ "format", 0, 0, G_OPTION_ARG_STRING, &format_name, emitter_help(EMIT(run)), "NAME" },
		{ "exit-style", 0, 0, G_OPTION_ARG_STRING, &exit_style, "khotest, kselftest or bisect", "NAME" },
		{ "against", 0, 0, G_OPTION_ARG_FILENAME, &against,
		  "What changed since another run; LAST: the one before with the same key and series", "RUNDIR|LAST" },
		{ "html", 0, 0, G_OPTION_ARG_FILENAME, &html,
		  "Write one page with everything into FILE; a matrix, a sweep or a comparison is fine too", "FILE" },
		{ "anyway", 0, 0, G_OPTION_ARG_NONE, &anyway, "With --against: also where runs cannot be compared",
		  NULL },
		OPTIONS_FAIL_IF(&fail_if),
		OPTION_RESULTS,
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	g_auto(GStrv) paths = NULL;
	g_autofree char *text = NULL;
	const Emitter *emitter = NULL;
	bool ok = options_parse_entries(entries, "RUNDIR|LAST...",
					"Judges runs again from their files. Several: one table. LAST: the newest run.",
					argc, argv, &paths, error) &&
		  (!exit_style || exit_style_set(exit_style, error)) && failif_parse(&fail_if, error) &&
		  name_newest(paths, error);
	CheckChoice choice;
	const Result *first;

	choice = (CheckChoice){ (const char *const *)check, (const char *const *)no_check };
	if (!ok)
		return EXIT_ERROR;
	if (!paths[0]) {
		error_set(error, KHOTEST_ERROR_INPUT, "report needs a run directory; 'khotest list runs' shows them");
		return EXIT_ERROR;
	}
	if (fail_if.conditions->len && !against) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "--fail-if holds a run against another one: it goes with --against");
		return EXIT_ERROR;
	}
	if (anyway && !against) {
		error_set(error, KHOTEST_ERROR_INPUT, "--anyway is about --against, and there is none");
		return EXIT_ERROR;
	}
	if (!failif_check_pair(&fail_if, error))
		return EXIT_ERROR;
	emitter = emitter_find(format_name, false, against ? EMIT(against) : paths[1] ? EMIT(runs) : EMIT(run), error);
	if (!emitter)
		return EXIT_ERROR;
	if (html && !paths[1] && (matrixdir_is(paths[0]) || comparedir_is(paths[0])))
		return report_many_html(paths[0], html, &choice, error);
	for (char **path = paths; *path; path++) {
		Result *result = result_judge(*path, &choice, error);

		if (!result)
			return EXIT_ERROR;
		g_ptr_array_add(results, result);
	}
	first = results->pdata[0];
	if (html && !report_html(results, html, error))
		return EXIT_ERROR;
	if (against && results->len > 1) {
		error_set(error, KHOTEST_ERROR_INPUT, "--against takes one run, and %u are given", results->len);
		return EXIT_ERROR;
	}
	if (against)
		return report_against(cli, g_ptr_array_steal_index(results, 0), against, &choice, anyway, emitter,
				      &fail_if, error);
	text = results->len == 1 ? emitter->run(first) : emitter->runs(results);
	cli_print(text);
	/* of one the verdict; of several whether each is as it should be, as everywhere */
	return (int)exit_of_verdict(results->len == 1 ? first->verdict->kind : compare_outcome_of(results));
}
