// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/places.h>

#include <measure/frametext.h>

#include <string.h>

static void add(GString *text, const char *separator, const char *words)
{
	g_string_append_printf(text, "%s%s", text->len ? separator : "", words);
}

/* "1 vpanic+0x1c2 vpanic kernel/panic.c:776" */
static void add_lines(const Result *result, int hop, const char *key, GString *text, GPtrArray *functions)
{
	g_autofree char *prefix = g_strdup_printf("%d %s ", hop, key);

	for (char **line = result->lines; line && *line; line++) {
		g_auto(GStrv) words = NULL;

		if (!g_str_has_prefix(*line, prefix))
			continue;
		words = g_strsplit(*line + strlen(prefix), " ", 2);
		if (!words[0] || !words[1])
			continue;
		g_ptr_array_add(functions, g_strdup(words[0]));
		add(text, " < ", words[1]);
	}
}

char *result_place(const Result *result, int hop, const char *line)
{
	g_auto(FrameText) frame = { 0 };
	g_autofree char *key = NULL;
	g_autoptr(GPtrArray) functions = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) text = g_string_new(NULL);
	char **touches = plan_hop(result->plan, (guint)MAX(hop, 0))->touches;
	bool changed = false;

	if (hop < 0 || !line || !frametext_find(line, &frame))
		return NULL;
	key = frametext_key(&frame);
	add_lines(result, hop, key, text, functions);
	g_ptr_array_add(functions, g_strdup(frame.function));
	for (guint i = 0; touches && i < functions->len; i++)
		changed |= g_strv_contains((const char *const *)touches, functions->pdata[i]);
	if (changed)
		add(text, ", ", "changed by the series");
	return text->len ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

char *result_place_after(const Result *result, int hop, const char *line, const char *gap)
{
	g_autofree char *place = result_place(result, hop, line);

	return place ? g_strdup_printf("%s[%s]", gap, place) : g_strdup("");
}
