// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <report/comparison.h>
#include <report/storedcomparison.h>
#include <report/style.h>

/* What was left out, below what the comparison itself says. Takes the text. */
static char *with_notes(const StoredComparison *stored, char *text, const Style *style)
{
	g_autofree char *owned = text;
	g_autoptr(GString) notes = g_string_new(NULL);
	GString *out = g_string_new(owned);

	for (guint i = 0; i < stored->notes->len; i++)
		g_string_append_printf(notes, "note: %s\n", (const char *)stored->notes->pdata[i]);
	style_put(out, style, style->bullet, notes->str);
	return g_string_free(out, FALSE);
}

/* Without a whole round there are no figures to compare. */
static char *too_early(const StoredComparison *stored)
{
	g_autofree char *series = g_strjoinv(", ", stored->dir->series);

	return g_strdup_printf("No round of %s is whole: there is nothing to compare.\n", series);
}

char *storedcomparison_to_brief(const StoredComparison *stored)
{
	return comparison_rounds(stored->comparison) ? comparison_to_brief(stored->comparison) : too_early(stored);
}

/* As that function writes the comparison in that style, if there is any of it. */
static char *shown(const StoredComparison *stored, char *(*write)(const Comparison *), const Style *style)
{
	g_autofree char *words = too_early(stored);
	GString *early;

	if (comparison_rounds(stored->comparison))
		return with_notes(stored, write(stored->comparison), style);
	early = g_string_new(NULL);
	style_put(early, style, "", words);
	return with_notes(stored, g_string_free(early, FALSE), style);
}

char *storedcomparison_to_text(const StoredComparison *stored)
{
	return shown(stored, comparison_to_text, &style_text);
}

char *storedcomparison_to_markdown(const StoredComparison *stored)
{
	return shown(stored, comparison_to_markdown, &style_markdown);
}

char *storedcomparison_to_lines(const StoredComparison *stored)
{
	bool any = comparison_rounds(stored->comparison) > 0;

	return with_notes(stored, any ? comparison_to_lines(stored->comparison) : g_strdup(""), &style_text);
}

char *storedcomparison_to_json(const StoredComparison *stored)
{
	g_autofree char *text = comparison_to_json(stored->comparison);
	g_autoptr(JsonNode) root = json_from_string(text, NULL);
	JsonObject *object = json_node_get_object(root);
	JsonArray *notes = json_array_new();
	g_autofree char *pretty = NULL;

	for (guint i = 0; i < stored->notes->len; i++)
		json_array_add_string_element(notes, stored->notes->pdata[i]);
	json_object_set_string_member(object, "id", stored->dir->id);
	json_object_set_array_member(object, "notes", notes);
	pretty = json_to_string(root, TRUE);
	return g_strconcat(pretty, "\n", NULL);
}
