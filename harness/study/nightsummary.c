// SPDX-License-Identifier: GPL-2.0-or-later
/* What is kept of a night when its run directories are gone. */
#include "nightparts.h"

#include <base/error.h>
#include <base/json.h>
#include <evaluate/key.h>

#include <string.h>

static void put_figures(JsonBuilder *b, const NightCell *cell)
{
	json_begin_object(b, "figures");
	for (guint i = 0; i < cell->figures->len; i++) {
		const NightFigure *figure = cell->figures->pdata[i];

		json_begin_array(b, figure->metric->id);
		for (guint v = 0; v < figure->values->len; v++)
			json_builder_add_int_value(b, (gint64)g_array_index(figure->values, double, v));
		json_builder_end_array(b);
	}
	json_builder_end_object(b);
}

static void put_key(JsonBuilder *b, const NightCell *cell)
{
	json_begin_array(b, "key");
	/* it is for figures, and half of the file */
	for (guint i = 0; cell->figures->len && i < cell->key->len; i++) {
		const KeyPart *part = cell->key->pdata[i];

		json_builder_begin_object(b);
		json_put_string(b, "name", part->name);
		json_put_string(b, "value", part->value);
		json_put_bool(b, "words", part->is_words);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void put_cell(JsonBuilder *b, const NightCell *cell)
{
	json_builder_begin_object(b);
	json_put_string(b, "cell", cell->name);
	json_put_string(b, "label", cell->label);
	json_put_string(b, "kernel", cell->kernel);
	json_put_string(b, "commit", cell->commit);
	json_put_string(b, "series", cell->series);
	json_put_string(b, "profile", cell->profile);
	json_put_string(b, "options", cell->options);
	json_put_bool(b, "alone", cell->alone);
	json_put_bool(b, "counted", cell->counted);
	json_put_string(b, "expected", cell->expected);
	json_put_string(b, "state", cell_state_name(cell->state));
	json_put_string(b, "verdict", cell->verdict);
	json_put_string(b, "reason", cell->reason);
	json_put_string(b, "title", cell->title);
	json_begin_array(b, "titles");
	for (guint i = 0; i < cell->titles->len; i++)
		json_add_string(b, cell->titles->pdata[i]);
	json_builder_end_array(b);
	json_put_string(b, "why", cell->why);
	json_put_string(b, "run", cell->run);
	json_put_bool(b, "unbuilt", cell->unbuilt);
	json_put_int(b, "runs", cell->runs);
	json_put_int(b, "unmet", cell->unmet);
	json_put_string(b, "image", cell->image);
	put_key(b, cell);
	put_figures(b, cell);
	json_put_string(b, "left_out", cell->left_out);
	json_builder_end_object(b);
}

char *night_to_summary(const Night *night, const char *maker)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "schema", NIGHT_SCHEMA);
	json_put_string(b, "maker", maker);
	json_put_string(b, "qemu", night->qemu);
	json_begin_array(b, "cells");
	for (guint i = 0; i < night->cells->len; i++)
		put_cell(b, night->cells->pdata[i]);
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, false);
}

static CellState state_of(const char *word)
{
	for (guint state = 0; word && state <= CELL_NOT_RUN; state++)
		if (strcmp(word, cell_state_name((CellState)state)) == 0)
			return (CellState)state;
	return CELL_NOT_RUN;
}

static void get_key(NightCell *cell, JsonArray *key)
{
	for (guint i = 0; key && i < json_array_get_length(key); i++) {
		JsonNode *node = json_array_get_element(key, i);
		JsonObject *part = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
		const char *name = part ? json_get_string(part, "name") : NULL;
		const char *value = name ? json_get_string(part, "value") : NULL;

		if (value)
			nightcell_add_key(cell, name, value, json_get_bool(part, "words"));
	}
}

static void get_figure(NightCell *cell, const Metric *metric, JsonArray *values)
{
	for (guint v = 0; v < json_array_get_length(values); v++) {
		JsonNode *node = json_array_get_element(values, v);

		if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_int(node) >= 0)
			nightcell_add_value(cell, metric, (double)json_node_get_int(node));
	}
}

/* In the order of the metrics, whatever that of the file is. */
static void get_figures(NightCell *cell, JsonObject *figures)
{
	guint n;
	const Metric *metrics = metrics_all(&n);

	for (guint i = 0; figures && i < n; i++) {
		JsonArray *values = json_get_array(figures, metrics[i].id);

		if (values)
			get_figure(cell, &metrics[i], values);
	}
}

/* Before there were several, the one of a cell that came out as expected was all. */
static void get_titles(NightCell *cell, JsonObject *object)
{
	g_auto(GStrv) titles = json_get_strings(object, "titles");

	for (char **title = titles; *title; title++)
		nightcell_add_title(cell, *title);
	if (!*titles && cell->state == CELL_MET)
		nightcell_add_title(cell, cell->title);
}

static char *text_of(JsonObject *object, const char *name)
{
	return g_strdup(json_get_string(object, name));
}

/* Not a path that leads out of the night's folder: whoever follows it opens what it names. */
static char *run_of(JsonObject *object)
{
	const char *run = json_get_string(object, "run");

	return run && !g_path_is_absolute(run) && !strstr(run, "..") ? g_strdup(run) : NULL;
}

static bool get_cell(Night *night, JsonObject *object)
{
	const char *name = json_get_string(object, "cell");
	NightCell *cell;

	if (!name || !json_get_string(object, "kernel") || !json_get_string(object, "series"))
		return false;
	cell = night_add_cell(night, name);
	cell->label = g_strdup(json_get_string(object, "label") ? json_get_string(object, "label") : name);
	cell->kernel = text_of(object, "kernel");
	cell->commit = text_of(object, "commit");
	cell->series = text_of(object, "series");
	cell->profile = text_of(object, "profile");
	cell->options = text_of(object, "options");
	cell->alone = json_get_bool(object, "alone");
	cell->counted = json_get_bool(object, "counted");
	cell->expected = g_strdup(json_get_string(object, "expected") ? json_get_string(object, "expected") : "-");
	cell->state = state_of(json_get_string(object, "state"));
	cell->verdict = g_strdup(json_get_string(object, "verdict") ? json_get_string(object, "verdict") : "-");
	cell->reason = text_of(object, "reason");
	cell->title = text_of(object, "title");
	get_titles(cell, object);
	cell->why = text_of(object, "why");
	cell->run = run_of(object);
	cell->unbuilt = json_get_bool(object, "unbuilt");
	cell->runs = (guint)CLAMP(json_get_int(object, "runs"), 0, G_MAXINT);
	cell->unmet = (guint)CLAMP(json_get_int(object, "unmet"), 0, G_MAXINT);
	cell->image = text_of(object, "image");
	get_key(cell, json_get_array(object, "key"));
	get_figures(cell, json_get_object(object, "figures"));
	cell->left_out = text_of(object, "left_out");
	return true;
}

Night *night_from_summary(NightFacts *facts, const char *text, gssize length, const char *what, char **ret_maker,
			  GError **error)
{
	g_autoptr(Night) night = night_empty(facts);
	g_autoptr(JsonObject) object = json_parse_object(text, length, what, error);
	JsonArray *cells = object ? json_get_array(object, "cells") : NULL;

	if (!object || !json_check_schema(object, NIGHT_SCHEMA, what, error))
		return NULL;
	night->qemu = text_of(object, "qemu");
	for (guint i = 0; cells && i < json_array_get_length(cells); i++) {
		JsonNode *node = json_array_get_element(cells, i);

		if (!JSON_NODE_HOLDS_OBJECT(node) || !get_cell(night, json_node_get_object(node))) {
			error_set(error, KHOTEST_ERROR_FAILED,
				  "%s, cell %u lacks its name, kernel or series: it is damaged", what, i + 1);
			return NULL;
		}
	}
	*ret_maker = text_of(object, "maker");
	return g_steal_pointer(&night);
}
