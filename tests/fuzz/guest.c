// SPDX-License-Identifier: GPL-2.0-or-later
/* What a guest says: its channel, its records, its console. */
#include "parts.h"
#include "targets.h"

#include <measure/audit.h>
#include <measure/auditrecord.h>
#include <measure/cmaareas.h>
#include <measure/consoletext.h>
#include <measure/hop.h>
#include <measure/kernellog.h>
#include <measure/kexechint.h>
#include <measure/ktap.h>
#include <measure/pageblocks.h>
#include <measure/pagetypeinfo.h>
#include <measure/payload.h>
#include <measure/preserved.h>
#include <measure/scratch.h>
#include <measure/scratchpages.h>
#include <measure/title.h>
#include <measure/zoneinfo.h>
#include <run/frames.h>
#include <store/console.h>

/* ---- the channel ---- */

static void on_frame(const Frame *frame, gpointer data)
{
	gsize *bytes = data;

	/* each byte is the callee's to read */
	for (gsize i = 0; i < frame->length; i++)
		*bytes += frame->payload[i];
	g_assert_true(frames_name_is_valid(frame->name));
}

/* In pieces, the size of which the first byte says. */
void fuzz_frames(const guint8 *data, gsize length)
{
	gsize bytes = 0, piece = length ? data[0] + 1u : 1;
	g_autoptr(Frames) frames = frames_new(on_frame, &bytes);

	for (gsize at = 0; at < length; at += piece)
		frames_feed(frames, data + at, MIN(piece, length - at), (gint64)at);
	frames_finish(frames, (gint64)length);
}

/* ---- records ---- */

void fuzz_pagetypeinfo(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(PageTypeInfo) info = pagetypeinfo_parse(text, NULL);
}

void fuzz_zoneinfo(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(GPtrArray) spans = zoneinfo_parse(text, NULL);
}

void fuzz_scratch(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length), *phys = NULL, *bytes = NULL;
	g_autoptr(GArray) regions = NULL;

	fuzz_split(text, &phys, &bytes);
	regions = scratch_parse(phys, bytes, NULL);
}

void fuzz_kmsg(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(KernelLog) log = kernellog_parse(text, strlen(text), NULL);
}

/* The types of pageblocks are of zones, as the same kernel has them. */
void fuzz_pageblocks(const guint8 *data, gsize length)
{
	static const char zone[] = "Node 0, zone    DMA32\n        spanned  261120\n        present  261088\n"
				   "        managed  240000\n  start_pfn:           4096\n";
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(GPtrArray) zones = zoneinfo_parse(zone, NULL);
	g_autoptr(Pageblocks) pageblocks = NULL;

	g_assert_nonnull(zones);
	pageblocks = pageblocks_parse(text, zones, NULL);
}

void fuzz_audit(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(AuditSites) sites = auditsites_parse(text, NULL);
	g_autoptr(GArray) touches = audittouch_parse(text, NULL);
	g_autoptr(Pageblocks) pageblocks = auditpageblocks_parse(text, NULL);
}

void fuzz_cma(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(GArray) areas = cmaareas_parse(text, 12, NULL);
}

void fuzz_scratch_pages(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(GArray) scratch = scratch_parse("0x38000000\n0x32a00000\n", "0x5c00000\n0x4000000\n", NULL);
	g_autoptr(GArray) areas = g_array_new(FALSE, FALSE, sizeof(CmaArea));
	g_autoptr(ScratchPages) pages = scratchpages_parse(text, "scratch-pages", scratch, areas, 12, NULL);
}

void fuzz_page_owners(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(GPtrArray) owners = pageowners_parse(text, NULL);
}

void fuzz_preserved(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(Preserved) preserved = preserved_parse(text, NULL);
}

void fuzz_ktap(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(Ktap) ktap = ktap_parse(text);
}

void fuzz_hook(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length), *begin = NULL, *end = NULL;
	HookRun *run;

	fuzz_split(text, &begin, &end);
	run = hookrun_parse("words", "after", begin, end, NULL);
	if (run)
		hookrun_free(run);
}

/* All records of a kernel together: what one says is held against what another does. */
static GBytes *record_of(int hop, const char *name, gpointer data)
{
	return parts_take(data, name);
}

void fuzz_hop(const guint8 *data, gsize length)
{
	static PayloadPlan words = { .name = (char *)"words" };
	g_autoptr(GHashTable) parts = parts_read(data, length);
	g_autoptr(GPtrArray) payloads = g_ptr_array_new();
	const HopSource source = { .record = record_of, .data = parts, .payloads = payloads };
	g_autoptr(Hop) hop = NULL;

	g_ptr_array_add(payloads, &words);
	hop = hop_new(1, &source);
	hop_map(hop);
	hop_config(hop, "CMA");
}

/* ---- the console ---- */

static GPtrArray *texts_of(const Console *console)
{
	GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < console->lines.len; i++)
		g_ptr_array_add(texts, g_strdup(console_line(&console->lines, i)));
	return texts;
}

void fuzz_console(const guint8 *data, gsize length)
{
	static const char times[] = "1000 0\n2000 40\n- 80\n3000 100\n";
	g_autoptr(Console) console = console_parse((const char *)data, length, times);
	g_autoptr(GPtrArray) excerpt = console_excerpt(&console->lines, 0, console->lines.len, 10);
	g_autoptr(GPtrArray) last = console_last_lines(&console->lines, 0, console->lines.len, 10);
	g_autoptr(GPtrArray) texts = texts_of(console);
	g_auto(Title) title = title_of_report(texts);

	console_find_panic(&console->lines, 0, console->lines.len);
	console_find_new_kernel(&console->lines, 0);
	console_find_cold_boot(&console->lines, 0, 1);
	for (guint i = 0; i < console->lines.len; i++)
		g_assert_true(g_utf8_validate(console_line(&console->lines, i), -1, NULL));
}

void fuzz_console_times(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(Console) console = console_parse("one\ntwo\nthree\n", 14, text);
}

void fuzz_kexec_hint(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);

	kexec_hint(text);
}
