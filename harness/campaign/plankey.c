// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of a block of a plan file. docs/matrix.md says what each means. */
#include "plankey.h"

#include <base/error.h>
#include <machine/machineword.h>
#include <measure/check.h>
#include <store/chain.h>
#include <store/plan.h>

#include <string.h>

#define REPEATS_MOST 1000
#define NONE "default"

static bool set_text(const PlanKey *key, Cell *cell, const char *word, GError **error)
{
	char **text = &G_STRUCT_MEMBER(char *, cell, key->offset);

	g_free(*text);
	*text = g_strdup(word);
	return true;
}

static char *get_text(const PlanKey *key, const Cell *cell)
{
	return g_strdup(G_STRUCT_MEMBER(char *, cell, key->offset));
}

/* A commit that was not asked for is no part of what it is asked by. */
static char *get_kernel(const PlanKey *key, const Cell *cell)
{
	return cell->chain ? g_strdup(cell->kernel) : g_strndup(cell->kernel, strcspn(cell->kernel, "@"));
}

static char *get_chain(const PlanKey *key, const Cell *cell)
{
	g_autoptr(GPtrArray) links = cell->chain ? chain_parse(cell->chain, NULL) : NULL;

	for (guint i = 0; links && i < links->len; i++) {
		char *kernel = ((ChainLink *)links->pdata[i])->kernel;

		if (kernel)
			kernel[strcspn(kernel, "@")] = '\0';
	}
	return links ? chain_text(links) : g_strdup(cell->chain);
}

static bool one_of(const char *first, const char *second, const char *word, GError **error)
{
	return strcmp(word, first) == 0 || strcmp(word, second) == 0 ||
	       error_set(error, KHOTEST_ERROR_INPUT, "'%s': %s and %s are possible", word, first, second);
}

static bool set_profile(const PlanKey *key, Cell *cell, const char *word, GError **error)
{
	return one_of("check", "timing", word, error) && set_text(key, cell, word, error);
}

static bool set_mode(const PlanKey *key, Cell *cell, const char *word, GError **error)
{
	return one_of("wall", "counted", word, error) && set_text(key, cell, word, error);
}

static bool set_timing(const PlanKey *key, Cell *cell, const char *word, GError **error)
{
	cell->alone = strcmp(word, "yes") == 0;
	return one_of("no", "yes", word, error);
}

static char *get_timing(const PlanKey *key, const Cell *cell)
{
	return g_strdup(cell->alone ? "yes" : "no");
}

static bool set_number(guint *number, guint most, const char *word, GError **error)
{
	guint64 value;

	if (!g_ascii_string_to_unsigned(word, 10, 1, most, &value, NULL))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 strchr(word, ';') ? "it takes one number from 1 to %u, not a list"
						   : "a number from 1 to %u is possible",
				 most);
	*number = (guint)value;
	return true;
}

static bool set_hops(const PlanKey *key, Cell *cell, const char *word, GError **error)
{
	return set_number(&cell->hops, PLAN_HOPS_MOST, word, error);
}

/* How often; each is a cell of its own (planfile.c). */
static bool set_repeats(const PlanKey *key, Cell *cell, const char *word, GError **error)
{
	return set_number(&cell->repeat, REPEATS_MOST, word, error);
}

static char *get_number(const PlanKey *key, const Cell *cell)
{
	return g_strdup_printf("%u", G_STRUCT_MEMBER(guint, cell, key->offset));
}

/* A path that is meant from where the matrix was begun, so that it can be resumed from elsewhere. */
static bool set_tree(const PlanKey *key, Cell *cell, const char *word, GError **error)
{
	g_autofree char *path = g_canonicalize_filename(word, NULL);

	return set_text(key, cell, path, error);
}

static char *get_tree(const PlanKey *key, const Cell *cell)
{
	return cell->tree ? g_path_get_basename(cell->tree) : g_strdup(NONE);
}

/* Blanks part what belongs to one kernel; "default" is none of it. */
static char **parts_of(const char *word)
{
	g_auto(GStrv) all = g_strsplit_set(strcmp(word, NONE) == 0 ? "" : word, " \t", -1);
	g_autoptr(GStrvBuilder) parts = g_strv_builder_new();

	for (char **part = all; *part; part++)
		if (**part)
			g_strv_builder_add(parts, *part);
	return g_strv_builder_end(parts);
}

static bool set_parts(const PlanKey *key, Cell *cell, const char *word, GError **error)
{
	char ***parts = &G_STRUCT_MEMBER(char **, cell, key->offset);

	g_strfreev(*parts);
	*parts = parts_of(word);
	return true;
}

static char *get_parts(const PlanKey *key, const Cell *cell)
{
	char **parts = G_STRUCT_MEMBER(char **, cell, key->offset);

	return parts && *parts ? g_strjoinv(" ", parts) : g_strdup(NONE);
}

/* Names of fragments and payloads stay, and paths are meant as those of trees are. */
static bool set_paths(const PlanKey *key, Cell *cell, const char *word, GError **error)
{
	if (!set_parts(key, cell, word, error))
		return false;
	for (char **name = G_STRUCT_MEMBER(char **, cell, key->offset); *name; name++)
		if (strchr(*name, '/')) {
			char *path = g_canonicalize_filename(*name, NULL);

			g_free(*name);
			*name = path;
		}
	return true;
}

static bool set_checks(const PlanKey *key, Cell *cell, const char *word, GError **error)
{
	g_auto(GStrv) chosen = NULL;

	return set_parts(key, cell, word, error) &&
	       (!*cell->checks || checks_choose(NULL, (const char *const *)cell->checks, NULL, &chosen, error));
}

static bool set_guest(const PlanKey *key, Cell *cell, const char *word, GError **error)
{
	return machineword_set(&cell->guest, key->name, word, error);
}

static char *get_guest(const PlanKey *key, const Cell *cell)
{
	return machineword_get(&cell->guest, key->name);
}

#define OF(member) G_STRUCT_OFFSET(Cell, member)

static const PlanKey keys[] = {
	{ "block", false, true, NULL, NULL, OF(block), NULL, get_text },
	{ "profile", false, true, "check", NULL, OF(profile), set_profile, get_text },
	{ "mode", false, true, "wall", NULL, OF(mode), set_mode, get_text },
	{ "timing", false, false, "no", NULL, 0, set_timing, get_timing },
	{ "hops", false, true, "2", NULL, OF(hops), set_hops, get_number },
	{ "append", false, false, NULL, NULL, OF(append), set_text, get_text },
	{ "memory-dir", false, false, NULL, NULL, 0, set_guest, get_guest },
	{ "repeats", false, true, "1", NULL, OF(repeat), set_repeats, get_number },
	{ "chain", true, true, NULL, NULL, OF(chain), set_text, get_chain },
	{ "then", true, false, NULL, NULL, OF(then), set_text, get_text },
	{ "kernels", true, true, NULL, "7.1;", OF(kernel), set_text, get_kernel },
	{ "tree", true, true, NULL, NULL, OF(tree), set_tree, get_tree },
	{ "series", true, true, NULL, "stock;central", OF(series), set_text, get_text },
	{ "fragments", true, true, NONE, NULL, OF(fragments), set_paths, get_parts },
	{ "config", true, true, NONE, NULL, OF(config), set_parts, get_parts },
	{ "payloads", true, true, NONE, NULL, OF(payloads), set_paths, get_parts },
	{ "checks", true, true, NONE, NULL, OF(checks), set_checks, get_parts },
	{ "numa", true, true, "1", NULL, 0, set_guest, get_guest },
	{ "cpus", true, true, NULL, NULL, 0, set_guest, get_guest },
	{ "scratch", true, false, "default", NULL, 0, set_guest, get_guest },
	{ "device", true, true, "none", NULL, 0, set_guest, get_guest },
	{ "accel", true, true, "auto", NULL, 0, set_guest, get_guest },
	{ "prefault", true, true, "no", NULL, 0, set_guest, get_guest },
	{ "memory", true, true, NULL, NULL, 0, set_guest, get_guest },
};

const PlanKey *plankeys(guint *ret_n)
{
	*ret_n = G_N_ELEMENTS(keys);
	return keys;
}

const PlanKey *plankey_find(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

char **plankey_names(bool filter)
{
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();

	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		if (filter ? keys[i].filter : keys[i].set != NULL)
			g_strv_builder_add(names, keys[i].name);
	return g_strv_builder_end(names);
}

bool plankey_matches(const PlanKey *key, const Cell *cell, const char *word)
{
	g_autofree char *has = key->get(key, cell), *wanted = NULL;
	g_autoptr(Cell) like = cell_new();

	/* a number is not parsed, since a repeat is one of many, and a tree goes by its name */
	if (!key->set || key->get == get_number || key->get == get_tree)
		return g_strcmp0(has, word) == 0;
	if (!key->set(key, like, word, NULL))
		return false;
	wanted = key->get(key, like);
	return g_strcmp0(has, wanted) == 0;
}
