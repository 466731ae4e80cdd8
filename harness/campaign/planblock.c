// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of one block of a plan file. docs/matrix.md says what each means. */
#include "planblock.h"

#include <base/error.h>
#include <base/units.h>
#include <build/series.h>
#include <measure/reason.h>
#include <store/plan.h>

#include <string.h>

#define EXPECT_PREFIX "expect."
#define SCRATCH_DEFAULT "default"

static const char *const keys[] = { "kernels", "series", "memory", "numa",   "cpus",	"scratch", "profile",
				    "mode",    "timing", "hops",   "append", "repeats", "expect",  NULL };

void planblock_free(PlanBlock *block)
{
	if (!block)
		return;
	g_free(block->name);
	g_strfreev(block->kernels);
	g_strfreev(block->series);
	g_clear_pointer(&block->memory, g_array_unref);
	g_clear_pointer(&block->nodes, g_array_unref);
	g_clear_pointer(&block->cpus, g_array_unref);
	g_clear_pointer(&block->scratch, g_ptr_array_unref);
	g_clear_pointer(&block->expect, g_hash_table_unref);
	g_free(block->profile);
	g_free(block->mode);
	g_free(block->append);
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

bool planblock_size(const char *text, guint64 *ret_bytes, GError **error)
{
	if (!units_parse_size(text, ret_bytes, error))
		return false;
	return *ret_bytes || error_set(error, KHOTEST_ERROR_INPUT, "'%s': a guest needs memory", text);
}

/* A block's key as text; NULL if it is not there or says nothing. */
static char *value_of(GKeyFile *file, const PlanBlock *block, const char *key)
{
	g_autofree char *value = g_key_file_get_string(file, block->name, key, NULL);

	return value && *g_strstrip(value) ? g_steal_pointer(&value) : NULL;
}

static bool wrong(const PlanBlock *block, const char *key, const char *value, const char *why, GError **error)
{
	return error_set(error, KHOTEST_ERROR_INPUT, "[%s] %s=%s: %s", block->name, key, value, why);
}

static bool names(GKeyFile *file, const PlanBlock *block, const char *key, char ***ret, GError **error)
{
	g_autofree char *value = value_of(file, block, key);

	*ret = planblock_list(value ? value : "");
	return **ret || error_set(error, KHOTEST_ERROR_INPUT, "[%s] needs %s=, a list such as %s", block->name, key,
				  strcmp(key, "kernels") == 0 ? "7.1;" : "stock;central");
}

static bool numbers(GKeyFile *file, const PlanBlock *block, const char *key, guint otherwise, guint most, GArray **ret,
		    GError **error)
{
	g_autofree char *value = value_of(file, block, key);
	g_auto(GStrv) words = planblock_list(value ? value : "");

	*ret = g_array_new(FALSE, FALSE, sizeof(guint));
	for (char **word = words; *word; word++) {
		g_autoptr(GError) local = NULL;
		guint64 number;
		guint one;

		if (!g_ascii_string_to_unsigned(*word, 10, 1, most, &number, &local))
			return wrong(block, key, value, local->message, error);
		one = (guint)number;
		g_array_append_val(*ret, one);
	}
	if (!(*ret)->len)
		g_array_append_val(*ret, otherwise);
	return true;
}

/* A key that holds one number and no list. */
static bool number(GKeyFile *file, const PlanBlock *block, const char *key, guint otherwise, guint most, guint *ret,
		   GError **error)
{
	g_autoptr(GArray) list = NULL;

	if (!numbers(file, block, key, otherwise, most, &list, error))
		return false;
	*ret = g_array_index(list, guint, 0);
	return list->len == 1 ||
	       error_set(error, KHOTEST_ERROR_INPUT, "[%s] %s= takes one number, not a list", block->name, key);
}

static bool sizes(GKeyFile *file, PlanBlock *block, GError **error)
{
	g_autofree char *value = value_of(file, block, "memory");
	g_auto(GStrv) words = planblock_list(value ? value : "");

	block->memory = g_array_new(FALSE, FALSE, sizeof(guint64));
	for (char **word = words; *word; word++) {
		g_autoptr(GError) local = NULL;
		guint64 bytes;

		if (!planblock_size(*word, &bytes, &local))
			return wrong(block, "memory", value, local->message, error);
		g_array_append_val(block->memory, bytes);
	}
	return block->memory->len ||
	       error_set(error, KHOTEST_ERROR_INPUT, "[%s] needs memory=, a list such as 1G;8G;100G", block->name);
}

/* One of two words; NULL takes the first. */
static bool choice(GKeyFile *file, const PlanBlock *block, const char *key, const char *first, const char *second,
		   char **ret, GError **error)
{
	g_autofree char *value = value_of(file, block, key);
	g_autofree char *why = g_strdup_printf("%s and %s are possible", first, second);

	if (value && strcmp(value, first) != 0 && strcmp(value, second) != 0)
		return wrong(block, key, value, why, error);
	*ret = value ? g_steal_pointer(&value) : g_strdup(first);
	return true;
}

/* "FAIL  guest-panic" to "FAIL guest-panic", checked. */
static char *expectation(const PlanBlock *block, const char *key, const char *value, GError **error)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t", 2);
	const char *verdict = words[0] ? words[0] : "";
	const char *reason = words[0] && words[1] ? g_strstrip(words[1]) : "";
	bool pass = strcmp(verdict, "PASS") == 0;

	if ((!pass && strcmp(verdict, "FAIL") != 0) || (pass && *reason) || strpbrk(reason, " \t;")) {
		wrong(block, key, value, "it must say PASS, or FAIL and the id of one reason", error);
		return NULL;
	}
	if (*reason && !reason_find(reason)) {
		wrong(block, key, value, "no verdict has that reason ('khotest help reasons' lists them)", error);
		return NULL;
	}
	return g_strdup_printf("%s%s%s", verdict, *reason ? " " : "", reason);
}

static bool expectations(GKeyFile *file, PlanBlock *block, char **present, GError **error)
{
	block->expect = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (char **key = present; *key; key++) {
		const char *series = g_str_has_prefix(*key, EXPECT_PREFIX) ? *key + strlen(EXPECT_PREFIX) : "";
		g_autofree char *value = NULL;
		char *expect;

		if (!*series && strcmp(*key, "expect") != 0)
			continue;
		value = value_of(file, block, *key);
		if (*series && !g_strv_contains((const char *const *)block->series, series)) {
			g_autofree char *all = g_strjoinv(", ", block->series);
			g_autofree char *why = g_strdup_printf("series= of this block has only %s", all);

			return wrong(block, *key, value ? value : "", why, error);
		}
		expect = expectation(block, *key, value ? value : "", error);
		if (!expect)
			return false;
		g_hash_table_replace(block->expect, g_strdup(series), expect);
	}
	return true;
}

static bool check_keys(const PlanBlock *block, char **present, GError **error)
{
	for (char **key = present; *key; key++) {
		g_autofree char *nearest = NULL;

		if (g_strv_contains(keys, *key) || g_str_has_prefix(*key, EXPECT_PREFIX))
			continue;
		nearest = series_nearest(*key, (char **)keys);
		return error_set(error, KHOTEST_ERROR_INPUT, "[%s] %s= is not known%s%s; docs/matrix.md has the keys",
				 block->name, *key, *nearest ? ", did you mean " : "", nearest);
	}
	return true;
}

static void scratches(GKeyFile *file, PlanBlock *block)
{
	g_autofree char *value = value_of(file, block, "scratch");
	g_auto(GStrv) words = planblock_list(value ? value : SCRATCH_DEFAULT);

	block->scratch = g_ptr_array_new_with_free_func(g_free);
	for (char **word = words; *word; word++)
		g_ptr_array_add(block->scratch, strcmp(*word, SCRATCH_DEFAULT) == 0 ? NULL : g_strdup(*word));
}

/* Instructions are counted on one CPU: two would share one thread of the emulator, in turns. */
static bool check_counted(const PlanBlock *block, GError **error)
{
	for (guint i = 0; strcmp(block->mode, "counted") == 0 && i < block->cpus->len; i++)
		if (g_array_index(block->cpus, guint, i) != 1)
			return error_set(error, KHOTEST_ERROR_INPUT, "[%s] mode=counted has one CPU: leave cpus= out",
					 block->name);
	return true;
}

PlanBlock *planblock_parse(GKeyFile *file, const char *group, GError **error)
{
	g_autoptr(PlanBlock) block = g_new0(PlanBlock, 1);
	g_auto(GStrv) present = g_key_file_get_keys(file, group, NULL, NULL);
	g_autofree char *timing = NULL;

	block->name = g_strdup(group);
	if (!present)
		present = g_new0(char *, 1);
	if (strchr(group, '/')) {
		error_set(error, KHOTEST_ERROR_INPUT, "[%s]: the name of a block has no '/'", group);
		return NULL;
	}
	if (!check_keys(block, present, error) || !names(file, block, "kernels", &block->kernels, error) ||
	    !names(file, block, "series", &block->series, error) || !sizes(file, block, error) ||
	    !choice(file, block, "profile", "check", "timing", &block->profile, error) ||
	    !choice(file, block, "mode", "wall", "counted", &block->mode, error) ||
	    !choice(file, block, "timing", "no", "yes", &timing, error) ||
	    !numbers(file, block, "numa", 1, 64, &block->nodes, error) ||
	    !numbers(file, block, "cpus", strcmp(block->mode, "counted") == 0 ? 1 : 2, 255, &block->cpus, error) ||
	    !number(file, block, "hops", 2, PLAN_HOPS_MOST, &block->hops, error) ||
	    !number(file, block, "repeats", 1, 1000, &block->repeats, error) ||
	    !expectations(file, block, present, error) || !check_counted(block, error))
		return NULL;
	scratches(file, block);
	block->append = value_of(file, block, "append");
	block->alone = strcmp(timing, "yes") == 0;
	return g_steal_pointer(&block);
}
