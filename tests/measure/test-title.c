// SPDX-License-Identifier: GPL-2.0-or-later
/* Reports as kernels print them, and what they are called: the same in every build and at every address. */
#include "fixture.h"

#include <measure/title.h>

#include <string.h>

static const struct {
	const char *report; /* lines; the first may be none of it */
	const char *class, *title;
} reports[] = {
	{ "BUG: kernel NULL pointer dereference, address: 0000000000000000\n#PF: supervisor write access in kernel "
	  "mode\n"
	  "Oops: Oops: 0002 [#1] SMP\nRIP: 0010:deferred_init_memmap+0x5d/0x1d0\n",
	  "oops", "NULL pointer dereference in deferred_init_memmap" },
	{ "BUG: unable to handle page fault for address: ffffea0004000034\nRIP: "
	  "0010:kho_restore_page.isra.0+0x11/0x90\n",
	  "oops", "page fault in kho_restore_page" },
	{ "------------[ cut here ]------------\nkernel BUG at mm/page_alloc.c:1589!\nOops: invalid opcode: 0000 [#1] "
	  "SMP\n"
	  "RIP: 0010:__pageblock_pfn_to_page+0x225/0x240\n",
	  "bug", "kernel BUG in __pageblock_pfn_to_page" },
	{ "kernel BUG at __pageblock_pfn_to_page+0x15d/0x170 [verbose debug info unavailable]\n", "bug",
	  "kernel BUG in __pageblock_pfn_to_page" },
	/* BUG() is all that this function has: its address less one is of the function before */
	{ "kernel BUG at provoke_list+0x70/0x70 [verbose debug info unavailable]!\nOops: invalid opcode: 0000 [#1] "
	  "SMP\n"
	  "RIP: 0010:provoke_bug+0x0/0x10\n",
	  "bug", "kernel BUG in provoke_bug" },
	{ "Oops: general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1] SMP\n"
	  "RIP: 0010:list_lru_add+0x1/0x2\n",
	  "oops", "general protection fault in list_lru_add" },
	{ "WARNING: CPU: 0 PID: 1 at kernel/liveupdate/kexec_handover.c:241 kho_restore_page+0x8b/0xb0\n", "warning",
	  "WARNING in kho_restore_page" },
	{ "WARNING: kernel/liveupdate/kexec_handover.c:909 at kho_preserve_pages+0x5d/0xa0, CPU#1: swapper/0/1\n",
	  "warning", "WARNING in kho_preserve_pages" },
	{ "BUG: KASAN: slab-use-after-free in luo_session_release+0x12/0x30\nRead of size 8 at addr ffff888\n",
	  "sanitizer", "KASAN: slab-use-after-free in luo_session_release" },
	{ "BUG: KFENCE: use-after-free read in memfd_luo_retrieve+0x12/0x30\n", "sanitizer",
	  "KFENCE: use-after-free read in memfd_luo_retrieve" },
	{ "UBSAN: array-index-out-of-bounds in mm/numa.c:12:3\n", "sanitizer",
	  "UBSAN: array-index-out-of-bounds in mm/numa.c:N:N" },
	{ "BUG: Bad page cache in process memfd  pfn:15bf8\n", "corruption", "Bad page cache" },
	{ "BUG: Bad page state in process kworker/0:1  pfn:3a400\n", "corruption", "Bad page state" },
	{ "list_del corruption. prev->next should be ffff8, but was 0\nkernel BUG at lib/list_debug.c:62!\n"
	  "RIP: 0010:__list_del_entry_valid_or_report+0x1/0x2\n",
	  "corruption", "list corruption in __list_del_entry_valid_or_report" },
	{ "watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [swapper/0:1]\nRIP: 0010:memmap_init_range+0x1/0x2\n",
	  "soft-lockup", "soft lockup in memmap_init_range" },
	{ "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\nRIP: 0010:kho_mem_retrieve+0x1/0x2\n", "rcu-stall",
	  "RCU stall in kho_mem_retrieve" },
	{ "INFO: task luo_kexec_simple:77 blocked for more than 120 seconds.\n", "hung-task", "hung task" },
	{ "WARNING: possible circular locking dependency detected\n7.1.13 #1 Not tainted\n", "lockdep",
	  "possible circular locking dependency" },
	{ "BUG: sleeping function called from invalid context at kernel/locking/mutex.c:585\n", "bug",
	  "sleeping function called from invalid context" },
	{ "Out of memory: Killed process 77 (pressure) total-vm:1kB\n", "oom", "out of memory, killed pressure" },
	/* mm/oom_kill.c */
	{ "Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled\n", "oom", "out of memory" },
	/* the task waits in the scheduler, for somebody: kernel/hung_task.c */
	{ "INFO: task luo_kexec:77 blocked for more than 10 seconds.\n      Not tainted 7.1.13 #1\nCall Trace:\n "
	  "<TASK>\n"
	  " __schedule+0x3d1/0xc40\n ? kthread+0x10/0x20\n schedule+0x23/0x80\n luo_wait.constprop.0+0x21/0x90\n",
	  "hung-task", "hung task in luo_wait" },
	/* the neighbour that noticed it is idle: arch/x86/kernel/nmi.c */
	{ "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\nNMI backtrace for cpu 0\n"
	  "RIP: 0010:pv_native_safe_halt+0xb/0x10\nNMI backtrace for cpu 1\nRIP: 0010:memmap_init+0x1/0x2\n",
	  "rcu-stall", "RCU stall in memmap_init" },
	{ "watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 0\nRIP: 0010:kho_lock+0x1/0x2\n", "hard-lockup",
	  "hard lockup in kho_lock" },
	{ "BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 31s!\n", "workqueue-lockup",
	  "workqueue lockup" },
	/* handle_stack_overflow() and exc_double_fault() of arch/x86/kernel/traps.c */
	{ "BUG: TASK stack guard page was hit at ffffc90000187ff8 (stack is ffffc90000188000..ffffc9000018c000)\n"
	  "Oops: stack guard page: 0000 [#1] SMP\nRIP: 0010:memset_orig+0x3/0x10\nCall Trace:\n <TASK>\n"
	  " recursive_loop+0x1a/0x30\n",
	  "oops", "stack overflow in recursive_loop" },
	{ "traps: PANIC: double fault, error_code: 0x0\nPANIC: double fault, error_code: 0x0\n"
	  "RIP: 0010:entry+0x3/0x10\n",
	  "oops", "double fault in entry" },
	/* mm/kasan/report.c: the same access to NULL without KASAN is a page fault */
	{ "Oops: general protection fault, probably for non-canonical address 0xdffffc0000000000: 0000 [#1] SMP KASAN\n"
	  "KASAN: null-ptr-deref in range [0x0000000000000000-0x0000000000000007]\nRIP: 0010:kho_fill+0x4/0x9\n",
	  "oops", "NULL pointer dereference in kho_fill" },
	/* mm/kmsan/report.c; KMSAN takes clang */
	{ "BUG: KMSAN: uninit-value in kho_fill+0x12/0x30\n kho_fill+0x12/0x30\n", "sanitizer",
	  "KMSAN: uninit-value in kho_fill" },
	{ "UBSAN: array-index-out-of-bounds in ../mm/numa.c:12:3\nindex 8 is out of range for type 'char [8]'\n"
	  "Call Trace:\n <TASK>\n dump_stack_lvl+0x4b/0x70\n __ubsan_handle_out_of_bounds+0x96/0xd0\n"
	  " numa_set+0x31/0x40\n",
	  "sanitizer", "UBSAN: array-index-out-of-bounds in numa_set" },
	{ "WARNING: lib/refcount.c:28 at refcount_warn_saturate+0xbe/0x110, CPU#1: sh/68\n"
	  "RIP: 0010:refcount_warn_saturate+0xbe/0x110\nCall Trace:\n <TASK>\n luo_put+0x31/0x40\n",
	  "warning", "WARNING in luo_put" },
	{ "BUG kmalloc-64 (Not tainted): Object already free\nCall Trace:\n <TASK>\n dump_stack_lvl+0x4b/0x70\n"
	  " object_err+0x4b/0x70\n free_it+0x31/0x40\n",
	  "corruption", "slab corruption in free_it" },
	/* kernel/locking/lockdep.c */
	{ "WARNING: possible recursive locking detected\n7.1.13 #1 Not tainted\n"
	  "--------------------------------------------\nsh/68 is trying to acquire lock:\n"
	  "ffffffff82c5d1a0 (a_lock){+.+.}-{4:4}, at: luo_take+0x5e/0x90\n",
	  "lockdep", "possible recursive locking in luo_take" },
	{ "[ BUG: Invalid wait context ]\n7.1.13 #1 Not tainted\n-----------------------------\n"
	  "sh/68 is trying to lock:\nffffffff82c5d1a0 (a_lock){+.+.}-{4:4}, at: luo_take+0x5e/0x90\n",
	  "lockdep", "invalid wait context in luo_take" },
	{ "Linux version 7.1.13\nSpectre V2 : WARNING: Unprivileged eBPF is enabled\n", "none", NULL },
};

static GPtrArray *lines_of(const char *text)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) all = g_strsplit(text, "\n", -1);

	for (char **line = all; *line; line++)
		g_ptr_array_add(lines, g_strdup(*line));
	return lines;
}

static void test_reports(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(reports); i++) {
		g_autoptr(GPtrArray) lines = lines_of(reports[i].report);
		g_auto(Title) title = title_of_report(lines);

		g_assert_cmpstr(title.text, ==, reports[i].title);
		g_assert_cmpstr(title_class_id(title.class), ==, reports[i].class);
	}
}

/* Another address, another build, another line of the file: the same failure. */
static void test_same(void)
{
	static const char *const twice[] = {
		"kernel BUG at mm/page_alloc.c:1589!\nRIP: 0010:set_zone_contiguous.constprop.0+0x225/0x240\n",
		"kernel BUG at mm/page_alloc.c:1601!\nRIP: 0010:set_zone_contiguous+0x19/0x90\n"
	};
	Title titles[2] = { { 0 }, { 0 } };

	for (gsize i = 0; i < 2; i++) {
		g_autoptr(GPtrArray) lines = lines_of(twice[i]);

		titles[i] = title_of_report(lines);
	}
	g_assert_cmpstr(titles[0].text, ==, titles[1].text);
	title_clear(&titles[0]);
	title_clear(&titles[1]);
}

/* Ends that only the host knows of, as harness/vm/ words them. */
static void test_host(void)
{
	static const struct {
		EndCause end;
		const char *detail, *class, *title;
	} ends[] = {
		{ END_CRASHED, "the emulator was killed by signal 9 (Killed), as for want of memory: see dmesg",
		  "emulator-killed", "emulator killed (SIGKILL)" },
		{ END_CRASHED, "the emulator was killed by signal 11 (Segmentation fault)", "emulator-crashed",
		  "emulator crashed: Segmentation fault" },
		{ END_CRASHED, "the emulator ended by itself with status 1; it said: no", "emulator-crashed",
		  "emulator ended by itself" },
		{ END_CRASHED, "somebody on the host ended the emulator (host-signal)", "emulator-killed",
		  "emulator ended from outside" },
		{ END_CRASHED, "the emulator was stopped by a signal, for 20.00 s", "emulator-stuck",
		  "emulator stopped by a signal" },
		/* kvm_handle_internal_error() of accel/kvm/kvm-all.c */
		{ END_CRASHED,
		  "the emulator paused the guest by itself: an internal error; it said: KVM internal error. Suberror: "
		  "1",
		  "kvm-error", "KVM internal error" },
		{ END_CRASHED,
		  "the emulator ended by itself with status 1; it said: cannot set up guest memory 'ram': "
		  "Cannot allocate memory",
		  "host-oom", "host out of memory" },
		{ END_CRASHED, "the emulator paused the guest after an I/O error on the host", "host",
		  "I/O error of the host" },
		{ END_INTERRUPTED, NULL, "host", "interrupted" },
		{ END_RESET, "the guest switched itself off", "power-off", "powered off" },
		{ END_RESET, "the guest asked for a reset", "reset", "reset" },
		{ END_RESET, NULL, "reset", "reset or powered off" },
		{ END_RESET, "an earlier hop came up again: a cold boot instead of a kexec", "cold-boot",
		  "cold boot instead of kexec" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
		g_autoptr(Fixture) fixture = fixture_new("central-2n");
		const Verdict *verdict;

		fixture_drop(fixture, 1, "done");
		fixture->evidence.end = ends[i].end;
		fixture->evidence.end_detail = ends[i].detail;
		verdict = fixture_judge(fixture);
		g_assert_cmpstr(verdict->title, ==, ends[i].title);
		g_assert_cmpstr(verdict->title_class, ==, ends[i].class);
	}
}

/* What a console shows beside its words; and whatever it shows, of a run that came to its end nothing is said. */
static void test_console(void)
{
	g_autoptr(Fixture) garbage = fixture_new("central-2n"), loop = fixture_new("central-2n");
	g_autoptr(Fixture) fine = fixture_new("central-2n");

	for (guint i = 0; i < 3; i++) {
		fixture_console_add(garbage, "\xef\xbf\xbd{\xef\xbf\xbd\xef\xbf\xbd,\xef\xbf\xbdq\xef\xbf\xbd"
					     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd"
					     "\xef\xbf\xbd\xef\xbf\xbd");
		fixture_console_add(loop, "[    0.000000] Linux version 7.1.13-central");
		fixture_console_add(fine, "[    0.000000] Linux version 7.1.13-central");
	}
	fixture_drop_hop(garbage, 1);
	garbage->evidence.end = END_SILENT;
	g_assert_cmpstr(fixture_judge(garbage)->title_class, ==, "hang");
	for (guint i = 0; i < 80; i++)
		fixture_console_add(garbage, "\xef\xbf\xbd{\xef\xbf\xbd\xef\xbf\xbd,\xef\xbf\xbdq\xef\xbf\xbd");
	g_assert_cmpstr(fixture_judge(garbage)->title, ==, "garbage on the console");
	fixture_drop_hop(loop, 1);
	loop->evidence.end = END_TIMEOUT;
	g_assert_cmpstr(fixture_judge(loop)->title, ==, "reboot loop");
	g_assert_cmpstr(loop->verdict->title_class, ==, "reboot-loop");
	loop->evidence.end = END_LOOPED;
	g_assert_cmpstr(fixture_judge(loop)->title, ==, "reboot loop");
	g_assert_cmpstr(loop->verdict->title_class, ==, "reboot-loop");
	g_assert_null(fixture_judge(fine)->title);
}

/* A kernel that hangs and says itself what hangs; a warning before says nothing of that. */
static void test_stall(void)
{
	g_autoptr(Fixture) said = fixture_new("central-2n"), warned = fixture_new("central-2n");

	fixture_console_add(warned, "[    9.000000] WARNING: at foo+0x1/0x2, CPU#0: sh/53");
	fixture_drop_hop(warned, 1);
	warned->evidence.end = END_TIMEOUT;
	g_assert_cmpstr(fixture_judge(warned)->title_class, ==, "hang");
	for (guint i = 0; i < 3; i++) {
		fixture_console_add(said, "[   19.000000] watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 0");
		fixture_console_add(said, "[   19.000000] RIP: 0010:lkdtm_HARDLOCKUP+0xa/0x10");
		fixture_console_add(said, "[   19.000000] ---[ end trace 0000000000000000 ]---");
	}
	fixture_drop_hop(said, 1);
	said->evidence.end = END_TIMEOUT;
	g_assert_cmpstr(fixture_judge(said)->title, ==, "hard lockup in lkdtm_HARDLOCKUP");
	g_assert_cmpstr(said->verdict->title_class, ==, "hard-lockup");
	g_assert_nonnull(strstr(fixture_reason(said->verdict, "kernel-complaint"), "cpu 0 (and 2 more like it)"));
}

/* Each reason has a title, and each class a meaning. */
static void test_all(void)
{
	guint n;
	const KnownReason *reasons = reasons_all(&n);
	g_autoptr(GPtrArray) none = g_ptr_array_new();
	const ConsoleLines silence = console_lines_of(none);
	const Evidence nothing = { .hops = none, .console = &silence };

	for (guint i = 0; i < n; i++) {
		Reason reason = { .known = &reasons[i], .id = reasons[i].id, .text = (char *)"first kernel: some" };
		g_autoptr(GPtrArray) all = g_ptr_array_new();
		const Verdict verdict = { .reasons = all };
		g_auto(Title) title = { 0 };

		g_ptr_array_add(all, &reason);
		title = title_of(&verdict, &nothing);
		g_assert_nonnull(title.text);
		g_assert_nonnull(title.evidence);
		g_assert_cmpint(title.class, !=, TITLE_NONE);
	}
	for (TitleClass class = 0; class < TITLES; class ++) {
		g_assert_nonnull(title_class_id(class));
		g_assert_nonnull(title_class_meaning(class));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/title/reports", test_reports);
	g_test_add_func("/title/same", test_same);
	g_test_add_func("/title/host", test_host);
	g_test_add_func("/title/console", test_console);
	g_test_add_func("/title/stall", test_stall);
	g_test_add_func("/title/all", test_all);
	return g_test_run();
}
