// SPDX-License-Identifier: GPL-2.0-or-later
#include "targets.h"

#include <base/json.h>
#include <base/text.h>
#include <base/units.h>
#include <build/kconfig.h>
#include <build/kernelabi.h>
#include <campaign/planfile.h>
#include <campaign/sweepplan.h>
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
#include <measure/zoneinfo.h>
#include <run/frames.h>
#include <store/chain.h>
#include <store/console.h>
#include <store/journal.h>
#include <store/plan.h>

#include <string.h>

/* Many parsers take text that ends with a zero: what is behind the first one nobody sees. */
static char *text_of(const guint8 *data, gsize length)
{
	return length ? g_strndup((const char *)data, length) : g_strdup("");
}

/* The text in two parts, at the first line that is "--". */
static void split(const char *text, char **ret_first, char **ret_second)
{
	const char *at = strstr(text, "\n--\n");

	*ret_first = at ? g_strndup(text, (gsize)(at - text) + 1) : g_strdup(text);
	*ret_second = g_strdup(at ? at + strlen("\n--\n") : "");
}

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
static void run_frames(const guint8 *data, gsize length)
{
	gsize bytes = 0, piece = length ? data[0] + 1u : 1;
	g_autoptr(Frames) frames = frames_new(on_frame, &bytes);

	for (gsize at = 0; at < length; at += piece)
		frames_feed(frames, data + at, MIN(piece, length - at), (gint64)at);
	frames_finish(frames, (gint64)length);
}

/* ---- records ---- */

static void run_pagetypeinfo(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length);
	g_autoptr(PageTypeInfo) info = pagetypeinfo_parse(text, NULL);
}

static void run_zoneinfo(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length);
	g_autoptr(GPtrArray) spans = zoneinfo_parse(text, NULL);
}

static void run_scratch(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length), *phys = NULL, *bytes = NULL;
	g_autoptr(GArray) regions = NULL;

	split(text, &phys, &bytes);
	regions = scratch_parse(phys, bytes, NULL);
}

static void run_kmsg(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length);
	g_autoptr(KernelLog) log = kernellog_parse(text, strlen(text), NULL);
}

/* The types of pageblocks are of zones, as the same kernel has them. */
static void run_pageblocks(const guint8 *data, gsize length)
{
	static const char zone[] = "Node 0, zone    DMA32\n        spanned  261120\n        present  261088\n"
				   "        managed  240000\n  start_pfn:           4096\n";
	g_autofree char *text = text_of(data, length);
	g_autoptr(GPtrArray) zones = zoneinfo_parse(zone, NULL);
	g_autoptr(Pageblocks) pageblocks = NULL;

	g_assert_nonnull(zones);
	pageblocks = pageblocks_parse(text, zones, NULL);
}

static void run_audit(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length);
	g_autoptr(AuditSites) sites = auditsites_parse(text, NULL);
	g_autoptr(GArray) touches = audittouch_parse(text, NULL);
	g_autoptr(Pageblocks) pageblocks = auditpageblocks_parse(text, NULL);
}

static void run_cma(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length);
	g_autoptr(GArray) areas = cmaareas_parse(text, 12, NULL);
}

static void run_scratch_pages(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length);
	g_autoptr(GArray) scratch = scratch_parse("0x38000000\n0x32a00000\n", "0x5c00000\n0x4000000\n", NULL);
	g_autoptr(GArray) areas = g_array_new(FALSE, FALSE, sizeof(CmaArea));
	g_autoptr(ScratchPages) pages = scratchpages_parse(text, "scratch-pages", scratch, areas, 12, NULL);
}

static void run_page_owners(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length);
	g_autoptr(GPtrArray) owners = pageowners_parse(text, NULL);
}

static void run_preserved(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length);
	g_autoptr(Preserved) preserved = preserved_parse(text, NULL);
}

static void run_ktap(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length);
	g_autoptr(Ktap) ktap = ktap_parse(text);
}

static void run_hook(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length), *begin = NULL, *end = NULL;
	HookRun *run;

	split(text, &begin, &end);
	run = hookrun_parse("words", "after", begin, end, NULL);
	if (run)
		hookrun_free(run);
}

/* ---- the console ---- */

static void run_console(const guint8 *data, gsize length)
{
	static const char times[] = "1000 0\n2000 40\n- 80\n3000 100\n";
	g_autoptr(Console) console = console_parse((const char *)data, length, times);
	g_autoptr(GPtrArray) complaints = console_complaints(console->texts, 0, console->texts->len);
	g_autoptr(GPtrArray) excerpt = console_excerpt(console->texts, 0, console->texts->len, 10);

	console_find_panic(console->texts, 0, console->texts->len);
	console_find_new_kernel(console->texts, 0);
	console_find_cold_boot(console->texts, 0, 1);
	for (guint i = 0; i < console->texts->len; i++)
		g_assert_true(g_utf8_validate(console->texts->pdata[i], -1, NULL));
}

static void run_console_times(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length);
	g_autoptr(Console) console = console_parse("one\ntwo\nthree\n", 14, text);
}

static void run_kexec_hint(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length);

	kexec_hint(text);
}

/* ---- files of a run directory ---- */

static void run_journal(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length);
	g_autoptr(Journal) journal = journal_parse(text);
}

static void run_plan(const guint8 *data, gsize length)
{
	g_autoptr(Plan) plan = plan_from_json((const char *)data, (gssize)length, NULL);
}

/* ---- what a user or somebody else typed ---- */

static bool take_cell(Cell *cell, gpointer data, const char **ret_key, GError **error)
{
	cell->expect = g_strdup("PASS");
	return true;
}

static void run_planfile(const guint8 *data, gsize length)
{
	g_autoptr(PlanFile) plan =
		planfile_parse("fuzz.plan", (const char *)data, (gssize)length, take_cell, NULL, NULL);
}

static void run_kconfig(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length);
	g_autoptr(GPtrArray) wishes = g_ptr_array_new();

	kconfig_parse(text, "fuzz.config", wishes, NULL);
}

static void run_chain(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length);
	g_autoptr(GPtrArray) links = chain_parse(text, NULL);
}

static void run_words(const guint8 *data, gsize length)
{
	g_autofree char *text = text_of(data, length), *clean = text_clean(text);
	guint64 size;
	gint64 duration;
	g_autoptr(SweepRange) range = sweeprange_parse(text, 5, false, NULL);

	g_assert_true(g_utf8_validate(clean, -1, NULL));
	units_parse_size(text, &size, NULL);
	units_parse_duration(text, &duration, NULL);
}

static void run_abi(const guint8 *data, gsize length)
{
	g_auto(GStrv) strings = kernelabi_find(data, length);
}

const FuzzTarget fuzz_targets[] = {
	{ "frames", run_frames, NULL },
	{ "pagetypeinfo", run_pagetypeinfo, "hops/0/proc/pagetypeinfo" },
	{ "zoneinfo", run_zoneinfo, "hops/0/proc/zoneinfo" },
	{ "scratch", run_scratch, "hops/0/sys/kernel/debug/kho/out/scratch_phys" },
	{ "kmsg", run_kmsg, "hops/1/kmsg" },
	{ "pageblocks", run_pageblocks, "hops/0/pageblocks" },
	{ "audit", run_audit, "hops/1/audit/sites,hops/1/audit/touched,hops/1/audit/pageblocks" },
	{ "cma", run_cma, "hops/0/cma" },
	{ "scratch-pages", run_scratch_pages, "hops/1/scratch-pages" },
	{ "page-owners", run_page_owners, NULL },
	{ "preserved", run_preserved, "hops/1/preserved" },
	{ "ktap", run_ktap, NULL },
	{ "hook", run_hook, NULL },
	{ "console", run_console, "console.log" },
	{ "console-times", run_console_times, "console.times" },
	{ "kexec-hint", run_kexec_hint, "hops/0/kexec-loaded" },
	{ "journal", run_journal, "journal.jsonl" },
	{ "plan", run_plan, "plan.json" },
	{ "planfile", run_planfile, NULL },
	{ "kconfig", run_kconfig, NULL },
	{ "chain", run_chain, NULL },
	{ "words", run_words, NULL },
	{ "abi", run_abi, NULL },
	{ NULL, NULL, NULL },
};

const FuzzTarget *fuzz_find(const char *name)
{
	for (const FuzzTarget *target = fuzz_targets; target->name; target++)
		if (strcmp(target->name, name) == 0)
			return target;
	return NULL;
}
