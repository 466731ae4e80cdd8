// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"
#include "dryrun.h"

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <report/audit.h>
#include <report/map.h>

#include <stdio.h>
#include <string.h>

/* The overlay that brings the instruments. */
#define OVERLAY "+audit"

/* Options that say what to run have no meaning for runs that are over. */
static bool refuse_run_options(const Options *o, GError **error)
{
	if (o->series || o->kernel || o->tree || o->image || o->memory || o->numa || o->append || o->dry_run)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "audit takes either run directories or the options of a run, not both");
	return true;
}

static bool load_all(char **paths, GPtrArray *results, GError **error)
{
	for (; *paths; paths++) {
		Result *result = result_load(*paths, error);

		if (!result)
			return false;
		g_ptr_array_add(results, result);
		if (!result_has_audit(result))
			return error_set(
				error, KHOTEST_ERROR_INPUT,
				"%s has no audit records that could be used: run it with --series %s" OVERLAY, *paths,
				plan_hop(result->plan, 0)->series ? plan_hop(result->plan, 0)->series : "NAME");
	}
	return true;
}

/* Builds and runs the series with the overlay. */
static bool perform(Cli *cli, Options *o, GPtrArray *results, GError **error)
{
	g_autoptr(VmHost) host = NULL;
	g_autofree char *series = NULL;
	Result *result;

	/* a finished kernel, or a tree that no series goes on, brings its own or has none */
	if (o->request.series && !o->image) {
		series = g_str_has_suffix(o->request.series, OVERLAY) ? g_strdup(o->request.series)
								      : g_strconcat(o->request.series, OVERLAY, NULL);
		o->request.series = series;
	}
	if (o->dry_run)
		return dry_run(cli, o, error);
	result = perform_run(cli, &o->request, &host, error);
	if (!result)
		return false;
	g_ptr_array_add(results, result);
	log_info("run directory: %s", result->path);
	for (guint i = 0; i < result->verdict->reasons->len; i++)
		log_info("%s: %s", verdict_kind_name(result->verdict->kind),
			 ((const Reason *)result->verdict->reasons->pdata[i])->text);
	if (!result_has_audit(result))
		return error_set(error, KHOTEST_ERROR_FAILED,
				 "no kernel of %s sent audit records that could be used: was it built with the overlay "
				 "'audit', and did it come up?",
				 result->path);
	return true;
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

static void print(const GPtrArray *results, Format format)
{
	if (format == FORMAT_JSON) {
		g_autofree char *text =
			results->len == 1 ? result_to_json(results->pdata[0]) : results_to_json((GPtrArray *)results);

		fputs(text, stdout);
		return;
	}
	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];
		g_autofree char *text =
			format == FORMAT_TEXT ? result_audit_to_text(result) : result_audit_to_markdown(result);

		printf("%s%s", i ? "\n" : "", text);
	}
}

int verb_audit(Cli *cli, int argc, char **argv, GError **error)
{
	g_autofree char *map = NULL;
	const GOptionEntry extra[] = { { "map", 0, 0, G_OPTION_ARG_FILENAME, &map,
					 "Draw the migratetype of every pageblock (.svg or .png)", "FILE" },
				       { NULL, 0, 0, 0, NULL, NULL, NULL } };
	g_auto(Options) options = { .extra = extra };
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	g_auto(GStrv) paths = NULL;
	ExitStatus status;

	if (!options_parse(
		    &options, cli, "[RUNDIR...]",
		    "Says for each caller of init_pageblock_migratetype() whether it touches scratch, and whether "
		    "it needs a\ncheck for it: of runs that are over, or of a run of --series NAME with the overlay "
		    "'audit' on top.",
		    argc, argv, &paths, error))
		return EXIT_ERROR;
	if (map && !g_str_has_suffix(map, ".svg") && !g_str_has_suffix(map, ".png")) {
		error_set(error, KHOTEST_ERROR_INPUT, "--map %s: the name has to end in .svg or .png", map);
		return EXIT_ERROR;
	}
	if (paths[0] ? !refuse_run_options(&options, error) || !load_all(paths, results, error)
		     : !perform(cli, &options, results, error))
		return EXIT_ERROR;
	if (options.dry_run)
		return EXIT_PASS;
	print(results, options.format);
	if (map && !write_map(map, results, error))
		return EXIT_ERROR;
	status = paths[0] ? EXIT_PASS : exit_of_verdict(((const Result *)results->pdata[0])->verdict->kind);
	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];

		if (result_audit_is_unsound(result) || (status == EXIT_PASS && !result_audit_is_whole(result)))
			status = EXIT_ERROR;
	}
	return status;
}
