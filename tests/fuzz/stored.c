// SPDX-License-Identifier: GPL-2.0-or-later
/* What a run directory, a matrix and a comparison of somebody else's say. */
#include "parts.h"
#include "targets.h"

#include <base/files.h>
#include <base/systemmap.h>
#include <evaluate/result.h>
#include <page/html.h>
#include <report/run.h>
#include <run/frames.h>
#include <store/cell.h>
#include <store/comparedir.h>
#include <store/journal.h>
#include <store/matrixdir.h>
#include <store/plan.h>
#include <study/bisection.h>
#include <study/night.h>
#include <study/sweepkey.h>

#include <glib/gstdio.h>
#include <unistd.h>

void fuzz_journal(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(Journal) journal = journal_parse(text);
}

void fuzz_plan(const guint8 *data, gsize length)
{
	g_autoptr(Plan) plan = plan_from_json((const char *)data, (gssize)length, NULL);
}

/* A cell of cells.json, and what is made of it. */
void fuzz_cell(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(JsonObject) object = json_parse_object(text, -1, "fuzz", NULL);
	g_autoptr(Cell) cell = object ? cell_get(object, NULL) : NULL;
	g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) parts = NULL;
	guint64 value;

	if (!cell)
		return;
	sweepkey_parse_block(cell->block, &value);
	cell_kernel_options(cell, argv);
	if (cell->chain && cell_set_chain(cell, NULL))
		parts = cell_parts(cell);
}

/* Asked about a cell too. */
void fuzz_matrix_journal(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(MatrixJournal) journal = matrixjournal_parse(text);
	g_autoptr(Cell) cell = cell_new();

	cell->id = g_strdup("a");
	cell->kernel = g_strdup("7.1");
	matrixjournal_errors(journal, cell);
	matrixjournal_last(journal, cell);
	matrixjournal_build(journal, cell);
}

void fuzz_rounds(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(CompareRounds) rounds = comparerounds_parse(text, 2, "fuzz");
}

/* Each step as if it were the bad end, and held against that. */
void fuzz_bisection(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	guint damaged;
	g_autoptr(GPtrArray) steps = bisectsteps_parse(text, &damaged);
	const BisectRule rule = { .metric = metric_find("init2"), .threshold = 0.01 };

	for (guint i = 0; i < steps->len; i++) {
		const BisectStep *step = steps->pdata[i];
		BisectScale scale;

		g_assert_true(bisect_step_at(steps, step->at));
		/* of the first alone: an interval is made of thousands of medians, and is most of the time */
		if (i == 0 && bisectscale_make(&rule, step->beside, step->values, &scale, NULL))
			bisectscale_side(&scale, step->beside, step->values);
	}
}

/* night.json and summary.json of a night: what is known of it when its run directories are gone. */
void fuzz_night(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length), *facts_text = NULL, *summary = NULL, *maker = NULL;
	g_autofree char *again = NULL, *facts_again = NULL;
	g_autoptr(NightFacts) facts = NULL;
	g_autoptr(Night) night = NULL;

	fuzz_split(text, &facts_text, &summary);
	facts = nightfacts_parse(facts_text, -1, "fuzz", NULL);
	if (!facts)
		return;
	facts_again = nightfacts_to_json(facts);
	g_assert_true(g_utf8_validate(facts_again, -1, NULL));
	night = night_from_summary(g_steal_pointer(&facts), summary, -1, "fuzz", &maker, NULL);
	again = night ? night_to_summary(night, maker) : NULL;
	g_assert_true(!again || g_utf8_validate(again, -1, NULL));
}

void fuzz_system_map(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autofree char *name = systemmap_at(text, 0xffffffff81000010);

	systemmap_find(text, "start_kernel", SYSTEMMAP_CODE);
}

void fuzz_config(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(GHashTable) config = hop_parse_config(text);
}

/* ---- a run directory as a whole ---- */

/* One for the life of the process; empty, or as the last input left it. */
static const char *folder(void)
{
	static char *path;

	if (!path) {
		/* thousands of small files, which need no disk */
		path = g_strdup_printf("%s/khotest-fuzz-XXXXXX",
				       g_access("/dev/shm", W_OK) == 0 ? "/dev/shm" : g_get_tmp_dir());
		g_assert_nonnull(g_mkdtemp(path));
		/* a page without gnuplot, which takes a thousand times as long as all the rest */
		g_setenv("PATH", "/nonexistent", TRUE);
	}
	return path;
}

/* Files that a run directory has, below it. */
static void write_part(gpointer key, gpointer value, gpointer data)
{
	g_autofree char *path = g_build_filename(folder(), key, NULL), *parent = g_path_get_dirname(path);

	if (!frames_name_is_valid(key) || strlen(key) > 100)
		return;
	/* one name may be another's folder: then it is not there */
	if (files_mkdirs(parent, NULL))
		files_write_fast(path, g_bytes_get_data(value, NULL), g_bytes_get_size(value), NULL);
}

/* Judged, and written down in all ways. */
void fuzz_rundir(const guint8 *data, gsize length)
{
	g_autoptr(GHashTable) parts = parts_read(data, length);
	g_autoptr(Result) result = NULL;
	g_autoptr(GPtrArray) results = g_ptr_array_new();
	g_autofree char *json = NULL, *text = NULL, *junit = NULL, *ktap = NULL, *page = NULL;

	g_assert_true(files_mkdirs(folder(), NULL));
	g_hash_table_foreach(parts, write_part, NULL);
	result = result_load(folder(), NULL);
	if (result) {
		g_ptr_array_add(results, result);
		json = result_to_json(result);
		text = result_to_text(result);
		junit = result_to_junit(result);
		ktap = result_to_ktap(result);
		page = html_of_results(results);
		g_assert_true(g_utf8_validate(json, -1, NULL) && g_utf8_validate(text, -1, NULL));
		g_assert_true(g_utf8_validate(junit, -1, NULL) && g_utf8_validate(ktap, -1, NULL));
		g_assert_true(g_utf8_validate(page, -1, NULL));
	}
	g_assert_true(files_remove_tree(folder(), NULL));
}
