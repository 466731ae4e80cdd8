// SPDX-License-Identifier: GPL-2.0-or-later
/* A file "series" as text: patches, and what its comment lines say. */
#include "buildfiles.h"

#include <base/error.h>
#include <base/names.h>

#include <string.h>

#define ANY_REASON "any"

const char *series_parse_expect(const char *text, char **ret_expect, char **ret_reason)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t", 2);
	const char *verdict = words[0] ? words[0] : "";
	const char *reason = words[0] && words[1] ? g_strstrip(words[1]) : "";
	bool fails = strcmp(verdict, "FAIL") == 0;

	*ret_expect = *ret_reason = NULL;
	/* a reason that was forgotten would take any failure for the one that was meant */
	if ((!fails && strcmp(verdict, "PASS") != 0) || fails != (*reason != '\0') || strpbrk(reason, " \t;"))
		return "it must say PASS, or FAIL and the id of one reason, or FAIL " ANY_REASON;
	*ret_expect = g_strdup(verdict);
	*ret_reason = *reason && strcmp(reason, ANY_REASON) != 0 ? g_strdup(reason) : NULL;
	return NULL;
}

static bool parse_expect(Series *series, const char *value, const char *where, GError **error)
{
	g_autofree char *expect = NULL, *reason = NULL;
	const char *why = series_parse_expect(value, &expect, &reason);

	if (why)
		return error_set(error, KHOTEST_ERROR_INPUT, "%s: '# expect: %s': %s", where, value, why);
	g_free(series->expect);
	g_free(series->expect_reason);
	series->expect = g_steal_pointer(&expect);
	series->expect_reason = g_steal_pointer(&reason);
	return true;
}

/* Names alone: the folder in which a kernel is compiled is called after them (buildfolder.h). */
static bool parse_fragments(Series *series, const char *value, const char *where, GError **error)
{
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();
	g_auto(GStrv) words = g_strsplit_set(value, " \t,", -1);

	for (char **word = words; *word; word++) {
		if (!**word)
			continue;
		if (**word == '.' || !g_regex_match_simple("^[A-Za-z0-9._-]+$", *word, G_REGEX_DOLLAR_ENDONLY, 0))
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "%s: '%s' is no name of a fragment: '# fragments:' takes those of kconfigs/, "
					 "as in '# fragments: deferred'; a file of your own is for the option -f",
					 where, *word);
		g_strv_builder_add(names, *word);
	}
	g_strfreev(series->fragments);
	series->fragments = g_strv_builder_end(names);
	return true;
}

static bool parse_overlay(Series *series, const char *value, const char *where, GError **error)
{
	series->overlay = strcmp(value, "yes") == 0;
	return series->overlay || strcmp(value, "no") == 0 ||
	       error_set(error, KHOTEST_ERROR_INPUT, "%s: '# overlay: %s' must say yes or no", where, value);
}

static bool parse_summary(Series *series, const char *value, const char *where, GError **error)
{
	g_free(series->summary);
	series->summary = g_strdup(value);
	return true;
}

static const struct {
	const char *key;
	bool (*parse)(Series *series, const char *value, const char *where, GError **error);
} keys[] = {
	{ "summary", parse_summary },
	{ "expect", parse_expect },
	{ "overlay", parse_overlay },
	{ "fragments", parse_fragments },
};

/* "Expect", "expects", "fragment": as a comment it would be passed over without a word. */
static bool check_comment(const char *key, const char *where, GError **error)
{
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();
	g_autofree char *lower = g_ascii_strdown(key, -1), *nearest = NULL;
	g_auto(GStrv) all = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		g_strv_builder_add(names, keys[i].key);
	all = g_strv_builder_end(names);
	nearest = names_nearest(lower, all);
	return !*nearest || error_set(error, KHOTEST_ERROR_INPUT,
				      "%s: '# %s:' is not known, did you mean '# %s:'? A comment must not look like it",
				      where, key, nearest);
}

/* "# expect FAIL": the same. */
static bool check_colon(const char *text, const char *where, GError **error)
{
	return !g_regex_match_simple("^expects?\\s+(pass|fail)\\b", text, G_REGEX_CASELESS, 0) ||
	       error_set(error, KHOTEST_ERROR_INPUT, "%s: '# %s' lacks the colon of '# expect:'", where, text);
}

/* A comment line that carries something: "# summary: ..."; others are passed over. */
static bool parse_comment(Series *series, char *line, const char *where, GError **error)
{
	char *key = g_strstrip(line + 1), *colon = strchr(key, ':');

	if (!check_colon(key, where, error))
		return false;
	if (!colon)
		return true;
	*colon = '\0';
	g_strchomp(key);
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		if (strcmp(key, keys[i].key) == 0)
			return keys[i].parse(series, g_strstrip(colon + 1), where, error);
	return strpbrk(key, " \t") || check_comment(key, where, error);
}

bool seriesfile_parse(Series *series, const char *text, const char *folder, const char *path, GError **error)
{
	g_auto(GStrv) lines = g_strsplit_set(text, "\n", -1);

	for (int i = 0; lines[i]; i++) {
		g_autofree char *where = g_strdup_printf("%s:%d", path, i + 1);
		char *line = g_strstrip(lines[i]);
		g_auto(GStrv) words = NULL;
		char *patch;

		if (!*line)
			continue;
		if (*line == '#') {
			if (!parse_comment(series, line, where, error))
				return false;
			continue;
		}
		words = g_strsplit_set(line, " \t", -1);
		for (char **word = words + 1; *word && **word != '#'; word++)
			if (**word && strcmp(*word, "-p1") != 0)
				return error_set(error, KHOTEST_ERROR_INPUT,
						 "%s: option '%s' is not understood: patches are applied with -p1",
						 where, *word);
		patch = g_build_filename(folder, words[0], NULL);
		g_ptr_array_add(series->patches, patch);
		if (!g_file_test(patch, G_FILE_TEST_IS_REGULAR))
			return error_set(error, KHOTEST_ERROR_INPUT, "%s names a patch that is not there: %s", where,
					 patch);
	}
	return true;
}
