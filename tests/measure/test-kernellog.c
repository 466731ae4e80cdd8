// SPDX-License-Identifier: GPL-2.0-or-later
#include "fixture.h"

#include <base/error.h>
#include <string.h>

static KernelLog *log_of(const char *run, int hop)
{
	g_autoptr(Fixture) fixture = fixture_new(run);
	g_autofree char *text = fixture_text(fixture, hop, "kmsg");
	g_autoptr(GError) error = NULL;
	KernelLog *log = kernellog_parse(text, strlen(text), &error);

	g_assert_no_error(error);
	return log;
}

/* Records numbered from 0, one for each text. */
static KernelLog *log_from(const char *const *texts)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	KernelLog *log;

	for (guint i = 0; texts[i]; i++)
		g_string_append_printf(text, "6,%u,%u,-;%s\n", i, 1000 + i, texts[i]);
	log = kernellog_parse(text->str, text->len, &error);
	g_assert_no_error(error);
	return log;
}

static void test_real(void)
{
	g_autoptr(KernelLog) first = log_of("central-2n", 0), second = log_of("central-2n", 1);
	const KernelLogLine *banner = g_ptr_array_index(second->lines, 0);

	g_assert_false(first->kho_found);
	g_assert_null(first->kho_from);
	g_assert_cmpint(first->kho_count, ==, -1);
	g_assert_cmpint(first->kho_test, ==, -1);
	g_assert_true(second->kho_found);
	g_assert_false(second->kho_disabled);
	g_assert_cmpstr(second->kho_from, ==, "7.1.13-central");
	g_assert_cmpint(second->kho_count, ==, 1);
	g_assert_cmpint(second->kho_test, ==, 1);
	g_assert_cmpuint(second->deferred->len, ==, 2);
	g_assert_cmpint(g_array_index(second->deferred, DeferredNode, 1).node, ==, 1);
	g_assert_cmpint(g_array_index(second->deferred, DeferredNode, 1).ms, ==, 40);
	g_assert_cmpuint(second->complaints->len, ==, 0);
	g_assert_false(second->lost_records);
	g_assert_cmpint(banner->level, ==, 5);
	g_assert_cmpuint(banner->sequence, ==, 0);
	g_assert_true(g_str_has_prefix(banner->text, "Linux version 7.1.13"));
}

/* These two boots of one kernel differ in when the clock began to run. */
static void test_clock(void)
{
	g_autoptr(KernelLog) early = log_of("stock-1n", 0), late = log_of("stock-1n", 1);
	static const char *const no_map[] = { "Linux version 7.1.13", "Run /init as init process", NULL };
	g_autoptr(KernelLog) unknown = log_from(no_map);

	g_assert_false(early->clock_late);
	g_assert_true(late->clock_late);
	g_assert_true(unknown->clock_late);
}

static void test_wording(void)
{
	static const char *const old[] = { "KHO: found kexec handover data. Will skip init for some devices",
					   "cma: Reserved 64 MiB at 0x00000000bc000000 on node -1",
					   "cma: Reserved 16 MiB at 0x000000013f000000",
					   "cma: Reserved 32 MiB in 1 range",
					   "test_kho: KHO restore failed",
					   NULL };
	static const char *const refused[] = { "KHO: setup: handover FDT (0x1000) is incompatible with 'kho-v3': -1",
					       "KHO: disabling KHO revival: -2", NULL };
	static const char *const no_scratch[] = { "KHO: Failed to reserve scratch area, disabling kexec handover",
						  NULL };
	static const char *const map[] = { "KHO: found kexec handover data.", "KHO: failed to get preserved memory map",
					   NULL };
	static const char *const others[] = { "x86/kho: disabling KHO revival",
					      "node 0 deferred pages initialised in ms", "KHO: exec from: 7.1",
					      "my KHO: found kexec handover data.", NULL };
	g_autoptr(KernelLog) a = log_from(old), b = log_from(refused), c = log_from(no_scratch), d = log_from(others),
			     e = log_from(map);

	g_assert_true(a->kho_found);
	g_assert_cmpint(a->kho_count, ==, -1);
	g_assert_cmpint(a->kho_test, ==, 0);
	g_assert_cmpuint(a->cma_areas->len, ==, 2);
	g_assert_cmphex(g_array_index(a->cma_areas, CmaArea, 0).phys, ==, 0xbc000000);
	g_assert_cmphex(g_array_index(a->cma_areas, CmaArea, 0).bytes, ==, 64 << 20);
	g_assert_true(b->kho_disabled);
	g_assert_false(b->kho_found);
	g_assert_true(c->kho_disabled);
	g_assert_false(d->kho_disabled);
	g_assert_false(d->kho_found);
	g_assert_null(d->kho_from);
	g_assert_cmpuint(d->deferred->len, ==, 0);
	g_assert_true(e->kho_disabled);
}

static void test_records(void)
{
	static const char text[] = "6,0,10,-;tab\\x09and \\x5cx41\n SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00\n"
				   "6,1,11,-,caller=T1,new=field;two\\x0aBUG: Bad page state in process init  pfn:1\n";
	static const char gap[] = "6,0,10,-;a\n6,2,11,-;b\n", late[] = "6,7,10,-;a\n";
	g_autoptr(KernelLog) log = kernellog_parse(text, strlen(text), NULL);
	g_autoptr(KernelLog) with_gap = kernellog_parse(gap, strlen(gap), NULL);
	g_autoptr(KernelLog) starts_late = kernellog_parse(late, strlen(late), NULL);

	g_assert_nonnull(log);
	g_assert_cmpuint(log->lines->len, ==, 2);
	g_assert_cmpstr(((KernelLogLine *)g_ptr_array_index(log->lines, 0))->text, ==, "tab\tand \\x41");
	g_assert_cmpint(((KernelLogLine *)g_ptr_array_index(log->lines, 1))->level, ==, 6);
	g_assert_cmpuint(log->complaints->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(log->complaints, 0), ==, "BUG: Bad page state in process init  pfn:1");
	g_assert_cmpuint(log->said->len, ==, 0);
	g_assert_false(log->lost_records);
	g_assert_true(with_gap->lost_records);
	g_assert_true(starts_late->lost_records);
}

/* What a program writes to /dev/kmsg is a user's (1), or another facility's: never the kernel's own (0). */
static void test_user(void)
{
	static const char text[] = "12,0,10,-;BUG: Bad page state in process init  pfn:1\n"
				   "12,1,11,-;KHO: disabling KHO revival: -2\n"
				   "28,2,12,-;Linux version 6.6.6 (me@here)\n"
				   "5,3,13,-;Linux version 7.1.13 (me@here)\n";
	g_autoptr(KernelLog) log = kernellog_parse(text, strlen(text), NULL);

	g_assert_nonnull(log);
	g_assert_cmpuint(log->lines->len, ==, 4);
	g_assert_cmpuint(log->complaints->len, ==, 0);
	g_assert_cmpuint(log->said->len, ==, 1);
	g_assert_false(log->kho_disabled);
	g_assert_cmpstr(log->release, ==, "7.1.13");
}

static void test_bad(void)
{
	static const char *const texts[] = { "6,0,10,-;breaks of", "hello\n",	   " SUBSYSTEM=first\n",
					     "6,0,10;no flags\n",  "6,x,10,-;a\n", "6,5,10,-;a\n6,4,11,-;b\n",
					     "6,0,10,-;a\n\n" };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(kernellog_parse(texts[i], strlen(texts[i]), &error));
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	}
}

/* So many as a kernel's buffer has; one more, and none of them is taken. */
static void test_many(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(KernelLog) log = NULL;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < 32768; i++)
		g_string_append_printf(text, "6,%u,%u,-;x\n", i, i);
	log = kernellog_parse(text->str, text->len, NULL);
	g_assert_cmpuint(log->lines->len, ==, 32768);
	/* more than the text, and not much more */
	g_assert_cmpuint(kernellog_bytes(log), >, text->len);
	g_assert_cmpuint(kernellog_bytes(log), <, 32768 * 128);
	g_string_append(text, "6,32768,32768,-;x\n");
	g_assert_null(kernellog_parse(text->str, text->len, &error));
	g_assert_cmpstr(error->message, ==, "cannot be read: more than 32768 records");
}

static void test_complaints(void)
{
	static const char *const yes[] = {
		"------------[ cut here ]------------",
		"WARNING: at topology_sane.isra.0+0x47/0x60, CPU#1: swapper/1/0",
		"WARNING: mm/page_alloc.c:123 at foo+0x1/0x2, CPU#0: init/1",
		"WARNING: CPU: 0 PID: 1 at mm/page_alloc.c:123 foo+0x1/0x2",
		"WARNING: possible circular locking dependency detected",
		"WARNING: suspicious RCU usage",
		"BUG: kernel NULL pointer dereference, address: 0000000000000008",
		"BUG: unable to handle page fault for address: ffffea0000000008",
		"BUG: Bad page state in process swapper/0  pfn:38000",
		"BUG: KASAN: slab-out-of-bounds in foo+0x1/0x2",
		"BUG: KCSAN: data-race in foo / bar",
		"BUG: sleeping function called from invalid context at mm/slub.c:1",
		"BUG: scheduling while atomic: swapper/0/1/0x00000002",
		"watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [swapper/0:1]",
		"watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 0",
		"kernel BUG at mm/mm_init.c:2138!",
		"Oops: general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1] SMP",
		"general protection fault: 0000 [#1] PREEMPT SMP",
		"invalid opcode: 0000 [#1] SMP",
		"Internal error: Oops: 0000000096000004 [#1]  SMP",
		"Unable to handle kernel paging request at virtual address ffff800000000000",
		"UBSAN: array-index-out-of-bounds in mm/foo.c:1:2",
		"INFO: task init:1 blocked for more than 120 seconds.",
		"INFO: task kworker/0:1:12 blocked in I/O wait for more than 120 seconds.",
		"rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
		"rcu: INFO: rcu_preempt self-detected stall on CPU",
		"INFO: trying to register non-static key.",
		"[ BUG: Invalid wait context ]",
		"BUG: TASK stack guard page was hit at ffffc90000187ff8 (stack is ffffc90000188000..ffffc9000018c000)",
		"BUG kmalloc-64 (Not tainted): Object already free",
		"BUG kmalloc-1k (Tainted: G    B  ): Poison overwritten",
		"list_add corruption. next->prev should be prev (1), but was 2. (next=3).",
		"list_del corruption, 1->next is NULL",
		"kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
	};
	static const char *const no[] = {
		"Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on, data leaks possible via Spectre v2 "
		"BHB attacks!",
		"RETBleed: WARNING: Spectre v2 mitigation leaves CPU vulnerable to RETBleed attacks, data leaks "
		"possible!",
		"WARNING: 'bootconfig' found on the kernel command line but CONFIG_BOOT_CONFIG is not set.",
		"ACPI BIOS Error (bug): Could not resolve symbol [\\_SB.PCI0], AE_NOT_FOUND (20250807/dswload2-162)",
		"[Firmware Bug]: TSC doesn't count with P0 frequency!",
		"Spectre V1 : Mitigation: usercopy/swapgs barriers and __user pointer sanitization",
		"Call Trace:",
		" <TASK>",
		"rcu: INFO: Stall ended before state dump start",
		"INFO: lockdep is turned off.",
		"Kernel command line: panic_on_warn=1 oops=panic BUG: x",
		"pci 0000:00:1f.0: [8086:2918] type 00 class 0x060100 conventional PCI endpoint [#1]",
		"md0: disk slots in use: 2 [#1] [#2]",
		"node 0 deferred pages initialised in 16ms",
		"KHO: found kexec handover data.",
		"systemd[1]: BUG: nothing",
		"Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100",
	};

	for (guint i = 0; i < G_N_ELEMENTS(yes); i++)
		if (!kernellog_is_complaint(yes[i]))
			g_error("should be a complaint: %s", yes[i]);
	for (guint i = 0; i < G_N_ELEMENTS(no); i++)
		if (kernellog_is_complaint(no[i]))
			g_error("should not be a complaint: %s", no[i]);
}

/* Real boots: none of their lines is a complaint, except the one warning of one of them. */
static void test_real_boots(void)
{
	static const char *const clean[] = { "stock-1n", "unfixed-1n", "unfixed-100g", "central-2n" };
	g_autoptr(KernelLog) warned = log_of("numa-warning", 0);

	for (guint i = 0; i < G_N_ELEMENTS(clean); i++)
		for (int hop = 0; hop < 2; hop++) {
			g_autoptr(KernelLog) log = log_of(clean[i], hop);

			g_assert_cmpuint(log->complaints->len, ==, 0);
			g_assert_cmpuint(log->lines->len, >, 150);
		}
	g_assert_cmpuint(warned->complaints->len, ==, 1);
	g_assert_cmpstr(
		g_ptr_array_index(warned->complaints, 0), ==,
		"WARNING: at topology_sane.isra.0+0x47/0x60, CPU#1: swapper/1/0: \"sched: CPU #1's llc-sibling CPU #0 "
		"is not on the same node! [node: 1 != 0]. Ignoring dependency.\"");
}

static void assert_reports(const char *const *lines, const char *const *reports)
{
	g_autoptr(KernelLog) log = log_from(lines);

	g_assert_cmpuint(log->complaints->len, ==, g_strv_length((char **)reports));
	for (guint i = 0; reports[i]; i++)
		g_assert_cmpstr(g_ptr_array_index(log->complaints, i), ==, reports[i]);
}

/* One entry for each report, however many lines of it would be one on their own. */
static void test_one_entry_a_report(void)
{
	static const char *const fault[] = { "BUG: kernel NULL pointer dereference, address: 0000000000000000",
					     "#PF: supervisor read access in kernel mode",
					     "#PF: error_code(0x0000) - not-present page",
					     "PGD 0 P4D 0 ",
					     "Oops: Oops: 0000 [#1] SMP",
					     "CPU: 0 UID: 0 PID: 1 Comm: init Not tainted 7.1.13",
					     "Call Trace:",
					     "---[ end trace 0000000000000000 ]---",
					     "BUG: kernel NULL pointer dereference, address: 0000000000000008",
					     NULL };
	static const char *const fault_is[] = { "BUG: kernel NULL pointer dereference, address: 0000000000000000",
						"BUG: kernel NULL pointer dereference, address: 0000000000000008",
						NULL };
	static const char *const bug[] = { "------------[ cut here ]------------", "kernel BUG at mm/mm_init.c:2138!",
					   "Oops: invalid opcode: 0000 [#1] SMP",
					   "---[ end trace 0000000000000000 ]---", NULL };
	static const char *const bug_is[] = { "kernel BUG at mm/mm_init.c:2138!", NULL };
	static const char *const warn[] = { "------------[ cut here ]------------",
					    "the message of a WARN()",
					    "WARNING: lib/foo.c:1 at foo+0x1/0x2, CPU#0: init/1",
					    "---[ end trace 0000000000000000 ]---",
					    "------------[ cut here ]------------",
					    "WARNING: lib/foo.c:2 at foo+0x1/0x2, CPU#0: init/1",
					    "---[ end trace 0000000000000000 ]---",
					    NULL };
	static const char *const warn_is[] = { "WARNING: lib/foo.c:1 at foo+0x1/0x2, CPU#0: init/1: "
					       "\"the message of a WARN()\"",
					       "WARNING: lib/foo.c:2 at foo+0x1/0x2, CPU#0: init/1", NULL };
	static const char *const list_bug[] = {
		"list_del corruption, 1->next is NULL", "------------[ cut here ]------------",
		"kernel BUG at lib/list_debug.c:52!",	"Oops: invalid opcode: 0000 [#1] SMP",
		"---[ end trace 0000000000000000 ]---", NULL
	};
	static const char *const list_bug_is[] = {
		"list_del corruption, 1->next is NULL; kernel BUG at lib/list_debug.c:52!", NULL
	};
	static const char *const list_warn[] = { "------------[ cut here ]------------",
						 "list_del corruption, 1->next is NULL",
						 "WARNING: lib/list_debug.c:52 at foo+0x1/0x2, CPU#0: init/1",
						 "---[ end trace 0000000000000000 ]---", NULL };
	static const char *const list_warn_is[] = { "WARNING: lib/list_debug.c:52 at foo+0x1/0x2, CPU#0: init/1: "
						    "\"list_del corruption, 1->next is NULL\"",
						    NULL };
	static const char *const nameless[] = { "------------[ cut here ]------------", "something nobody has seen yet",
						"---[ end trace 0000000000000000 ]---", NULL };
	static const char *const nameless_is[] = { "something nobody has seen yet", NULL };
	static const char *const cut[] = { "------------[ cut here ]------------", NULL };
	static const char *const gp[] = {
		"Oops: general protection fault, probably for non-canonical address 0xd: 0000 [#1] SMP",
		"KASAN: null-ptr-deref in range [0x8-0xf]", "---[ end trace 0000000000000000 ]---", NULL
	};
	static const char *const gp_is[] = {
		"Oops: general protection fault, probably for non-canonical address 0xd: 0000 [#1] SMP", NULL
	};
	static const char *const two[] = { "BUG: Bad page state in process a  pfn:1",
					   "BUG: Bad page state in process a  pfn:2", NULL };

	assert_reports(fault, fault_is);
	assert_reports(bug, bug_is);
	assert_reports(warn, warn_is);
	assert_reports(list_bug, list_bug_is);
	assert_reports(list_warn, list_warn_is);
	assert_reports(nameless, nameless_is);
	assert_reports(cut, cut);
	assert_reports(gp, gp_is);
	assert_reports(two, two);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kernellog/real", test_real);
	g_test_add_func("/kernellog/clock", test_clock);
	g_test_add_func("/kernellog/wording", test_wording);
	g_test_add_func("/kernellog/records", test_records);
	g_test_add_func("/kernellog/bad", test_bad);
	g_test_add_func("/kernellog/user", test_user);
	g_test_add_func("/kernellog/many", test_many);
	g_test_add_func("/kernellog/complaints", test_complaints);
	g_test_add_func("/kernellog/real-boots", test_real_boots);
	g_test_add_func("/kernellog/one-entry-a-report", test_one_entry_a_report);
	return g_test_run();
}
