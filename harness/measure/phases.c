// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which lines of the log bound which phase, from the sources of 6.18 to 7.3:
 *
 *   clocksource: refined-jiffies: mask: ...      kernel/time/clocksource.c, for register_refined_jiffies(): the end of
 *                                                x86's setup_arch(), from 7.1 the last line before the memory map
 *   NODE_DATA(0) allocated [mem ...]             mm/numa.c, alloc_node_data(): the same in 6.18, where the memory map
 *                                                is made in setup_arch()
 *   Zone ranges:                                 mm/mm_init.c, free_area_init(). Struct pages are allocated before it
 *                                                (sparse_init()) up to 7.2, and after it from 7.3
 *   Initmem setup node 0 [mem ...]               mm/mm_init.c, free_area_init_node(); memmap_init() comes after the
 *   On node 0, zone DMA32: 97 pages in ...       last; mm/mm_init.c, init_unavailable_range(), in memmap_init()
 *   mem auto-init: stack:off, ...                mm/mm_init.c, report_meminit(): kho_memory_init(),
 *   SLUB: HWalign=64, ...                        memblock_free_all(); mm/slub.c, kmem_cache_init(). No line comes
 *                                                between reserved pages and freeing: mode "counted" tells them apart
 *   smp: Bringing up secondary CPUs ...          kernel/smp.c, smp_init()
 *   smp: Brought up 1 node, 2 CPUs               the same
 *   node 0 deferred pages initialised in 700ms   mm/mm_init.c, deferred_init_memmap()
 *   Memory: 96546904K/104857076K available ...   mm/mm_init.c, mem_init_print_info(): page_alloc_init_late() has waited
 *   Unpacking initramfs...                       init/initramfs.c, do_populate_rootfs(), or "Trying to unpack rootfs
 *                                                image as initramfs..." with a RAM disk: beside initcalls
 *   Freeing initrd memory: 8192K                 the end of it (async_schedule())
 *   Freeing unused kernel image (initmem) ...    arch/x86/mm/init.c, free_initmem(); include/linux/mm.h elsewhere
 *   Run /init as init process                    init/main.c, run_init_process()
 */
#include <measure/phases.h>

#include <measure/consoletext.h>

#include <string.h>

enum {
	MARK_CLOCK, /* not a line: the start of the guest's clock */
	MARK_SETUP,
	MARK_ZONES,
	MARK_MAPPED, /* the first line that is no longer the memory map's */
	MARK_FREE,
	MARK_SLAB,
	MARK_SMP,
	MARK_SMP_UP,
	MARK_DEFERRED,
	MARK_MEMORY,
	MARK_UNPACK,
	MARK_INITRD,
	MARK_INITMEM,
	MARK_RUN,
	MARKS,
};

static const struct {
	const char *id, *title, *within;
	int from, to;
} table[] = {
	{ "setup", "architecture, from the clock's start", NULL, MARK_CLOCK, MARK_SETUP },
	{ "memmap", "memory map allocated and initialised", NULL, MARK_SETUP, MARK_MAPPED },
	{ "memmap-to-zones", "up to 'Zone ranges' (to 7.2: allocation)", "memmap", MARK_SETUP, MARK_ZONES },
	{ "memmap-from-zones", "after it (from 7.3: allocation too)", "memmap", MARK_ZONES, MARK_MAPPED },
	{ "free", "KHO, reserved pages, freeing to the buddy", NULL, MARK_FREE, MARK_SLAB },
	{ "core", "scheduler, interrupts, timers", NULL, MARK_SLAB, MARK_SMP },
	{ "smp", "other CPUs", NULL, MARK_SMP, MARK_SMP_UP },
	{ "deferred", "deferred struct pages, all nodes", NULL, MARK_SMP_UP, MARK_DEFERRED },
	{ "initcalls", "initcalls", NULL, MARK_MEMORY, MARK_INITMEM },
	{ "rootfs", "rootfs unpacked", "initcalls", MARK_UNPACK, MARK_INITRD },
	{ "to-init", "init memory freed, /init started", NULL, MARK_INITMEM, MARK_RUN },
};

typedef struct {
	const KernelLogLine *line; /* NULL: not found */
	gint64 guest_ns;	   /* -1: not found, or the clock did not run yet */
	gint64 seen_ns;
} Mark;

typedef struct {
	const KernelLog *log;
	const PhasesConsole *console;
	guint live;	  /* the first console line that was printed when it was written */
	GHashTable *seen; /* text of a log line -> gint64 *, when that came over the console; borrowed */
	Mark marks[MARKS];
	Phases *phases;
} Builder;

static const KernelLogLine *line_at(const Builder *b, guint i)
{
	return g_ptr_array_index(b->log->own, i);
}

/* Index of the first line (or the last before `to`) that begins so; -1. */
static int find_line(const Builder *b, const char *prefix, guint to, bool last)
{
	int found = -1;

	for (guint i = 0; i < to && (last || found < 0); i++)
		if (g_str_has_prefix(line_at(b, i)->text, prefix))
			found = (int)i;
	return found;
}

/* When a line came over the console, if that was as it was printed; -1. */
static gint64 seen_at(const Builder *b, const KernelLogLine *line)
{
	const gint64 *ns = g_hash_table_lookup(b->seen, line->text);

	return ns ? *ns : -1;
}

/* Of all lines of the log at once: the console may be much longer. */
static void find_seen(Builder *b)
{
	g_autoptr(GHashTable) wanted = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < b->log->own->len; i++)
		g_hash_table_add(wanted, line_at(b, i)->text);
	for (guint i = b->live; i < b->console->to; i++) {
		const char *text = console_text(console_line(b->console->lines, i));
		const char *key = g_hash_table_lookup(wanted, text);

		/* of several that are the same the first */
		if (key && !g_hash_table_contains(b->seen, key))
			g_hash_table_insert(b->seen, (gpointer)key, &g_array_index(b->console->times, gint64, i));
	}
}

static void set_mark(Builder *b, int mark, int index)
{
	const KernelLogLine *line = index < 0 ? NULL : line_at(b, (guint)index);

	if (line)
		b->marks[mark] = (Mark){ line, line->time_us ? line->time_us * 1000 : -1, seen_at(b, line) };
}

/* Console lines before the one that says that a console was enabled were kept until then: register_console(). */
static void find_live(Builder *b)
{
	const PhasesConsole *console = b->console;

	b->live = console->to;
	if (console->from < console->to)
		b->phases->first_line_ns = g_array_index(console->times, gint64, console->from);
	for (guint i = console->from; i < console->to; i++) {
		const char *line = console_line(console->lines, i);

		if (strstr(line, "console [") && strstr(line, "] enabled")) {
			b->live = i + 1;
			b->phases->console_late = !strstr(line, "bootconsole [");
			return;
		}
	}
}

static void find_marks(Builder *b)
{
	static const struct {
		int mark;
		const char *prefix;
		bool last;
	} lines[] = {
		{ MARK_ZONES, "Zone ranges:", false },
		{ MARK_FREE, "mem auto-init: stack:", false },
		{ MARK_SLAB, "SLUB: HWalign=", false },
		{ MARK_SMP, "smp: Bringing up secondary CPUs", false },
		{ MARK_SMP_UP, "smp: Brought up ", false },
		{ MARK_MEMORY, "Memory: ", false },
		{ MARK_UNPACK, "Unpacking initramfs...", false },
		{ MARK_UNPACK, "Trying to unpack rootfs image as initramfs...", false },
		{ MARK_INITRD, "Freeing initrd memory: ", false },
		{ MARK_INITMEM, "Freeing unused kernel image (initmem) memory: ", false },
		{ MARK_RUN, "Run ", true },
	};
	guint n = b->log->own->len;
	int zones = find_line(b, "Zone ranges:", n, false);
	int mapped = find_line(b, "Initmem setup node ", n, true);

	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
		set_mark(b, lines[i].mark, find_line(b, lines[i].prefix, n, lines[i].last));
	if (!b->log->clock_late)
		b->marks[MARK_CLOCK].guest_ns = 0;
	if (zones >= 0)
		set_mark(b, MARK_SETUP,
			 MAX(find_line(b, "clocksource: refined-jiffies: ", (guint)zones, true),
			     find_line(b, "NODE_DATA(", (guint)zones, true)));
	while (mapped >= 0 && ++mapped < (int)n && g_str_has_prefix(line_at(b, (guint)mapped)->text, "On node "))
		;
	set_mark(b, MARK_MAPPED, mapped < (int)n ? mapped : -1);
	for (guint i = 0; i < n; i++)
		if (g_str_has_prefix(line_at(b, i)->text, "node ") &&
		    strstr(line_at(b, i)->text, " deferred pages initialised in "))
			set_mark(b, MARK_DEFERRED, (int)i);
	b->phases->init_ns = b->marks[MARK_RUN].guest_ns;
}

/*
 * A line cannot come before it is printed, so the shortest way of any line is
 * nearest to where the guest's clock stands. Only lines before the other CPUs come
 * up count: an emulated time stamp counter may turn unstable there.
 */
static void find_zero(Builder *b)
{
	const KernelLogLine *smp = b->marks[MARK_SMP].line;
	gint64 least = G_MAXINT64, most = G_MININT64;

	for (guint i = 0; i < b->log->own->len && line_at(b, i) != smp; i++) {
		const KernelLogLine *line = line_at(b, i);
		gint64 seen = line->time_us ? seen_at(b, line) : -1;

		if (seen < 0)
			continue;
		least = MIN(least, seen - line->time_us * 1000);
		most = MAX(most, seen - line->time_us * 1000);
	}
	if (most == G_MININT64)
		return;
	b->phases->clock_zero_ns = least;
	b->phases->clock_lag_ns = most - least;
}

static Phase *add_phase(Builder *b, const char *id, const char *title, const char *within)
{
	Phase *phase = g_new0(Phase, 1);

	phase->id = id;
	phase->title = title;
	phase->within = within;
	phase->node = -1;
	phase->begin_ns = phase->end_ns = phase->begin_seen_ns = phase->end_seen_ns = -1;
	g_ptr_array_add(b->phases->phases, phase);
	return phase;
}

static void set_span(Phase *phase, PhaseClock clock, gint64 begin, gint64 end)
{
	phase->clock = clock;
	phase->begin_ns = begin;
	phase->end_ns = end;
}

static void add_between(Builder *b, gsize row)
{
	const Mark *from = &b->marks[table[row].from], *to = &b->marks[table[row].to];
	Phase *phase = add_phase(b, table[row].id, table[row].title, table[row].within);
	bool found = (from->line || table[row].from == MARK_CLOCK) && to->line;

	phase->from = g_strdup(from->line ? from->line->text : table[row].from == MARK_CLOCK ? "(clock starts)" : NULL);
	phase->to = g_strdup(to->line ? to->line->text : NULL);
	phase->begin_seen_ns = from->seen_ns;
	phase->end_seen_ns = to->seen_ns;
	if (from->guest_ns >= 0 && to->guest_ns >= from->guest_ns)
		set_span(phase, PHASE_CLOCK_GUEST, from->guest_ns, to->guest_ns);
	else if (from->seen_ns >= 0 && to->seen_ns >= from->seen_ns)
		set_span(phase, PHASE_CLOCK_HOST, from->seen_ns, to->seen_ns);
	else if (!found)
		phase->why = g_strdup_printf("the log has no line that %s it", from->line ? "ends" : "begins");
	else if (from->guest_ns >= 0 && to->guest_ns >= 0)
		phase->why = g_strdup("the stamps of its lines run backwards");
	else
		phase->why = g_strdup(
			b->phases->console_late
				? "the guest's clock did not run yet, and the console came late"
				: "the guest's clock did not run yet, nor did its lines come over the console");
}

/* jiffies at both ends, so exact to one tick; they ended when they said so. */
static void add_nodes(Builder *b)
{
	for (guint i = 0, n = 0; i < b->log->own->len && n < b->log->deferred->len; i++) {
		const KernelLogLine *line = line_at(b, i);
		const DeferredNode *node = &g_array_index(b->log->deferred, DeferredNode, n);
		Phase *phase;

		if (!g_str_has_prefix(line->text, "node ") || !strstr(line->text, " deferred pages initialised in "))
			continue;
		n++;
		phase = add_phase(b, "deferred-node", "deferred struct pages of a node", "deferred");
		phase->node = node->node;
		phase->to = g_strdup(line->text);
		phase->end_seen_ns = seen_at(b, line);
		if (line->time_us * 1000 >= node->ms * 1000000)
			set_span(phase, PHASE_CLOCK_GUEST, line->time_us * 1000 - node->ms * 1000000,
				 line->time_us * 1000);
		else
			phase->why = g_strdup("the guest's clock did not run when it began");
	}
}

/* Firmware or the old kernel's end, decompression, and all that runs before there is a clock. */
static void add_before(Builder *b)
{
	Phase *phase = add_phase(b, "before", "before the guest's clock: loading, decompression", NULL);
	bool late = !b->log || b->log->clock_late;
	gint64 end = !late ? b->phases->clock_zero_ns : b->phases->console_late ? -1 : b->phases->first_line_ns;

	phase->from = g_strdup(b->console->begin_text);
	phase->begin_seen_ns = b->console->begin_ns;
	if (b->console->begin_ns >= 0 && end >= b->console->begin_ns) {
		phase->to = g_strdup(late ? "(first console line)" : "(clock starts)");
		phase->end_seen_ns = end;
		set_span(phase, PHASE_CLOCK_HOST, b->console->begin_ns, end);
	} else {
		phase->why = g_strdup("the host could not see where the guest's clock started");
	}
}

/* What lies between two phases by the guest's clock. */
static void add_gaps(Builder *b)
{
	GPtrArray *all = b->phases->phases;
	const Phase *before = NULL;

	for (guint i = 0; i < all->len; i++) {
		const Phase *next = all->pdata[i];
		Phase *gap;

		if (next->within || next->clock != PHASE_CLOCK_GUEST)
			continue;
		if (before && next->begin_ns > before->end_ns) {
			gap = add_phase(b, "other", "other", NULL);
			gap->from = g_strdup(before->to);
			gap->to = g_strdup(next->from);
			gap->begin_seen_ns = before->end_seen_ns;
			gap->end_seen_ns = next->begin_seen_ns;
			set_span(gap, PHASE_CLOCK_GUEST, before->end_ns, next->begin_ns);
			/* add_phase() put it last */
			g_ptr_array_insert(all, (gint)i++, g_ptr_array_steal_index(all, all->len - 1));
		}
		before = next;
	}
}

static void phase_free(gpointer data)
{
	Phase *phase = data;

	g_free(phase->from);
	g_free(phase->to);
	g_free(phase->why);
	g_free(phase);
}

Phases *phases_new(const KernelLog *log, const PhasesConsole *console)
{
	Phases *phases = g_new0(Phases, 1);
	Builder b = { .log = log, .console = console, .phases = phases };

	phases->phases = g_ptr_array_new_with_free_func(phase_free);
	phases->init_ns = phases->clock_zero_ns = phases->clock_lag_ns = phases->first_line_ns = -1;
	for (int i = 0; i < MARKS; i++)
		b.marks[i] = (Mark){ NULL, -1, -1 };
	find_live(&b);
	b.seen = g_hash_table_new(g_str_hash, g_str_equal);
	if (log) {
		find_seen(&b);
		find_marks(&b);
		find_zero(&b);
	}
	add_before(&b);
	for (gsize i = 0; log && i < G_N_ELEMENTS(table); i++) {
		add_between(&b, i);
		if (table[i].to == MARK_DEFERRED)
			add_nodes(&b);
	}
	add_gaps(&b);
	g_hash_table_unref(b.seen);
	return phases;
}

void phases_free(Phases *phases)
{
	if (!phases)
		return;
	g_ptr_array_unref(phases->phases);
	g_free(phases);
}

gint64 phase_ns(const Phase *phase)
{
	return phase->clock == PHASE_CLOCK_NONE ? -1 : phase->end_ns - phase->begin_ns;
}

const char *phase_clock_name(PhaseClock clock)
{
	static const char *const names[] = { NULL, "guest", "host" };

	return names[clock];
}

const Phase *phases_find(const Phases *phases, const char *id)
{
	for (guint i = 0; i < phases->phases->len; i++) {
		const Phase *phase = phases->phases->pdata[i];

		if (phase->node < 0 && strcmp(phase->id, id) == 0)
			return phase;
	}
	return NULL;
}
