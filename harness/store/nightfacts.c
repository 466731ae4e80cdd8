// SPDX-License-Identifier: GPL-2.0-or-later
#include "lines.h"

#include <base/error.h>
#include <base/files.h>
#include <store/chain.h>
#include <store/nightfacts.h>

#include <string.h>

static const char *const file_names[] = {
	[NIGHT_FACTS] = "night.json",	  [NIGHT_MATRIX] = "matrix",	[NIGHT_RUNS] = "matrix/runs",
	[NIGHT_SUMMARY] = "summary.json", [NIGHT_TEXT] = "message.txt", [NIGHT_MARKDOWN] = "message.md",
	[NIGHT_JSON] = "message.json",	  [NIGHT_MAIL] = "message.eml",
};

static void source_free_one(gpointer data)
{
	NightSource *source = data;

	g_free(source->name);
	g_free(source->where);
	g_free(source->branch);
	g_free(source->before);
	g_free(source->now);
	g_free(source->version);
	g_free(source->problem);
	g_free(source);
}

static void choice_free(gpointer data)
{
	NightChoice *choice = data;

	g_free(choice->name);
	g_free(choice->why);
	g_free(choice);
}

NightFacts *nightfacts_new(void)
{
	NightFacts *facts = g_new0(NightFacts, 1);

	facts->budget_ns = facts->spent_ns = facts->built_ns = facts->prepared_ns = -1;
	facts->sources = g_ptr_array_new_with_free_func(source_free_one);
	facts->choices = g_ptr_array_new_with_free_func(choice_free);
	return facts;
}

void nightfacts_free(NightFacts *facts)
{
	if (!facts)
		return;
	g_free(facts->id);
	g_free(facts->plan);
	g_free(facts->plan_asked);
	g_free(facts->begun);
	g_free(facts->ended);
	g_free(facts->told);
	g_free(facts->accepted);
	g_free(facts->khotest);
	g_free(facts->host);
	g_ptr_array_unref(facts->sources);
	g_ptr_array_unref(facts->choices);
	g_free(facts);
}

NightSource *nightfacts_add_source(NightFacts *facts, const char *name)
{
	NightSource *source = g_new0(NightSource, 1);

	source->name = g_strdup(name);
	source->added = source->gone = -1;
	g_ptr_array_add(facts->sources, source);
	return source;
}

NightChoice *nightfacts_add_choice(NightFacts *facts, const char *name)
{
	NightChoice *choice = g_new0(NightChoice, 1);

	choice->name = g_strdup(name);
	choice->estimate_ns = -1;
	g_ptr_array_add(facts->choices, choice);
	return choice;
}

const NightSource *nightfacts_source(const NightFacts *facts, const char *name)
{
	for (guint i = 0; i < facts->sources->len; i++)
		if (strcmp(((NightSource *)facts->sources->pdata[i])->name, name) == 0)
			return facts->sources->pdata[i];
	return NULL;
}

static void put_source(JsonBuilder *b, const NightSource *source)
{
	json_builder_begin_object(b);
	json_put_string(b, "name", source->name);
	json_put_string(b, "where", source->where);
	json_put_string(b, "branch", source->branch);
	json_put_string(b, "before", source->before);
	json_put_string(b, "now", source->now);
	json_put_string(b, "version", source->version);
	json_put_int_or_null(b, "added", source->added);
	json_put_int_or_null(b, "gone", source->gone);
	json_put_string(b, "problem", source->problem);
	json_builder_end_object(b);
}

static void put_choice(JsonBuilder *b, const NightChoice *choice)
{
	json_builder_begin_object(b);
	json_put_string(b, "cell", choice->name);
	json_put_bool(b, "chosen", choice->chosen);
	json_put_string(b, "why", choice->why);
	json_put_int(b, "runs", choice->runs);
	json_put_int_or_null(b, "estimate_ns", choice->estimate_ns);
	json_builder_end_object(b);
}

char *nightfacts_to_json(const NightFacts *facts)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "schema", NIGHT_SCHEMA);
	json_put_string(b, "id", facts->id);
	json_put_string(b, "plan", facts->plan);
	json_put_string(b, "plan_asked", facts->plan_asked);
	json_put_string(b, "begun", facts->begun);
	json_put_string(b, "ended", facts->ended);
	json_put_string(b, "told", facts->told);
	json_put_int_or_null(b, "budget_ns", facts->budget_ns);
	json_put_int_or_null(b, "spent_ns", facts->spent_ns);
	json_put_int_or_null(b, "built_ns", facts->built_ns);
	json_put_int_or_null(b, "prepared_ns", facts->prepared_ns);
	json_put_double(b, "threshold", facts->threshold);
	json_put_string(b, "khotest", facts->khotest);
	json_put_string(b, "host", facts->host);
	json_put_string(b, "accepted", facts->accepted);
	json_put_bool(b, "planned", facts->planned);
	json_begin_array(b, "sources");
	for (guint i = 0; i < facts->sources->len; i++)
		put_source(b, facts->sources->pdata[i]);
	json_builder_end_array(b);
	json_begin_array(b, "cells");
	for (guint i = 0; i < facts->choices->len; i++)
		put_choice(b, facts->choices->pdata[i]);
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, true);
}

static void get_source(NightFacts *facts, JsonObject *object)
{
	NightSource *source = nightfacts_add_source(facts, json_get_string(object, "name"));

	source->where = g_strdup(json_get_string(object, "where"));
	source->branch = g_strdup(json_get_string(object, "branch"));
	source->before = g_strdup(json_get_string(object, "before"));
	source->now = g_strdup(json_get_string(object, "now"));
	source->version = g_strdup(json_get_string(object, "version"));
	source->added = json_get_int(object, "added");
	source->gone = json_get_int(object, "gone");
	source->problem = g_strdup(json_get_string(object, "problem"));
}

static void get_choice(NightFacts *facts, JsonObject *object)
{
	NightChoice *choice = nightfacts_add_choice(facts, json_get_string(object, "cell"));
	gint64 runs = json_get_int(object, "runs");

	choice->chosen = json_get_bool(object, "chosen");
	choice->why = g_strdup(json_get_string(object, "why"));
	choice->runs = (guint)CLAMP(runs, 0, G_MAXINT);
	choice->estimate_ns = json_get_int(object, "estimate_ns");
}

/* Each object of an array that has a string of that name; others are left out. */
static void get_each(NightFacts *facts, JsonArray *array, const char *needs, void (*get)(NightFacts *, JsonObject *))
{
	for (guint i = 0; array && i < json_array_get_length(array); i++) {
		JsonNode *node = json_array_get_element(array, i);
		JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

		if (object && json_get_string(object, needs))
			get(facts, object);
	}
}

static double get_threshold(JsonObject *object)
{
	JsonNode *node = json_object_get_member(object, "threshold");

	return node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_double(node) : 0;
}

NightFacts *nightfacts_parse(const char *text, gssize length, const char *what, GError **error)
{
	g_autoptr(JsonObject) object = json_parse_object(text, length, what, error);
	g_autoptr(NightFacts) facts = nightfacts_new();

	if (!object || !json_check_schema(object, NIGHT_SCHEMA, what, error))
		return NULL;
	facts->id = g_strdup(json_get_name(object, "id"));
	facts->plan = g_strdup(json_get_string(object, "plan"));
	facts->begun = g_strdup(json_get_string(object, "begun"));
	if (!facts->id || !facts->plan || !facts->begun) {
		error_set(error, KHOTEST_ERROR_FAILED, "%s lacks id, plan or begun: it is damaged", what);
		return NULL;
	}
	facts->plan_asked = g_strdup(json_get_string(object, "plan_asked"));
	facts->ended = g_strdup(json_get_string(object, "ended"));
	/* nights that ended before this was noted */
	facts->told = g_strdup(json_get_string(object, json_object_has_member(object, "told") ? "told" : "ended"));
	facts->budget_ns = json_get_int(object, "budget_ns");
	facts->spent_ns = json_get_int(object, "spent_ns");
	facts->built_ns = json_get_int(object, "built_ns");
	facts->prepared_ns = json_get_int(object, "prepared_ns");
	facts->threshold = get_threshold(object);
	facts->khotest = g_strdup(json_get_string(object, "khotest"));
	facts->host = g_strdup(json_get_string(object, "host"));
	facts->accepted = g_strdup(json_get_string(object, "accepted"));
	facts->planned = json_get_bool(object, "planned");
	get_each(facts, json_get_array(object, "sources"), "name", get_source);
	get_each(facts, json_get_array(object, "cells"), "cell", get_choice);
	return g_steal_pointer(&facts);
}

char *night_file(const char *path, NightFile file)
{
	return g_build_filename(path, file_names[file], NULL);
}

bool night_write(const char *path, NightFile file, const char *text, GError **error)
{
	g_autofree char *name = night_file(path, file);

	return files_write(name, text, strlen(text), error);
}

bool night_keep(const char *path, const NightFacts *facts, GError **error)
{
	g_autofree char *json = nightfacts_to_json(facts);

	return night_write(path, NIGHT_FACTS, json, error);
}

NightFacts *night_read(const char *path, GError **error)
{
	g_autofree char *name = night_file(path, NIGHT_FACTS), *folder = g_path_get_basename(path);
	g_autofree char *message = night_file(path, NIGHT_TEXT);
	g_autoptr(NightFacts) facts = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (!g_file_test(name, G_FILE_TEST_EXISTS)) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s is no night: it has no %s", path, file_names[NIGHT_FACTS]);
		return NULL;
	}
	bytes = files_read(name, error);
	facts = bytes ? nightfacts_parse(g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), name, error)
		      : NULL;
	if (facts && strcmp(facts->id, folder) != 0) {
		error_set(
			error, KHOTEST_ERROR_INPUT,
			"%s says that it is the night %s: a copy counts as no night, and one that was renamed gets its "
			"name back",
			name, facts->id);
		return NULL;
	}
	/* nobody was told what is not there */
	if (facts && !g_file_test(message, G_FILE_TEST_EXISTS))
		g_clear_pointer(&facts->told, g_free);
	return g_steal_pointer(&facts);
}

/* As night_new_id() makes them. */
static bool is_id(const char *name)
{
	return g_regex_match_simple("^[0-9]{4}-[0-9]{2}-[0-9]{2}(-[0-9]{2,})?$", name,
				    G_REGEX_RAW | G_REGEX_DOLLAR_ENDONLY, 0);
}

char **nights_list(const char *parent)
{
	g_auto(GStrv) folders = lines_folders(parent, file_names[NIGHT_FACTS]);
	g_autoptr(GStrvBuilder) ids = g_strv_builder_new();

	for (char **folder = folders; *folder; folder++)
		if (is_id(*folder))
			g_strv_builder_add(ids, *folder);
	return g_strv_builder_end(ids);
}

char *night_new_id(const char *parent, GDateTime *now)
{
	g_autofree char *date = g_date_time_format(now, "%Y-%m-%d");

	for (guint n = 1;; n++) {
		g_autofree char *id = n == 1 ? g_strdup(date) : g_strdup_printf("%s-%02u", date, n);
		g_autofree char *path = g_build_filename(parent, id, NULL);

		if (!g_file_test(path, G_FILE_TEST_EXISTS))
			return g_steal_pointer(&id);
	}
}

char *night_kernel_name(const char *kernel, char **ret_commit)
{
	const char *at = strchr(kernel, '@');

	if (ret_commit)
		*ret_commit = at ? g_strdup(at + 1) : NULL;
	return at ? g_strndup(kernel, (gsize)(at - kernel)) : g_strdup(kernel);
}

char *night_chain_name(const char *chain)
{
	g_autoptr(GPtrArray) links = chain_parse(chain, NULL);

	for (guint i = 0; links && i < links->len; i++) {
		ChainLink *link = links->pdata[i];
		g_autofree char *kernel = link->kernel;

		link->kernel = kernel ? night_kernel_name(kernel, NULL) : NULL;
	}
	return links ? chain_text(links) : g_strdup(chain);
}

char *night_cell_kind(const Cell *cell)
{
	g_autoptr(Cell) plain = cell_copy(cell);

	if (!plain->tree) {
		g_free(plain->kernel);
		plain->kernel = cell->chain ? night_chain_name(cell->chain) : night_kernel_name(cell->kernel, NULL);
	}
	return cell_kind(plain);
}

char *night_cell_name(const Cell *cell)
{
	g_autofree char *kind = night_cell_kind(cell);

	return g_strconcat(cell->block, "/", kind, NULL);
}
