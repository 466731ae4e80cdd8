// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which function a report is about. It has registers and a stack (show_regs() and show_trace_log_lvl() of
 * arch/x86/kernel/dumpstack.c); on top of either are often functions that have no part in it: those that noticed it,
 * those that wait for everybody, and the small ones that everybody calls.
 */
#include "titleparts.h"

#include <string.h>

/* clang-format off */

static const char *const bystanders[] = {
	/* who waits, or lets others run: kernel/sched/, kernel/locking/ */
	"__schedule", "schedule", "schedule_*", "io_schedule*", "preempt_schedule*", "__schedule_bug", "__cond_resched",
	"__mutex_lock*", "mutex_lock*", "rwsem_*", "down_*", "__down*", "wait_for_completion*", "__wait_for_common",
	"do_wait_for_common", "__wait_rcu_gp", "synchronize_rcu*",
	/* who takes a spinlock, or passes time */
	"*queued_spin_lock_slowpath", "_raw_spin_*", "_raw_read_*", "_raw_write_*", "do_raw_spin_*", "__delay", "delay_*",
	"__const_udelay", "__udelay",
	/* who has nothing to do: the neighbours of a CPU that is stuck */
	"default_idle*", "*_safe_halt", "arch_cpu_idle", "do_idle", "cpu_startup_entry", "cpuidle_*", "acpi_*idle*",
	/* who is called for anybody's memory: lib/string.c, arch/x86/lib/ */
	"memcpy*", "__memcpy*", "memset*", "__memset*", "memmove*", "__memmove*", "memchr*", "memcmp", "bcmp", "memscan",
	"strlen", "strnlen", "strcmp", "strncmp", "strcasecmp", "strncasecmp", "strchr", "strchrnul", "strrchr", "strstr",
	"strnstr", "strspn", "strcspn", "strsep", "strcpy", "strncpy", "strscpy*", "sized_strscpy", "strlcat", "strncat",
	"rep_*_alternative", "clear_page*", "copy_page*",
	/* who noticed it: mm/kasan/, mm/kfence/, mm/kmsan/, lib/ubsan.c, lib/list_debug.c, lib/refcount.c, mm/usercopy.c */
	"__asan_*", "kasan_*", "__kasan_*", "print_report", "print_address_*", "kfence_*", "__kfence_*", "kmsan_*",
	"__msan_*", "__ubsan_*", "ubsan_*", "__list_*_valid*", "refcount_warn_saturate", "__fortify_*",
	"usercopy_abort", "__check_object_size*", "__check_heap_object", "check_heap_object", "check_bogus_address",
	"__might_*", "lockdep_rcu_suspicious", "object_err*", "slab_err", "slab_bug", "slab_fix", "free_to_partial_list",
	/* who prints it */
	"dump_stack*", "__dump_stack", "show_stack*", "show_regs*", "nmi_*", "panic", "vpanic", "__warn*",
	"warn_slowpath_*", "report_bug*", "check_preemption_disabled",
	NULL,
};

/* clang-format on */

static bool is_bystander(const char *function)
{
	for (const char *const *name = bystanders; *name; name++)
		if (g_pattern_match_simple(*name, function))
			return true;
	return false;
}

/* Where the processor was: "RIP: 0010:func+0x1/0x2", of arm64 "pc : func+0x1/0x2". */
static bool is_registers(const char *line)
{
	return strstr(line, "RIP: ") || g_str_has_prefix(line, "pc : ");
}

/* " func+0x1/0x2", with the module behind it if there is one; what the unwinder only guesses has a "?" before it. */
static bool is_frame(const char *line)
{
	const char *at = line + strspn(line, " \t"), *offset = strstr(at, "+0x");

	return at > line && offset && offset > at && !memchr(at, ' ', (gsize)(offset - at));
}

/*
 * "func+0x70/0x70": behind its end, where something else begins. "kernel BUG at" has the address less one (%pB of
 * lib/vsprintf.c), so that a BUG() in the first instruction of a function is said to be at the end of the one before.
 */
static bool is_behind_end(const char *line)
{
	const char *offset = strstr(line, "+0x"), *size = offset ? strstr(offset, "/0x") : NULL;
	gsize length = size ? (gsize)(size - offset) - 1 : 0;

	return length && strncmp(offset + 1, size + 1, length) == 0 && !g_ascii_isxdigit(size[1 + length]);
}

char *titleframe_of(const GPtrArray *lines, guint first)
{
	g_autofree char *bystander = NULL;

	for (guint i = first; i < MIN(lines->len, first + TITLE_LINES_MOST); i++) {
		const char *line = lines->pdata[i];
		g_autofree char *function = NULL;

		if (i > first && !is_registers(line) && !is_frame(line))
			continue;
		function = titletext_function(line);
		if (function && !is_bystander(function) && !(i == first && is_behind_end(line)))
			return g_steal_pointer(&function);
		if (function && !bystander)
			bystander = g_steal_pointer(&function);
	}
	return g_steal_pointer(&bystander);
}

const char *titleframe_find(const GPtrArray *lines, guint first, const char *begins)
{
	for (guint i = first; i < MIN(lines->len, first + TITLE_LINES_MOST); i++)
		if (g_str_has_prefix(lines->pdata[i], begins))
			return lines->pdata[i];
	return NULL;
}
