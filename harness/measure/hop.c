// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/hop.h>

#include "hopreader.h"
#include "recordsource.h"
#include "scan.h"

#include <measure/audit.h>
#include <measure/cmdlineoption.h>
#include <measure/oracle.h>
#include <measure/zoneinfo.h>
#include <proto/frame.h>
#include <string.h>

#define DEBUGFS_OUT "sys/kernel/debug/kho/out/"
#define DEBUGFS_IN "sys/kernel/debug/kho/in/"

void hopreader_damaged(HopReader *reader, const char *name, const char *why)
{
	g_ptr_array_add(reader->hop->damaged, g_strdup_printf("%s: %s", name, why));
}

bool hopreader_sum(HopReader *reader, const char *name, RecordSum *ret)
{
	return recordsource_sum(reader->source, reader->hop->index, name, ret);
}

GBytes *hopreader_take(HopReader *reader, const char *name)
{
	g_autoptr(GError) error = NULL;
	GBytes *bytes = NULL;

	if (!g_hash_table_contains(reader->spoiled, name) &&
	    !recordsource_take(reader->source, reader->hop->index, name, &bytes, &error))
		hopreader_damaged(reader, name, error->message);
	return bytes;
}

char *hopreader_text(HopReader *reader, const char *name)
{
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	if (!g_hash_table_contains(reader->spoiled, name) &&
	    !recordsource_text(reader->source, reader->hop->index, name, &text, &error))
		hopreader_damaged(reader, name, error->message);
	return text;
}

bool hopreader_keep(HopReader *reader, const char *name, gsize n, gsize bytes)
{
	gsize *room = reader->source->room;

	if (!room)
		return true;
	if (n > *room / bytes) {
		hopreader_damaged(reader, name, "cannot be read: more than may be kept of all kernels' records");
		return false;
	}
	*room -= n * bytes;
	return true;
}

/* The value of a "key=value" line, up to the first empty line. Caller frees; NULL if there is none. */
static char *key_value(const char *text, const char *key)
{
	while (*text && *text != '\n') {
		const char *at = text;

		if (scan_literal(&at, key) && scan_literal(&at, "="))
			return g_strndup(at, strcspn(at, "\n"));
		text += strcspn(text, "\n");
		text += *text == '\n';
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

static void read_hello(HopReader *reader)
{
	Hop *hop = reader->hop;
	g_autofree char *text = hopreader_text(reader, FRAME_HELLO);

	if (!text)
		return;
	if (key_number(text, "hop") != hop->index) {
		hopreader_damaged(reader, FRAME_HELLO, "is not of this hop");
		return;
	}
	hop->nonce = key_value(text, "nonce");
	hop->release = key_value(text, "release");
	hop->boot_id = key_value(text, "boot_id");
	hop->boot_to_init_ns = key_number(text, "boottime_ns");
	hop->hello = hop->nonce != NULL;
	if (!hop->nonce || !hop->release)
		hopreader_damaged(reader, FRAME_HELLO, "has no nonce or no release in it");
}

/* meminfo_proc_show() of fs/proc/meminfo.c: lines of "NAME: NUMBER kB", those of CMA if CONFIG_CMA is on. */
static void read_meminfo(HopReader *reader, const char *text)
{
	const struct {
		const char *name;
		gint64 *bytes;
	} wanted[] = {
		{ "CmaTotal", &reader->hop->cma_total_bytes },
		{ "MemFree", &reader->hop->free_bytes },
		{ "CmaFree", &reader->hop->free_cma_bytes },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++) {
		g_autofree char *begin = g_strdup_printf("\n%s:", wanted[i].name);
		const char *at = strstr(text, begin);
		g_autofree char *why = NULL;
		guint64 kib;

		if (!at || !scan_literal(&at, begin) || !scan_blank(&at))
			continue;
		if (scan_u64(&at, 10, &kib) && scan_literal(&at, " kB") && kib < G_MAXINT64 / 1024) {
			*wanted[i].bytes = (gint64)(kib * 1024);
			continue;
		}
		why = g_strdup_printf("%s is not a number of kB", wanted[i].name);
		hopreader_damaged(reader, "proc/meminfo", why);
	}
}

static void read_proc(HopReader *reader)
{
	Hop *hop = reader->hop;
	g_autofree char *pagetypes = hopreader_text(reader, "proc/pagetypeinfo");
	g_autofree char *zones = hopreader_text(reader, "proc/zoneinfo");
	g_autofree char *meminfo = hopreader_text(reader, "proc/meminfo");
	g_autoptr(GError) error = NULL;

	if (pagetypes && !(hop->pagetypes = pagetypeinfo_parse(pagetypes, &error)))
		hopreader_damaged(reader, "proc/pagetypeinfo", error->message);
	g_clear_error(&error);
	if (zones && !(hop->zones = zoneinfo_parse(zones, &error)))
		hopreader_damaged(reader, "proc/zoneinfo", error->message);
	if (meminfo)
		read_meminfo(reader, meminfo);
	hop->cmdline = hopreader_text(reader, "proc/cmdline");
	if (hop->cmdline)
		g_strchomp(hop->cmdline);
}

static void read_scratch(HopReader *reader)
{
	static const char *const names[][2] = {
		{ DEBUGFS_OUT "scratch_phys", DEBUGFS_OUT "scratch_len" },
		{ DEBUGFS_OUT "bootmem_phys", DEBUGFS_OUT "bootmem_len" }, /* from 7.4 on */
	};

	for (guint i = 0; i < G_N_ELEMENTS(names) && !reader->hop->scratch; i++) {
		g_autofree char *phys = hopreader_text(reader, names[i][0]);
		g_autofree char *bytes = hopreader_text(reader, names[i][1]);
		g_autoptr(GError) error = NULL;

		if (!phys && !bytes)
			continue;
		if (!reader->kho_known)
			reader->hop->kho_present = true;
		if (!phys || !bytes)
			hopreader_damaged(reader, names[i][phys ? 1 : 0], "is missing, though its counterpart came");
		else if (!(reader->hop->scratch = scratch_parse(phys, bytes, &error)))
			hopreader_damaged(reader, names[i][0], error->message);
	}
}

/* Whether they are there; what they say is in the log too. */
static void read_handed_over(HopReader *reader)
{
	RecordSum sum;

	reader->hop->kho_in = hopreader_sum(reader, DEBUGFS_IN "fdt", &sum);
	reader->hop->kho_metadata = hopreader_sum(reader, DEBUGFS_IN "sub_fdts/kexec-metadata", &sum);
}

/*
 * The log comes in two parts: until the records were collected, and until the hop was
 * left. Sequence numbers tell whether the second goes on where the first ended; where
 * it begins anew (the probe had lost its place) it has all.
 */
static GBytes *read_kmsg(HopReader *reader)
{
	g_autoptr(GBytes) first = hopreader_take(reader, FRAME_KMSG);
	g_autoptr(GBytes) rest = hopreader_take(reader, FRAME_KMSG_REST);
	g_autofree char *head = NULL;
	GByteArray *both;
	const char *data;
	gsize size;

	reader->hop->log_to_the_end = first && rest;
	if (!first || !rest)
		return g_steal_pointer(&first);
	data = g_bytes_get_data(rest, &size);
	head = g_strndup(size ? data : "", MIN(size, 32));
	/* raw: without it GLib takes all text for valid UTF-8, and reads beyond what is not */
	if (g_regex_match_simple("^[0-9]+,0,", head, G_REGEX_RAW, 0))
		return g_steal_pointer(&rest);
	both = g_bytes_unref_to_array(g_steal_pointer(&first));
	g_byte_array_append(both, (const guint8 *)data, (guint)size);
	return g_byte_array_free_to_bytes(both);
}

static void read_log(HopReader *reader)
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
			hopreader_damaged(reader, FRAME_KMSG, error->message);
		else if (!hopreader_keep(reader, FRAME_KMSG, kernellog_bytes(hop->log), 1))
			g_clear_pointer(&hop->log, kernellog_free);
	}
	/* without the log nothing says that the clock ran from the start */
	if (!hop->log || hop->log->clock_late)
		hop->boot_to_init_ns = -1;
}

static void read_kexec(HopReader *reader)
{
	Hop *hop = reader->hop;
	g_autofree char *text = hopreader_text(reader, FRAME_KEXEC_LOADED);
	const char *output;
	gint64 status;

	if (!text)
		return;
	status = key_number(text, "status");
	if (status < 0 || status > G_MAXINT) {
		hopreader_damaged(reader, FRAME_KEXEC_LOADED, "has no status in it");
		return;
	}
	hop->kexec_status = (int)status;
	output = strstr(text, "\n\n");
	hop->kexec_output = g_strdup(output ? output + 2 : "");
}

static void read_last_word(HopReader *reader)
{
	Hop *hop = reader->hop;
	g_autofree char *flags = NULL;
	g_autofree char *leaving = hopreader_text(reader, FRAME_LEAVING);
	g_autofree char *done = hopreader_text(reader, FRAME_DONE);
	const char *text = leaving ? leaving : done;

	hop->failed = hopreader_text(reader, FRAME_FAILED);
	hop->last_word = text != NULL;
	if (!text)
		return;
	hop->tainted = key_number(text, "tainted");
	/* probes of old say nothing of them */
	flags = key_value(text, "tainted");
	hop->taint_unread = flags && hop->tainted < 0;
}

/* Which pageblock has which type, and how many should: of the record "pageblocks", and of the audit's. */
static void conclude(HopReader *reader)
{
	Hop *hop = reader->hop;
	g_autoptr(GArray) untouched = g_array_new(FALSE, FALSE, sizeof(BlockTouch));
	g_autoptr(GError) error = NULL;

	if (hop->pageblocks && hop->pagetypes && hop->zones)
		hop->own_map = blockmap_new(hop, hop->pageblocks, untouched);
	/* in a hop that came whole, what cannot be understood is damage */
	if (!audit_read(hop, reader->source, &hop->audit, &error) && hop->complete)
		hopreader_damaged(reader, "audit", error->message);
	if (hop->audit &&
	    !hopreader_keep(reader, FRAME_AUDIT_PAGEBLOCKS,
			    hop->audit->map->spans->len + hop->audit->pageblocks->runs->len, sizeof(BlockSpan)))
		g_clear_pointer(&hop->audit, audit_free);
	g_clear_error(&error);
	hop->oracle = oracle_new(hop, hop_map(hop), &error);
	if (!hop->oracle)
		hop->no_oracle = g_strdup(error->message);
}

Hop *hop_new(int index, const HopSource *source)
{
	Hop *hop = g_new0(Hop, 1);
	g_autoptr(GHashTable) spoiled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	HopReader reader = { .hop = hop, .source = source, .spoiled = spoiled };

	hop->index = index;
	hop->boot_to_init_ns = -1;
	hop->kexec_status = -1;
	hop->tainted = -1;
	hop->cma_total_bytes = hop->free_bytes = hop->free_cma_bytes = -1;
	hop->damaged = g_ptr_array_new_with_free_func(g_free);
	hop->hooks = g_ptr_array_new_with_free_func((GDestroyNotify)hookrun_free);
	hopreader_manifest(&reader);
	read_hello(&reader);
	read_proc(&reader);
	read_scratch(&reader);
	read_handed_over(&reader);
	read_log(&reader);
	hopreader_config(&reader);
	hopreader_pages(&reader);
	read_kexec(&reader);
	hopreader_hooks(&reader);
	read_last_word(&reader);
	hopreader_came(&reader);
	conclude(&reader);
	return hop;
}

const BlockMap *hop_map(const Hop *hop)
{
	return hop->own_map ? hop->own_map : hop->audit ? hop->audit->map : NULL;
}

const ScratchPages *hop_pages(const Hop *hop)
{
	return hop->pages_end ? hop->pages_end : hop->pages;
}

/* It knows nothing of the word that switches KHO on. */
static bool is_unknown_to(const KernelLog *log)
{
	for (guint i = 0; log && i < log->ignored->len; i++)
		if (g_str_has_prefix(log->ignored->pdata[i], "kho="))
			return true;
	return false;
}

/* Whether KHO is off for certain: it is not built in, nobody switched it on, or it had no memory for its scratch. */
static bool is_without_kho(const Hop *hop)
{
	const char *built_in = hop_config(hop, "KEXEC_HANDOVER");
	bool by_default = g_strcmp0(hop_config(hop, "KEXEC_HANDOVER_ENABLE_DEFAULT"), "y") == 0;

	/* of a later kernel such a line may be about what was handed over to it only */
	if (hop->index == 0 && hop->log && hop->log->kho_disabled)
		return true;
	return (built_in && strcmp(built_in, "y") != 0) || is_unknown_to(hop->log) ||
	       (hop->cmdline && !cmdline_has_kho(hop->cmdline, by_default));
}

bool hop_knows_scratch(const Hop *hop)
{
	return hop->scratch || (hop->complete && !hop->kho_present && is_without_kho(hop));
}

void hop_free(Hop *hop)
{
	if (!hop)
		return;
	g_free(hop->nonce);
	g_free(hop->release);
	g_free(hop->boot_id);
	g_free(hop->cmdline);
	g_free(hop->kexec_output);
	g_free(hop->failed);
	pagetypeinfo_free(hop->pagetypes);
	g_clear_pointer(&hop->zones, g_ptr_array_unref);
	g_clear_pointer(&hop->scratch, g_array_unref);
	kernellog_free(hop->log);
	g_clear_pointer(&hop->config, g_hash_table_unref);
	g_clear_pointer(&hop->cma_areas, g_array_unref);
	pageblocks_free(hop->pageblocks);
	preserved_free(hop->preserved);
	scratchpages_free(hop->pages);
	scratchpages_free(hop->pages_end);
	g_clear_pointer(&hop->owners, g_ptr_array_unref);
	blockmap_free(hop->own_map);
	audit_free(hop->audit);
	oracle_free(hop->oracle);
	g_free(hop->no_oracle);
	g_clear_pointer(&hop->hooks, g_ptr_array_unref);
	g_clear_pointer(&hop->damaged, g_ptr_array_unref);
	g_free(hop);
}

const char *hop_name(int hop)
{
	static const char *const ordinals[] = { "first", "second",  "third",  "fourth", "fifth",
						"sixth", "seventh", "eighth", "ninth",	"tenth" };
	g_autofree char *name = NULL;

	if (hop >= 0 && (gsize)hop < G_N_ELEMENTS(ordinals))
		name = g_strdup_printf("%s kernel", ordinals[hop]);
	else
		name = g_strdup_printf("kernel %d of the chain", hop + 1);
	return g_intern_string(name);
}
