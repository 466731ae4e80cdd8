// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration of a hop's kernel. */
#include "hopreader.h"

#include <base/error.h>
#include <gio/gio.h>
#include <string.h>

/* More than any kernel configuration, so that a broken record cannot eat the host's memory: allmodconfig has 300 KiB.
 */
#define CONFIG_TEXT_MAX (1u << 20)
#define CONFIG_SYMBOLS_MOST 32768u

static char *gunzip(GBytes *bytes, GError **error)
{
	g_autoptr(GConverter) converter = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
	g_autoptr(GInputStream) in = g_memory_input_stream_new_from_bytes(bytes);
	g_autoptr(GInputStream) unzipped = g_converter_input_stream_new(in, converter);
	g_autoptr(GString) text = g_string_new(NULL);
	char buffer[16384];
	gssize n;

	while ((n = g_input_stream_read(unzipped, buffer, sizeof(buffer), NULL, error)) > 0) {
		g_string_append_len(text, buffer, n);
		if (text->len > CONFIG_TEXT_MAX) {
			error_set(error, KHOTEST_ERROR_FAILED, "cannot be read: unpacks to more than %u bytes",
				  CONFIG_TEXT_MAX);
			return NULL;
		}
	}
	return n < 0 ? NULL : g_string_free(g_steal_pointer(&text), FALSE);
}

GHashTable *hop_parse_config(const char *text)
{
	g_autoptr(GHashTable) config = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
		const char *equals = line + strcspn(line, "=\n");

		end = equals + strcspn(equals, "\n");
		if (*equals == '=' && g_str_has_prefix(line, "CONFIG_"))
			g_hash_table_insert(config, g_strndup(line, (gsize)(equals - line)),
					    g_strndup(equals + 1, (gsize)(end - equals - 1)));
	}
	return g_hash_table_size(config) ? g_steal_pointer(&config) : NULL;
}

static void forget_config(HopReader *reader)
{
	g_autofree char *why = g_strdup_printf("cannot be read: more than %u symbols", CONFIG_SYMBOLS_MOST);

	hopreader_damaged(reader, "proc/config.gz", why);
	g_clear_pointer(&reader->hop->config, g_hash_table_unref);
}

static void read_config(HopReader *reader)
{
	g_autoptr(GBytes) bytes = hopreader_take(reader, "proc/config.gz");
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	if (!bytes)
		return;
	text = gunzip(bytes, &error);
	if (!text)
		hopreader_damaged(reader, "proc/config.gz", error->message);
	else if (!(reader->hop->config = hop_parse_config(text)))
		hopreader_damaged(reader, "proc/config.gz", "has no CONFIG_ symbol in it");
	else if (g_hash_table_size(reader->hop->config) > CONFIG_SYMBOLS_MOST)
		forget_config(reader);
}

void hopreader_config(HopReader *reader)
{
	Hop *hop = reader->hop;

	read_config(reader);
	if (!hop->config && reader->source->config)
		hop->config = hop_parse_config(reader->source->config);
}

const char *hop_config(const Hop *hop, const char *name)
{
	g_autofree char *full = NULL;
	const char *value;

	if (!hop->config)
		return NULL;
	if (!g_str_has_prefix(name, "CONFIG_"))
		name = full = g_strconcat("CONFIG_", name, NULL);
	value = g_hash_table_lookup(hop->config, name);
	return value ? value : "n";
}
