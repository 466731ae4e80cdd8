// SPDX-License-Identifier: GPL-2.0-or-later
/* A night from its matrix: the repeats of a cell are put together, and its figures are taken out. */
#include "nightparts.h"

#include <base/text.h>
#include <base/units.h>
#include <evaluate/key.h>
#include <machine/machineword.h>

#include <string.h>

static void figure_free(gpointer data)
{
	NightFigure *figure = data;

	g_array_unref(figure->values);
	g_free(figure);
}

static void cell_free_one(gpointer data)
{
	NightCell *cell = data;

	g_free(cell->name);
	g_free(cell->label);
	g_free(cell->kernel);
	g_free(cell->commit);
	g_free(cell->series);
	g_free(cell->profile);
	g_free(cell->options);
	g_free(cell->expected);
	g_free(cell->verdict);
	g_free(cell->reason);
	g_free(cell->title);
	g_ptr_array_unref(cell->titles);
	g_free(cell->why);
	g_free(cell->run);
	g_free(cell->image);
	g_ptr_array_unref(cell->key);
	g_ptr_array_unref(cell->figures);
	g_free(cell->left_out);
	g_free(cell);
}

void night_free(Night *night)
{
	if (!night)
		return;
	nightfacts_free(night->facts);
	g_free(night->qemu);
	g_hash_table_unref(night->by_name);
	g_ptr_array_unref(night->cells);
	g_free(night);
}

Night *night_empty(NightFacts *facts)
{
	Night *night = g_new0(Night, 1);

	night->facts = facts;
	night->cells = g_ptr_array_new_with_free_func(cell_free_one);
	night->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	return night;
}

NightCell *night_add_cell(Night *night, const char *name)
{
	NightCell *cell = g_new0(NightCell, 1);

	cell->name = g_strdup(name);
	cell->titles = g_ptr_array_new_with_free_func(g_free);
	cell->key = g_ptr_array_new_with_free_func(keypart_free);
	cell->figures = g_ptr_array_new_with_free_func(figure_free);
	g_ptr_array_add(night->cells, cell);
	/* of a damaged summary that has it twice the first counts */
	if (!night_cell(night, name))
		g_hash_table_insert(night->by_name, cell->name, cell);
	return cell;
}

void nightcell_add_key(NightCell *cell, const char *name, const char *value, bool is_words)
{
	KeyPart *part = g_new0(KeyPart, 1);

	part->name = g_intern_string(name);
	part->value = g_strdup(value);
	part->is_words = is_words;
	g_ptr_array_add(cell->key, part);
}

void nightcell_add_value(NightCell *cell, const Metric *metric, double value)
{
	NightFigure *figure = (NightFigure *)nightcell_figure(cell, metric);

	if (!figure) {
		figure = g_new0(NightFigure, 1);
		figure->metric = metric;
		figure->values = g_array_new(FALSE, FALSE, sizeof(double));
		g_ptr_array_add(cell->figures, figure);
	}
	g_array_append_val(figure->values, value);
}

const NightCell *night_cell(const Night *night, const char *name)
{
	return g_hash_table_lookup(night->by_name, name);
}

bool nightcell_has_title(const NightCell *cell, const char *title)
{
	return g_ptr_array_find_with_equal_func(cell->titles, title, g_str_equal, NULL);
}

void nightcell_add_title(NightCell *cell, const char *title)
{
	if (title && !nightcell_has_title(cell, title))
		g_ptr_array_add(cell->titles, g_strdup(title));
}

const NightFigure *nightcell_figure(const NightCell *cell, const Metric *metric)
{
	for (guint i = 0; i < cell->figures->len; i++)
		if (((NightFigure *)cell->figures->pdata[i])->metric == metric)
			return cell->figures->pdata[i];
	return NULL;
}

double nightfigure_median(const NightFigure *figure)
{
	return statistics_median((const double *)(gpointer)figure->values->data, figure->values->len);
}

bool nightfigure_is_steady(const NightFigure *figure)
{
	const double *values = (const double *)(gpointer)figure->values->data;

	for (guint i = 1; i < figure->values->len; i++)
		if (values[i] < values[0] || values[i] > values[0])
			return false;
	return true;
}

bool night_decides(const Metric *metric)
{
	static const char *const whole[] = { "init", "blackout", "to_init", NULL };

	return g_strv_contains(whole, metric->figure->id);
}

guint night_count(const Night *night, CellState state)
{
	guint count = 0;

	for (guint i = 0; i < night->cells->len; i++)
		count += ((NightCell *)night->cells->pdata[i])->state == state;
	return count;
}

/* Kernel, series and memory are what most cells differ in; the rest is in its name. */
static char *label_of(const Cell *cell, const char *kernel)
{
	g_autofree char *memory = units_format_size(cell->guest.memory_bytes);

	return g_strdup_printf("%s%s%s %s%s%s", kernel, cell->chain ? "" : "/", cell->chain ? "" : cell->series, memory,
			       strcmp(cell->profile, "timing") == 0 ? ", timing" : "",
			       strcmp(cell->mode, "counted") == 0 ? ", counted" : "");
}

/* To be copied into a shell. */
static char *options_of(const Cell *cell)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *append = cell_append(cell);
	GString *out = g_string_new(NULL);

	cell_kernel_options(cell, argv);
	machineword_options(&cell->guest, argv);
	if (strcmp(cell->mode, "wall") != 0)
		g_ptr_array_add(argv, g_strconcat("--mode=", cell->mode, NULL));
	if (cell->hops != 2)
		g_ptr_array_add(argv, g_strdup_printf("--hops=%u", cell->hops));
	if (append)
		g_ptr_array_add(argv, g_strconcat("--append=", append, NULL));
	for (char **name = cell->payloads; name && *name; name++)
		g_ptr_array_add(argv, g_strconcat("--payload=", *name, NULL));
	for (char **name = cell->checks; name && *name; name++)
		g_ptr_array_add(argv, g_strconcat("--check=", *name, NULL));
	for (guint i = 0; i < argv->len; i++) {
		const char *word = argv->pdata[i];
		g_autofree char *quoted = NULL;

		if (g_str_has_prefix(word, "--kernel=") || g_str_has_prefix(word, "--tree="))
			continue;
		quoted = text_shell(word);
		g_string_append_printf(out, "%s%s", out->len ? " " : "", quoted);
	}
	return g_string_free(out, FALSE);
}

static NightCell *begin_cell(Night *night, const Cell *cell, const char *name)
{
	NightCell *one = night_add_cell(night, name);
	g_autofree char *tree = cell->tree ? cell_kernel_name(cell) : NULL;

	one->kernel = cell->chain ? night_chain_name(cell->chain)
		      : tree	  ? g_strdup(tree)
				  : night_kernel_name(cell->kernel, &one->commit);
	one->label = label_of(cell, one->kernel);
	one->series = g_strdup(cell->series);
	one->profile = g_strdup(cell->profile);
	one->options = options_of(cell);
	one->alone = cell->alone;
	one->counted = strcmp(cell->mode, "counted") == 0;
	one->expected = cell_expectation(cell);
	one->state = CELL_MET;
	return one;
}

static void set(char **text, const char *value)
{
	g_free(*text);
	*text = g_strdup(value);
}

/* From the worst: a verdict that is another one, what cannot be judged, what was not run, what is as it should be. */
static guint gravity(CellState state)
{
	static const guint ranks[] = {
		[CELL_MET] = 0, [CELL_NOT_RUN] = 1, [CELL_SKIPPED] = 2, [CELL_ERROR] = 3, [CELL_UNMET] = 4,
	};

	return ranks[state];
}

static void take_outcome(NightCell *one, const MatrixCell *cell)
{
	const Result *result = matrixcell_result(cell);
	const Reason *reason = matrixcell_reason(cell);
	g_autofree char *run = matrixcell_run(cell);
	bool judged = cell->state == CELL_MET || cell->state == CELL_UNMET;

	one->runs += judged;
	one->unmet += cell->state == CELL_UNMET;
	if (cell->state == CELL_MET)
		nightcell_add_title(one, result ? result->verdict->title : NULL);
	if (one->verdict && gravity(cell->state) <= gravity(one->state))
		return;
	one->state = cell->state;
	set(&one->verdict, matrixcell_verdict(cell));
	set(&one->reason, reason ? reason->id : NULL);
	set(&one->title, result ? result->verdict->title : NULL);
	set(&one->why, cell->why);
	one->unbuilt = !cell->attempts->len && (cell->state == CELL_ERROR || cell->state == CELL_SKIPPED);
	g_free(one->run);
	one->run = run ? g_build_filename("matrix", run, NULL) : NULL;
}

/* Times of cells that shared the machine with others depend on those: only counts, and cells that were alone, remain.
 */
static void take_figures(NightCell *one, const Result *result)
{
	guint n;
	const Metric *metrics = metrics_all(&n);

	for (guint i = 0; i < n; i++) {
		gint64 value = metrics[i].clock ? metric_value(&metrics[i], result) : -1;
		bool exact = figure_is_counted(metrics[i].figure);

		if (value >= 0 && (exact || (one->alone && strcmp(metrics[i].unit, "ns") == 0)))
			nightcell_add_value(one, &metrics[i], (double)value);
	}
}

/* Repeats of a cell whose figures stand together. */
typedef struct {
	const Result *first;
	guint others; /* that do not: of another host, as where a night was gone on with, or another kernel */
	char *why;    /* of the first of those */
} Repeats;

static void repeats_free(gpointer data)
{
	Repeats *repeats = data;

	g_free(repeats->why);
	g_free(repeats);
}

/* In what it is another thing than the first, whose key the cell has. Caller frees; NULL: in nothing. */
static char *repeats_difference(const NightCell *one, const Repeats *repeats, const Result *result)
{
	g_autoptr(GPtrArray) key = result_key(result);
	char *difference = key_difference(one->key, key);

	return difference ? difference : key_kernels_difference(repeats->first->plan, result->plan);
}

static void take_judged(NightCell *one, const Result *result, Repeats *repeats)
{
	g_autofree char *difference = NULL;

	if (!repeats->first) {
		repeats->first = result;
		one->image = g_strdup(plan_hop(result->plan, 0)->sha256);
		g_ptr_array_unref(one->key);
		one->key = result_key(result);
	}
	difference = repeats_difference(one, repeats, result);
	if (!difference) {
		take_figures(one, result);
		return;
	}
	if (!repeats->others++)
		repeats->why = g_strdup(difference);
	g_free(one->left_out);
	one->left_out = key_left_out(repeats->others, "run", repeats->why);
}

static void take_result(Night *night, NightCell *one, const Result *result, Repeats *repeats)
{
	if (!result->plan)
		return;
	if (!one->commit)
		one->commit = g_strdup(plan_hop(result->plan, 0)->commit);
	if (!night->qemu)
		night->qemu = g_strdup(result->qemu);
	if (verdict_kind_judged(result->verdict->kind))
		take_judged(one, result, repeats);
}

/* Of that cell: made when it is asked for first. */
static Repeats *repeats_of(GHashTable *all, const NightCell *cell)
{
	Repeats *repeats = g_hash_table_lookup(all, cell);

	if (!repeats) {
		repeats = g_new0(Repeats, 1);
		g_hash_table_insert(all, (gpointer)cell, repeats);
	}
	return repeats;
}

Night *night_new(NightFacts *facts, const MatrixResult *matrix)
{
	g_autoptr(GHashTable) repeats = g_hash_table_new_full(NULL, NULL, NULL, repeats_free);
	Night *night = night_empty(facts);

	for (guint i = 0; matrix && i < matrix->cells->len; i++) {
		const MatrixCell *cell = matrix->cells->pdata[i];
		const Result *result = matrixcell_result(cell);
		g_autofree char *name = night_cell_name(cell->cell);
		NightCell *one = (NightCell *)night_cell(night, name);

		if (!one)
			one = begin_cell(night, cell->cell, name);
		take_outcome(one, cell);
		if (result)
			take_result(night, one, result, repeats_of(repeats, one));
	}
	return night;
}
