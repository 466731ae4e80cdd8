// SPDX-License-Identifier: GPL-2.0-or-later
#include "journal.h"

#include <base/error.h>
#include <base/json.h>

bool journal_record(RunDir *dir, const Frame *frame, GError **error)
{
	JsonBuilder *line = rundir_journal_begin(frame->header_ns, "record");

	json_put_int(line, "hop", frame->hop);
	json_put_string(line, "name", frame->name);
	json_put_int(line, "bytes", (gint64)frame->length);
	json_put_bool(line, "intact", frame->crc_ok);
	json_put_int(line, "end_ns", frame->end_ns);
	return rundir_journal_end(dir, line, error);
}

bool journal_host(RunDir *dir, gint64 host_ns, int hop, const char *at, VmUsage usage, GError **error)
{
	JsonBuilder *line = rundir_journal_begin(host_ns, "host");

	json_put_int(line, "hop", hop);
	json_put_string(line, "at", at);
	json_put_int_or_null(line, "minflt", usage.faults);
	json_put_int_or_null(line, "rss_bytes", usage.rss_bytes);
	return rundir_journal_end(dir, line, error);
}

void journal_failure(RunDir *dir, gint64 host_ns, const GError *why)
{
	JsonBuilder *line = rundir_journal_begin(host_ns, "harness-error");

	json_put_string(line, "text", why->message);
	json_put_bool(line, "host", g_error_matches(why, KHOTEST_ERROR, KHOTEST_ERROR_HOST));
	rundir_journal_end(dir, line, NULL);
}

bool journal_execution(RunDir *dir, gint64 host_ns, gint64 window_ns, gint64 cpu_ns, const VmLook *look,
		       const char *where, GError **error)
{
	JsonBuilder *line = rundir_journal_begin(host_ns, "execution");

	json_put_int(line, "window_ns", window_ns);
	json_put_int_or_null(line, "cpu_ns", cpu_ns);
	json_put_bool(line, "answers", look->answers);
	json_put_bool(line, "running", look->running);
	json_put_string(line, "state", look->state);
	json_put_bool(line, "halted", look->halted);
	json_put_int(line, "address", (gint64)look->where);
	json_put_string(line, "where", where);
	return rundir_journal_end(dir, line, error);
}

bool journal_paused(RunDir *dir, gint64 host_ns, gint64 paused_ns, GError **error)
{
	JsonBuilder *line = rundir_journal_begin(host_ns, "paused");

	json_put_int(line, "paused_ns", paused_ns);
	return rundir_journal_end(dir, line, error);
}
