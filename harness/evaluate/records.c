// SPDX-License-Identifier: GPL-2.0-or-later
#include "records.h"

#include <measure/hop.h>
#include <proto/frame.h>

#include <string.h>

/* What is kept of the long records of a run may take so many bytes, and so many more for each of its kernels. */
#define ROOM ((gsize)8 << 20)
#define ROOM_OF_KERNEL ((gsize)256 << 10)

/* The records of a run directory, and what the journal has seen of them. */
typedef struct {
	const RunDir *run;
	GHashTable *came; /* "1/kmsg" -> JournalEvent: each record that came whole and was kept, as it came last */
	GHashTable *sums; /* the same key -> RecordSum: of those that were asked for; NULL: it is not here as it came */
} Records;

static char *key_of(int hop, const char *name)
{
	return g_strdup_printf("%d/%s", hop, name);
}

static bool is_record(const JournalEvent *event)
{
	return event->kind == JOURNAL_RECORD && event->hop >= 0;
}

bool records_kept(const JournalEvent *event, int *left)
{
	if (event->hop < *left && g_strcmp0(event->name, FRAME_FAILED) != 0)
		return false;
	if (event->intact && g_strcmp0(event->name, FRAME_LEAVING) == 0)
		*left = MAX(*left, event->hop + 1);
	return true;
}

static GHashTable *records_of(const Journal *journal)
{
	GHashTable *came = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	int left = 0;

	for (guint i = 0; i < journal->events->len; i++) {
		const JournalEvent *event = journal_at(journal, i);

		if (is_record(event) && records_kept(event, &left) && event->name && event->intact)
			g_hash_table_replace(came, key_of(event->hop, event->name), (gpointer)event);
	}
	return came;
}

/* Of older run directories the size is all that is known. */
static bool is_as_it_came(const RecordSum *sum, const JournalEvent *event)
{
	g_autofree char *crc = g_strdup_printf("%08x", sum->crc);

	return (gint64)sum->bytes == event->bytes && (!event->crc || strcmp(crc, event->crc) == 0);
}

/* NULL if it is not here as it came. Of what the journal does not know nobody can say whether it is. */
static RecordSum *sum_record(const Records *records, int hop, const char *name, const char *key)
{
	const JournalEvent *event = g_hash_table_lookup(records->came, key);
	RecordSum sum;

	if (!event || !rundir_sum_record(records->run, hop, name, &sum.bytes, &sum.crc) || !is_as_it_came(&sum, event))
		return NULL;
	return g_memdup2(&sum, sizeof(sum));
}

static bool sum_of(int hop, const char *name, gpointer data, RecordSum *ret)
{
	const Records *records = data;
	char *key = key_of(hop, name);
	gpointer sum;

	if (g_hash_table_lookup_extended(records->sums, key, NULL, &sum)) {
		g_free(key);
	} else {
		sum = sum_record(records, hop, name, key);
		g_hash_table_insert(records->sums, key, sum);
	}
	if (sum)
		*ret = *(const RecordSum *)sum;
	return sum != NULL;
}

static GBytes *record_of(int hop, const char *name, gpointer data)
{
	const Records *records = data;
	RecordSum sum;

	return sum_of(hop, name, data, &sum) ? rundir_read_record(records->run, hop, name) : NULL;
}

/* The names of those that a hop sent, sorted. Caller frees. */
static char **names_of(const Records *records, int hop)
{
	g_autofree char *prefix = key_of(hop, "");
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();
	g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(records->came), (GCompareFunc)strcmp);

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

/* Where the host was asked about that record last; NULL. */
static const JournalEvent *asked_at(const Journal *journal, int hop, const char *record)
{
	const JournalEvent *found = NULL;

	for (guint i = 0; i < journal->events->len; i++) {
		const JournalEvent *event = journal_at(journal, i);

		if (event->kind == JOURNAL_HOST && event->hop == hop && g_strcmp0(event->at, record) == 0)
			found = event;
	}
	return found;
}

/* What the host gave the guest while each hook was run. */
static void take_host_times(const Journal *journal, const Hop *hop)
{
	for (guint i = 0; i < hop->hooks->len; i++) {
		HookRun *run = hop->hooks->pdata[i];
		g_autofree char *name = g_strdup_printf(FRAME_PAYLOAD "%s/%s", run->payload, run->hook);
		g_autofree char *begin_name = g_strconcat(name, FRAME_PAYLOAD_BEGIN, NULL);
		const JournalEvent *begin = asked_at(journal, hop->index, begin_name);
		const JournalEvent *end = asked_at(journal, hop->index, name);

		if (!begin || !end || begin->cpu_ns < 0 || begin->waited_ns < 0 || end->cpu_ns < begin->cpu_ns ||
		    end->waited_ns < begin->waited_ns)
			continue;
		run->host_cpu_ns = end->cpu_ns - begin->cpu_ns;
		run->host_waited_ns = end->waited_ns - begin->waited_ns;
	}
}

GPtrArray *records_read(const RunDir *run, const Journal *journal, const Plan *plan)
{
	GPtrArray *said = g_ptr_array_new_with_free_func((GDestroyNotify)hop_free);
	g_autoptr(GHashTable) came = records_of(journal);
	g_autoptr(GHashTable) sums = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	Records records = { run, came, sums };
	int hops = count_hops(run, journal);
	gsize room = ROOM + (gsize)hops * ROOM_OF_KERNEL;

	for (int i = 0; i < hops; i++) {
		g_auto(GStrv) names = names_of(&records, i);
		g_autofree char *config = rundir_read_config(run, plan_hop(plan, (guint)i));
		HopSource source = { .record = record_of,
				     .sum = sum_of,
				     .data = &records,
				     .came = names,
				     .payloads = plan ? plan->payloads : NULL,
				     .config = config,
				     .room = &room };

		g_ptr_array_add(said, hop_new(i, &source));
		/* a clock that is instructions stands still while the host runs others */
		if (!plan_is_counted(plan))
			take_host_times(journal, said->pdata[i]);
	}
	return said;
}
