// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/files.h>
#include <store/filesums.h>
#include <string.h>

/* What a verdict, or a reader of it, goes by. The journal has seals, and the plan's checksum. */
static const RunFile summed[] = { RUNDIR_CONSOLE, RUNDIR_CONSOLE_TIMES, RUNDIR_EMULATOR_LOG,
				  RUNDIR_MACHINE, RUNDIR_MEMORY,	RUNDIR_LINES };

static char *sum_now(const RunDir *run, RunFile file)
{
	g_autofree char *path = rundir_find(run, file);

	return path ? files_sha256(path, NULL) : NULL;
}

bool filesums_write(RunDir *run, gint64 host_ns, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(summed); i++) {
		g_autofree char *path = rundir_file(run, summed[i]), *name = g_path_get_basename(path);
		g_autofree char *sum = sum_now(run, summed[i]);
		JournalEvent event = journal_event(JOURNAL_FILE, host_ns);

		event.name = name;
		event.sha256 = sum;
		if (sum && !journal_write(run, &event, error))
			return false;
	}
	return true;
}

static const char *sum_of(const Journal *journal, const char *name)
{
	for (guint i = 0; i < journal->events->len; i++) {
		const JournalEvent *event = journal_at(journal, i);

		if (event->kind == JOURNAL_FILE && g_strcmp0(event->name, name) == 0)
			return event->sha256;
	}
	return NULL;
}

char *filesums_changed(const RunDir *run, const Journal *journal)
{
	g_autoptr(GString) names = g_string_new(NULL);
	guint n = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(summed); i++) {
		g_autofree char *path = rundir_file(run, summed[i]), *name = g_path_get_basename(path);
		const char *due = sum_of(journal, name);
		g_autofree char *sum = due ? sum_now(run, summed[i]) : NULL;

		if (due && g_strcmp0(sum, due) != 0)
			g_string_append_printf(names, "%s%s", n++ ? " and " : "", name);
	}
	if (!n)
		return NULL;
	g_string_append(names, n == 1 ? " is" : " are");
	return g_string_free(g_steal_pointer(&names), FALSE);
}
