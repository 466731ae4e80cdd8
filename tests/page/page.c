// SPDX-License-Identifier: GPL-2.0-or-later
#include "page.h"

#include <stdbool.h>
#include <string.h>

static const char *attribute(const char **names, const char **values, const char *name)
{
	for (guint i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return values[i];
	return NULL;
}

static const char *run_around(const Page *page)
{
	for (guint i = page->runs->len; i > 0; i--)
		if (*(const char *)page->runs->pdata[i - 1])
			return page->runs->pdata[i - 1];
	return "";
}

static void on_start(GMarkupParseContext *context, const char *element, const char **names, const char **values,
		     gpointer data, GError **error)
{
	Page *page = data;
	const char *run = attribute(names, values, "data-run"), *of = attribute(names, values, "data-of");
	const char *id = attribute(names, values, "id"), *link = attribute(names, values, "href");

	g_ptr_array_add(page->runs, g_strdup(run ? run : ""));
	page->scripts += strcmp(element, "script") == 0;
	page->quiet = strcmp(element, "script") == 0 || strcmp(element, "style") == 0;
	if (of) {
		char *key = g_strdup_printf("%s %s", run_around(page), of);
		const char *value = attribute(names, values, "value"),
			   *before = g_hash_table_lookup(page->figures, key);

		if (before)
			g_assert_cmpstr(before, ==, value);
		g_hash_table_replace(page->figures, key, g_strdup(value));
	}
	if (id)
		page->twice += !g_hash_table_add(page->ids, g_strdup(id));
	if (link && strcmp(element, "a") == 0)
		g_hash_table_add(page->links, g_strdup(link));
}

static void on_end(GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
	Page *page = data;

	g_ptr_array_remove_index(page->runs, page->runs->len - 1);
	page->quiet = false;
}

static void on_text(GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
	Page *page = data;

	if (!page->quiet)
		g_string_append_len(page->text, text, (gssize)length);
}

Page *page_parse(const char *html)
{
	static const GMarkupParser parser = { .start_element = on_start, .end_element = on_end, .text = on_text };
	Page *page = g_new0(Page, 1);
	g_autoptr(GError) error = NULL;
	GMarkupParseContext *context;

	page->runs = g_ptr_array_new_with_free_func(g_free);
	page->figures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	page->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	page->links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	page->text = g_string_new(NULL);
	context = g_markup_parse_context_new(&parser, 0, page, NULL);
	g_markup_parse_context_parse(context, html, -1, &error);
	g_assert_no_error(error);
	g_markup_parse_context_end_parse(context, &error);
	g_assert_no_error(error);
	g_markup_parse_context_free(context);
	return page;
}

void page_free(Page *page)
{
	g_ptr_array_unref(page->runs);
	g_hash_table_unref(page->figures);
	g_hash_table_unref(page->ids);
	g_hash_table_unref(page->links);
	g_string_free(page->text, TRUE);
	g_free(page);
}

void page_flatten(GHashTable *numbers, const char *run, const char *path, JsonNode *node)
{
	if (JSON_NODE_HOLDS_OBJECT(node)) {
		g_autoptr(GList) names = json_object_get_members(json_node_get_object(node));

		for (GList *name = names; name; name = name->next) {
			g_autofree char *inner =
				g_strdup_printf("%s%s%s", path, *path ? "." : "", (const char *)name->data);

			page_flatten(numbers, run, inner,
				     json_object_get_member(json_node_get_object(node), name->data));
		}
	} else if (JSON_NODE_HOLDS_ARRAY(node)) {
		JsonArray *array = json_node_get_array(node);

		for (guint i = 0; i < json_array_get_length(array); i++) {
			g_autofree char *inner = g_strdup_printf("%s.%u", path, i);

			page_flatten(numbers, run, inner, json_array_get_element(array, i));
		}
	} else if (!json_node_is_null(node) && json_node_get_value_type(node) == G_TYPE_DOUBLE) {
		char number[G_ASCII_DTOSTR_BUF_SIZE];

		g_hash_table_replace(numbers, g_strdup_printf("%s %s", run, path),
				     g_strdup(g_ascii_dtostr(number, sizeof(number), json_node_get_double(node))));
	} else if (json_node_is_null(node) || json_node_get_value_type(node) == G_TYPE_INT64) {
		g_hash_table_replace(numbers, g_strdup_printf("%s %s", run, path),
				     json_node_is_null(node)
					     ? g_strdup("")
					     : g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node)));
	}
}

void page_check_links(const Page *page)
{
	GHashTableIter iter;
	gpointer link;

	g_assert_cmpuint(page->twice, ==, 0);
	g_hash_table_iter_init(&iter, page->links);
	while (g_hash_table_iter_next(&iter, &link, NULL)) {
		g_assert_cmpint(*(char *)link, ==, '#');
		g_assert_true(g_hash_table_contains(page->ids, (char *)link + 1));
	}
}
