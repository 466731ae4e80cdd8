// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /dev/kmsg, as Documentation/ABI/testing/dev-kmsg describes it and
 * info_print_ext_header() of kernel/printk/printk.c writes it:
 *
 *   6,339,5140900,-;NET: Registered protocol family 10
 *    SUBSYSTEM=net
 *
 * and what the lines that matter here look like in their sources:
 * kernel/liveupdate/kexec_handover.c (kernel/kexec_handover.c before 6.19),
 * lib/test_kho.c, mm/mm_init.c, mm/cma.c.
 */
#include <measure/kernellog.h>

#include "complaint.h"
#include "scan.h"

#include <base/error.h>
#include <string.h>

/* So many has the largest ring buffer that a kernel has by itself, of 1 MiB (kernel/printk/printk_ringbuffer.h). */
#define RECORDS_MOST 32768u

/* What a text takes beside its characters, and a line: pointers, and what malloc() keeps of each block. */
#define BYTES_OF_TEXT 24
#define BYTES_OF_LINE (BYTES_OF_TEXT + sizeof(KernelLogLine) + 16)

static void line_free(gpointer data)
{
	KernelLogLine *line = data;

	g_free(line->text);
	g_free(line);
}

/* Undoes msg_add_ext_text(): "\x0a" for what is not printable, and for the backslash. */
static char *unescape(const char *text, gsize length)
{
	GString *out = g_string_sized_new(length);

	for (gsize i = 0; i < length; i++) {
		if (text[i] == '\\' && i + 3 < length && text[i + 1] == 'x' && g_ascii_isxdigit(text[i + 2]) &&
		    g_ascii_isxdigit(text[i + 3])) {
			int byte = g_ascii_xdigit_value(text[i + 2]) * 16 + g_ascii_xdigit_value(text[i + 3]);

			/* a NUL would cut the line short here; it stays as it was written */
			if (byte) {
				g_string_append_c(out, (char)byte);
				i += 3;
				continue;
			}
		}
		g_string_append_c(out, text[i]);
	}
	return g_string_free(out, FALSE);
}

static KernelLogLine *parse_record(const char *text, gsize length)
{
	const char *semicolon = memchr(text, ';', length);
	g_autofree char *header = NULL;
	const char *at;
	guint64 priority, sequence, time_us;
	KernelLogLine *line;

	if (!semicolon)
		return NULL;
	header = g_strndup(text, (gsize)(semicolon - text));
	at = header;
	/* after the flags, newer kernels may add fields that are to be passed over */
	if (!scan_u64(&at, 10, &priority) || !scan_literal(&at, ",") || !scan_u64(&at, 10, &sequence) ||
	    !scan_literal(&at, ",") || !scan_u64(&at, 10, &time_us) || !scan_literal(&at, ",") || !*at)
		return NULL;
	if (time_us > G_MAXINT64)
		return NULL;
	line = g_new0(KernelLogLine, 1);
	line->level = (int)(priority & 7);
	line->of_user = priority >> 3 != 0;
	line->sequence = sequence;
	line->time_us = (gint64)time_us;
	line->text = unescape(semicolon + 1, length - (gsize)(semicolon + 1 - text));
	return line;
}

/* "node 0 deferred pages initialised in 840ms" */
static void note_deferred(KernelLog *log, const char *text)
{
	DeferredNode node;
	guint64 ms;

	if (!scan_literal(&text, "node ") || !scan_node(&text, &node.node) ||
	    !scan_literal(&text, " deferred pages initialised in ") || !scan_u64(&text, 10, &ms) ||
	    !scan_literal(&text, "ms") || ms > G_MAXINT64)
		return;
	node.ms = (gint64)ms;
	g_array_append_val(log->deferred, node);
}

/* "cma: Reserved 64 MiB at 0x00000000bc000000"; some older kernels go on with " on node -1" */
static void note_cma_area(KernelLog *log, const char *text)
{
	CmaArea area;
	guint64 mib;

	if (!scan_literal(&text, "cma: Reserved ") || !scan_u64(&text, 10, &mib) || !scan_literal(&text, " MiB at ") ||
	    !scan_u64(&text, 16, &area.phys) || mib >= G_MAXUINT64 >> 20)
		return;
	area.bytes = mib << 20;
	g_array_append_val(log->cma_areas, area);
}

/* The name in "Booting kernel: `abc' invalid for parameter `kfence.sample_interval'". Caller frees; NULL. */
static char *unread_parameter(const char *text)
{
	static const char *const words[] = { "' invalid for parameter `", "' too large for parameter `" };

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		const char *at = strstr(text, words[i]);

		if (at && g_str_has_suffix(at, "'"))
			return g_strndup(at + strlen(words[i]), strlen(at) - strlen(words[i]) - 1);
	}
	return NULL;
}

/*
 * Words of the command line that did nothing (init/main.c, print_unknown_bootoptions() and do_early_param()):
 * 'Unknown kernel command line parameters "cma=64M foo", will be passed to user space.' and
 * "Malformed early option 'kho_scratch'", of which only the name is known, as of those with a value that is none for
 * them (kernel/params.c, parse_args()).
 */
static void note_ignored(KernelLog *log, const char *text)
{
	char *unread = unread_parameter(text);
	const char *end;

	if (unread)
		g_ptr_array_add(log->ignored, unread);

	if (scan_literal(&text, "Unknown kernel command line parameters \"") && (end = strrchr(text, '"'))) {
		g_autofree char *list = g_strndup(text, (gsize)(end - text));
		g_auto(GStrv) words = g_strsplit_set(list, " ", -1);

		for (char **word = words; *word; word++)
			if (**word)
				g_ptr_array_add(log->ignored, g_strdup(*word));
	} else if (scan_literal(&text, "Malformed early option '") && (end = strchr(text, '\''))) {
		g_ptr_array_add(log->ignored, g_strndup(text, (gsize)(end - text)));
	}
}

/*
 * kho_populate() says what is wrong, in a line that begins with "setup: ", as "setup: handover FDT (0x9f4000) is
 * incompatible with 'kho-v4': -22"; and then that it does without.
 */
static void note_refusal(KernelLog *log, const char *text)
{
	if (g_str_has_prefix(text, "setup: ")) {
		g_free(log->kho_setup);
		log->kho_setup = g_strdup(text + strlen("setup: "));
	} else if (g_str_has_prefix(text, "disabling KHO revival")) {
		g_free(log->kho_refused);
		log->kho_refused = g_strdup(log->kho_setup ? log->kho_setup : text);
	}
}

/* "KHO: exec from: 7.1.13-central (count 1)" */
static void note_kho(KernelLog *log, const char *text)
{
	const char *count;
	guint64 number;

	if (!scan_literal(&text, "KHO: "))
		return;
	if (g_str_has_prefix(text, "found kexec handover data"))
		log->kho_found = true;
	/*
	 * 6.16 adds an error number to the first. The next two come after the data
	 * was found: the map of preserved memory in it could not be used.
	 */
	if (g_str_has_prefix(text, "disabling KHO revival") || strstr(text, "disabling kexec handover") ||
	    g_str_has_prefix(text, "failed to get preserved"))
		log->kho_disabled = true;
	note_refusal(log, text);
	log->metadata_refused |= g_str_has_prefix(text, "kexec-metadata ");
	if (!scan_literal(&text, "exec from: "))
		return;
	count = strstr(text, " (count ");
	if (!count)
		return;
	g_free(log->kho_from);
	log->kho_from = g_strndup(text, (gsize)(count - text));
	count += strlen(" (count ");
	log->kho_count = scan_u64(&count, 10, &number) && *count == ')' && number <= G_MAXINT64 ? (gint64)number : -1;
}

/* "Linux version 7.1.13-central (user@host) ..." */
static void note_banner(KernelLog *log, const char *text)
{
	if (scan_literal(&text, KERNEL_BANNER) && !log->release)
		log->release = g_strndup(text, strcspn(text, " "));
}

static void note_kho_test(KernelLog *log, const char *text)
{
	if (!scan_literal(&text, "test_kho: "))
		return;
	if (g_str_has_prefix(text, "KHO restore succeeded"))
		log->kho_test = 1;
	else if (g_str_has_prefix(text, "KHO restore failed") || g_str_has_prefix(text, "failed to retrieve"))
		log->kho_test = 0;
}

/*
 * Whether the guest's clock started too late to have seen the memory map being
 * set up.
 *
 * On x86 printk stamps with sched_clock(), which counts jiffies - that is, stands
 * at 0 - until the TSC's frequency is known. That is either in tsc_early_init(),
 * in setup_arch(), before free_area_init() initialises the struct pages; or, if
 * the calibration against the PIT fails there (it does in some boots under an
 * emulator), in tsc_init(), from late_time_init, after all of that and after
 * memblock_free_all(). timekeeping_init() starts CLOCK_BOOTTIME at sched_clock()'s
 * value, so both clocks are late together. free_area_init() prints "Zone ranges:"
 * right before the memory map: stamped 0, the clock did not run yet. On arm64,
 * where sched_clock() is registered in time_init(), that is always so.
 *
 * A log in which that line is not to be found has not shown its clock to be early.
 */
static bool clock_was_late(const KernelLog *log)
{
	for (guint i = 0; i < log->own->len; i++) {
		const KernelLogLine *line = g_ptr_array_index(log->own, i);

		if (g_str_has_prefix(line->text, "Zone ranges:"))
			return line->time_us == 0;
	}
	return true;
}

static void note_facts(KernelLog *log, const char *text)
{
	note_banner(log, text);
	note_deferred(log, text);
	note_cma_area(log, text);
	note_ignored(log, text);
	note_kho(log, text);
	note_kho_test(log, text);
}

static void digest(KernelLog *log)
{
	ComplaintScan kernel, user;

	complaint_scan_init(&kernel);
	complaint_scan_init(&user);
	for (guint i = 0; i < log->lines->len; i++) {
		const KernelLogLine *line = g_ptr_array_index(log->lines, i);
		/* one record can hold several lines */
		g_auto(GStrv) parts = g_strsplit_set(line->text, "\n", -1);

		for (guint j = 0; parts[j]; j++) {
			complaint_scan_line(line->of_user ? &user : &kernel, parts[j]);
			if (!line->of_user)
				note_facts(log, parts[j]);
		}
	}
	log->complaints = complaint_scan_finish(&kernel);
	log->said = complaint_scan_finish(&user);
	log->clock_late = clock_was_late(log);
}

KernelLog *kernellog_parse(const char *text, gsize length, GError **error)
{
	g_autoptr(KernelLog) log = g_new0(KernelLog, 1);
	guint64 expected = 0;
	guint number = 0;

	log->lines = g_ptr_array_new_with_free_func(line_free);
	log->own = g_ptr_array_new();
	log->deferred = g_array_new(FALSE, FALSE, sizeof(DeferredNode));
	log->cma_areas = g_array_new(FALSE, FALSE, sizeof(CmaArea));
	log->ignored = g_ptr_array_new_with_free_func(g_free);
	log->kho_count = -1;
	log->kho_test = -1;
	for (const char *at = text, *end = text + length; at < end;) {
		const char *newline = memchr(at, '\n', (gsize)(end - at));
		gsize n = (gsize)((newline ? newline : end) - at);
		KernelLogLine *line = NULL;
		bool continuation = n && at[0] == ' ' && log->lines->len;

		number++;
		if (newline && !continuation)
			line = parse_record(at, n);
		if (!newline || (!line && !continuation)) {
			error_set(error, KHOTEST_ERROR_FAILED, "line %u of the kernel log %s: '%.*s'", number,
				  newline ? "is not a record of /dev/kmsg" : "breaks off", (int)MIN(n, 120), at);
			return NULL;
		}
		at = newline + 1;
		if (continuation)
			continue;
		g_ptr_array_add(log->lines, line);
		if (!line->of_user)
			g_ptr_array_add(log->own, line);
		if (log->lines->len > RECORDS_MOST) {
			error_set(error, KHOTEST_ERROR_FAILED, "cannot be read: more than %u records", RECORDS_MOST);
			return NULL;
		}
		if (line->sequence < expected) {
			error_set(error, KHOTEST_ERROR_FAILED,
				  "line %u of the kernel log has sequence number %" G_GUINT64_FORMAT
				  ", lower than the one before it",
				  number, line->sequence);
			return NULL;
		}
		if (line->sequence != expected)
			log->lost_records = true;
		expected = line->sequence + 1;
	}
	digest(log);
	return g_steal_pointer(&log);
}

gsize kernellog_bytes(const KernelLog *log)
{
	const GPtrArray *const texts[] = { log->complaints, log->said, log->ignored };
	gsize bytes = 0;

	for (guint i = 0; i < log->lines->len; i++)
		bytes += BYTES_OF_LINE + strlen(((const KernelLogLine *)log->lines->pdata[i])->text);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		for (guint j = 0; j < texts[i]->len; j++)
			bytes += BYTES_OF_TEXT + strlen(texts[i]->pdata[j]);
	return bytes;
}

void kernellog_free(KernelLog *log)
{
	if (!log)
		return;
	g_clear_pointer(&log->own, g_ptr_array_unref);
	g_clear_pointer(&log->lines, g_ptr_array_unref);
	g_clear_pointer(&log->deferred, g_array_unref);
	g_clear_pointer(&log->cma_areas, g_array_unref);
	g_clear_pointer(&log->complaints, g_ptr_array_unref);
	g_clear_pointer(&log->said, g_ptr_array_unref);
	g_clear_pointer(&log->ignored, g_ptr_array_unref);
	g_free(log->release);
	g_free(log->kho_refused);
	g_free(log->kho_setup);
	g_free(log->kho_from);
	g_free(log);
}
