// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/unheard.h>

#include <measure/consoletext.h>

/* Those of the kernel that was running last. */
static GHashTable *heard(const Console *console)
{
	GHashTable *lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = (guint)MAX(console->handover_line, 0); i < console->texts->len; i++)
		g_hash_table_add(lines, g_strchomp(console_clean(console->texts->pdata[i])));
	return lines;
}

/* A record of several lines has its stamp before each of them on the console. */
static void add_record(const KernelLogLine *record, GHashTable *known, GPtrArray *lines)
{
	g_auto(GStrv) parts = g_strsplit(record->text, "\n", -1);

	for (char **part = parts; *part; part++) {
		g_autofree char *raw =
			g_strdup_printf("[%5" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT "] %s",
					record->time_us / G_USEC_PER_SEC, record->time_us % G_USEC_PER_SEC, *part);
		g_autofree char *line = g_strchomp(console_clean(raw));

		if (!g_hash_table_contains(known, line))
			g_ptr_array_add(lines, g_steal_pointer(&line));
	}
}

GPtrArray *result_unheard(const Result *result)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	const KernelLog *log = result->postmortem ? result->postmortem->log : NULL;
	g_autoptr(GHashTable) known = log ? heard(result->console) : NULL;

	for (guint i = 0; log && i < log->lines->len; i++)
		add_record(log->lines->pdata[i], known, lines);
	return lines;
}
