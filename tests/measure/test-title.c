// SPDX-License-Identifier: GPL-2.0-or-later
/* Reports as kernels print them, and what they are called: the same in every build and at every address. */
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
	  "stall", "soft lockup in memmap_init_range" },
	{ "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\nRIP: 0010:kho_mem_retrieve+0x1/0x2\n", "stall",
	  "RCU stall in kho_mem_retrieve" },
	{ "INFO: task luo_kexec_simple:77 blocked for more than 120 seconds.\n", "hung-task",
	  "hung task: luo_kexec_simple:N" },
	{ "WARNING: possible circular locking dependency detected\n7.1.13 #1 Not tainted\n", "lockdep",
	  "possible circular locking dependency" },
	{ "BUG: sleeping function called from invalid context at kernel/locking/mutex.c:585\n", "bug",
	  "sleeping function called from invalid context" },
	{ "Out of memory: Killed process 77 (pressure) total-vm:1kB\n", "oom", "out of memory" },
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
	Title titles[2] = { { TITLE_NONE, NULL }, { TITLE_NONE, NULL } };

	for (gsize i = 0; i < 2; i++) {
		g_autoptr(GPtrArray) lines = lines_of(twice[i]);

		titles[i] = title_of_report(lines);
	}
	g_assert_cmpstr(titles[0].text, ==, titles[1].text);
	title_clear(&titles[0]);
	title_clear(&titles[1]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/title/reports", test_reports);
	g_test_add_func("/title/same", test_same);
	return g_test_run();
}
