// SPDX-License-Identifier: GPL-2.0-or-later
#include "seeds.h"
#include "parts.h"

#include <base/files.h>
#include <base/names.h>

#include <string.h>

#define SEED_MOST (64u << 10) /* of a recorded file, the beginning does */
/* Many parts are an input together: most have less than this, and are whole. */
#define PART_WHOLE (4u << 10)
/* A longer one is cut to its beginning; once more to so little of it that libFuzzer can run it often. */
#define PART_MOST (8u << 10)
#define PART_SHORT 384

static void add_file(GPtrArray *seeds, const char *path, gsize most)
{
	g_autoptr(GBytes) bytes = files_read(path, NULL);

	if (bytes)
		g_ptr_array_add(seeds, g_bytes_new_from_bytes(bytes, 0, MIN(g_bytes_get_size(bytes), most)));
}

/* Names of what is in a folder, sorted; empty if there is none. Caller unrefs. */
static GPtrArray *names_in(const char *folder)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		g_ptr_array_add(names, g_strdup(name));
	names_sort(names);
	return names;
}

/* All files below a folder, as parts of one input; below: where that is, from the first one; most: bytes of a part that
 * is longer than PART_WHOLE. */
static void add_parts(GByteArray *all, const char *folder, const char *below, gsize most)
{
	g_autofree char *here = g_build_filename(folder, below, NULL);
	g_autoptr(GPtrArray) names = names_in(here);

	for (guint i = 0; i < names->len; i++) {
		g_autofree char *name =
			*below ? g_build_filename(below, names->pdata[i], NULL) : g_strdup(names->pdata[i]);
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autoptr(GBytes) bytes = NULL, head = NULL;
		gsize length;

		if (g_str_has_prefix(name, "expected"))
			continue;
		if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
			add_parts(all, folder, name, most);
			continue;
		}
		bytes = files_read(path, NULL);
		length = bytes ? g_bytes_get_size(bytes) : 0;
		head = bytes ? g_bytes_new_from_bytes(bytes, 0, length > PART_WHOLE ? MIN(length, most) : length)
			     : NULL;
		if (head)
			parts_add(all, name, head);
	}
}

static void add_folder(GPtrArray *seeds, const char *folder, gsize most)
{
	GByteArray *all = g_byte_array_new();

	add_parts(all, folder, "", most);
	g_ptr_array_add(seeds, g_byte_array_free_to_bytes(all));
}

/* Of each recording, what the target reads. */
static void add_recorded(GPtrArray *seeds, const FuzzTarget *target, const char *recordings)
{
	g_auto(GStrv) files = g_strsplit(target->seeds ? target->seeds : "", ",", -1);
	g_autoptr(GPtrArray) names = names_in(recordings);

	for (guint i = 0; i < names->len; i++)
		for (char **file = files; *file; file++) {
			bool folder = **file == '=';
			g_autofree char *path =
				g_build_filename(recordings, names->pdata[i], *file + (folder ? 1 : 0), NULL);

			if (!folder)
				add_file(seeds, path, SEED_MOST);
			else if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
				add_folder(seeds, path, PART_MOST);
				add_folder(seeds, path, PART_SHORT);
			}
		}
}

GPtrArray *seeds_of(const FuzzTarget *target, const char *corpora, const char *recordings)
{
	GPtrArray *seeds = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_autofree char *folder = g_build_filename(corpora, target->name, NULL);
	g_autoptr(GPtrArray) names = names_in(folder);

	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);

		add_file(seeds, path, G_MAXUINT);
	}
	add_recorded(seeds, target, recordings);
	return seeds;
}
