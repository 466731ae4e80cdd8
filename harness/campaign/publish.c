// SPDX-License-Identifier: GPL-2.0-or-later
#include "publishparts.h"

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/text.h>
#include <campaign/publish.h>
#include <page/plot.h>
#include <report/provenance.h>
#include <report/storedcomparison.h>
#include <report/sweep.h>

#include <string.h>

#define BANNER "<!-- Made by 'khotest publish' from run directories: not to be edited. -->\n\n"

bool publish_text(const char *folder, const char *name, char *text, GError **error)
{
	g_autofree char *owned = text;
	g_autofree char *path = g_build_filename(folder, name, NULL);

	if (!owned || !files_write(path, owned, strlen(owned), error))
		return false;
	log_info("%s", path);
	return true;
}

bool publish_markdown(const char *folder, const char *name, const char *heading, const char *text, GError **error)
{
	return publish_text(folder, name, g_strdup_printf(BANNER "%s%s", heading, text), error);
}

GPtrArray *publish_runs(const MatrixResult *matrix)
{
	GPtrArray *results = g_ptr_array_new();

	for (guint i = 0; i < matrix->cells->len; i++) {
		Result *result = matrixcell_result(matrix->cells->pdata[i]);

		if (result)
			g_ptr_array_add(results, result);
	}
	return results;
}

/* Where to, and under which name. */
typedef struct {
	const char *folder;
	char *name;	/* of the directory that is published */
	GString *links; /* to pictures, for the Markdown */
} Place;

static void place_clear(Place *place)
{
	g_free(place->name);
	g_string_free(place->links, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

static Place place_new(const char *folder, const char *path)
{
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);

	return (Place){ folder, g_path_get_basename(absolute), g_string_new(NULL) };
}

/* NAME and ending; takes the text. */
static bool put_as(const Place *place, const char *ending, char *text, GError **error)
{
	g_autofree char *name = g_strconcat(place->name, ending, NULL);

	return publish_text(place->folder, name, text, error);
}

static bool put_made(const Place *place, const GPtrArray *results, char **asked, GError **error)
{
	g_autofree char *name = g_strconcat(place->name, "-made.md", NULL);
	g_autofree char *made = provenance_of_runs(results, (const char *const *)asked, place->folder);

	return publish_markdown(place->folder, name, "", made, error);
}

/* Nothing for NULL. */
static bool put_picture(Place *place, const char *ending, const Plot *plot, GError **error)
{
	g_autofree char *name = g_strconcat(place->name, ending, NULL);
	g_autofree char *words = plot ? text_markdown(plot->words) : NULL;
	char *svg;

	if (!plot)
		return true;
	g_string_append_printf(place->links, "\n![%s](%s)\n", words, name);
	svg = plot_svg(plot->script, PLOT_WIDTH, plot->height, true, error);
	if (!svg) {
		g_prefix_error(error, "%s cannot be drawn: ", name);
		return false;
	}
	return publish_text(place->folder, name, svg, error);
}

static bool put_table(const Place *place, const char *heading, char *markdown, GError **error)
{
	g_autofree char *owned = markdown;
	g_autofree char *name = g_strconcat(place->name, ".md", NULL);
	g_autofree char *text = g_strconcat(owned, place->links->str, NULL);

	return publish_markdown(place->folder, name, heading, text, error);
}

static bool publish_comparison(const char *path, const char *folder, GError **error)
{
	g_autoptr(StoredComparison) stored = storedcomparison_load(path, error);
	g_auto(Place) place = place_new(folder, path);
	g_autoptr(GPtrArray) results = stored ? storedcomparison_results(stored) : NULL;
	g_autoptr(Plot) plot = stored ? comparison_plot_differences(stored->comparison) : NULL;
	g_autofree char *series = stored ? g_strjoinv(" against ", stored->dir->series) : NULL;
	g_autofree char *title = text_markdown(series), *heading = g_strdup_printf("# %s\n\n", title);

	return stored && files_mkdirs(folder, error) && put_picture(&place, ".svg", plot, error) &&
	       put_table(&place, heading, storedcomparison_to_markdown(stored), error) &&
	       put_as(&place, ".csv", storedcomparison_to_csv(stored), error) &&
	       put_as(&place, ".json", storedcomparison_to_json(stored), error) &&
	       put_made(&place, results, stored->dir->asked, error);
}

static bool publish_sweep(const MatrixResult *matrix, const char *folder, const char *const *metrics, GError **error)
{
	g_autoptr(Sweep) sweep = sweep_new(matrix, metrics, error);
	g_auto(Place) place = place_new(folder, matrix->dir->path);
	g_autoptr(GPtrArray) results = publish_runs(matrix);
	g_autofree char *plan_name = NULL, *plan_copy = NULL;

	if (!sweep || !files_mkdirs(folder, error))
		return false;
	for (guint i = 0; i < sweep->figures->len; i++) {
		const SweepFigure *figure = sweep->figures->pdata[i];
		g_autoptr(Plot) plot = sweep_plot(sweep, figure);
		g_autofree char *ending = g_strdup_printf("-%s.svg", figure->metric->id);

		if (!put_picture(&place, ending, plot, error))
			return false;
	}
	plan_name = g_strconcat(place.name, ".plan", NULL);
	plan_copy = g_build_filename(folder, plan_name, NULL);
	return matrixdir_copy_plan(matrix->dir, plan_copy, error) &&
	       put_table(&place, "# Sweep\n\n", sweep_to_markdown(sweep), error) &&
	       put_as(&place, ".csv", sweep_to_csv(sweep), error) &&
	       put_as(&place, ".json", sweep_to_json(sweep), error) &&
	       put_made(&place, results, matrix->dir->asked, error);
}

static bool refuse_metrics(const char *path, const char *const *metrics, GError **error)
{
	return !metrics ||
	       error_set(error, KHOTEST_ERROR_INPUT,
			 "%s is no sweep: only of one can metrics be chosen, the files of others are fixed", path);
}

static bool publish_cells(const char *path, const char *folder, const char *const *metrics, GError **error)
{
	g_autoptr(MatrixResult) matrix = matrixresult_load(path, error);

	if (!matrix)
		return false;
	if (matrix_is_sweep(matrix) ? !publish_sweep(matrix, folder, metrics, error)
				    : !refuse_metrics(path, metrics, error) || !publish_matrix(matrix, folder, error))
		return false;
	if (matrix->counts[CELL_NOT_RUN])
		log_warn("%u of %u cells have not been run: 'khotest matrix --resume %s' goes on",
			 matrix->counts[CELL_NOT_RUN], matrix->cells->len, path);
	return true;
}

bool publish(const char *path, const char *folder, const char *const *metrics, GError **error)
{
	if (!comparedir_is(path) && !matrixdir_is(path))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s is no directory of a matrix, a comparison or a sweep: no other can be published",
				 path);
	if (comparedir_is(path))
		return refuse_metrics(path, metrics, error) && publish_comparison(path, folder, error);
	return publish_cells(path, folder, metrics, error);
}
