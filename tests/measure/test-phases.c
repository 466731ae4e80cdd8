// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/phases.h>

#include <string.h>

#define HOST_ZERO 5000000000ll

/* One kernel in short: what bounds the phases, each with its stamp in microseconds. */
static const struct {
	gint64 us;
	const char *text;
} sample[] = {
	{ 0, "Linux version 7.1.13" },
	{ 0, "printk: legacy bootconsole [uart8250] enabled" },
	{ 20000, "clocksource: refined-jiffies: mask: 0xffffffff" },
	{ 120000, "Zone ranges:" },
	{ 121000, "Initmem setup node 0 [mem 0x1000-0xffff]" },
	{ 150000, "On node 0, zone DMA32: 97 pages in unavailable ranges" },
	{ 200000, "setup_percpu: NR_CPUS:256" },
	{ 210000, "mem auto-init: stack:off, heap alloc:off, heap free:off" },
	{ 260000, "SLUB: HWalign=64, Order=0-3" },
	{ 300000, "smp: Bringing up secondary CPUs ..." },
	{ 340000, "smp: Brought up 2 nodes, 2 CPUs" },
	{ 400000, "node 1 deferred pages initialised in 50ms" },
	{ 420000, "node 0 deferred pages initialised in 70ms" },
	{ 421000, "Memory: 96546904K/104857076K available" },
	{ 500000, "Unpacking initramfs..." },
	{ 580000, "Freeing initrd memory: 8192K" },
	{ 600000, "Freeing unused kernel image (initmem) memory: 872K" },
	{ 610000, "Run /init as init process" },
};

/* What a program wrote to /dev/kmsg afterwards. */
static const char *const said[] = { "node 1 deferred pages initialised in 7ms", "Run 3 of 5" };

/* When the serial console begins on its own (console_init()), and prints at once all that there was before. */
#define CONSOLE_US 280000

/* A line of the sample goes into the log and to the console, where the host sees it 300 us later. */
static void put_line(GString *kmsg, GPtrArray *lines, GArray *times, gint64 us, gint64 seen_us, int priority,
		     const char *text)
{
	gint64 seen = HOST_ZERO + (seen_us + 300) * 1000;

	g_string_append_printf(kmsg, "%d,%u,%" G_GINT64_FORMAT ",-;%s\n", priority, lines->len, us, text);
	g_ptr_array_add(lines, g_strdup_printf("[    0.%06d] %s", (int)us, text));
	g_array_append_val(times, seen);
}

/* `without`: a line that is left out; stamps up to `late` are 0; `early`: with the boot console. */
static Phases *phases_of(const char *without, gint64 late, bool early)
{
	g_autoptr(GString) kmsg = g_string_new(NULL);
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(GError) error = NULL;
	g_autoptr(KernelLog) log = NULL;
	ConsoleLines all;
	PhasesConsole console = { &all, times, 0, 0, 4000000000ll, "(the machine starts)" };
	bool on = early;

	for (gsize i = 0; i < G_N_ELEMENTS(sample); i++) {
		gint64 us = sample[i].us;

		if (!on && us >= CONSOLE_US) {
			put_line(kmsg, lines, times, CONSOLE_US, CONSOLE_US, 6,
				 "printk: legacy console [ttyS0] enabled");
			on = true;
		}
		if ((without && g_str_has_prefix(sample[i].text, without)) ||
		    (!early && strstr(sample[i].text, "bootconsole")))
			continue;
		put_line(kmsg, lines, times, us <= late ? 0 : us, on ? us : CONSOLE_US, 6, sample[i].text);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(said); i++)
		put_line(kmsg, lines, times, 700000, 700000, (1 << 3) + 4, said[i]);
	console.to = lines->len;
	all = console_lines_of(lines);
	log = kernellog_parse(kmsg->str, kmsg->len, &error);
	g_assert_no_error(error);
	return phases_new(log, &console);
}

static void assert_phase(const Phases *phases, const char *id, gint64 ms, PhaseClock clock)
{
	const Phase *phase = phases_find(phases, id);

	g_assert_nonnull(phase);
	g_assert_cmpint(phase_ns(phase), ==, ms < 0 ? -1 : ms * 1000000);
	g_assert_cmpint(phase->clock, ==, clock);
	g_assert_true((phase->why != NULL) == (ms < 0));
}

/* Those that the boot waits for do not overlap, and with the gaps make up the whole. */
static void assert_sum(const Phases *phases)
{
	gint64 sum = 0, at = 0;

	for (guint i = 0; i < phases->phases->len; i++) {
		const Phase *phase = phases->phases->pdata[i];

		if (phase->within || phase->clock != PHASE_CLOCK_GUEST)
			continue;
		g_assert_cmpint(phase->begin_ns, >=, at);
		at = phase->end_ns;
		sum += phase_ns(phase);
	}
	g_assert_cmpint(sum, ==, phases->init_ns);
}

static void test_all(void)
{
	g_autoptr(Phases) phases = phases_of(NULL, 0, true);
	guint nodes = 0;

	assert_phase(phases, "setup", 20, PHASE_CLOCK_GUEST);
	assert_phase(phases, "memmap", 180, PHASE_CLOCK_GUEST);
	assert_phase(phases, "memmap-to-zones", 100, PHASE_CLOCK_GUEST);
	assert_phase(phases, "memmap-from-zones", 80, PHASE_CLOCK_GUEST);
	assert_phase(phases, "free", 50, PHASE_CLOCK_GUEST);
	assert_phase(phases, "core", 40, PHASE_CLOCK_GUEST);
	assert_phase(phases, "smp", 40, PHASE_CLOCK_GUEST);
	assert_phase(phases, "deferred", 80, PHASE_CLOCK_GUEST);
	assert_phase(phases, "initcalls", 179, PHASE_CLOCK_GUEST);
	assert_phase(phases, "rootfs", 80, PHASE_CLOCK_GUEST);
	assert_phase(phases, "to-init", 10, PHASE_CLOCK_GUEST);
	g_assert_cmpint(phases->clock_zero_ns, ==, HOST_ZERO + 300000);
	g_assert_cmpint(phases->clock_lag_ns, ==, 0);
	g_assert_false(phases->console_late);
	g_assert_cmpint(phase_ns(phases_find(phases, "before")), ==, 1000300000);
	for (guint i = 0; i < phases->phases->len; i++)
		nodes += ((Phase *)phases->phases->pdata[i])->node >= 0;
	g_assert_cmpuint(nodes, ==, 2);
	assert_sum(phases);
}

static void test_missing(void)
{
	g_autoptr(Phases) phases = phases_of("SLUB: ", 0, true), serial = phases_of("node ", 0, true);

	assert_phase(phases, "free", -1, PHASE_CLOCK_NONE);
	assert_phase(phases, "core", -1, PHASE_CLOCK_NONE);
	assert_phase(phases, "smp", 40, PHASE_CLOCK_GUEST);
	assert_sum(phases);
	assert_phase(serial, "deferred", -1, PHASE_CLOCK_NONE);
	assert_sum(serial);
}

/* The guest's clock starts behind the memory map: the host's tells, unless the console is late too. */
static void test_late_clock(void)
{
	g_autoptr(Phases) early = phases_of(NULL, 260000, true), burst = NULL;

	assert_phase(early, "setup", -1, PHASE_CLOCK_NONE);
	assert_phase(early, "memmap", 180, PHASE_CLOCK_HOST);
	assert_phase(early, "free", 50, PHASE_CLOCK_HOST);
	assert_phase(early, "initcalls", 179, PHASE_CLOCK_GUEST);
	burst = phases_of("printk: ", 260000, true);
	assert_phase(burst, "memmap", -1, PHASE_CLOCK_NONE);
	g_assert_cmpint(burst->clock_zero_ns, ==, -1);
}

/* Without a boot console the first lines come in a burst, when the host saw none of them as it was printed. */
static void test_late_console(void)
{
	g_autoptr(Phases) late = phases_of(NULL, 0, false), both = phases_of(NULL, 260000, false);
	const Phase *memmap = phases_find(late, "memmap"), *smp = phases_find(late, "smp");

	g_assert_true(late->console_late);
	/* the guest's clock has them all the same */
	assert_phase(late, "memmap", 180, PHASE_CLOCK_GUEST);
	assert_sum(late);
	g_assert_cmpint(memmap->begin_seen_ns, ==, -1);
	g_assert_cmpint(memmap->end_seen_ns, ==, -1);
	g_assert_cmpint(smp->begin_seen_ns, ==, HOST_ZERO + 300300000);
	g_assert_cmpint(late->first_line_ns, ==, HOST_ZERO + 280300000);
	/* no line before the other CPUs came live: where the guest's clock stood at 0 nobody saw */
	g_assert_cmpint(late->clock_zero_ns, ==, -1);
	g_assert_cmpint(phase_ns(phases_find(late, "before")), ==, -1);
	/* nor is anything known where that clock started late too */
	assert_phase(both, "memmap", -1, PHASE_CLOCK_NONE);
	g_assert_nonnull(strstr(phases_find(both, "memmap")->why, "the console came late"));
	assert_phase(both, "smp", 40, PHASE_CLOCK_GUEST);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/phases/all", test_all);
	g_test_add_func("/phases/missing", test_missing);
	g_test_add_func("/phases/late-clock", test_late_clock);
	g_test_add_func("/phases/late-console", test_late_console);
	return g_test_run();
}
