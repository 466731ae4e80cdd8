// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration of a hop's kernel. */
#include "hopreader.h"

#include <base/error.h>
#include <gio/gio.h>
#include <string.h>

/* Far more than any kernel configuration, so that a broken record cannot eat the host's memory. */
#define CONFIG_TEXT_MAX (8u << 20)

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
			error_set(error, KHOTEST_ERROR_FAILED, "unpacks to more than %u bytes", CONFIG_TEXT_MAX);
			return NULL;
		}
	}
	return n < 0 ? NULL : g_string_free(g_steal_pointer(&text), FALSE);
}

GHashTable *hop_parse_config(const char *text)
{
	g_auto(GStrv) lines = g_strsplit_set(text, "\n", -1);
	g_autoptr(GHashTable) config = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	for (guint i = 0; lines[i]; i++) {
		const char *equals = strchr(lines[i], '=');

		if (equals && g_str_has_prefix(lines[i], "CONFIG_"))
			g_hash_table_insert(config, g_strndup(lines[i], (gsize)(equals - lines[i])),
					    g_strdup(equals + 1));
	}
	return g_hash_table_size(config) ? g_steal_pointer(&config) : NULL;
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
