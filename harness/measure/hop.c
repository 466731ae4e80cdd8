// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/hop.h>

#include "pagesize.h"
#include "scan.h"

#include <base/error.h>
#include <gio/gio.h>
#include <measure/zoneinfo.h>
#include <proto/frame.h>
#include <string.h>

#define DEBUGFS_OUT "sys/kernel/debug/kho/out/"

/* Far more than any kernel configuration, so that a broken record cannot eat the host's memory. */
#define CONFIG_TEXT_MAX (8u << 20)

typedef struct {
	Hop *hop;
	HopRecordFunc record;
	gpointer data;
	bool kho_known;	     /* the manifest has said whether there is KHO */
	GHashTable *spoiled; /* names of records that are not what the manifest says was sent: nothing is read from them */
} Reader;

static void damaged(Reader *reader, const char *name, const char *why)
{
	g_ptr_array_add(reader->hop->damaged, g_strdup_printf("%s: %s", name, why));
}

static GBytes *take_record(Reader *reader, const char *name)
{
	return g_hash_table_contains(reader->spoiled, name) ? NULL
							    : reader->record(reader->hop->index, name, reader->data);
}

/* A record as text; NULL if it did not come, or has NULs and is thereby damaged. */
static char *record_text(Reader *reader, const char *name)
{
	g_autoptr(GBytes) bytes = take_record(reader, name);
	const char *data;
	gsize size;

	if (!bytes)
		return NULL;
	data = g_bytes_get_data(bytes, &size);
	if (size && memchr(data, '\0', size)) {
		damaged(reader, name, "has NUL bytes in it, and should be text");
		return NULL;
	}
	return g_strndup(data ? data : "", size);
}

/* The value of a "key=value" line, up to the first empty line. Caller frees; NULL if there is none. */
static char *key_value(const char *text, const char *key)
{
	g_auto(GStrv) lines = g_strsplit_set(text, "\n", -1);

	for (guint i = 0; lines[i] && *lines[i]; i++) {
		const char *at = lines[i];

		if (scan_literal(&at, key) && scan_literal(&at, "="))
			return g_strdup(at);
	}
	return NULL;
}

static gint64 key_number(const char *text, const char *key)
{
	g_autofree char *value = key_value(text, key);
	const char *at = value;
	guint64 number;

	return value && scan_u64(&at, 10, &number) && !*at && number <= G_MAXINT64 ? (gint64)number : -1;
}

static void read_hello(Reader *reader)
{
	Hop *hop = reader->hop;
	g_autofree char *text = record_text(reader, FRAME_HELLO);

	if (!text)
		return;
	if (key_number(text, "hop") != hop->index) {
		damaged(reader, FRAME_HELLO, "is not of this hop");
		return;
	}
	hop->nonce = key_value(text, "nonce");
	hop->release = key_value(text, "release");
	hop->boot_id = key_value(text, "boot_id");
	hop->boot_to_init_ns = key_number(text, "boottime_ns");
	hop->hello = hop->nonce != NULL;
	if (!hop->nonce || !hop->release)
		damaged(reader, FRAME_HELLO, "has no nonce or no release in it");
}

static void read_proc(Reader *reader)
{
	Hop *hop = reader->hop;
	g_autofree char *pagetypes = record_text(reader, "proc/pagetypeinfo");
	g_autofree char *zones = record_text(reader, "proc/zoneinfo");
	g_autofree char *meminfo = record_text(reader, "proc/meminfo");
	g_autoptr(GError) error = NULL;

	if (pagetypes && !(hop->pagetypes = pagetypeinfo_parse(pagetypes, &error)))
		damaged(reader, "proc/pagetypeinfo", error->message);
	g_clear_error(&error);
	if (zones && !(hop->zones = zoneinfo_parse(zones, &error)))
		damaged(reader, "proc/zoneinfo", error->message);
	if (meminfo) {
		/* meminfo_proc_show() of fs/proc/meminfo.c; the line is there if CONFIG_CMA is on */
		const char *at = strstr(meminfo, "\nCmaTotal:");
		guint64 kib;

		if (at && scan_literal(&at, "\nCmaTotal:") && scan_blank(&at)) {
			if (scan_u64(&at, 10, &kib) && scan_literal(&at, " kB") && kib < G_MAXINT64 / 1024)
				hop->cma_total_bytes = (gint64)(kib * 1024);
			else
				damaged(reader, "proc/meminfo", "CmaTotal is not a number of kB");
		}
	}
}

static void read_scratch(Reader *reader)
{
	static const char *const names[][2] = {
		{ DEBUGFS_OUT "scratch_phys", DEBUGFS_OUT "scratch_len" },
		{ DEBUGFS_OUT "bootmem_phys", DEBUGFS_OUT "bootmem_len" }, /* from 7.4 on */
	};

	for (guint i = 0; i < G_N_ELEMENTS(names) && !reader->hop->scratch; i++) {
		g_autofree char *phys = record_text(reader, names[i][0]);
		g_autofree char *bytes = record_text(reader, names[i][1]);
		g_autoptr(GError) error = NULL;

		if (!phys && !bytes)
			continue;
		if (!reader->kho_known)
			reader->hop->kho_present = true;
		if (!phys || !bytes)
			damaged(reader, names[i][phys ? 1 : 0], "is missing, though its counterpart came");
		else if (!(reader->hop->scratch = scratch_parse(phys, bytes, &error)))
			damaged(reader, names[i][0], error->message);
	}
}

/*
 * The log comes in two parts: until the records were collected, and until the hop was
 * left. Sequence numbers tell whether the second goes on where the first ended; where
 * it begins anew (the probe had lost its place) it has all.
 */
static GBytes *read_kmsg(Reader *reader)
{
	g_autoptr(GBytes) first = take_record(reader, FRAME_KMSG);
	g_autoptr(GBytes) rest = take_record(reader, FRAME_KMSG_REST);
	g_autofree char *head = NULL;
	GByteArray *both;
	const char *data;
	gsize size;

	reader->hop->log_to_the_end = first && rest;
	if (!first || !rest)
		return g_steal_pointer(&first);
	data = g_bytes_get_data(rest, &size);
	head = g_strndup(size ? data : "", MIN(size, 32));
	if (g_regex_match_simple("^[0-9]+,0,", head, 0, 0))
		return g_steal_pointer(&rest);
	both = g_byte_array_new();
	g_byte_array_append(both, g_bytes_get_data(first, NULL), (guint)g_bytes_get_size(first));
	g_byte_array_append(both, (const guint8 *)data, (guint)size);
	return g_byte_array_free_to_bytes(both);
}

static void read_log(Reader *reader)
{
	Hop *hop = reader->hop;
	g_autoptr(GBytes) bytes = read_kmsg(reader);
	g_autoptr(GError) error = NULL;
	gsize size;
	const char *data;

	if (bytes) {
		data = g_bytes_get_data(bytes, &size);
		hop->log = kernellog_parse(data ? data : "", size, &error);
		if (!hop->log)
			damaged(reader, FRAME_KMSG, error->message);
	}
	/* without the log nothing says that the clock ran from the start */
	if (!hop->log || hop->log->clock_late)
		hop->boot_to_init_ns = -1;
}

/* Both need what was read before: zones, the page size, the log. */
static void read_kcore(Reader *reader)
{
	Hop *hop = reader->hop;
	g_autofree char *pageblocks = record_text(reader, FRAME_PAGEBLOCKS);
	g_autofree char *areas = record_text(reader, FRAME_CMA);
	g_autoptr(GError) error = NULL;

	if (pageblocks && hop->zones && !(hop->pageblocks = pageblocks_parse(pageblocks, hop->zones, &error)))
		damaged(reader, FRAME_PAGEBLOCKS, error->message);
	g_clear_error(&error);
	if (areas && !(hop->cma_areas = cmaareas_parse(areas, pagesize_shift(hop), &error)))
		damaged(reader, FRAME_CMA, error->message);
	if (!hop->cma_areas)
		hop->cma_areas = hop->log ? g_array_ref(hop->log->cma_areas)
					  : g_array_new(FALSE, FALSE, sizeof(CmaArea));
}

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

/* A .config: "CONFIG_A=y", "# CONFIG_B is not set". NULL if it has no symbol at all. */
static GHashTable *parse_config(const char *text)
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

static void read_config(Reader *reader)
{
	g_autoptr(GBytes) bytes = take_record(reader, "proc/config.gz");
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	if (!bytes)
		return;
	text = gunzip(bytes, &error);
	if (!text)
		damaged(reader, "proc/config.gz", error->message);
	else if (!(reader->hop->config = parse_config(text)))
		damaged(reader, "proc/config.gz", "has no CONFIG_ symbol in it");
}

void hop_set_config(Hop *hop, const char *text)
{
	if (!hop->config)
		hop->config = parse_config(text);
}

/* "!NAME ERRNO TEXT": the guest could not read it to its end. */
static void note_unread(Reader *reader, const char *line)
{
	g_auto(GStrv) fields = g_strsplit(line + 1, " ", 3);
	guint n = g_strv_length(fields);
	g_autofree char *why = g_strdup_printf("the guest could not read it%s%s", n == 3 ? ": " : "",
					       n == 3 ? fields[2] : "");

	damaged(reader, n ? fields[0] : FRAME_MANIFEST, why);
}

/* false if one line of the manifest is not borne out by the record it names */
static bool check_listed(Reader *reader, const char *line)
{
	g_auto(GStrv) fields = g_strsplit(line, " ", -1);
	g_autoptr(GBytes) bytes = NULL;
	const char *length_text, *crc_text, *data;
	guint64 length, crc;
	gsize size;

	if (g_strv_length(fields) != 3)
		goto nonsense;
	length_text = fields[1];
	crc_text = fields[2];
	if (!scan_u64(&length_text, 10, &length) || *length_text || strlen(crc_text) != 8 ||
	    !scan_u64(&crc_text, 16, &crc) || *crc_text)
		goto nonsense;
	bytes = reader->record(reader->hop->index, fields[0], reader->data);
	if (!bytes) {
		damaged(reader, fields[0], "is in the manifest, but never came");
		return false;
	}
	data = g_bytes_get_data(bytes, &size);
	if (size != length || size > G_MAXUINT32 || frame_crc32(0, data ? data : "", (uint32_t)size) != crc) {
		damaged(reader, fields[0], "is not what the manifest says was sent");
		g_hash_table_add(reader->spoiled, g_strdup(fields[0]));
		return false;
	}
	return true;
nonsense:
	damaged(reader, FRAME_MANIFEST, "has a line that is not 'name length crc32'");
	return false;
}

static void read_manifest(Reader *reader)
{
	Hop *hop = reader->hop;
	g_autofree char *text = record_text(reader, FRAME_MANIFEST);
	g_auto(GStrv) lines = NULL;
	bool whole = true;

	if (!text)
		return;
	lines = g_strsplit_set(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		if (!*lines[i])
			continue;
		if (*lines[i] == '!') {
			note_unread(reader, lines[i]);
			whole = false;
		} else if (g_str_has_prefix(lines[i], "kho=")) {
			hop->kho_present = strcmp(lines[i], "kho=present") == 0;
			reader->kho_known = true;
		} else if (!check_listed(reader, lines[i])) {
			whole = false;
		}
	}
	if (!reader->kho_known)
		damaged(reader, FRAME_MANIFEST, "does not say whether there is KHO: it is cut off");
	hop->complete = whole && reader->kho_known;
}

static void read_kexec(Reader *reader)
{
	Hop *hop = reader->hop;
	g_autofree char *text = record_text(reader, FRAME_KEXEC_LOADED);
	const char *output;
	gint64 status;

	if (!text)
		return;
	status = key_number(text, "status");
	if (status < 0 || status > G_MAXINT) {
		damaged(reader, FRAME_KEXEC_LOADED, "has no status in it");
		return;
	}
	hop->kexec_status = (int)status;
	output = strstr(text, "\n\n");
	hop->kexec_output = g_strdup(output ? output + 2 : "");
}

static void read_last_word(Reader *reader)
{
	Hop *hop = reader->hop;
	g_autofree char *leaving = record_text(reader, FRAME_LEAVING);
	g_autofree char *done = record_text(reader, FRAME_DONE);
	const char *text = leaving ? leaving : done;

	hop->failed = record_text(reader, FRAME_FAILED);
	hop->last_word = text != NULL;
	if (text)
		hop->tainted = key_number(text, "tainted");
}

Hop *hop_new(int index, HopRecordFunc record, gpointer data)
{
	Hop *hop = g_new0(Hop, 1);
	g_autoptr(GHashTable) spoiled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Reader reader = { .hop = hop, .record = record, .data = data, .spoiled = spoiled };

	hop->index = index;
	hop->boot_to_init_ns = -1;
	hop->kexec_status = -1;
	hop->tainted = -1;
	hop->cma_total_bytes = -1;
	hop->damaged = g_ptr_array_new_with_free_func(g_free);
	read_manifest(&reader);
	read_hello(&reader);
	read_proc(&reader);
	read_scratch(&reader);
	read_log(&reader);
	read_config(&reader);
	read_kcore(&reader);
	read_kexec(&reader);
	read_last_word(&reader);
	return hop;
}

void hop_free(Hop *hop)
{
	if (!hop)
		return;
	g_free(hop->nonce);
	g_free(hop->release);
	g_free(hop->boot_id);
	g_free(hop->kexec_output);
	g_free(hop->failed);
	pagetypeinfo_free(hop->pagetypes);
	g_clear_pointer(&hop->zones, g_ptr_array_unref);
	g_clear_pointer(&hop->scratch, g_array_unref);
	kernellog_free(hop->log);
	g_clear_pointer(&hop->config, g_hash_table_unref);
	g_clear_pointer(&hop->cma_areas, g_array_unref);
	pageblocks_free(hop->pageblocks);
	g_clear_pointer(&hop->damaged, g_ptr_array_unref);
	g_free(hop);
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
