// SPDX-License-Identifier: GPL-2.0-or-later
/* A block of a plan file, taken apart into the words of its keys. What a word means is in plankey.c. */
#include "planblock.h"

#include <base/error.h>
#include <base/keyfile.h>
#include <base/names.h>
#include <build/series.h>
#include <measure/reason.h>
#include <store/plan.h>

#include <string.h>

#define EXPECT_PREFIX "expect."

void planblock_free(PlanBlock *block)
{
	if (!block)
		return;
	g_free(block->name);
	g_ptr_array_unref(block->words);
	g_clear_pointer(&block->expect, g_hash_table_unref);
	g_free(block);
}

char **planblock_list(const char *text)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_auto(GStrv) words = g_strsplit(text, ";", -1);

	for (char **word = words; *word; word++)
		if (*g_strstrip(*word))
			g_strv_builder_add(builder, *word);
	return g_strv_builder_end(builder);
}

/* The key that a line of a key file sets, or NULL. */
static char *key_of_line(const char *line)
{
	const char *equals = strchr(line, '=');

	return *line == '#' || !equals ? NULL : g_strchomp(g_strndup(line, (gsize)(equals - line)));
}

/* The line of a key of the block, from 1 on, which ret_value is set to; that of the block itself if it has no such key.
 */
static guint line_of(const PlanBlock *block, const char *key, char **ret_value)
{
	g_auto(GStrv) lines = g_strsplit(block->text, "\n", -1);
	g_autofree char *head = g_strdup_printf("[%s]", block->name);
	guint at = 1;
	bool inside = false;

	*ret_value = NULL;
	for (guint i = 0; lines[i]; i++) {
		g_autofree char *found = key_of_line(g_strstrip(lines[i]));

		if (*lines[i] == '[')
			inside = strcmp(lines[i], head) == 0;
		if (inside && *lines[i] == '[')
			at = i + 1;
		if (!inside || g_strcmp0(found, key) != 0)
			continue;
		/* of a key that is set twice, the last one counts */
		g_free(*ret_value);
		*ret_value = g_strdup(g_strchug(strchr(lines[i], '=') + 1));
		at = i + 1;
	}
	return at;
}

bool planblock_wrong(const PlanBlock *block, const char *key, const char *why, GError **error)
{
	g_autofree char *value = NULL;
	guint line = line_of(block, key, &value);

	return value ? error_set(error, KHOTEST_ERROR_INPUT, "line %u: [%s] %s=%s: %s", line, block->name, key, value,
				 why)
		     : error_set(error, KHOTEST_ERROR_INPUT, "line %u: [%s] %s", line, block->name, why);
}

char **planblock_words(const PlanBlock *block, const PlanKey *key)
{
	guint n;

	return block->words->pdata[key - plankeys(&n)];
}

/* A block's key as text; NULL if it is not there or says nothing. */
static char *value_of(GKeyFile *file, const PlanBlock *block, const char *key)
{
	g_autofree char *value = keyfile_get(file, block->name, key);

	return value && *g_strstrip(value) ? g_steal_pointer(&value) : NULL;
}

/* What the key takes in this block. NULL with the error set if it has to be there and is not. */
static char **words_of(GKeyFile *file, const PlanBlock *block, const PlanKey *key, GError **error)
{
	g_autofree char *value = key->set ? value_of(file, block, key->name) : NULL;
	g_auto(GStrv) words = NULL;
	g_autofree char *why = NULL;

	if (!value)
		value = g_strdup(key->otherwise);
	words = g_new0(char *, 2);
	if (value && key->list) {
		g_strfreev(words);
		words = planblock_list(value);
	} else if (value) {
		words[0] = g_steal_pointer(&value);
	}
	/* a chain names its kernels itself */
	if (*words || !key->needed || g_key_file_has_key(file, block->name, "chain", NULL))
		return g_steal_pointer(&words);
	why = g_strdup_printf("needs %s=, a list such as %s", key->name, key->needed);
	planblock_wrong(block, "", why, error);
	return NULL;
}

/* "FAIL  guest-panic" to "FAIL guest-panic", and "FAIL any" to "FAIL", checked. */
static char *expectation(const PlanBlock *block, const char *key, const char *value, GError **error)
{
	g_autofree char *verdict = NULL, *reason = NULL, *refusal = NULL;
	const char *why = series_parse_expect(value, &verdict, &reason);

	if (!why && reason)
		why = refusal = reason_refusal(reason);
	if (why) {
		planblock_wrong(block, key, why, error);
		return NULL;
	}
	return g_strdup_printf("%s%s%s", verdict, reason ? " " : "", reason ? reason : "");
}

static bool expectations(GKeyFile *file, PlanBlock *block, char **present, GError **error)
{
	char **series_of_block = planblock_words(block, plankey_find("series"));

	block->expect = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (char **key = present; *key; key++) {
		const char *series = g_str_has_prefix(*key, EXPECT_PREFIX) ? *key + strlen(EXPECT_PREFIX) : "";
		g_autofree char *value = NULL;
		char *expect;

		if (!*series && strcmp(*key, "expect") != 0)
			continue;
		if (*series && !g_strv_contains((const char *const *)series_of_block, series)) {
			g_autofree char *all = g_strjoinv(", ", series_of_block);
			g_autofree char *why = g_strdup_printf("series= of this block has only %s", all);

			return planblock_wrong(block, *key, why, error);
		}
		value = value_of(file, block, *key);
		expect = expectation(block, *key, value ? value : "", error);
		if (!expect)
			return false;
		g_hash_table_replace(block->expect, g_strdup(series), expect);
	}
	return true;
}

/* What a chain says itself, or what says something about one. */
static bool check_chain(const PlanBlock *block, GKeyFile *file, GError **error)
{
	static const char *const said[] = { "kernels", "series", "tree", "hops" };
	bool chain = g_key_file_has_key(file, block->name, "chain", NULL);
	g_autofree char *value = chain ? value_of(file, block, "chain") : NULL;
	g_auto(GStrv) chains = value ? planblock_list(value) : NULL;

	if (chain && (!chains || !*chains))
		return planblock_wrong(block, "chain", "it names no kernel", error);
	for (gsize i = 0; chain && i < G_N_ELEMENTS(said); i++)
		if (g_key_file_has_key(file, block->name, said[i], NULL))
			return planblock_wrong(block, said[i], "chain= names each kernel itself", error);
	if (!chain && g_key_file_has_key(file, block->name, "then", NULL))
		return planblock_wrong(block, "then", "it is one more kernel behind those of chain=, which is missing",
				       error);
	return true;
}

static bool check_keys(const PlanBlock *block, char **present, GError **error)
{
	g_auto(GStrv) names = plankey_names(false);

	for (char **key = present; *key; key++) {
		g_autofree char *nearest = NULL, *all = NULL, *why = NULL;

		if (g_strv_contains((const char *const *)names, *key) || strcmp(*key, "expect") == 0 ||
		    g_str_has_prefix(*key, EXPECT_PREFIX))
			continue;
		nearest = names_nearest(*key, names);
		all = g_strjoinv(", ", names);
		why = g_strdup_printf("that key is not known%s%s; possible are %s, expect and expect.SERIES",
				      *nearest ? ", did you mean " : "", nearest, all);
		return planblock_wrong(block, *key, why, error);
	}
	return true;
}

PlanBlock *planblock_parse(GKeyFile *file, const char *text, const char *group, GError **error)
{
	g_autoptr(PlanBlock) block = g_new0(PlanBlock, 1);
	g_auto(GStrv) present = g_key_file_get_keys(file, group, NULL, NULL);
	guint n;
	const PlanKey *keys = plankeys(&n);

	block->name = g_strdup(group);
	block->text = text;
	block->words = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	if (!present)
		present = g_new0(char *, 1);
	if (strchr(group, '/')) {
		planblock_wrong(block, "", "the name of a block has no '/'", error);
		return NULL;
	}
	if (!check_keys(block, present, error) || !check_chain(block, file, error))
		return NULL;
	for (guint i = 0; i < n; i++) {
		char **words = words_of(file, block, &keys[i], error);

		if (!words)
			return NULL;
		g_ptr_array_add(block->words, words);
	}
	return expectations(file, block, present, error) ? g_steal_pointer(&block) : NULL;
}
