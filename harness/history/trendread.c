// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <history/trend.h>

#include <string.h>

/* Runs that belong together, as they are gathered. */
typedef struct {
	GPtrArray *runs;  /* IndexedRun */
	GPtrArray *parts; /* IndexedKeyPart */
} Group;

static void free_group(gpointer data)
{
	Group *group = data;

	g_clear_pointer(&group->runs, g_ptr_array_unref);
	g_clear_pointer(&group->parts, g_ptr_array_unref);
	g_free(group);
}

static bool is_wanted(const IndexedRun *run, const TrendFilter *filter)
{
	return (!filter->series || g_strcmp0(run->series, filter->series) == 0) &&
	       (!filter->key || (run->key && g_str_has_prefix(run->key, filter->key)));
}

/* Each of them has to be a part of some key; not of all: most machines have no devices, say. */
static bool check_across(GPtrArray *known, const char *const *across, GError **error)
{
	for (; across && *across; across++) {
		g_autofree char *all = NULL;

		if (g_ptr_array_find_with_equal_func(known, *across, g_str_equal, NULL))
			continue;
		g_ptr_array_add(known, NULL);
		all = g_strjoinv(", ", (char **)known->pdata);
		return error_set(error, KHOTEST_ERROR_INPUT, "keys have no part '%s'; they have: %s", *across, all);
	}
	return true;
}

/* The parts that runs of one trend must share. */
static GPtrArray *parts_kept(const GPtrArray *parts, const char *const *across)
{
	g_autoptr(IndexedRun) holder = indexedrun_new(NULL);

	for (guint i = 0; i < parts->len; i++) {
		const IndexedKeyPart *part = parts->pdata[i];

		if (!across || !g_strv_contains(across, part->name))
			indexedrun_add_part(holder, part->name, part->value);
	}
	return g_ptr_array_ref(holder->parts);
}

/* What tells groups apart. Caller frees. */
static char *group_name(const char *series, const GPtrArray *parts)
{
	GString *name = g_string_new(series);

	for (guint i = 0; i < parts->len; i++)
		g_string_append_printf(name, "\n%s", ((const IndexedKeyPart *)parts->pdata[i])->value);
	return g_string_free(name, FALSE);
}

typedef struct {
	RunIndex *index;
	const TrendFilter *filter;
	GHashTable *keys;   /* key to GPtrArray of its IndexedKeyParts, those that count */
	GPtrArray *names;   /* of all parts of these keys, interned, in the order in which they came */
	GHashTable *groups; /* name to Group */
} Gathering;

static GPtrArray *parts_of(Gathering *gathering, const char *key, GError **error)
{
	GPtrArray *kept = g_hash_table_lookup(gathering->keys, key);
	g_autoptr(GPtrArray) parts = kept ? NULL : runindex_key(gathering->index, key, error);

	if (kept || !parts)
		return kept;
	for (guint i = 0; i < parts->len; i++) {
		const char *name = ((const IndexedKeyPart *)parts->pdata[i])->name;

		if (!g_ptr_array_find(gathering->names, name, NULL))
			g_ptr_array_add(gathering->names, (gpointer)name);
	}
	kept = parts_kept(parts, gathering->filter->across);
	g_hash_table_insert(gathering->keys, g_strdup(key), kept);
	return kept;
}

/* Takes ownership of run. */
static bool gather(Gathering *gathering, IndexedRun *run, GError **error)
{
	g_autoptr(IndexedRun) owned = run;
	GPtrArray *parts = parts_of(gathering, run->key, error);
	g_autofree char *name = parts ? group_name(run->series, parts) : NULL;
	Group *group = name ? g_hash_table_lookup(gathering->groups, name) : NULL;

	if (!parts)
		return false;
	if (!group) {
		group = g_new(Group, 1);
		group->runs = g_ptr_array_new_with_free_func((GDestroyNotify)indexedrun_free);
		group->parts = g_ptr_array_ref(parts);
		g_hash_table_insert(gathering->groups, g_steal_pointer(&name), group);
	}
	g_ptr_array_add(group->runs, g_steal_pointer(&owned));
	return true;
}

/* By series, then by what keys are made from, numbers by their size: 8G before 100G. */
static gint by_series(gconstpointer a, gconstpointer b)
{
	const Trend *x = *(Trend *const *)a, *y = *(Trend *const *)b;
	int order = g_strcmp0(x->series, y->series);

	for (guint i = 0; !order && i < x->parts->len && i < y->parts->len; i++) {
		const IndexedKeyPart *one = x->parts->pdata[i], *other = y->parts->pdata[i];
		g_autofree char *one_key = g_utf8_collate_key_for_filename(one->value, -1);
		g_autofree char *other_key = g_utf8_collate_key_for_filename(other->value, -1);

		order = strcmp(one_key, other_key);
	}
	return order;
}

GPtrArray *trends_read(RunIndex *index, const Metric *metric, const TrendFilter *filter, GError **error)
{
	g_autoptr(GPtrArray) runs = runindex_runs(index, metric->id, error);
	g_autoptr(GHashTable) keys =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	g_autoptr(GHashTable) groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_group);
	g_autoptr(GPtrArray) trends = g_ptr_array_new_with_free_func((GDestroyNotify)trend_free);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	Gathering gathering = { .index = index, .filter = filter, .keys = keys, .names = names, .groups = groups };
	GHashTableIter iter;
	gpointer value;

	if (!runs)
		return NULL;
	while (runs->len) {
		IndexedRun *run = g_ptr_array_steal_index_fast(runs, runs->len - 1);

		if (!is_wanted(run, filter))
			indexedrun_free(run);
		else if (!gather(&gathering, run, error))
			return NULL;
	}
	if (names->len && !check_across(names, filter->across, error))
		return NULL;
	g_hash_table_iter_init(&iter, groups);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		Group *group = value;

		g_ptr_array_add(trends, trend_new(metric, g_steal_pointer(&group->runs), g_steal_pointer(&group->parts),
						  filter->order));
	}
	g_ptr_array_sort(trends, by_series);
	return g_steal_pointer(&trends);
}
