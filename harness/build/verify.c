// SPDX-License-Identifier: GPL-2.0-or-later
#include "verify.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/log.h>

#include <glib/gstdio.h>
#include <stdbool.h>

#define CHUNK (1 << 20)

static bool fail(const char *what, const char *path, const GError *why, GError **error)
{
	return error_set(error,
			 g_error_matches(why, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ? KHOTEST_ERROR_HOST
									       : KHOTEST_ERROR_FAILED,
			 "cannot %s %s: %s", what, path, why->message);
}

/* to: NULL, or where a copy goes. */
static bool read_through(GInputStream *from, const char *path, GOutputStream *to, const char *copy, GChecksum *sum,
			 GCancellable *cancel, GError **error)
{
	g_autofree guchar *buffer = g_malloc(CHUNK);
	g_autoptr(GError) local = NULL;
	goffset done = 0;
	GStatBuf info;
	gssize n;

	if (g_stat(path, &info) < 0)
		info.st_size = 0;
	while ((n = g_input_stream_read(from, buffer, CHUNK, NULL, &local)) > 0) {
		g_checksum_update(sum, buffer, n);
		if (to && !g_output_stream_write_all(to, buffer, (gsize)n, NULL, NULL, &local))
			return fail("write", copy, local, error);
		if (cancel_check(cancel, error))
			return false;
		done += n;
		log_progress_update("%d%%", (int)(100 * done / MAX(1, MAX(info.st_size, done))));
	}
	if (n < 0)
		return fail("read", path, local, error);
	if (to && !g_output_stream_close(to, NULL, &local))
		return fail("write", copy, local, error);
	return true;
}

char *verify_sha256(const char *path, const char *copy, GCancellable *cancel, GError **error)
{
	g_autoptr(GFile) source = g_file_new_for_path(path);
	g_autoptr(GFile) target = copy ? g_file_new_for_path(copy) : NULL;
	g_autoptr(GFileInputStream) from = NULL;
	g_autoptr(GFileOutputStream) to = NULL;
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *name = g_path_get_basename(path);
	g_autoptr(GError) local = NULL;
	bool ok;

	from = g_file_read(source, NULL, &local);
	if (!from) {
		fail("read", path, local, error);
		return NULL;
	}
	if (target && !(to = g_file_replace(target, NULL, FALSE, G_FILE_CREATE_NONE, NULL, &local))) {
		fail("write", copy, local, error);
		return NULL;
	}
	log_progress_begin("%s %s", copy ? "copying" : "checking", name);
	ok = read_through(G_INPUT_STREAM(from), path, (GOutputStream *)to, copy, sum, cancel, error);
	log_progress_end("%s", cancel_outcome(cancel, ok));
	if (!ok && copy) {
		g_clear_object(&to); /* which gives the file its name, so that it can be removed */
		g_unlink(copy);
	}
	return ok ? g_strdup(g_checksum_get_string(sum)) : NULL;
}
