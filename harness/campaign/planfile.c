// SPDX-License-Identifier: GPL-2.0-or-later
/* A block of the plan file is the product of its lists; each cell of it goes through the check, and gets an id. */
#include "planblock.h"

#include <base/error.h>
#include <study/sweepkey.h>

#include <string.h>

/* More than anybody waits for; a slip of the pen in a list, rather. */
#define CELLS_MAX 5000

void planfile_free(PlanFile *plan)
{
	if (!plan)
		return;
	g_free(plan->name);
	g_free(plan->summary);
	g_free(plan->sweep);
	g_free(plan->text);
	g_clear_pointer(&plan->cells, g_ptr_array_unref);
	g_free(plan);
}

/* What the block says instead of the series: expect.SERIES before expect. */
static void override_expectation(const PlanBlock *block, Cell *cell)
{
	const char *said = g_hash_table_lookup(block->expect, cell->series);
	g_auto(GStrv) words = NULL;

	if (!said)
		said = g_hash_table_lookup(block->expect, "");
	if (!said)
		return;
	words = g_strsplit(said, " ", 2);
	g_free(cell->expect);
	g_free(cell->expect_reason);
	cell->expect = g_strdup(words[0]);
	cell->expect_reason = g_strdup(words[1]);
}

typedef struct {
	PlanFile *plan;
	GHashTable *ids; /* borrowed from the cells */
	CellCheckFunc check;
	gpointer data;
} Product;

static bool add_cell(Product *product, const PlanBlock *block, const Cell *model, GError **error)
{
	GPtrArray *cells = product->plan->cells;
	g_autofree char *kind = cell_kind(model);
	g_autoptr(Cell) cell = cell_copy(model);
	g_autoptr(GError) local = NULL;

	cell->id = cell->repeat > 1 ? g_strdup_printf("%s/%s/#%u", block->name, kind, cell->repeat)
				    : g_strdup_printf("%s/%s", block->name, kind);
	if (g_hash_table_contains(product->ids, cell->id))
		return error_set(error, KHOTEST_ERROR_INPUT, "[%s] has the cell %s twice: 'repeats=' runs one again",
				 block->name, kind);
	if (cells->len >= CELLS_MAX)
		return error_set(error, KHOTEST_ERROR_INPUT, "[%s] makes it more than %d cells: shorten its lists",
				 block->name, CELLS_MAX);
	if (!product->check(cell, product->data, &local))
		return error_set(error, KHOTEST_ERROR_INPUT, "[%s] %s", block->name, local->message);
	override_expectation(block, cell);
	g_hash_table_add(product->ids, cell->id);
	g_ptr_array_add(cells, g_steal_pointer(&cell));
	return true;
}

/* All sizes and repeats of one machine. model is ours to scribble on, but owns nothing. */
static bool add_sizes(Product *product, const PlanBlock *block, Cell *model, GError **error)
{
	for (guint m = 0; m < block->memory->len; m++) {
		model->memory_bytes = g_array_index(block->memory, guint64, m);
		for (model->repeat = 1; model->repeat <= block->repeats; model->repeat++)
			if (!add_cell(product, block, model, error))
				return false;
	}
	return true;
}

static bool add_machines(Product *product, const PlanBlock *block, Cell *model, GError **error)
{
	for (guint n = 0; n < block->nodes->len; n++)
		for (guint p = 0; p < block->cpus->len; p++)
			for (guint s = 0; s < block->scratch->len; s++) {
				model->nodes = g_array_index(block->nodes, guint, n);
				model->cpus = g_array_index(block->cpus, guint, p);
				model->scratch = block->scratch->pdata[s];
				if (!add_sizes(product, block, model, error))
					return false;
			}
	return true;
}

static bool add_block(Product *product, const PlanBlock *block, GError **error)
{
	Cell model = {
		.block = block->name,
		.profile = block->profile,
		.mode = block->mode,
		.append = block->append,
		.hops = block->hops,
		.alone = block->alone,
	};

	for (char **kernel = block->kernels; *kernel; kernel++)
		for (char **series = block->series; *series; series++) {
			model.kernel = *kernel;
			model.series = *series;
			if (!add_machines(product, block, &model, error))
				return false;
		}
	return true;
}

/* [plan] is about the plan as a whole. */
static bool read_head(PlanFile *plan, GKeyFile *file, GError **error)
{
	g_auto(GStrv) keys = g_key_file_get_keys(file, "plan", NULL, NULL);

	for (char **key = keys; key && *key; key++)
		if (strcmp(*key, "summary") != 0 && strcmp(*key, "sweep") != 0)
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "[plan] %s= is not known: only summary= and sweep= are", *key);
	plan->summary = g_key_file_get_string(file, "plan", "summary", NULL);
	plan->sweep = g_key_file_get_string(file, "plan", "sweep", NULL);
	return plan->summary ||
	       error_set(error, KHOTEST_ERROR_INPUT, "[plan] summary= is missing: one line, what question it answers");
}

static char *name_of(const char *path)
{
	char *name = g_path_get_basename(path);

	if (g_str_has_suffix(name, ".plan"))
		name[strlen(name) - strlen(".plan")] = '\0';
	return g_strcanon(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._", '-');
}

static bool read_blocks(Product *product, GKeyFile *file, GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

	for (char **group = groups; *group; group++) {
		g_autoptr(PlanBlock) block = NULL;

		if (strcmp(*group, "plan") == 0)
			continue;
		block = planblock_parse(file, *group, error);
		if (!block || !add_block(product, block, error))
			return false;
	}
	return product->plan->cells->len > 0 || error_set(error, KHOTEST_ERROR_INPUT,
							  "no cells: it needs a block such as [check] with kernels=, "
							  "series= and memory=");
}

/* The blocks of a sweep name values of what it is about. */
static bool check_sweep(const PlanFile *plan, GError **error)
{
	for (guint i = 0; plan->sweep && i < plan->cells->len; i++) {
		const Cell *cell = plan->cells->pdata[i];
		guint64 value;
		const SweepKey *key = sweepkey_parse_block(cell->block, &value);

		if (!key || strcmp(key->name, plan->sweep) != 0)
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "[plan] sweep=%s: the block [%s] is no value of it; 'khotest sweep' writes "
					 "such plans",
					 plan->sweep, cell->block);
	}
	return true;
}

PlanFile *planfile_parse(const char *path, const char *text, gssize length, CellCheckFunc check, gpointer data,
			 GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(PlanFile) plan = g_new0(PlanFile, 1);
	g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GError) local = NULL;
	Product product = { plan, ids, check, data };

	plan->name = name_of(path);
	plan->text = length < 0 ? g_strdup(text) : g_strndup(text, (gsize)length);
	plan->cells = g_ptr_array_new_with_free_func((GDestroyNotify)cell_free);
	if (!g_key_file_load_from_data(file, plan->text, (gsize)-1, G_KEY_FILE_NONE, &local)) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s: %s", path, local->message);
		return NULL;
	}
	if (!read_head(plan, file, &local) || !read_blocks(&product, file, &local) || !check_sweep(plan, &local)) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s: %s", path, local->message);
		return NULL;
	}
	return g_steal_pointer(&plan);
}

static char *filter_value(const Cell *cell, const char *key)
{
	const struct {
		const char *key;
		const char *text;
		guint number;
	} values[] = {
		{ "block", cell->block, 0 },	 { "kernels", cell->kernel, 0 }, { "series", cell->series, 0 },
		{ "profile", cell->profile, 0 }, { "mode", cell->mode, 0 },	 { "numa", NULL, cell->nodes },
		{ "cpus", NULL, cell->cpus },	 { "hops", NULL, cell->hops },	 { "repeats", NULL, cell->repeat },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
		if (strcmp(key, values[i].key) == 0)
			return values[i].text ? g_strdup(values[i].text) : g_strdup_printf("%u", values[i].number);
	return NULL;
}

/* Whether a cell has that value; -1: there is no such key. */
static int cell_has(const Cell *cell, const char *key, const char *value)
{
	guint64 bytes = 0;
	g_autofree char *has = NULL;

	if (strcmp(key, "memory") == 0)
		return planblock_size(value, &bytes, NULL) && cell->memory_bytes == bytes;
	has = filter_value(cell, key);
	return has ? strcmp(has, value) == 0 : -1;
}

static bool apply_filter(PlanFile *plan, const char *filter, GError **error)
{
	g_auto(GStrv) pair = g_strsplit(filter, "=", 2);
	g_auto(GStrv) wanted = pair[0] && pair[1] ? planblock_list(pair[1]) : NULL;
	g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func((GDestroyNotify)cell_free);
	g_autofree bool *used = g_new0(bool, wanted ? g_strv_length(wanted) : 0);

	if (!wanted || !*wanted)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--only %s: it takes KEY=VALUE;VALUE..., as in memory=1G;8G", filter);
	for (guint i = 0; i < plan->cells->len; i++) {
		const Cell *cell = plan->cells->pdata[i];
		bool keep = false;

		for (guint v = 0; wanted[v]; v++) {
			int has = cell_has(cell, pair[0], wanted[v]);

			if (has < 0)
				return error_set(
					error, KHOTEST_ERROR_INPUT,
					"--only %s: block, kernels, series, memory, numa, cpus, profile, mode, "
					"hops and repeats are possible",
					filter);
			used[v] |= has > 0;
			keep |= has > 0;
		}
		if (keep)
			g_ptr_array_add(kept, cell_copy(cell));
	}
	for (guint v = 0; wanted[v]; v++)
		if (!used[v])
			return error_set(error, KHOTEST_ERROR_INPUT, "--only %s: no cell of plan %s has %s '%s'",
					 filter, plan->name, pair[0], wanted[v]);
	g_ptr_array_unref(plan->cells);
	plan->cells = g_steal_pointer(&kept);
	return true;
}

bool planfile_filter(PlanFile *plan, const char *const *filters, GError **error)
{
	for (; filters && *filters; filters++)
		if (!apply_filter(plan, *filters, error))
			return false;
	return true;
}
