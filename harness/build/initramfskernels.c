// SPDX-License-Identifier: GPL-2.0-or-later
#include "initramfsparts.h"

#include "layout.h"

#include <base/error.h>
#include <base/files.h>

#include <string.h>

/* Where a file of the host's goes: the same content once, whoever has it. */
typedef struct {
	Entries *entries;
	GHashTable *names; /* "image SHA-256" -> its name below boot/ */
	guint64 bytes;
} Boot;

/* The name below boot/ of some content of that kind, which is taken over. Caller frees. */
static char *put(Boot *boot, const char *kind, GBytes *content)
{
	g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, content);
	g_autofree char *key = g_strdup_printf("%s %s", kind, sum), *path = NULL;
	char *name = g_hash_table_lookup(boot->names, key);

	if (name) {
		g_bytes_unref(content);
		return g_strdup(name);
	}
	name = g_strdup_printf("%s-%u", kind, g_hash_table_size(boot->names));
	path = g_build_filename("boot", name, NULL);
	entries_add(boot->entries, path, S_IFREG | 0644, content);
	g_hash_table_insert(boot->names, g_steal_pointer(&key), g_strdup(name));
	return name;
}

/* "-" for NULL; NULL with the error set. Caller frees. */
static char *put_image(Boot *boot, const char *from, GError **error)
{
	guint before = g_hash_table_size(boot->names);
	GBytes *content = from ? files_read(from, error) : NULL;
	gsize bytes = content ? g_bytes_get_size(content) : 0;
	char *name;

	if (!from)
		return g_strdup("-");
	if (!content) {
		g_prefix_error(error, "cannot put a kernel's image into the initramfs: ");
		return NULL;
	}
	name = put(boot, "image", content);
	boot->bytes += g_hash_table_size(boot->names) > before ? bytes : 0;
	return name;
}

/* The same. Without the System.map what it brings is not there, and the probe says so. */
static char *put_layout(Boot *boot, const InitramfsHop *hop, GError **error)
{
	g_autofree char *layout = NULL, *map = NULL;
	g_autoptr(GError) local = NULL;
	char *whole;

	if (!hop->layout)
		return g_strdup("-");
	if (!g_file_get_contents(hop->layout, &layout, NULL, &local)) {
		error_set(error, KHOTEST_ERROR_FAILED, "cannot put a kernel's layout into the initramfs: %s",
			  local->message);
		return NULL;
	}
	whole = hop->symbols && g_file_get_contents(hop->symbols, &map, NULL, NULL) ? layout_with_symbols(layout, map)
										    : g_steal_pointer(&layout);
	return put(boot, "layout", g_bytes_new_take(whole, strlen(whole)));
}

bool initramfskernels_add(const InitramfsHop *hops, guint n, Entries *entries, guint64 *ret_bytes, GError **error)
{
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	Boot boot = { entries, names, 0 };
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < n; i++) {
		/* the machine starts the first one itself */
		g_autofree char *image = put_image(&boot, i ? hops[i].image : NULL, error);
		g_autofree char *layout = image ? put_layout(&boot, &hops[i], error) : NULL;

		if (!layout)
			return false;
		g_string_append_printf(text, "%s %s %s\n", image, layout, hops[i].append ? hops[i].append : "");
	}
	entries_add(entries, "etc/khotest.chain", S_IFREG | 0644, g_string_free_to_bytes(g_steal_pointer(&text)));
	entries_add(entries, "boot", S_IFDIR | 0755, NULL);
	*ret_bytes = boot.bytes;
	return true;
}
