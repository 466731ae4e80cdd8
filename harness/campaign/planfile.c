// SPDX-License-Identifier: GPL-2.0-or-later
/* A block of the plan file is the product of its lists; each cell of it goes through the check, and gets an id. */
#include "planblock.h"

#include <base/error.h>
#include <base/keyfile.h>
#include <campaign/planfile.h>
#include <run/topology.h>
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

/* What lists alone do not tell: the memory of nodes with sizes, and CPUs where nobody said how many. */
static bool complete(const PlanBlock *block, Cell *cell, GError **error)
{
	bool counted = strcmp(cell->mode, "counted") == 0;
	g_autoptr(GError) local = NULL;
	guint64 bytes = 0;

	if (cell->chain && !cell_set_chain(cell, &local))
		return planblock_wrong(block, "chain", local->message, error);
	if (!topology_numa_bytes(&cell->guest, &bytes, &local))
		return planblock_wrong(block, "numa", local->message, error);
	if (!cell->guest.memory_bytes)
		cell->guest.memory_bytes = bytes;
	if (!cell->guest.memory_bytes)
		return planblock_wrong(block, "", "needs memory=, a list such as 1G;8G;100G", error);
	if (!cell->guest.cpus)
		cell->guest.cpus = machine_default_cpus(counted);
	/* two would share one thread of the emulator, in turns */
	if (counted && cell->guest.cpus != 1)
		return planblock_wrong(block, "cpus", "mode=counted has one CPU: leave cpus= out", error);
	if (!cell->tree && strcmp(cell->series, CELL_NO_SERIES) == 0)
		return planblock_wrong(block, "series", "only a tree= can be without a series", error);
	return true;
}

static bool add_cell(Product *product, const PlanBlock *block, Cell *cell, GError **error)
{
	GPtrArray *cells = product->plan->cells;
	g_autofree char *kind = cell_kind(cell), *why = NULL;
	g_autoptr(GError) local = NULL;
	const char *key = "";

	cell->id = cell->repeat > 1 ? g_strdup_printf("%s/%s/#%u", block->name, kind, cell->repeat)
				    : g_strdup_printf("%s/%s", block->name, kind);
	if (g_hash_table_contains(product->ids, cell->id))
		why = g_strdup_printf("has the cell %s twice: 'repeats=' runs one again", kind);
	else if (cells->len >= CELLS_MAX)
		why = g_strdup_printf("makes it more than %d cells: shorten its lists", CELLS_MAX);
	if (why)
		return planblock_wrong(block, "", why, error);
	if (!product->check(cell, product->data, &key, &local))
		return planblock_wrong(block, key, local->message, error);
	override_expectation(block, cell);
	g_ptr_array_add(cells, cell_copy(cell));
	g_hash_table_add(product->ids, ((Cell *)cells->pdata[cells->len - 1])->id);
	return true;
}

static bool add_repeats(Product *product, const PlanBlock *block, const Cell *model, GError **error)
{
	for (guint repeat = 1; repeat <= model->repeat; repeat++) {
		g_autoptr(Cell) cell = cell_copy(model);

		cell->repeat = repeat;
		if (!complete(block, cell, error) || !add_cell(product, block, cell, error))
			return false;
	}
	return true;
}

/* Each word of a key with all that the keys behind it make. The cell is ours to scribble on. */
static bool multiply(Product *product, const PlanBlock *block, guint at, Cell *cell, GError **error)
{
	guint n;
	const PlanKey *key = &plankeys(&n)[at];

	if (at == n)
		return add_repeats(product, block, cell, error);
	if (!*planblock_words(block, key))
		return multiply(product, block, at + 1, cell, error);
	for (char **word = planblock_words(block, key); *word; word++) {
		g_autoptr(GError) local = NULL;

		if (!key->set(key, cell, *word, &local))
			return planblock_wrong(block, key->name, local->message, error);
		if (!multiply(product, block, at + 1, cell, error))
			return false;
	}
	return true;
}

static bool add_block(Product *product, const PlanBlock *block, GError **error)
{
	g_autoptr(Cell) cell = cell_new();

	cell->block = g_strdup(block->name);
	return multiply(product, block, 0, cell, error);
}

/* [plan] is about the plan as a whole. */
static bool read_head(PlanFile *plan, GKeyFile *file, GError **error)
{
	g_auto(GStrv) keys = g_key_file_get_keys(file, "plan", NULL, NULL);

	for (char **key = keys; key && *key; key++)
		if (strcmp(*key, "summary") != 0 && strcmp(*key, "sweep") != 0)
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "[plan] %s= is not known: only summary= and sweep= are", *key);
	plan->summary = keyfile_get(file, "plan", "summary");
	plan->sweep = keyfile_get(file, "plan", "sweep");
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
		block = planblock_parse(file, product->plan->text, *group, error);
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

/* What a line that is no comment begins: a block, or a key of the block before it. NULL and the error for neither. */
static char *name_in_line(const char *line, const char *block, GError **error)
{
	const char *end = *line == '[' ? strchr(line, ']') : strchr(line, '=');

	if (g_str_has_prefix(line, "\xef\xbb\xbf"))
		error_set(error, KHOTEST_ERROR_INPUT, "it begins with a byte order mark: save it without one");
	else if (!end || end == line || (*line == '[' && (end == line + 1 || end[1])))
		error_set(error, KHOTEST_ERROR_INPUT, "'%s' is neither [BLOCK] nor KEY=VALUE", line);
	else if (*line == '[')
		return g_strndup(line + 1, (gsize)(end - line) - 1);
	else if (!*block)
		error_set(error, KHOTEST_ERROR_INPUT, "'%s' stands before the first [BLOCK]", line);
	else
		return g_strchomp(g_strndup(line, (gsize)(end - line)));
	return NULL;
}

/*
 * What GKeyFile says without the line, or passes over: of a block that is there twice, or a key of it, the first would
 * be gone without a word, and who copies a block to change it forgets its name.
 */
static bool check_lines(const char *text, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *block = g_strdup("");

	for (guint i = 0; lines[i]; i++) {
		const char *line = g_strstrip(lines[i]);
		bool begins = *line == '[';
		g_autofree char *name = NULL, *whole = NULL;
		guint before;

		if (!*line || *line == '#')
			continue;
		name = name_in_line(line, block, error);
		if (!name) {
			g_prefix_error(error, "line %u: ", i + 1);
			return false;
		}
		if (begins) {
			g_free(block);
			block = g_strdup(name);
		}
		whole = begins ? g_strdup(name) : g_strdup_printf("%s\n%s", block, name);
		before = GPOINTER_TO_UINT(g_hash_table_lookup(seen, whole));
		if (before)
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "line %u: %s%s%s is there twice, the first time in line %u", i + 1,
					 begins ? "the block [" : "the key ", name, begins ? "]" : "", before);
		g_hash_table_insert(seen, g_steal_pointer(&whole), GUINT_TO_POINTER(i + 1));
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
	/* what is not would be passed over as if it were not there */
	if (!g_utf8_validate(plan->text, -1, NULL)) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s is no text: it has bytes that are not UTF-8", path);
		return NULL;
	}
	if (!check_lines(plan->text, &local) ||
	    !g_key_file_load_from_data(file, plan->text, (gsize)-1, G_KEY_FILE_NONE, &local) ||
	    !read_head(plan, file, &local) || !read_blocks(&product, file, &local) || !check_sweep(plan, &local)) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s: %s", path, local->message);
		return NULL;
	}
	return g_steal_pointer(&plan);
}

static bool no_such_filter(const char *filter, GError **error)
{
	g_auto(GStrv) names = plankey_names(true);
	g_autofree char *all = g_strjoinv(", ", names);

	return error_set(error, KHOTEST_ERROR_INPUT, "--only %s: %s are possible", filter, all);
}

static bool apply_filter(PlanFile *plan, const char *filter, GError **error)
{
	g_auto(GStrv) pair = g_strsplit(filter, "=", 2);
	g_auto(GStrv) wanted = pair[0] && pair[1] ? planblock_list(pair[1]) : NULL;
	const PlanKey *key = wanted && *wanted ? plankey_find(pair[0]) : NULL;
	g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func((GDestroyNotify)cell_free);
	g_autofree bool *used = g_new0(bool, wanted ? g_strv_length(wanted) : 0);

	if (!wanted || !*wanted)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--only %s: it takes KEY=VALUE;VALUE..., as in memory=1G;8G", filter);
	if (!key || !key->filter)
		return no_such_filter(filter, error);
	for (guint i = 0; i < plan->cells->len; i++) {
		const Cell *cell = plan->cells->pdata[i];
		bool keep = false;

		for (guint v = 0; wanted[v]; v++) {
			bool has = plankey_matches(key, cell, wanted[v]);

			used[v] |= has;
			keep |= has;
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
