// SPDX-License-Identifier: GPL-2.0-or-later
#include "selftestsource.h"

#include <base/log.h>
#include <build/kconfig.h>

#include <string.h>

void selftestset_free(SelftestSet *set)
{
	if (!set)
		return;
	g_free(set->folder);
	g_free(set->describe);
	g_clear_pointer(&set->tests, g_ptr_array_unref);
	g_free(set->fragment);
	g_free(set);
}

static void test_free(gpointer data)
{
	Selftest *test = data;

	g_free(test->name);
	g_free(test->source);
	g_free(test->payload);
	g_free(test);
}

/* ---- the Makefile ---- */

/* The part behind the operator of "VARIABLE := value", or NULL; *ret_anew: what was there before is forgotten. */
static const char *assigned(const char *line, const char *variable, bool *ret_anew)
{
	const char *at = line + strspn(line, " ");

	if (!g_str_has_prefix(at, variable))
		return NULL;
	at += strlen(variable);
	at += strspn(at, " \t");
	*ret_anew = *at != '+';
	at += strspn(at, ":+?");
	return *at == '=' ? at + 1 : NULL;
}

char **selftestsource_words(const char *makefile, const char *variable)
{
	g_auto(GStrv) pieces = g_strsplit(makefile, "\\\n", -1);
	g_autofree char *joined = g_strjoinv(" ", pieces);
	g_auto(GStrv) lines = g_strsplit(joined, "\n", -1);
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	for (char **line = lines; *line; line++) {
		bool anew;
		const char *value;
		g_auto(GStrv) all = NULL;

		(*line)[strcspn(*line, "#")] = '\0';
		value = assigned(*line, variable, &anew);
		if (!value)
			continue;
		if (anew)
			g_ptr_array_set_size(words, 0);
		all = g_strsplit_set(value, " \t", -1);
		for (char **word = all; *word; word++)
			if (**word && !strchr(*word, '$'))
				g_ptr_array_add(words, g_strdup(*word));
	}
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

/* ---- the sources ---- */

SelftestKind selftestsource_kind(const char *source, bool extended)
{
	if (g_regex_match_simple("\\bluo_test\\s*\\(", source, G_REGEX_RAW, 0))
		return SELFTEST_STAGES;
	return extended ? SELFTEST_UNKNOWN : SELFTEST_WHOLE;
}

bool selftestsource_is_nolibc(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *text = NULL;

		if (g_file_test(path, G_FILE_TEST_IS_REGULAR) && g_file_get_contents(path, &text, NULL, NULL) &&
		    strstr(text, "nolibc"))
			return true;
	}
	return false;
}

static void add_test(GPtrArray *tests, const char *name, const char *folder, const char *file, SelftestKind kind)
{
	Selftest *test = g_new0(Selftest, 1);

	test->name = g_strdup(name);
	test->source = g_build_filename(folder, file, NULL);
	test->kind = kind;
	g_ptr_array_add(tests, test);
}

/* The programs of one variable, as far as their sources are there. */
static void add_programs(GPtrArray *tests, const char *tree, const char *makefile, const char *variable, bool extended)
{
	g_auto(GStrv) names = selftestsource_words(makefile, variable);

	for (char **name = names; *name; name++) {
		g_autofree char *file = g_strconcat(*name, ".c", NULL);
		g_autofree char *path = g_build_filename(tree, SELFTEST_LIVEUPDATE, file, NULL);
		g_autofree char *text = NULL;

		if (g_file_get_contents(path, &text, NULL, NULL))
			add_test(tests, *name, SELFTEST_LIVEUPDATE, file, selftestsource_kind(text, extended));
	}
}

GPtrArray *selftestsource_list(const char *tree)
{
	GPtrArray *tests = g_ptr_array_new_with_free_func(test_free);
	g_autofree char *makefile = g_build_filename(tree, SELFTEST_LIVEUPDATE, "Makefile", NULL);
	g_autofree char *script = g_build_filename(tree, SELFTEST_KHO, "vmtest.sh", NULL);
	g_autofree char *text = NULL;

	if (g_file_test(script, G_FILE_TEST_IS_REGULAR))
		add_test(tests, "kho", SELFTEST_KHO, "vmtest.sh", SELFTEST_TESTDATA);
	if (g_file_get_contents(makefile, &text, NULL, NULL)) {
		add_programs(tests, tree, text, "TEST_GEN_PROGS", false);
		add_programs(tests, tree, text, "TEST_GEN_PROGS_EXTENDED", true);
	}
	return tests;
}

/* ---- the configuration ---- */

static const KconfigWish *find_wish(const GPtrArray *wishes, const char *symbol)
{
	for (guint i = 0; i < wishes->len; i++) {
		const KconfigWish *wish = wishes->pdata[i];

		if (strcmp(wish->symbol, symbol) == 0)
			return wish;
	}
	return NULL;
}

char *selftestsource_lacking(const char *config, const char *wished, const char *origin, GError **error)
{
	g_autoptr(GPtrArray) wants = g_ptr_array_new(), has = g_ptr_array_new(), lacking = g_ptr_array_new();
	g_autofree char *text = NULL;

	if (!kconfig_parse(config, origin, wants, error) || !kconfig_parse(wished, origin, has, error))
		return NULL;
	for (guint i = 0; i < wants->len; i++) {
		KconfigWish *want = wants->pdata[i];
		const KconfigWish *own = find_wish(has, want->symbol);

		if (!own)
			g_ptr_array_add(lacking, want);
		else if (strcmp(own->value, want->value) != 0)
			log_warn("%s wants %s=%s, and the kernel is built with %s=%s (%s)", origin, want->symbol,
				 want->value, own->symbol, own->value, own->origin);
	}
	if (!lacking->len)
		return NULL;
	text = kconfig_text(lacking);
	return g_strdup_printf("# What %s asks for beyond khotest's own fragments.\n"
			       "# khotest: where known\n%s",
			       origin, text);
}
