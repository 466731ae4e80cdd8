// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <report/cost.h>
#include <store/matrixdir.h>

#include <stdio.h>
#include <string.h>

/* A run directory itself, or the folder of a matrix with its runs/, or any folder of run directories. */
static bool add_runs(const char *path, GPtrArray *results, GError **error)
{
	g_autofree char *parent = matrixdir_runs_of(path);
	/* the folder of a matrix has a journal too */
	g_autoptr(RunDir) run = strcmp(parent, path) == 0 ? rundir_open(path, NULL) : NULL;
	g_auto(GStrv) names = NULL;
	Result *result;

	if (run) {
		result = result_load(path, error);
		if (result)
			g_ptr_array_add(results, result);
		return result;
	}
	names = rundir_list(parent);
	if (!*names)
		return error_set(error, KHOTEST_ERROR_INPUT, "%s is no run directory, and holds none", path);
	for (char **name = names; *name; name++) {
		g_autofree char *one = g_build_filename(parent, *name, NULL);

		result = result_load(one, error);
		if (!result)
			return false;
		g_ptr_array_add(results, result);
	}
	return true;
}

int verb_cost(Cli *cli, int argc, char **argv, GError **error)
{
	g_autofree char *format_name = NULL, *base = NULL;
	const GOptionEntry entries[] = {
		{ "format", 0, 0, G_OPTION_ARG_STRING, &format_name, emitter_help(EMIT(cost)), "NAME" },
		{ "against", 0, 0, G_OPTION_ARG_STRING, &base, "Series that the others are compared with (unfixed)",
		  "SERIES" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	g_autoptr(Cost) cost = NULL;
	g_auto(GStrv) paths = NULL;
	g_autofree char *text = NULL;
	const Emitter *emitter;

	if (!options_parse_entries(
		    entries, "DIR...",
		    "Instructions to /init and by phase, from runs with --mode counted: run directories,\n"
		    "matrices or folders of runs. Exit status 1: runs that should be the same differ.",
		    argc, argv, &paths, error) ||
	    !(emitter = emitter_find(format_name, false, EMIT(cost), error)))
		return EXIT_ERROR;
	if (!paths[0]) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "cost needs runs that counted, as from: khotest run --mode counted --profile timing");
		return EXIT_ERROR;
	}
	for (char **path = paths; *path; path++)
		if (!add_runs(*path, results, error))
			return EXIT_ERROR;
	cost = cost_new(results, base ? base : "unfixed");
	if (!cost->groups->len) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "none of these runs counted instructions to a PASS or FAIL: they need --mode counted, and to "
			  "be judged");
		return EXIT_ERROR;
	}
	text = emitter->cost(cost);
	cli_print(text);
	if (cost_disagreements(cost))
		log_warn("%u rows have runs that differ, though everything that went in is the same",
			 cost_disagreements(cost));
	return cost_disagreements(cost) ? EXIT_FAIL : EXIT_PASS;
}
