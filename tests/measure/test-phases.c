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

/* `without`: a line that is left out; stamps up to `late` are 0; `early`: with the boot console. */
static Phases *phases_of(const char *without, gint64 late, bool early)
{
	g_autoptr(GString) kmsg = g_string_new(NULL);
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(GError) error = NULL;
	g_autoptr(KernelLog) log = NULL;
	PhasesConsole console = { lines, times, 0, 0, 4000000000ll, "(the machine starts)" };

	for (gsize i = 0, n = 0; i < G_N_ELEMENTS(sample); i++) {
		gint64 us = sample[i].us <= late ? 0 : sample[i].us, seen = HOST_ZERO + sample[i].us * 1000 + 300000;
		const char *text = sample[i].text;

		if (without && g_str_has_prefix(text, without))
			continue;
		if (!early && strstr(text, "bootconsole"))
			text = "printk: legacy console [ttyS0] enabled";
		g_string_append_printf(kmsg, "6,%zu,%" G_GINT64_FORMAT ",-;%s\n", n++, us, text);
		g_ptr_array_add(lines, g_strdup_printf("[    0.%06d] %s", (int)us, text));
		g_array_append_val(times, seen);
	}
	console.to = lines->len;
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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/phases/all", test_all);
	g_test_add_func("/phases/missing", test_missing);
	g_test_add_func("/phases/late-clock", test_late_clock);
	return g_test_run();
}
