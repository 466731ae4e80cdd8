// SPDX-License-Identifier: GPL-2.0-or-later
#include "tarball.h"

#include <base/error.h>

#include <archive_entry.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>

#define CHUNK (256 * 1024)

/* deb(5), "FORMAT": the magic of an ar archive, and the member with the files; the tarball lies in that. */
#define AR_MAGIC "!<arch>\n"
#define PACKAGE_DATA "data.tar*"
#define PACKAGE_TARBALL "*usr/src/*.tar*"

/* An archive, and the one whose current entry it is; NULL for the file itself. */
typedef struct Level Level;

struct Level {
	struct archive *archive;
	Level *outer;
	char *buffer; /* what libarchive has been given last */
};

struct Tarball {
	Level levels[3];
	guint depth; /* levels in use */
	gint64 bytes;
};

void tarball_free(Tarball *tarball)
{
	if (!tarball)
		return;
	/* from the inside out, since each reads from the one around it */
	while (tarball->depth > 0) {
		Level *level = &tarball->levels[--tarball->depth];

		archive_read_free(level->archive);
		g_free(level->buffer);
	}
	g_free(tarball);
}

struct archive *tarball_entries(Tarball *tarball)
{
	return tarball->levels[tarball->depth - 1].archive;
}

int tarball_percent(const Tarball *tarball)
{
	return (int)(100 * archive_filter_bytes(tarball->levels[0].archive, -1) / MAX(tarball->bytes, 1));
}

/* archive_read_callback: more of the entry around us. */
static la_ssize_t read_outer(struct archive *archive, void *data, const void **ret_buffer)
{
	Level *level = data;
	la_ssize_t n = archive_read_data(level->outer->archive, level->buffer, CHUNK);

	if (n < 0)
		archive_set_error(archive, archive_errno(level->outer->archive), "%s",
				  archive_error_string(level->outer->archive));
	*ret_buffer = level->buffer;
	return n;
}

static Level *add_level(Tarball *tarball)
{
	Level *level = &tarball->levels[tarball->depth];

	level->archive = archive_read_new();
	level->outer = tarball->depth > 0 ? level - 1 : NULL;
	archive_read_support_filter_all(level->archive);
	tarball->depth++;
	return level;
}

/* Goes on to the entry whose name has that form. */
static bool find_entry(Tarball *tarball, const char *path, const char *pattern, GError **error)
{
	struct archive *archive = tarball_entries(tarball);
	struct archive_entry *entry;
	int status;

	while ((status = archive_read_next_header(archive, &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN) {
		const char *name = archive_entry_pathname(entry);

		if (name && g_pattern_match_simple(pattern, name))
			return true;
	}
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "%s is a Debian package without %s (%s): a package linux-source-VERSION is needed", path,
			 pattern, status == ARCHIVE_EOF ? "no such entry" : archive_error_string(archive));
}

static bool open_file(Tarball *tarball, const char *path, bool package, GError **error)
{
	Level *level = add_level(tarball);

	if (package)
		archive_read_support_format_ar(level->archive);
	else
		archive_read_support_format_tar(level->archive);
	if (archive_read_open_filename(level->archive, path, CHUNK) == ARCHIVE_OK)
		return true;
	return error_set(error, KHOTEST_ERROR_INPUT, "cannot read %s as a tarball: %s", path,
			 archive_error_string(level->archive));
}

static bool open_entry(Tarball *tarball, const char *path, const char *pattern, GError **error)
{
	Level *level;

	if (!find_entry(tarball, path, pattern, error))
		return false;
	level = add_level(tarball);
	level->buffer = g_malloc(CHUNK);
	archive_read_support_format_tar(level->archive);
	if (archive_read_open(level->archive, level, NULL, read_outer, NULL) == ARCHIVE_OK)
		return true;
	return error_set(error, KHOTEST_ERROR_INPUT, "cannot read %s in %s as a tarball: %s", pattern, path,
			 archive_error_string(level->archive));
}

static bool is_package(const char *path)
{
	char magic[sizeof(AR_MAGIC) - 1];
	FILE *file = g_fopen(path, "re");
	bool yes = file && fread(magic, sizeof(magic), 1, file) == 1 && memcmp(magic, AR_MAGIC, sizeof(magic)) == 0;

	if (file)
		fclose(file);
	return yes;
}

Tarball *tarball_open(const char *path, GError **error)
{
	g_autoptr(Tarball) tarball = g_new0(Tarball, 1);
	bool package = is_package(path);
	GStatBuf info;

	if (g_stat(path, &info) < 0) {
		error_set(error, KHOTEST_ERROR_INPUT, "cannot read %s as a tarball: no such file", path);
		return NULL;
	}
	tarball->bytes = info.st_size;
	if (!open_file(tarball, path, package, error))
		return NULL;
	if (package &&
	    (!open_entry(tarball, path, PACKAGE_DATA, error) || !open_entry(tarball, path, PACKAGE_TARBALL, error)))
		return NULL;
	return g_steal_pointer(&tarball);
}
