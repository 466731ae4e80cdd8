// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <campaign/outline.h>
#include <campaign/perform.h>
#include <report/run.h>

#include <stdio.h>

int verb_run(Cli *cli, int argc, char **argv, GError **error)
{
	g_auto(Options) options = { .writes = EMIT(run) };
	const GOptionEntry extra[] = {
		{ "chain", 0, 0, G_OPTION_ARG_STRING, &options.chain,
		  "Kernels that are not alike, one after the other: KERNEL/SERIES, tree:DIR[@REF] or image:FILE, each "
		  "with [WORDS] of its own command line",
		  "LIST" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_autoptr(VmHost) host = NULL;
	g_autoptr(Result) result = NULL;
	g_auto(GStrv) rest = NULL;
	g_autofree char *text = NULL;

	options.extra = extra;
	if (!options_parse(&options, cli, NULL,
			   "Builds one kernel, boots it, hands over, and judges what both kernels say.", argc, argv,
			   &rest, error))
		return EXIT_ERROR;
	if (rest[0]) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "run takes one kernel: '%s' is not expected here (did you mean --series %s?)", rest[0],
			  rest[0]);
		return EXIT_ERROR;
	}
	if (options.dry_run) {
		text = outline_run(&cli->paths, &options.request, emitter_is_json(options.emitter), error);
		cli_print(text);
		return text ? EXIT_PASS : EXIT_ERROR;
	}
	result = perform_run(&cli->paths, &options.request, &host, error);
	if (!result)
		return EXIT_ERROR;
	text = options.emitter->run(result);
	cli_print(text);
	return exit_of_verdict(result->verdict->kind);
}
