// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <measure/consoletext.h>
#include <measure/kernellog.h>
#include <run/recorder.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Longest line that is looked at; what is longer is only stamped. */
#define LINE_MAX_KEPT 4096
/* The longest chain of kernels that say all they can has some tenths of that. */
#define BYTES_MOST (32u << 20)
#define LINES_MOST 200000u

struct Recorder {
	FILE *times;
	char *path;
	guint64 offset, lines;
	GString *line;
	bool panic;
	bool oops;
	guint kernels;
};

/* How oopses and BUG()s begin, somewhere in a line: measure/complaint.c has them all. */
static const char *const oops_texts[] = { "Oops: ", "BUG: unable to handle ", "BUG: kernel NULL pointer",
					  "kernel BUG at ", "Internal error: " };

static void look_at_line(Recorder *recorder)
{
	recorder->panic |= console_panic(recorder->line->str) != NULL;
	recorder->kernels += console_is_banner(recorder->line->str);
	for (gsize i = 0; i < G_N_ELEMENTS(oops_texts); i++)
		recorder->oops |= strstr(recorder->line->str, oops_texts[i]) != NULL;
}

static bool fail(const Recorder *recorder, GError **error)
{
	return error_set(error, errno == ENOSPC ? KHOTEST_ERROR_HOST : KHOTEST_ERROR_FAILED, "cannot write %s: %s",
			 recorder->path, g_strerror(errno));
}

Recorder *recorder_new(RunDir *dir, GError **error)
{
	Recorder *recorder = g_new0(Recorder, 1);

	recorder->path = rundir_file(dir, RUNDIR_CONSOLE_TIMES);
	recorder->line = g_string_new(NULL);
	recorder->times = fopen(recorder->path, "we");
	if (!recorder->times) {
		fail(recorder, error);
		recorder_close(recorder, NULL);
		return NULL;
	}
	return recorder;
}

bool recorder_console(Recorder *recorder, const char *data, gsize length, gint64 host_ns, GError **error)
{
	for (gsize i = 0; i < length; i++, recorder->offset++) {
		if (recorder->line->len == 0 && fprintf(recorder->times, "%" G_GINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
							host_ns, recorder->offset) < 0)
			return fail(recorder, error);
		if (data[i] == '\n') {
			look_at_line(recorder);
			recorder->lines++;
			g_string_truncate(recorder->line, 0);
		} else if (recorder->line->len < LINE_MAX_KEPT) {
			g_string_append_c(recorder->line, data[i] ? data[i] : ' ');
		}
	}
	/* whatever ends the harness, what came is stamped */
	return fflush(recorder->times) == 0 || fail(recorder, error);
}

bool recorder_is_flooded(const Recorder *recorder)
{
	return recorder->offset > BYTES_MOST || recorder->lines > LINES_MOST;
}

void recorder_mark_handover(Recorder *recorder)
{
	recorder->kernels = 0;
	recorder->oops = false;
	fprintf(recorder->times, "- %" G_GUINT64_FORMAT "\n", recorder->offset);
	fflush(recorder->times);
}

bool recorder_saw_panic(const Recorder *recorder)
{
	return recorder->panic;
}

bool recorder_saw_oops(const Recorder *recorder)
{
	return recorder->oops;
}

guint recorder_kernels(const Recorder *recorder)
{
	return recorder->kernels;
}

bool recorder_close(Recorder *recorder, GError **error)
{
	bool ok = !recorder->times || fclose(recorder->times) == 0 || fail(recorder, error);

	g_string_free(recorder->line, TRUE);
	g_free(recorder->path);
	g_free(recorder);
	return ok;
}
