// SPDX-License-Identifier: GPL-2.0-or-later
/* The files of a matrix: verdicts, audits, maps, cost, and how they were made. */
#include "publishparts.h"

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/units.h>
#include <evaluate/about.h>
#include <page/map.h>
#include <report/audit.h>
#include <report/cost.h>
#include <report/matrix.h>
#include <report/pairs.h>
#include <report/provenance.h>

#include <glib/gstdio.h>
#include <string.h>

#define VERDICTS "verdicts.md"
#define MAP_PREFIX "map-"

/* "map-7.1-8G-2n": what is drawn into one picture. Caller frees. */
static char *map_name(const Plan *plan)
{
	g_autofree char *memory = units_format_size(plan->guest.memory_bytes);

	return g_strdup_printf(MAP_PREFIX "%s-%s-%un", plan_hop(plan, 0)->name, memory, machine_nodes(&plan->guest));
}

static bool put_map(const char *folder, const char *name, GPtrArray *results, GError **error)
{
	g_autofree char *file = g_strconcat(name, ".svg", NULL);
	g_autoptr(Picture) picture = map_draw(results, error);

	return picture && publish_text(folder, file, picture_to_svg(picture), error);
}

/* One picture for each machine, with all series that were audited on it. */
static bool put_audits(const char *folder, const GPtrArray *results, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GHashTable) drawn = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];
		g_autoptr(GPtrArray) alike = g_ptr_array_new();
		g_autofree char *name = NULL, *table = NULL;

		if (!result->plan || !result_has_audit(result))
			continue;
		table = result_audit_to_markdown(result);
		g_string_append_printf(text, "%s\n", table);
		name = map_name(result->plan);
		if (g_hash_table_contains(drawn, name))
			continue;
		for (guint j = i; j < results->len; j++) {
			Result *other = results->pdata[j];
			g_autofree char *other_name = other->plan ? map_name(other->plan) : NULL;

			if (result_has_audit(other) && g_strcmp0(name, other_name) == 0)
				g_ptr_array_add(alike, other);
		}
		if (!put_map(folder, name, alike, error))
			return false;
		g_hash_table_add(drawn, g_steal_pointer(&name));
	}
	return !text->len ||
	       publish_markdown(folder, "audit.md", "# Callers of init_pageblock_migratetype()\n\n", text->str, error);
}

static bool put_cost(const char *folder, GPtrArray *results, GError **error)
{
	g_autoptr(Cost) cost = cost_new(results, "unfixed");
	g_autofree char *text = cost_to_markdown(cost);

	if (!cost->groups->len)
		return true;
	if (cost_disagreements(cost))
		log_warn("%u rows of the cost table have runs that differ", cost_disagreements(cost));
	return publish_markdown(folder, "cost.md", "# What the check costs\n\n", text, error) &&
	       publish_text(folder, "cost.json", cost_to_json(cost), error);
}

static bool put_pairs(const MatrixResult *matrix, const char *folder, GError **error)
{
	g_autofree char *text = matrix_has_pairs(matrix) ? pairs_to_markdown(matrix) : NULL;

	return !text || publish_markdown(folder, "pairs.md", "# Which kernel can be updated to which\n\n", text, error);
}

static bool put_plan(const MatrixResult *matrix, const char *folder, GError **error)
{
	g_autofree char *name = g_strconcat(matrix->dir->plan, ".plan", NULL);
	g_autofree char *to = g_build_filename(folder, name, NULL);

	return matrixdir_copy_plan(matrix->dir, to, error);
}

/* The files of a matrix have fixed names: those of another one are not written over. */
static bool check_folder(const MatrixResult *matrix, const char *folder, GError **error)
{
	g_autofree char *verdicts = g_build_filename(folder, VERDICTS, NULL);
	g_autofree char *name = g_strconcat(matrix->dir->plan, ".plan", NULL);
	g_autofree char *plan = g_build_filename(folder, name, NULL);

	if (g_file_test(verdicts, G_FILE_TEST_EXISTS) && !g_file_test(plan, G_FILE_TEST_EXISTS))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s has the files of another matrix (%s, and no %s): give each a folder of its own",
				 folder, VERDICTS, name);
	return true;
}

/* What the same plan had before, and does not have now, must not stand beside what it has. */
static void remove_of_before(const char *folder)
{
	static const char *const files[] = { "audit.md", "cost.md", "cost.json", "pairs.md", NULL };
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		bool is_map = g_str_has_prefix(name, MAP_PREFIX) && g_str_has_suffix(name, ".svg");
		g_autofree char *path =
			is_map || g_strv_contains(files, name) ? g_build_filename(folder, name, NULL) : NULL;

		if (path)
			g_unlink(path);
	}
}

bool publish_matrix(const MatrixResult *matrix, const char *folder, GError **error)
{
	g_autofree char *verdicts = matrix_to_markdown(matrix);
	g_autofree char *made = provenance_to_markdown(matrix, folder);
	g_autoptr(GPtrArray) results = publish_runs(matrix);

	if (!check_folder(matrix, folder, error) || !files_mkdirs(folder, error))
		return false;
	remove_of_before(folder);
	return publish_markdown(folder, VERDICTS, "# Verdicts\n\n", verdicts, error) &&
	       publish_text(folder, "matrix.json", matrix_to_json(matrix), error) &&
	       publish_markdown(folder, "made.md", "", made, error) && put_plan(matrix, folder, error) &&
	       put_audits(folder, results, error) && put_cost(folder, results, error) &&
	       put_pairs(matrix, folder, error);
}
