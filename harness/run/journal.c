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
