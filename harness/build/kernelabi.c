// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/files.h>
#include <build/kernelabi.h>

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#define CHUNK (1u << 20)
#define UNPACKED_MOST (512u << 20)

/* What stands before the number, of each kind. */
static const char *const kinds[] = { "kho-test-v", "kho-v",   "luo-flb-v",  "luo-session-v",
				     "luo-v",	   "memfd-v", "memblock-v", "reserve-mem-v" };

/* The strings of one kind: each begins behind a zero, has nothing but a number after its kind, and ends with a zero. */
static void find_kind(const char *kernel, gsize length, const char *kind, GHashTable *found)
{
	gsize size = strlen(kind);
	const char *end = kernel + length, *at = kernel;

	while ((at = memmem(at, (gsize)(end - at), kind, size))) {
		const char *digits = at + size, *behind = digits;

		while (behind < end && g_ascii_isdigit(*behind))
			behind++;
		if (behind > digits && behind < end && !*behind && (at == kernel || !at[-1]))
			g_hash_table_add(found, g_strndup(at, (gsize)(behind - at)));
		at += size;
	}
}

static int compare(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **kernelabi_find(const void *kernel, gsize length)
{
	g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) strings = g_ptr_array_new();
	GHashTableIter iter;
	gpointer string;

	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		find_kind(kernel, length, kinds[i], found);
	g_hash_table_iter_init(&iter, found);
	while (g_hash_table_iter_next(&iter, &string, NULL))
		g_ptr_array_add(strings, g_strdup(string));
	g_ptr_array_sort(strings, compare);
	g_ptr_array_add(strings, NULL);
	return (char **)g_ptr_array_steal(strings, NULL);
}

/* The kernel that is packed in there, whatever with; NULL if it does not unpack. */
static GByteArray *unpack(const guint8 *packed, gsize length)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	GByteArray *kernel = g_byte_array_new();
	g_autofree guint8 *chunk = g_malloc(CHUNK);
	gssize n = -1;

	archive_read_support_filter_all(archive);
	archive_read_support_format_raw(archive);
	if (archive_read_open_memory(archive, packed, length) == ARCHIVE_OK &&
	    archive_read_next_header(archive, &entry) == ARCHIVE_OK)
		while ((n = archive_read_data(archive, chunk, CHUNK)) > 0 && kernel->len < UNPACKED_MOST)
			g_byte_array_append(kernel, chunk, (guint)n);
	archive_read_free(archive);
	return kernel;
}

/*
 * Behind what is packed are four bytes with its size (size_append in scripts/Makefile.lib), which gzip has itself.
 * They tell whether all of it came. Some formats stumble over them, and some need theirs.
 */
static bool is_whole(const GByteArray *kernel, const guint8 *packed, gsize length)
{
	const guint8 *size = packed + length - 4;

	return kernel->len && kernel->len == ((guint32)size[0] | (guint32)size[1] << 8 | (guint32)size[2] << 16 |
					      (guint32)size[3] << 24);
}

char **kernelabi_read(const Arch *arch, const char *image)
{
	g_autoptr(GBytes) bytes = files_read(image, NULL);
	g_autoptr(GByteArray) kernel = NULL;
	gsize length = 0, offset = 0, size = 0;
	const guint8 *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;

	if (!data || !arch->image_packed(data, length, &offset, &size) || size < 4)
		return NULL;
	kernel = unpack(data + offset, size);
	if (!is_whole(kernel, data + offset, size)) {
		g_byte_array_unref(kernel);
		kernel = unpack(data + offset, size - 4);
	}
	return is_whole(kernel, data + offset, size) ? kernelabi_find(kernel->data, kernel->len) : NULL;
}
