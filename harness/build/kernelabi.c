// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/files.h>
#include <build/kernelabi.h>

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

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

/* The whole string, between two zeros. */
static bool has_string(const char *kernel, gsize length, const char *string)
{
	gsize size = strlen(string) + 2;
	g_autofree char *between = g_malloc0(size);

	memcpy(between + 1, string, size - 2);
	return memmem(kernel, length, between, size);
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
	if (has_string(kernel, length, KERNELABI_BOOTMEM))
		g_hash_table_add(found, g_strdup(KERNELABI_BOOTMEM));
	g_hash_table_iter_init(&iter, found);
	while (g_hash_table_iter_next(&iter, &string, NULL))
		g_ptr_array_add(strings, g_strdup(string));
	g_ptr_array_sort(strings, compare);
	g_ptr_array_add(strings, NULL);
	return (char **)g_ptr_array_steal(strings, NULL);
}

/*
 * Behind what is packed are four bytes with its size (size_append in scripts/Makefile.lib), which gzip has itself.
 * They tell whether all of it came. Some formats stumble over them, and some need theirs.
 */
static guint32 size_behind(const guint8 *packed, gsize length)
{
	const guint8 *size = packed + length - 4;

	return (guint32)size[0] | (guint32)size[1] << 8 | (guint32)size[2] << 16 | (guint32)size[3] << 24;
}

/* The kernel of that size that is packed in there, whatever with; NULL if it does not unpack to that. */
static GByteArray *unpack(const guint8 *packed, gsize length, guint32 size)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	g_autoptr(GByteArray) kernel = g_byte_array_new();
	bool whole = false;
	char more;

	archive_read_support_filter_all(archive);
	archive_read_support_format_raw(archive);
	if (size && size <= UNPACKED_MOST && archive_read_open_memory(archive, packed, length) == ARCHIVE_OK &&
	    archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
		g_byte_array_set_size(kernel, size);
		/* what stands behind it may be an error, but not more of it */
		whole = archive_read_data(archive, kernel->data, size) == (gssize)size &&
			archive_read_data(archive, &more, sizeof(more)) <= 0;
	}
	archive_read_free(archive);
	return whole ? g_steal_pointer(&kernel) : NULL;
}

char **kernelabi_read(const Arch *arch, const char *image)
{
	g_autoptr(GBytes) bytes = files_read(image, NULL);
	g_autoptr(GByteArray) kernel = NULL;
	gsize length = 0, offset = 0, size = 0;
	guint32 whole;
	const guint8 *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;

	if (!data || !arch->image_packed(data, length, &offset, &size) || size < 4)
		return NULL;
	whole = size_behind(data + offset, size);
	kernel = unpack(data + offset, size, whole);
	if (!kernel)
		kernel = unpack(data + offset, size - 4, whole);
	return kernel ? kernelabi_find(kernel->data, kernel->len) : NULL;
}
