// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <campaign/outline.h>
#include <campaign/selftest.h>

#include <stdio.h>

int verb_selftest(Cli *cli, int argc, char **argv, GError **error)
{
	gboolean no_config = FALSE;
	const GOptionEntry extra[] = {
		{ "no-test-config", 0, 0, G_OPTION_ARG_NONE, &no_config,
		  "The kernel as 'khotest run' builds it, without what the tests' own configuration asks for", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	static const char *const refused[] = { "image", NULL };
	g_auto(Options) options = { .writes = EMIT(selftests), .extra = extra, .refuses = refused };
	g_autoptr(Selftests) selftests = NULL;
	g_auto(GStrv) names = NULL;
	g_autofree char *text = NULL;

	if (!options_parse(
		    &options, cli, "[TEST...]",
		    "Builds the kernel's own selftests of kho and liveupdate from its tree, and runs each across "
		    "a handover,\nwith all checks beside it. TEST: names of those to be run; else all.",
		    argc, argv, &names, error))
		return EXIT_ERROR;
	if (!selftest_check(&options.request, error))
		return EXIT_ERROR;
	if (options.dry_run) {
		if (names[0])
			log_info("whether there is a test '%s' is known once the tests are built", names[0]);
		text = outline_run(&cli->paths, &options.request, emitter_is_json(options.emitter), error);
		cli_print(text);
		return text ? EXIT_PASS : EXIT_ERROR;
	}
	selftests = selftest_run(&cli->paths, &options.request, (const char *const *)names, !no_config, error);
	if (!selftests)
		return EXIT_ERROR;
	text = options.emitter->selftests(selftests);
	cli_print(text);
	return exit_of_verdict(selftests_verdict(selftests));
}
