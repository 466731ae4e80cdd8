// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/unheard.h>

#include <measure/consoletext.h>

/* Those of some lines that the console has, of the kernel that was running last. Borrowed from them. */
static GHashTable *heard(const Console *console, const GPtrArray *lines)
{
	GHashTable *heard = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) asked = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < lines->len; i++)
		g_hash_table_add(asked, lines->pdata[i]);
	for (guint i = (guint)MAX(console->handover_line, 0); i < console->lines.len; i++) {
		g_autofree char *line = g_strchomp(g_strdup(console_line(&console->lines, i)));
		gpointer said = g_hash_table_lookup(asked, line);

		if (said)
			g_hash_table_add(heard, said);
	}
	return heard;
}

/* A record of several lines has its stamp before each of them on the console. */
static void add_record(const KernelLogLine *record, GPtrArray *lines)
{
	g_auto(GStrv) parts = g_strsplit(record->text, "\n", -1);

	for (char **part = parts; *part; part++) {
		g_autofree char *raw =
			g_strdup_printf("[%5" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT "] %s",
					record->time_us / G_USEC_PER_SEC, record->time_us % G_USEC_PER_SEC, *part);

		g_ptr_array_add(lines, g_strchomp(console_clean(raw)));
	}
}

GPtrArray *result_unheard(const Result *result)
{
	GPtrArray *unheard = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	const KernelLog *log = result->postmortem ? result->postmortem->log : NULL;
	g_autoptr(GHashTable) known = NULL;

	for (guint i = 0; log && i < log->lines->len; i++)
		add_record(log->lines->pdata[i], lines);
	if (!lines->len)
		return unheard;
	known = heard(result->console, lines);
	for (guint i = 0; i < lines->len; i++)
		if (!g_hash_table_contains(known, lines->pdata[i]))
			g_ptr_array_add(unheard, g_strdup(lines->pdata[i]));
	return unheard;
}
