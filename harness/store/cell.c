// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/units.h>
#include <machine/machineword.h>
#include <measure/reason.h>
#include <store/cell.h>
#include <store/chain.h>
#include <store/plan.h>

#include <string.h>

/* The members that are plain strings: written, read, copied and freed alike. */
static const struct {
	const char *name;
	gsize offset;
	bool needed;
} strings[] = {
	{ "id", G_STRUCT_OFFSET(Cell, id), true },
	{ "block", G_STRUCT_OFFSET(Cell, block), true },
	{ "kernel", G_STRUCT_OFFSET(Cell, kernel), true },
	{ "tree", G_STRUCT_OFFSET(Cell, tree), false },
	{ "chain", G_STRUCT_OFFSET(Cell, chain), false },
	{ "then", G_STRUCT_OFFSET(Cell, then), false },
	{ "series", G_STRUCT_OFFSET(Cell, series), true },
	{ "profile", G_STRUCT_OFFSET(Cell, profile), true },
	{ "mode", G_STRUCT_OFFSET(Cell, mode), true },
	{ "append", G_STRUCT_OFFSET(Cell, append), false },
	{ "expect", G_STRUCT_OFFSET(Cell, expect), true },
	{ "expect_reason", G_STRUCT_OFFSET(Cell, expect_reason), false },
};

#define STRING(cell, i) G_STRUCT_MEMBER(char *, (cell), strings[i].offset)

/* The members that are lists of strings; empty where a cell that was stored lacks one. */
static const struct {
	const char *name;
	gsize offset;
} lists[] = {
	{ "fragments", G_STRUCT_OFFSET(Cell, fragments) },
	{ "config", G_STRUCT_OFFSET(Cell, config) },
	{ "payloads", G_STRUCT_OFFSET(Cell, payloads) },
	{ "checks", G_STRUCT_OFFSET(Cell, checks) },
};

#define LIST(cell, i) G_STRUCT_MEMBER(char **, (cell), lists[i].offset)

Cell *cell_new(void)
{
	return g_new0(Cell, 1);
}

void cell_free(Cell *cell)
{
	if (!cell)
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		g_free(STRING(cell, i));
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
		g_strfreev(LIST(cell, i));
	machine_clear(&cell->guest);
	g_free(cell);
}

Cell *cell_copy(const Cell *cell)
{
	Cell *copy = g_memdup2(cell, sizeof(*cell));

	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		STRING(copy, i) = g_strdup(STRING(cell, i));
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
		LIST(copy, i) = g_strdupv(LIST(cell, i));
	copy->guest = machine_copy(&cell->guest);
	return copy;
}

char *cell_kernel_name(const Cell *cell)
{
	return cell->tree ? g_path_get_basename(cell->tree) : g_strdup(cell->kernel);
}

/* Each of them without its folder. */
static void add_words(GString *text, const char *before, char **words)
{
	for (; words && *words; words++) {
		g_autofree char *base = g_path_get_basename(*words);

		g_string_append_printf(text, "%s%s%s", text->len ? " " : "", before, base);
	}
}

char *cell_config_text(const Cell *cell)
{
	GString *text = g_string_new(NULL);

	add_words(text, "", cell->fragments);
	add_words(text, "", cell->config);
	return g_string_free(text, text->len == 0);
}

char *cell_asked_text(const Cell *cell)
{
	GString *text = g_string_new(NULL);

	add_words(text, "", cell->payloads);
	add_words(text, "check=", cell->checks);
	return g_string_free(text, text->len == 0);
}

char *cell_kind(const Cell *cell)
{
	g_autofree char *memory = units_format_size(cell->guest.memory_bytes);
	g_autofree char *shape = machineword_shape(&cell->guest, "/");
	g_autofree char *kernel = cell_kernel_name(cell), *config = cell_config_text(cell);
	g_autofree char *asked = cell_asked_text(cell);

	if (config)
		g_strdelimit(config, " ", ',');
	if (asked)
		g_strdelimit(asked, " ", ',');
	return g_strdup_printf("%s%s%s/%s/%s%s%s%s%s", kernel, cell->chain ? "" : "/", cell->chain ? "" : cell->series,
			       memory, shape, config ? "/" : "", config ? config : "", asked ? "/" : "",
			       asked ? asked : "");
}

bool cell_same_row(const Cell *a, const Cell *b)
{
	/* what tells them apart but for memory and the number of even nodes, which tables have columns for */
	Machine x = a->guest, y = b->guest;
	g_autofree char *shape = NULL, *other_shape = NULL;
	g_autofree char *asked = cell_asked_text(a), *other_asked = cell_asked_text(b);

	x.nodes = y.nodes = NULL;
	if (machine_numa_is_count(&x))
		x.numa = NULL;
	if (machine_numa_is_count(&y))
		y.numa = NULL;
	shape = machineword_shape(&x, " ");
	other_shape = machineword_shape(&y, " ");
	return strcmp(a->block, b->block) == 0 && cell_same_kernel(a, b) && strcmp(shape, other_shape) == 0 &&
	       g_strcmp0(asked, other_asked) == 0;
}

bool cell_set_chain(Cell *cell, GError **error)
{
	g_autofree char *first = cell->chain;
	g_autoptr(GPtrArray) links = NULL;

	cell->chain = cell->then ? g_strdup_printf("%s,%s", first, cell->then) : g_strdup(first);
	g_clear_pointer(&cell->then, g_free);
	links = chain_parse(cell->chain, error);
	if (!links)
		return false;
	g_free(cell->kernel);
	g_free(cell->series);
	cell->kernel = g_strdup(cell->chain);
	cell->series = g_strdup(CELL_CHAIN);
	cell->hops = links->len;
	return true;
}

/* What would be built for a kernel of its chain. */
static Cell *part_new(const Cell *cell, const ChainLink *link)
{
	Cell *part = cell_copy(cell);

	g_clear_pointer(&part->chain, g_free);
	g_free(part->kernel);
	g_free(part->series);
	part->kernel = g_strdup(link->kernel);
	part->series = g_strdup(link->series);
	return part;
}

GPtrArray *cell_parts(const Cell *cell)
{
	GPtrArray *parts = g_ptr_array_new_with_free_func((GDestroyNotify)cell_free);
	g_autoptr(GPtrArray) links = cell->chain ? chain_parse(cell->chain, NULL) : NULL;

	if (!cell->chain)
		g_ptr_array_add(parts, cell_copy(cell));
	for (guint i = 0; links && i < links->len; i++) {
		const ChainLink *link = links->pdata[i];

		if (link->kernel)
			g_ptr_array_add(parts, part_new(cell, link));
	}
	return parts;
}

bool cell_same_kernel(const Cell *a, const Cell *b)
{
	g_autofree char *more = cell_kernel_more(a), *other = cell_kernel_more(b);

	return strcmp(a->kernel, b->kernel) == 0 && strcmp(a->series, b->series) == 0 &&
	       strcmp(a->profile, b->profile) == 0 && g_strcmp0(more, other) == 0;
}

/* But for the first three. */
static void add_more(const Cell *cell, GPtrArray *argv)
{
	if (cell->tree)
		g_ptr_array_add(argv, g_strdup_printf("--tree=%s", cell->tree));
	for (char **name = cell->fragments; name && *name; name++)
		g_ptr_array_add(argv, g_strdup_printf("--fragment=%s", *name));
	for (char **word = cell->config; word && *word; word++)
		g_ptr_array_add(argv, g_strdup_printf("--config=%s", *word));
}

void cell_kernel_options(const Cell *cell, GPtrArray *argv)
{
	g_ptr_array_add(argv, g_strdup_printf("--kernel=%s", cell->kernel));
	if (strcmp(cell->series, CELL_NO_SERIES) != 0)
		g_ptr_array_add(argv, g_strdup_printf("--series=%s", cell->series));
	g_ptr_array_add(argv, g_strdup_printf("--profile=%s", cell->profile));
	add_more(cell, argv);
}

char *cell_kernel_more(const Cell *cell)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);

	add_more(cell, argv);
	if (!argv->len)
		return NULL;
	g_ptr_array_add(argv, NULL);
	return g_strjoinv(" ", (char **)argv->pdata);
}

char *cell_append(const Cell *cell)
{
	if (!cell->guest.scratch)
		return g_strdup(cell->append);
	return g_strdup_printf("kho_scratch=%s%s%s", cell->guest.scratch, cell->append ? " " : "",
			       cell->append ? cell->append : "");
}

char *cell_expectation(const Cell *cell)
{
	if (strcmp(cell->expect, CELL_EXPECT_RUN) == 0)
		return g_strdup("by ABI");
	return g_strdup_printf("%s%s%s", cell->expect, cell->expect_reason ? " " : "",
			       cell->expect_reason ? cell->expect_reason : "");
}

bool cell_meets(const Cell *cell, const char *verdict, const char *const *reasons, bool as_planned)
{
	return strcmp(cell->expect, CELL_EXPECT_RUN) == 0
		       ? as_planned
		       : reason_meets(cell->expect, cell->expect_reason, verdict, reasons);
}

void cell_put(const Cell *cell, JsonBuilder *b)
{
	json_builder_begin_object(b);
	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		json_put_string(b, strings[i].name, STRING(cell, i));
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
		json_put_strings(b, lists[i].name, (const char *const *)LIST(cell, i));
	json_put_int(b, "hops", cell->hops);
	json_put_int(b, "repeat", cell->repeat);
	json_put_bool(b, "alone", cell->alone);
	json_begin_object(b, "guest");
	machine_put(&cell->guest, b);
	json_builder_end_object(b);
	json_builder_end_object(b);
}

static Cell *lacks(const char *member, GError **error)
{
	error_set(error, KHOTEST_ERROR_FAILED, "a cell lacks '%s'", member);
	return NULL;
}

Cell *cell_get(JsonObject *object, GError **error)
{
	g_autoptr(Cell) cell = cell_new();
	JsonObject *guest = json_get_object(object, "guest");
	gint64 hops = json_get_int(object, "hops"), repeat = json_get_int(object, "repeat");

	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) {
		STRING(cell, i) = g_strdup(json_get_string(object, strings[i].name));
		if (strings[i].needed && !STRING(cell, i))
			return lacks(strings[i].name, error);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
		LIST(cell, i) = json_get_strings(object, lists[i].name);
	/* schema 1 had it among the members of the cell */
	cell->guest = machine_get(guest ? guest : object);
	/* what no cell can have, it does not have */
	if (hops < 1 || hops > PLAN_HOPS_MOST || repeat < 1 || repeat > G_MAXINT)
		return lacks(hops < 1 || hops > PLAN_HOPS_MOST ? "hops" : "repeat", error);
	if (!cell->guest.cpus || !cell->guest.memory_bytes)
		return lacks(cell->guest.cpus ? "memory_bytes" : "cpus", error);
	cell->hops = (guint)hops;
	cell->repeat = (guint)repeat;
	cell->alone = json_get_bool(object, "alone");
	return g_steal_pointer(&cell);
}
