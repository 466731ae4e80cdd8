// SPDX-License-Identifier: GPL-2.0-or-later
#include "records.h"

#include <measure/hop.h>

#include <string.h>

/* The records of a run directory, and what the journal has seen of them. */
typedef struct {
	const RunDir *run;
	GHashTable *sizes; /* "1/kmsg" -> gint64: bytes of each record that came whole, as often as it came the last */
} Records;

static char *key_of(int hop, const char *name)
{
	return g_strdup_printf("%d/%s", hop, name);
}

static bool is_record(const JournalEvent *event)
{
	return event->kind == JOURNAL_RECORD && event->hop >= 0;
}

static GHashTable *record_sizes(const Journal *journal)
{
	GHashTable *sizes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	for (guint i = 0; i < journal->events->len; i++) {
		const JournalEvent *event = journal_at(journal, i);

		if (is_record(event) && event->name && event->intact)
			g_hash_table_replace(sizes, key_of(event->hop, event->name),
					     g_memdup2(&event->bytes, sizeof(event->bytes)));
	}
	return sizes;
}

static GBytes *record_of(int hop, const char *name, gpointer data)
{
	const Records *records = data;
	g_autofree char *key = key_of(hop, name);
	const gint64 *bytes = g_hash_table_lookup(records->sizes, key);
	g_autoptr(GBytes) record = rundir_read_record(records->run, hop, name);

	if (record && bytes && (gint64)g_bytes_get_size(record) != *bytes)
		return NULL;
	return g_steal_pointer(&record);
}

/* The names of those that a hop sent, sorted. Caller frees. */
static char **names_of(const Records *records, int hop)
{
	g_autofree char *prefix = key_of(hop, "");
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();
	g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(records->sizes), (GCompareFunc)strcmp);

	for (GList *at = keys; at; at = at->next)
		if (g_str_has_prefix(at->data, prefix))
			g_strv_builder_add(names, (char *)at->data + strlen(prefix));
	return g_strv_builder_end(names);
}

static int count_hops(const RunDir *run, const Journal *journal)
{
	int hops = (int)rundir_hops(run);

	for (guint i = 0; i < journal->events->len; i++)
		if (is_record(journal_at(journal, i)))
			hops = MAX(hops, MIN(journal_at(journal, i)->hop, PLAN_HOPS_MOST) + 1);
	return hops;
}

GPtrArray *records_read(const RunDir *run, const Journal *journal, const char *config)
{
	GPtrArray *said = g_ptr_array_new_with_free_func((GDestroyNotify)hop_free);
	g_autoptr(GHashTable) sizes = record_sizes(journal);
	Records records = { run, sizes };
	int hops = count_hops(run, journal);

	for (int i = 0; i < hops; i++) {
		g_auto(GStrv) came = names_of(&records, i);
		HopSource source = { record_of, &records, came, config };

		g_ptr_array_add(said, hop_new(i, &source));
	}
	return said;
}
