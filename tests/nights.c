// SPDX-License-Identifier: GPL-2.0-or-later
#include "nights.h"

#include <base/json.h>

#include <string.h>

static void put_raw(JsonBuilder *b, const char *name, const char *json)
{
	g_autoptr(JsonParser) parser = json_parser_new();

	g_assert_true(json_parser_load_from_data(parser, json, -1, NULL));
	json_builder_set_member_name(b, name);
	json_builder_add_value(b, json_node_copy(json_parser_get_root(parser)));
}

static void put_cell(JsonBuilder *b, const TestCell *cell, const char *commit)
{
	g_autofree char *figures = g_strdup_printf("{%s}", cell->figures ? cell->figures : "");
	g_autofree char *key = g_strdup_printf("[{\"name\": \"emulator\", \"value\": \"%s\", \"words\": false}]",
					       cell->key ? cell->key : "QEMU 7.2.22");
	g_autofree char *label = g_strdup_printf("%s label", cell->name);

	json_builder_begin_object(b);
	json_put_string(b, "cell", cell->name);
	json_put_string(b, "label", label);
	json_put_string(b, "kernel", "next");
	json_put_string(b, "commit", commit);
	json_put_string(b, "series", "stock");
	json_put_string(b, "options", "--series=stock --memory=1G");
	json_put_string(b, "expected", cell->expected);
	json_put_string(b, "state", cell->state);
	json_put_string(b, "verdict", cell->verdict);
	json_put_string(b, "reason", cell->reason);
	json_put_string(b, "title", cell->title);
	if (cell->titles)
		put_raw(b, "titles", cell->titles);
	json_put_bool(b, "unbuilt", cell->unbuilt);
	json_put_int(b, "runs", cell->runs);
	json_put_int(b, "unmet", cell->unmet);
	json_put_string(b, "image", cell->image);
	json_put_string(b, "left_out", cell->left_out);
	put_raw(b, "key", key);
	put_raw(b, "figures", figures);
	json_builder_end_object(b);
}

static char *summary(const TestCell *cells, const char *commit)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "schema", NIGHT_SCHEMA);
	json_put_string(b, "maker", "a test");
	json_put_string(b, "qemu", "QEMU 7.2.22");
	json_begin_array(b, "cells");
	for (; cells->name; cells++)
		put_cell(b, cells, commit);
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, true);
}

static NightFacts *facts_of(const char *id, const char *before, const char *commit)
{
	NightFacts *facts = nightfacts_new();
	NightSource *source = nightfacts_add_source(facts, "next");

	facts->id = g_strdup(id);
	facts->plan = g_strdup("nightly");
	facts->begun = g_strdup_printf("%.10sT01:00:00Z", id);
	facts->ended = g_strdup_printf("%.10sT02:00:00Z", id);
	facts->budget_ns = 3600 * G_GINT64_CONSTANT(1000000000);
	facts->spent_ns = facts->budget_ns / 2;
	facts->built_ns = facts->budget_ns / 4;
	facts->threshold = 0.01;
	facts->khotest = g_strdup("0.1.0");
	facts->planned = true;
	source->where = g_strdup("/srv/linux");
	source->branch = g_strdup("master");
	source->before = g_strdup(before);
	source->now = g_strdup(commit);
	source->added = before && strcmp(before, commit) != 0 ? 3 : 0;
	source->gone = 0;
	return facts;
}

Night *test_night(const char *id, const char *before, const char *commit, const TestCell *cells)
{
	g_autofree char *text = summary(cells, commit), *maker = NULL;
	g_autoptr(GError) error = NULL;
	Night *night = night_from_summary(facts_of(id, before, commit), text, -1, "a test", &maker, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(maker, ==, "a test");
	return night;
}

const NightVerdict *test_judge(Night **nights, guint n)
{
	GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)night_free), *verdicts;
	static GPtrArray *kept; /* reachable to the end, so that nothing looks lost */

	for (guint i = 0; i < n; i++)
		g_ptr_array_add(all, nights[i]);
	verdicts = nightverdicts_of(all);
	if (!kept)
		kept = g_ptr_array_new();
	g_ptr_array_add(kept, all);
	g_ptr_array_add(kept, verdicts);
	return verdicts->pdata[n - 1];
}
