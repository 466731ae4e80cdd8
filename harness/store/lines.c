// SPDX-License-Identifier: GPL-2.0-or-later
#include "lines.h"

#include <base/error.h>
#include <base/files.h>
#include <base/names.h>
#include <proto/frame.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The last member of a line, up to its value; and how long it is with that, to the end of the line. */
#define SEAL ",\"seal\":\""
#define SEAL_LENGTH (strlen(SEAL) + 8 + strlen("\"}"))

int lines_open(const char *path, GError **error)
{
	int fd = files_open_own(path, O_APPEND, error);
	off_t length = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	char last = '\n';

	if (fd < 0)
		return -1;
	if (length >= 0 && (length == 0 || pread(fd, &last, 1, length - 1) == 1) &&
	    (last == '\n' || write(fd, "\n", 1) == 1))
		return fd;
	error_set(error, KHOTEST_ERROR_FAILED, "cannot open %s: %s", path, g_strerror(errno));
	close(fd);
	return -1;
}

int lines_lock(const char *path, const char *what, GError **error)
{
	g_autoptr(GError) local = NULL;
	int fd = files_lock(path, false, &local);

	if (local)
		g_propagate_error(error, g_steal_pointer(&local));
	else if (fd < 0)
		error_set(error, KHOTEST_ERROR_INPUT, "another khotest is at work on %s", what);
	return fd;
}

/* One line of a journal: whole, or not at all. */
static bool append(int fd, const char *line, gsize length)
{
	off_t before = lseek(fd, 0, SEEK_END);
	gssize n = write(fd, line, length);

	if (n == (gssize)length)
		return true;
	/* the next line must not become a part of this one; what there was no room for comes to light with the rest */
	if (n >= 0) {
		errno = write(fd, line + n, length - (gsize)n) < 0 ? errno : ENOSPC;
		n = errno;
		if (before >= 0 && ftruncate(fd, before) < 0)
			n = errno;
		errno = (int)n;
	}
	return false;
}

bool lines_write(int fd, JsonBuilder *line, const char *what, GError **error)
{
	g_autoptr(GString) whole = NULL;
	g_autofree char *text = NULL;

	json_builder_end_object(line);
	text = json_text(line, false);
	whole = g_string_new(text);
	g_string_truncate(whole, whole->len - 1); /* the bracket */
	g_string_append_printf(whole, SEAL "%08x\"}\n", frame_crc32(0, whole->str, (uint32_t)whole->len));
	if (!append(fd, whole->str, whole->len))
		return error_set(error, errno == ENOSPC ? KHOTEST_ERROR_HOST : KHOTEST_ERROR_FAILED,
				 "cannot write the journal of %s: %s", what, g_strerror(errno));
	return true;
}

bool lines_write_synced(int fd, JsonBuilder *line, const char *what, GError **error)
{
	return lines_write(fd, line, what, error) &&
	       (fdatasync(fd) == 0 ||
		error_set(error, KHOTEST_ERROR_FAILED, "cannot write the journal of %s: %s", what, g_strerror(errno)));
}

/* Whether it is as it was written; lines without a seal are of older versions. */
static bool seal_holds(const char *line)
{
	gsize length = strlen(line);
	const char *seal = length > SEAL_LENGTH ? line + length - SEAL_LENGTH : line;
	g_autofree char *text = NULL;

	if (!g_str_has_prefix(seal, SEAL))
		return true;
	text = g_strdup_printf(SEAL "%08x\"}", frame_crc32(0, line, (uint32_t)(seal - line)));
	return strcmp(seal, text) == 0;
}

char *lines_text(GBytes *bytes)
{
	gsize length = 0;
	const char *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
	char *text = g_malloc(length + 1);

	if (length)
		memcpy(text, data, length);
	text[length] = '\0';
	for (gsize at = strlen(text); at < length; at += strlen(text + at))
		text[at] = '\n';
	return text;
}

JsonObject *lines_parse(const char *line)
{
	return *line && seal_holds(line) ? json_parse_object(line, -1, "journal", NULL) : NULL;
}

guint lines_each(const char *text, LinesTake take, gpointer user)
{
	guint damaged = 0;

	while (*text) {
		gsize length = strcspn(text, "\n");
		g_autofree char *line = g_strndup(text, length);
		g_autoptr(JsonObject) object = lines_parse(line);

		if (object)
			take(object, user);
		else
			damaged += length && text[length];
		text += length + (text[length] == '\n');
	}
	return damaged;
}

static void add_object(JsonObject *line, gpointer objects)
{
	g_ptr_array_add(objects, json_object_ref(line));
}

GPtrArray *lines_read(const char *text, guint *ret_damaged)
{
	GPtrArray *objects = g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);

	*ret_damaged = lines_each(text, add_object, objects);
	return objects;
}

char **lines_folders(const char *parent, const char *file)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(parent, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(parent, name, file, NULL);

		if (g_file_test(path, G_FILE_TEST_EXISTS))
			g_ptr_array_add(names, g_strdup(name));
	}
	names_sort(names);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_steal(names, NULL);
}
