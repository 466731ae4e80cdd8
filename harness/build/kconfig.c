// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfigtree.h"

#include <build/kconfig.h>
#include <build/series.h>

#include <base/error.h>
#include <base/names.h>

#include <string.h>

#define PREFIX "CONFIG_"
#define WHERE_KNOWN "# khotest: where known"

static void wish_free(gpointer data)
{
	KconfigWish *wish = data;

	g_free(wish->symbol);
	g_free(wish->value);
	g_free(wish->origin);
	g_free(wish);
}

/* Values as Kconfig writes them: y, m, n, numbers, hexadecimal numbers, strings in double quotes. */
static bool is_value(const char *value)
{
	gsize length = strlen(value);

	if (strcmp(value, "y") == 0 || strcmp(value, "m") == 0 || strcmp(value, "n") == 0)
		return true;
	if (value[0] == '"')
		return length >= 2 && value[length - 1] == '"';
	if (g_str_has_prefix(value, "0x"))
		return length > 2 && strspn(value + 2, "0123456789abcdefABCDEF") == length - 2;
	if (value[0] == '-' && length > 1)
		value++, length--;
	return length > 0 && strspn(value, "0123456789") == length;
}

static void put_wish(GPtrArray *wishes, const char *symbol, const char *value, const char *origin, bool where_known)
{
	KconfigWish *wish;

	g_ptr_array_set_free_func(wishes, wish_free);
	for (guint i = 0; i < wishes->len; i++)
		if (strcmp(((KconfigWish *)wishes->pdata[i])->symbol, symbol) == 0) {
			g_ptr_array_remove_index(wishes, i);
			break;
		}
	wish = g_new0(KconfigWish, 1);
	wish->symbol = g_strdup(symbol);
	wish->value = g_strdup(value);
	wish->origin = g_strdup(origin);
	wish->where_known = where_known;
	g_ptr_array_add(wishes, wish);
}

/* "CONFIG_X=value" or "# CONFIG_X is not set" taken apart; false for anything else. */
static bool split_line(const char *line, char **ret_symbol, char **ret_value)
{
	static const char not_set[] = " is not set";
	const char *equal;

	if (g_str_has_prefix(line, "# " PREFIX) && g_str_has_suffix(line, not_set)) {
		*ret_symbol = g_strndup(line + 2, strlen(line) - 2 - strlen(not_set));
		*ret_value = g_strdup("n");
		return true;
	}
	equal = strchr(line, '=');
	if (!g_str_has_prefix(line, PREFIX) || !equal)
		return false;
	*ret_symbol = g_strndup(line, (gsize)(equal - line));
	*ret_value = g_strdup(equal + 1);
	return true;
}

bool kconfig_parse(const char *text, const char *origin, GPtrArray *wishes, GError **error)
{
	g_auto(GStrv) lines = g_strsplit_set(text, "\n", -1);
	bool where_known = false;

	for (guint i = 0; lines[i]; i++) {
		char *line = g_strstrip(lines[i]);
		g_autofree char *symbol = NULL;
		g_autofree char *value = NULL;

		where_known = *line && (where_known || strcmp(line, WHERE_KNOWN) == 0);
		if (!split_line(line, &symbol, &value)) {
			if (!*line || *line == '#')
				continue;
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "%s, line %u: '%s' is neither CONFIG_SYMBOL=VALUE nor a comment", origin,
					 i + 1, line);
		}
		if (strspn(symbol + strlen(PREFIX), G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_") !=
			    strlen(symbol + strlen(PREFIX)) ||
		    !symbol[strlen(PREFIX)] || !is_value(value))
			return error_set(
				error, KHOTEST_ERROR_INPUT,
				"%s, line %u: '%s' is no value that Kconfig knows: y, m, n, a number or a \"string\"",
				origin, i + 1, line);
		put_wish(wishes, symbol, value, origin, where_known);
	}
	return true;
}

char *kconfig_find(const char *kconfigs, const char *name, GError **error)
{
	g_autofree char *file = g_strconcat(name, ".config", NULL);
	g_autofree char *path = g_build_filename(kconfigs, file, NULL);
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_autoptr(GDir) dir = NULL;
	g_auto(GStrv) names = NULL;
	g_autofree char *nearest = NULL;
	const char *entry;

	if (!strchr(name, '/') && g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return g_steal_pointer(&path);
	if (g_file_test(name, G_FILE_TEST_IS_REGULAR))
		return g_strdup(name);
	dir = g_dir_open(kconfigs, 0, NULL);
	while (dir && (entry = g_dir_read_name(dir)))
		if (g_str_has_suffix(entry, ".config")) {
			g_autofree char *stem = g_strndup(entry, strlen(entry) - strlen(".config"));

			g_strv_builder_add(builder, stem);
		}
	names = g_strv_builder_end(builder);
	nearest = names_nearest(name, names);
	error_set(error, KHOTEST_ERROR_INPUT,
		  "there is no kconfig fragment '%s', neither as a file nor in %s%s%s; 'khotest list fragments' lists "
		  "all",
		  name, kconfigs, *nearest ? ", did you mean " : "", nearest);
	return NULL;
}

static int by_symbol(gconstpointer a, gconstpointer b)
{
	return strcmp((*(KconfigWish *const *)a)->symbol, (*(KconfigWish *const *)b)->symbol);
}

static GPtrArray *sorted(GPtrArray *wishes)
{
	GPtrArray *copy = g_ptr_array_new();

	for (guint i = 0; i < wishes->len; i++)
		g_ptr_array_add(copy, wishes->pdata[i]);
	g_ptr_array_sort(copy, by_symbol);
	return copy;
}

char *kconfig_text(GPtrArray *wishes)
{
	g_autoptr(GPtrArray) in_order = sorted(wishes);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < in_order->len; i++) {
		const KconfigWish *wish = in_order->pdata[i];

		if (strcmp(wish->value, "n") == 0)
			g_string_append_printf(text, "# %s is not set\n", wish->symbol);
		else
			g_string_append_printf(text, "%s=%s\n", wish->symbol, wish->value);
	}
	return g_string_free(text, FALSE);
}

char **kconfig_words(GPtrArray *wishes)
{
	g_autoptr(GPtrArray) in_order = sorted(wishes);
	g_autoptr(GStrvBuilder) words = g_strv_builder_new();

	for (guint i = 0; i < in_order->len; i++) {
		const KconfigWish *wish = in_order->pdata[i];
		g_autofree char *word = g_strdup_printf("%s=%s", wish->symbol, wish->value);

		g_strv_builder_add(words, word);
	}
	return g_strv_builder_end(words);
}

/* A .config as a table from symbol, without CONFIG_, to value. */
static GHashTable *parse_dot_config(const char *text)
{
	GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_auto(GStrv) lines = g_strsplit_set(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		g_autofree char *symbol = NULL;
		char *value = NULL;

		if (split_line(*line, &symbol, &value))
			g_hash_table_insert(table, g_strdup(symbol + strlen(PREFIX)), value);
	}
	return table;
}

char *kconfig_unknown(GPtrArray *wishes, const char *dot_config_text, const Arch *arch, const char *tree)
{
	g_autoptr(GHashTable) config = parse_dot_config(dot_config_text);
	GString *unknown = g_string_new(NULL);

	for (guint i = 0; i < wishes->len; i++) {
		const KconfigWish *wish = wishes->pdata[i];
		const char *name = wish->symbol + strlen(PREFIX);

		/* the files are many: what the .config has is known without them */
		if (strcmp(wish->value, "n") == 0 && !wish->where_known && !g_hash_table_contains(config, name) &&
		    !kconfigtree_knows(arch, tree, name))
			g_string_append_printf(unknown, "%s%s", unknown->len ? ", " : "", wish->symbol);
	}
	return g_string_free(unknown, unknown->len == 0);
}

/*
 * Up to 7.1 KHO and deferred struct page init exclude each other in Kconfig, and every
 * option that depends on KHO is lost with it: what to do is worth a line of its own.
 */
static bool is_pair(const char *symbol, const char *why)
{
	static const char kho[] = "KEXEC_HANDOVER", deferred[] = "DEFERRED_STRUCT_PAGE_INIT";

	return (strcmp(symbol, kho) == 0 && strstr(why, deferred)) ||
	       (strcmp(symbol, deferred) == 0 && strstr(why, kho));
}

#define PAIR_ADVICE                                                                                                    \
	"\nThis kernel's Kconfig does not allow KHO together with deferred struct page init, and the series does not " \
	"lift that: try -f no-deferred, or another kernel (7.2 and later allow both)"

bool kconfig_verify(GPtrArray *wishes, const char *dot_config_text, const Arch *arch, const char *tree, GError **error)
{
	g_autoptr(GHashTable) config = parse_dot_config(dot_config_text);
	g_autoptr(GString) lost = g_string_new(NULL);
	bool pair = false;

	for (guint i = 0; i < wishes->len; i++) {
		const KconfigWish *wish = wishes->pdata[i];
		const char *name = wish->symbol + strlen(PREFIX);
		const char *value = g_hash_table_lookup(config, name);
		g_autofree char *why = NULL;

		/* a symbol whose dependencies are not met does not appear at all: that is "n" */
		if (strcmp(value ? value : "n", wish->value) == 0)
			continue;
		if (wish->where_known && (!tree || !kconfigtree_knows(arch, tree, name)))
			continue;
		if (strcmp(wish->value, "n") == 0)
			why = g_strdup("");
		else if (tree)
			why = kconfigtree_explain(arch, tree, name, config);
		else
			why = g_strdup(value ? "" : "this kernel has no such symbol");
		g_string_append_printf(lost, "\n  %s=%s (asked for by %s) became %s%s%s", wish->symbol, wish->value,
				       wish->origin, value ? value : "n", *why ? ": " : "", why);
		pair |= is_pair(name, why);
		if (strcmp(wish->value, "n") == 0)
			g_string_append(lost,
					": something else selects it, or it is a default that cannot be turned off");
	}
	if (lost->len == 0)
		return true;
	return error_set(error, KHOTEST_ERROR_INPUT, "the kernel's configuration did not keep what was asked for:%s%s",
			 lost->str, pair ? PAIR_ADVICE : "");
}
