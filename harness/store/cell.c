// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/units.h>
#include <store/cell.h>

#include <string.h>

/* The members that are plain strings, and those that are plain numbers: written, read, copied and freed alike. */
static const struct {
	const char *name;
	gsize offset;
	bool needed;
} strings[] = {
	{ "id", G_STRUCT_OFFSET(Cell, id), true },
	{ "block", G_STRUCT_OFFSET(Cell, block), true },
	{ "kernel", G_STRUCT_OFFSET(Cell, kernel), true },
	{ "series", G_STRUCT_OFFSET(Cell, series), true },
	{ "profile", G_STRUCT_OFFSET(Cell, profile), true },
	{ "mode", G_STRUCT_OFFSET(Cell, mode), true },
	{ "scratch", G_STRUCT_OFFSET(Cell, scratch), false },
	{ "append", G_STRUCT_OFFSET(Cell, append), false },
	{ "expect", G_STRUCT_OFFSET(Cell, expect), true },
	{ "expect_reason", G_STRUCT_OFFSET(Cell, expect_reason), false },
};

static const struct {
	const char *name;
	gsize offset;
} numbers[] = {
	{ "nodes", G_STRUCT_OFFSET(Cell, nodes) },
	{ "cpus", G_STRUCT_OFFSET(Cell, cpus) },
	{ "hops", G_STRUCT_OFFSET(Cell, hops) },
	{ "repeat", G_STRUCT_OFFSET(Cell, repeat) },
};

#define STRING(cell, i) G_STRUCT_MEMBER(char *, (cell), strings[i].offset)
#define NUMBER(cell, i) G_STRUCT_MEMBER(guint, (cell), numbers[i].offset)

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
	g_free(cell);
}

Cell *cell_copy(const Cell *cell)
{
	Cell *copy = g_memdup2(cell, sizeof(*cell));

	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		STRING(copy, i) = g_strdup(STRING(cell, i));
	return copy;
}

char *cell_kind(const Cell *cell)
{
	g_autofree char *memory = units_format_size(cell->memory_bytes);
	GString *kind = g_string_new(NULL);

	g_string_append_printf(kind, "%s/%s/%s/%un/%up", cell->kernel, cell->series, memory, cell->nodes, cell->cpus);
	if (cell->scratch)
		g_string_append_printf(kind, "/%s", cell->scratch);
	return g_string_free(kind, FALSE);
}

char *cell_append(const Cell *cell)
{
	if (!cell->scratch)
		return g_strdup(cell->append);
	return g_strdup_printf("kho_scratch=%s%s%s", cell->scratch, cell->append ? " " : "",
			       cell->append ? cell->append : "");
}

char *cell_expectation(const Cell *cell)
{
	return g_strdup_printf("%s%s%s", cell->expect, cell->expect_reason ? " " : "",
			       cell->expect_reason ? cell->expect_reason : "");
}

bool cell_meets(const Cell *cell, const char *verdict, const char *const *reasons)
{
	if (strcmp(cell->expect, verdict) != 0)
		return false;
	return !cell->expect_reason || g_strv_contains(reasons, cell->expect_reason);
}

void cell_put(const Cell *cell, JsonBuilder *b)
{
	json_builder_begin_object(b);
	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		json_put_string(b, strings[i].name, STRING(cell, i));
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
		json_put_int(b, numbers[i].name, NUMBER(cell, i));
	json_put_int(b, "memory_bytes", (gint64)cell->memory_bytes);
	json_put_bool(b, "alone", cell->alone);
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
	gint64 memory = json_get_int(object, "memory_bytes");

	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) {
		STRING(cell, i) = g_strdup(json_get_string(object, strings[i].name));
		if (strings[i].needed && !STRING(cell, i))
			return lacks(strings[i].name, error);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
		gint64 number = json_get_int(object, numbers[i].name);

		if (number < 1)
			return lacks(numbers[i].name, error);
		NUMBER(cell, i) = (guint)number;
	}
	if (memory < 1)
		return lacks("memory_bytes", error);
	cell->memory_bytes = (guint64)memory;
	cell->alone = json_get_bool(object, "alone");
	return g_steal_pointer(&cell);
}
