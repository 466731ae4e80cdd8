// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/estimate.h>

#include <store/nightfacts.h>

#include <string.h>

#define NS_PER_S 1000000000ll

/*
 * A whole handover under TCG with 2 vCPUs on 2 cores: 6 s at 1G, 20 s at 100G, and
 * in between as the memory map grows. Counting instructions takes half as much
 * again, and a boot without a handover half. A first kernel took 250 s on the same
 * machine, a further one of the same tree and fragments 45 s.
 */
#define HANDOVER_NS (6 * NS_PER_S)
#define HANDOVER_NS_PER_GIB (NS_PER_S / 7)
#define BUILD_FIRST_NS (250 * NS_PER_S)
#define BUILD_FURTHER_NS (45 * NS_PER_S)

struct Estimate {
	GHashTable *seen; /* everything that matters for the time, as text, to gint64 * */
};

/* Equal for cells that take about the same time: a branch that moved is no new kernel in that. */
static char *key_of(const Cell *cell)
{
	g_autofree char *kind = night_cell_kind(cell);

	return g_strdup_printf("%s %s %u %s %s", cell->profile, cell->mode, cell->hops, kind,
			       cell->append ? cell->append : "");
}

void estimate_learn(Estimate *estimate, GPtrArray *cells, const MatrixJournal *journal)
{
	g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < cells->len; i++)
		g_hash_table_insert(by_id, ((Cell *)cells->pdata[i])->id, cells->pdata[i]);
	for (guint i = 0; i < journal->attempts->len; i++) {
		const Attempt *attempt = journal->attempts->pdata[i];
		const Cell *cell = g_hash_table_lookup(by_id, attempt->cell);

		/* only what came to a verdict took as long as it takes */
		if (cell && attempt->wall_ns > 0 && verdict_kind_judged(attempt->outcome))
			g_hash_table_replace(estimate->seen, key_of(cell),
					     g_memdup2(&attempt->wall_ns, sizeof(attempt->wall_ns)));
	}
}

Estimate *estimate_new(const char *parent)
{
	Estimate *estimate = g_new0(Estimate, 1);
	g_auto(GStrv) paths = matrixdir_list(parent);

	estimate->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (char **path = paths; *path; path++) {
		g_autoptr(MatrixDir) dir = matrixdir_open(*path, false, NULL);
		g_autoptr(MatrixJournal) journal = dir ? matrixdir_journal(dir) : NULL;

		if (journal)
			estimate_learn(estimate, dir->cells, journal);
	}
	return estimate;
}

void estimate_free(Estimate *estimate)
{
	if (!estimate)
		return;
	g_hash_table_unref(estimate->seen);
	g_free(estimate);
}

gint64 estimate_cell(const Cell *cell, gpointer data)
{
	const Estimate *estimate = data;
	g_autofree char *key = key_of(cell);
	const gint64 *seen = g_hash_table_lookup(estimate->seen, key);
	gint64 ns = HANDOVER_NS + (gint64)(cell->guest.memory_bytes >> 30) * HANDOVER_NS_PER_GIB;

	if (seen)
		return *seen;
	if (strcmp(cell->mode, "counted") == 0)
		ns += ns / 2;
	return cell->hops > 1 ? ns * (cell->hops - 1) : ns / 2;
}

gint64 estimate_build(bool first)
{
	return first ? BUILD_FIRST_NS : BUILD_FURTHER_NS;
}

char *estimate_format(gint64 ns)
{
	gint64 s = (ns + NS_PER_S - 1) / NS_PER_S;

	if (s < 90)
		return g_strdup_printf("%" G_GINT64_FORMAT " s", s);
	if (s < 90 * 60)
		return g_strdup_printf("%" G_GINT64_FORMAT " min", (s + 30) / 60);
	return g_strdup_printf("%" G_GINT64_FORMAT " h %" G_GINT64_FORMAT " min", s / 3600, s % 3600 / 60);
}
