// SPDX-License-Identifier: GPL-2.0-or-later
#include <store/begun.h>

#include <base/error.h>
#include <base/files.h>

static char *note_at(const char *cache, const char *digest)
{
	return g_build_filename(cache, "begun", digest, NULL);
}

/* Where the note of a file is; NULL with the error set if the file cannot be read. Caller frees. */
static char *note_of(const char *cache, const char *file, GError **error)
{
	g_autofree char *digest = files_sha256(file, error);

	return digest ? note_at(cache, digest) : NULL;
}

static bool write_note(const char *note, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(note);

	return files_mkdirs(folder, error) && files_write(note, "", 0, error);
}

bool begun_note(const char *cache, const char *file, GError **error)
{
	g_autofree char *note = note_of(cache, file, error);

	return note && write_note(note, error);
}

bool begun_note_text(const char *cache, const char *text, GError **error)
{
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
	g_autofree char *note = note_at(cache, digest);

	return write_note(note, error);
}

bool begun_check(const char *cache, const char *file, bool trust, GError **error)
{
	g_autofree char *note = note_of(cache, file, error);

	if (!note)
		return false;
	return trust || g_file_test(note, G_FILE_TEST_EXISTS) ||
	       error_set(error, KHOTEST_ERROR_INPUT,
			 "%s was not written by a khotest of yours here, or was changed since: going on would build "
			 "trees and "
			 "open connections that somebody else chose. Look at it, and give --trust if you would choose "
			 "the same",
			 file);
}
