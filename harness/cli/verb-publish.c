// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <campaign/publish.h>

int verb_publish(Cli *cli, int argc, char **argv, GError **error)
{
	g_autofree char *metric = NULL;
	const GOptionEntry entries[] = {
		{ "metric", 0, 0, G_OPTION_ARG_STRING, &metric, "What to show of a sweep (as khotest sweep does)",
		  "ID,..." },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_auto(GStrv) paths = NULL;
	g_auto(GStrv) metrics = NULL;

	if (!options_parse_entries(entries, "DIR FOLDER",
				   "Makes the files of results/ out of a matrix (verdicts, audit, maps, cost, and how "
				   "they were made),\n"
				   "a comparison or a sweep (table, figures, picture, and how they were made, named as "
				   "DIR is). Files\n"
				   "that are there are replaced; nothing else in FOLDER is touched.",
				   argc, argv, &paths, error))
		return EXIT_ERROR;
	if (g_strv_length(paths) != 2) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "publish takes the directory of a matrix, a comparison or a sweep, and the folder to write "
			  "to, as "
			  "in: khotest publish results/matrix/DATE-TIME-thread results/thread");
		return EXIT_ERROR;
	}
	metrics = metric ? g_strsplit(metric, ",", -1) : NULL;
	return publish(paths[0], paths[1], (const char *const *)metrics, error) ? EXIT_PASS : EXIT_ERROR;
}
