// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <campaign/audit.h>
#include <campaign/outline.h>
#include <page/map.h>
#include <report/audit.h>
#include <report/run.h>

#include <stdio.h>
#include <string.h>

static int print_outline(Cli *cli, const Options *o, GError **error)
{
	g_autofree char *text = outline_run(&cli->paths, &o->request, emitter_is_json(o->emitter), error);

	cli_print(text);
	return text ? EXIT_PASS : EXIT_ERROR;
}

static bool write_map(const char *path, const GPtrArray *results, GError **error)
{
	bool svg = g_str_has_suffix(path, ".svg");
	g_autoptr(Picture) picture = map_draw(results, error);
	g_autofree char *text = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (!picture)
		return false;
	if (svg) {
		text = picture_to_svg(picture);
		return files_write(path, text, strlen(text), error);
	}
	bytes = picture_to_png(picture, error);
	return bytes && files_write(path, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), error);
}

/* JSON is one document, also of several. */
static void print(GPtrArray *results, const Emitter *emitter)
{
	if (emitter_is_json(emitter) && results->len > 1) {
		g_autofree char *text = emitter->runs(results);

		cli_print(text);
		return;
	}
	for (guint i = 0; i < results->len; i++) {
		g_autofree char *text = emitter->audit(results->pdata[i]);

		if (i)
			cli_print("\n");
		cli_print(text);
	}
}

int verb_audit(Cli *cli, int argc, char **argv, GError **error)
{
	static const char *const of_runs[] = { "map", "format", "exit-style", "quiet", "verbose", NULL };
	g_autofree char *map = NULL;
	const GOptionEntry extra[] = { { "map", 0, 0, G_OPTION_ARG_FILENAME, &map,
					 "Draw the migratetype of every pageblock (.svg or .png)", "FILE" },
				       { NULL, 0, 0, 0, NULL, NULL, NULL } };
	g_auto(Options) options = { .writes = EMIT(audit), .extra = extra };
	g_autoptr(GPtrArray) results = NULL;
	g_auto(GStrv) paths = NULL;
	g_autofree char *series = NULL;
	VerdictKind verdict = VERDICT_PASS;

	if (!options_parse(
		    &options, cli, "[RUNDIR...]",
		    "Says for each caller of init_pageblock_migratetype() whether it touches scratch, and whether "
		    "it needs a\ncheck for it: of runs that are over, or without RUNDIR of a run that it makes, of "
		    "--series NAME with\nthe overlay 'audit' on top.",
		    argc, argv, &paths, error))
		return EXIT_ERROR;
	if (map && !g_str_has_suffix(map, ".svg") && !g_str_has_suffix(map, ".png")) {
		error_set(error, KHOTEST_ERROR_INPUT, "--map %s: the name has to end in .svg or .png", map);
		return EXIT_ERROR;
	}
	if (paths[0] && !options_only(&options, of_runs, "run directories, whose runs are over", error))
		return EXIT_ERROR;
	series = audit_series(&options.request);
	options.request.series = series;
	if (options.dry_run)
		return print_outline(cli, &options, error);
	results = paths[0] ? audit_load((const char *const *)paths, error)
			   : audit_run(&cli->paths, &options.request, error);
	if (!results)
		return EXIT_ERROR;
	print(results, options.emitter);
	if (map && !write_map(map, results, error))
		return EXIT_ERROR;
	if (!paths[0])
		verdict = ((const Result *)results->pdata[0])->verdict->kind;
	return (int)exit_of_verdict(audit_outcome(results, verdict));
}
