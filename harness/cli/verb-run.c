// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <campaign/outline.h>
#include <campaign/perform.h>
#include <report/run.h>

#include <stdio.h>
#include <string.h>

/* What was asked of the machine for a person's sake. hop 0: not said. */
typedef struct {
	int hop;
	gboolean gdb, keep, dump;
} Asked;

static bool interpret_way_in(const Asked *asked, bool shell, Options *options, GError **error)
{
	WayIn *way = &options->request.way_in;
	guint hop = asked->hop ? (guint)asked->hop : WAYIN_LAST;

	if (asked->hop && !shell && !asked->gdb)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--hop says which kernel --gdb, or 'khotest shell', is about");
	way->gdb = asked->gdb ? hop : 0;
	way->shell = shell ? hop : 0;
	way->aside = options->format_name != NULL;
	way->keep = asked->keep;
	way->dump = asked->dump;
	return true;
}

int verb_run(Cli *cli, int argc, char **argv, GError **error)
{
	static const char *const not_in_shell[] = { "mode", NULL };
	g_auto(Options) options = { .writes = EMIT(run) };
	bool shell = strcmp(argv[0], "shell") == 0;
	Asked asked = { 0 };
	const GOptionEntry extra[] = {
		{ "hop", 0, 0, G_OPTION_ARG_INT, &asked.hop,
		  "The kernel of the chain that a shell or --gdb is about, counted from 1 (the last)", "N" },
		{ "gdb", 0, 0, G_OPTION_ARG_NONE, &asked.gdb,
		  "Hold the machine where that kernel begins, and say how gdb gets at it", NULL },
		{ "keep", 0, 0, G_OPTION_ARG_NONE, &asked.keep,
		  "A machine that failed stays as it was, until Ctrl-C; how gdb gets at it is said", NULL },
		{ "dump", 0, 0, G_OPTION_ARG_NONE, &asked.dump,
		  "Write the memory of a machine that failed to a file that crash(8) opens", NULL },
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
	options.refuses = shell ? not_in_shell : NULL;
	if (!options_parse(
		    &options, cli, NULL,
		    shell ? "As 'khotest run', with a shell in the guest once one kernel of the chain was looked at."
			  : "Builds one kernel, boots it, hands over, and judges what both kernels say.",
		    argc, argv, &rest, error) ||
	    !interpret_way_in(&asked, shell, &options, error))
		return EXIT_ERROR;
	if (rest[0]) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s takes one kernel: '%s' is not expected here (did you mean --series %s?)", argv[0],
			  rest[0], rest[0]);
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
	if (result->verdict->kind == VERDICT_FAIL && !result_as_expected(result))
		log_info(
			"to get at it: --gdb, --keep and 'khotest shell', with the same words; -f debug-info has files "
			"and lines ('khotest help diagnosis')");
	return exit_of_verdict(result->verdict->kind);
}
