// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <base/units.h>

#include <stdio.h>

/* Everything that can be refused is refused before the first kernel is built. */
static bool check_all(Cli *cli, RunRequest *request, char **series, bool print, GError **error)
{
	for (; *series; series++) {
		g_autoptr(Prepared) prepared = NULL;

		request->series = *series;
		prepared = request_resolve(request, &cli->paths, error);
		if (!prepared)
			return false;
		/* the first decides the size, so that all are the same */
		if (!request->numa)
			request->memory_bytes = prepared->plan->memory_bytes;
		if (print) {
			g_autofree char *json = plan_to_json(prepared->plan);

			fputs(json, stdout);
		}
	}
	return true;
}

/* The gravest of all: an error, then a host that cannot, then an expectation not met. */
static ExitStatus exit_of_results(GPtrArray *results)
{
	ExitStatus status = EXIT_PASS;

	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];
		ExitStatus one = result_as_expected(result) ? EXIT_PASS : exit_of_verdict(result->verdict->kind);

		if (one == EXIT_PASS && !result_as_expected(result))
			one = EXIT_FAIL;
		status = MAX(status, one);
	}
	return status;
}

int verb_compare(Cli *cli, int argc, char **argv, GError **error)
{
	static char *(*const write[])(GPtrArray *) = {
		[FORMAT_TEXT] = results_to_text,
		[FORMAT_JSON] = results_to_json,
		[FORMAT_MARKDOWN] = results_to_markdown,
	};
	g_auto(Options) options = { 0 };
	g_autoptr(VmHost) host = NULL;
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	g_auto(GStrv) series = NULL;
	g_autofree char *text = NULL;

	if (!options_parse(&options, cli, "SERIES...",
			   "Runs several series of one kernel on the same machine, and puts them into one table.\n"
			   "Exit status 0: each came out as its series says it should.",
			   argc, argv, &series, error))
		return EXIT_ERROR;
	if (!series[0] || options.series || options.image) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s",
			  !series[0]
				  ? "compare needs the series to compare, as in: khotest compare stock unfixed central"
				  : "compare takes the series as words, without --series or --image");
		return EXIT_ERROR;
	}
	if (!check_all(cli, &options.request, series, options.dry_run, error))
		return EXIT_ERROR;
	if (options.dry_run)
		return EXIT_PASS;
	for (char **name = series; *name; name++) {
		Result *result;

		options.request.series = *name;
		result = perform_run(cli, &options.request, &host, error);
		if (!result)
			return EXIT_ERROR;
		g_ptr_array_add(results, result);
		log_info("%s: %s%s", *name, verdict_kind_name(result->verdict->kind),
			 result_as_expected(result) ? ", as expected" : ", NOT as expected");
	}
	text = write[options.format](results);
	fputs(text, stdout);
	return exit_of_results(results);
}
