// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>

#include <stdio.h>

int verb_report(Cli *cli, int argc, char **argv, GError **error)
{
	char *format_name = NULL, *exit_style = NULL;
	const GOptionEntry entries[] = {
		{ "format", 0, 0, G_OPTION_ARG_STRING, &format_name, "text, json or md", "NAME" },
		{ "exit-style", 0, 0, G_OPTION_ARG_STRING, &exit_style, "khotest, kselftest or bisect", "NAME" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	g_auto(GStrv) paths = NULL;
	g_autofree char *text = NULL;
	Format format = FORMAT_TEXT;
	bool ok = options_parse_entries(entries, "RUNDIR...", "Judges runs again from their files. Several: one table.",
					argc, argv, &paths, error) &&
		  (!format_name || format_parse(format_name, &format, error)) &&
		  (!exit_style || exit_style_set(exit_style, error));
	const Result *first;

	g_free(format_name);
	g_free(exit_style);
	if (!ok)
		return EXIT_ERROR;
	if (!paths[0]) {
		error_set(error, KHOTEST_ERROR_INPUT, "report needs a run directory; 'khotest list runs' shows them");
		return EXIT_ERROR;
	}
	for (char **path = paths; *path; path++) {
		Result *result = result_load(*path, error);

		if (!result)
			return EXIT_ERROR;
		g_ptr_array_add(results, result);
	}
	first = results->pdata[0];
	if (results->len == 1)
		text = format == FORMAT_JSON   ? result_to_json(first)
		       : format == FORMAT_TEXT ? result_to_text(first)
					       : result_to_markdown(first);
	else
		text = format == FORMAT_JSON   ? results_to_json(results)
		       : format == FORMAT_TEXT ? results_to_text(results)
					       : results_to_markdown(results);
	fputs(text, stdout);
	return results->len == 1 ? exit_of_verdict(first->verdict->kind) : EXIT_PASS;
}
