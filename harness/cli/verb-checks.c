// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <report/checks.h>

#include <stdio.h>

int verb_checks(Cli *cli, int argc, char **argv, GError **error)
{
	g_autofree char *format_name = NULL, *text = NULL;
	const GOptionEntry entries[] = {
		{ "format", 0, 0, G_OPTION_ARG_STRING, &format_name, emitter_help(EMIT(checks)), "NAME" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	const Emitter *emitter;

	if (!options_parse_entries(entries, NULL,
				   "Lists the checks: what each looks at, what it needs, what it proves and what not.\n"
				   "run, compare and report take --check and --no-check with their ids.",
				   argc, argv, NULL, error) ||
	    !(emitter = emitter_find(format_name, false, EMIT(checks), error)))
		return EXIT_ERROR;
	text = emitter->checks();
	cli_print(text);
	return EXIT_PASS;
}
