// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The journal of a matrix. A line is also synced, so that whatever ends the
 * harness loses only what was running.
 */
#include "matrixjournal.h"
#include "lines.h"

#include <base/error.h>
#include <base/files.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool journal_open(MatrixDir *dir, GError **error)
{
	g_autofree char *path = matrixdir_file(dir, MATRIX_JOURNAL);

	dir->journal_fd = lines_open(path, error);
	return dir->journal_fd >= 0;
}

static JsonBuilder *begin_line(const char *event)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *wall = g_date_time_format_iso8601(now);
	JsonBuilder *b = json_builder_new();

	json_builder_begin_object(b);
	json_put_string(b, "event", event);
	json_put_string(b, "wall", wall);
	return b;
}

static bool end_line(MatrixDir *dir, JsonBuilder *b, GError **error)
{
	g_autofree char *what = g_strdup_printf("the matrix %s", dir->path);

	return lines_write_synced(dir->journal_fd, b, what, error);
}

bool matrixdir_note(MatrixDir *dir, const char *event, GError **error)
{
	g_autoptr(JsonBuilder) b = begin_line(event);

	return end_line(dir, b, error);
}

bool matrixdir_note_attempt(MatrixDir *dir, const Attempt *attempt, GError **error)
{
	g_autoptr(JsonBuilder) b = begin_line("attempt");

	json_put_string(b, "cell", attempt->cell);
	json_put_string(b, "run", attempt->run);
	json_put_string(b, "outcome", verdict_kind_name(attempt->outcome));
	json_put_int(b, "wall_ns", attempt->wall_ns);
	json_put_string(b, "said", attempt->said);
	return end_line(dir, b, error);
}

bool matrixdir_note_build(MatrixDir *dir, const BuildAttempt *build, gint64 wall_ns, GError **error)
{
	g_autoptr(JsonBuilder) b = begin_line("build");

	json_put_string(b, "kernel", build->kernel);
	json_put_string(b, "series", build->series);
	json_put_string(b, "profile", build->profile);
	json_put_string(b, "more", build->more);
	json_put_string(b, "outcome", verdict_kind_name(build->outcome));
	json_put_int(b, "wall_ns", wall_ns);
	json_put_string(b, "said", build->said);
	return end_line(dir, b, error);
}

static void attempt_free(gpointer data)
{
	Attempt *attempt = data;

	g_free(attempt->cell);
	g_free(attempt->run);
	g_free(attempt->said);
	g_free(attempt);
}

static void build_free(gpointer data)
{
	BuildAttempt *build = data;

	g_free(build->kernel);
	g_free(build->series);
	g_free(build->profile);
	g_free(build->more);
	g_free(build->said);
	g_free(build);
}

void matrixjournal_free(MatrixJournal *journal)
{
	if (!journal)
		return;
	g_ptr_array_unref(journal->attempts);
	g_ptr_array_unref(journal->builds);
	g_free(journal);
}

/* Its word; in a journal that an older khotest began, a number. Whatever else is there was an error. */
static VerdictKind outcome_of(JsonObject *line)
{
	static const gint64 numbers[] = {
		[VERDICT_PASS] = 0, [VERDICT_FAIL] = 1, [VERDICT_SKIP] = 77, [VERDICT_ERROR] = 99
	};
	const char *word = json_get_string(line, "outcome");

	for (guint kind = 0; kind < G_N_ELEMENTS(numbers); kind++)
		if (word ? strcmp(word, verdict_kind_name((VerdictKind)kind)) == 0
			 : json_get_int(line, "status") == numbers[kind])
			return (VerdictKind)kind;
	return VERDICT_ERROR;
}

static void take_attempt(MatrixJournal *journal, JsonObject *line)
{
	Attempt *attempt = g_new0(Attempt, 1);

	attempt->cell = g_strdup(json_get_string(line, "cell"));
	attempt->run = g_strdup(json_get_name(line, "run"));
	attempt->outcome = outcome_of(line);
	attempt->wall_ns = json_get_int(line, "wall_ns");
	attempt->said = g_strdup(json_get_string(line, "said"));
	g_ptr_array_add(journal->attempts, attempt);
}

static void take_build(MatrixJournal *journal, JsonObject *line)
{
	BuildAttempt *build = g_new0(BuildAttempt, 1);

	build->kernel = g_strdup(json_get_string(line, "kernel"));
	build->series = g_strdup(json_get_string(line, "series"));
	build->profile = g_strdup(json_get_string(line, "profile"));
	build->more = g_strdup(json_get_string(line, "more"));
	build->outcome = outcome_of(line);
	build->said = g_strdup(json_get_string(line, "said"));
	g_ptr_array_add(journal->builds, build);
	journal->built_ns += CLAMP(json_get_int(line, "wall_ns"), 0, MATRIX_SPENT_MOST_NS - journal->built_ns);
}

/* When it was written, in microseconds; -1: it does not say. */
static gint64 time_of(JsonObject *line)
{
	const char *wall = json_get_string(line, "wall");
	g_autoptr(GDateTime) when = wall ? g_date_time_new_from_iso8601(wall, NULL) : NULL;

	return when ? g_date_time_to_unix(when) * G_USEC_PER_SEC + g_date_time_get_microsecond(when) : -1;
}

/* Between what comes before a begin and that one nobody was at work. A clock that was set back took no time. */
static void take_time(MatrixJournal *journal, JsonObject *line, gint64 *last_us)
{
	gint64 now_us = time_of(line), most_us = (MATRIX_SPENT_MOST_NS - journal->spent_ns) / 1000;

	if (now_us > *last_us && *last_us >= 0 && strcmp(json_get_string(line, "event"), "begin") != 0)
		journal->spent_ns += MIN(now_us - *last_us, most_us) * 1000;
	*last_us = now_us >= 0 ? now_us : *last_us;
}

MatrixJournal *matrixjournal_parse(const char *text)
{
	MatrixJournal *journal = g_new0(MatrixJournal, 1);
	g_autoptr(GPtrArray) lines = lines_read(text, &journal->damaged);
	gint64 last_us = -1;

	journal->attempts = g_ptr_array_new_with_free_func(attempt_free);
	journal->builds = g_ptr_array_new_with_free_func(build_free);
	for (guint i = 0; i < lines->len; i++) {
		JsonObject *object = lines->pdata[i];
		const char *event = json_get_string(object, "event");

		if (!event)
			continue;
		take_time(journal, object, &last_us);
		journal->ended = strcmp(event, "end") == 0;
		if (strcmp(event, "attempt") == 0 && json_get_string(object, "cell"))
			take_attempt(journal, object);
		else if (strcmp(event, "build") == 0 && json_get_string(object, "kernel"))
			take_build(journal, object);
	}
	return journal;
}

MatrixJournal *matrixdir_journal(const MatrixDir *dir)
{
	g_autofree char *path = matrixdir_file(dir, MATRIX_JOURNAL);
	g_autoptr(GBytes) bytes = files_read(path, NULL);
	g_autofree char *text = lines_text(bytes);

	return matrixjournal_parse(text);
}

guint matrixjournal_errors(const MatrixJournal *journal, const Cell *cell)
{
	guint errors = 0;

	for (guint i = 0; i < journal->attempts->len; i++) {
		const Attempt *attempt = journal->attempts->pdata[i];

		errors += strcmp(attempt->cell, cell->id) == 0 && attempt->outcome == VERDICT_ERROR;
	}
	return errors;
}

static bool judged(const MatrixJournal *journal, const Cell *cell)
{
	for (guint i = 0; i < journal->attempts->len; i++) {
		const Attempt *attempt = journal->attempts->pdata[i];

		if (strcmp(attempt->cell, cell->id) == 0 && verdict_kind_judged(attempt->outcome))
			return true;
	}
	return false;
}

GPtrArray *matrixjournal_pending(const MatrixJournal *journal, GPtrArray *cells)
{
	GPtrArray *pending = g_ptr_array_new();

	for (guint i = 0; i < cells->len; i++) {
		const Cell *cell = cells->pdata[i];

		if (!judged(journal, cell) && matrixjournal_errors(journal, cell) < ATTEMPTS_MAX)
			g_ptr_array_add(pending, (gpointer)cell);
	}
	return pending;
}

const Attempt *matrixjournal_last(const MatrixJournal *journal, const Cell *cell)
{
	for (guint i = journal->attempts->len; i > 0; i--) {
		const Attempt *attempt = journal->attempts->pdata[i - 1];

		if (strcmp(attempt->cell, cell->id) == 0)
			return attempt;
	}
	return NULL;
}

const BuildAttempt *matrixjournal_build(const MatrixJournal *journal, const Cell *cell)
{
	const BuildAttempt *last = NULL;
	g_autofree char *more = cell_kernel_more(cell);

	for (guint i = 0; i < journal->builds->len; i++) {
		const BuildAttempt *build = journal->builds->pdata[i];

		if (strcmp(build->kernel, cell->kernel) == 0 && g_strcmp0(build->series, cell->series) == 0 &&
		    g_strcmp0(build->profile, cell->profile) == 0 && g_strcmp0(build->more, more) == 0)
			last = build;
	}
	return last;
}
