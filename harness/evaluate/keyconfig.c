// SPDX-License-Identifier: GPL-2.0-or-later
#include "keyconfig.h"

#include <string.h>

#define PREFIX "CONFIG_"

/*
 * Names as in 6.18 to 7.3. A name that a kernel does not have is as good as off,
 * so that one which goes or comes between versions makes no difference by itself.
 */
static const char *const matters[] = {
	/* layout of memory: how many struct pages there are, how large, and how pageblocks and zones cut them */
	"64BIT", "SMP", "NR_CPUS", "NUMA", "NODES_SHIFT", "SPARSEMEM", "SPARSEMEM_VMEMMAP", "FLATMEM", "ZONE_DMA",
	"ZONE_DEVICE", "MEMORY_HOTPLUG", "TRANSPARENT_HUGEPAGE", "HUGETLB_PAGE", "HUGETLB_PAGE_OPTIMIZE_VMEMMAP",
	"PAGE_BLOCK_MAX_ORDER", "ARCH_FORCE_MAX_ORDER", "CMA", "MEMCG", "LRU_GEN",
	/* more work for each page when it is initialised or freed to the buddy */
	"DEBUG_VM", "DEBUG_VM_PGFLAGS", "DEBUG_VM_PGTABLE", "DEBUG_VM_RB", "PAGE_POISONING", "DEBUG_PAGEALLOC",
	"DEBUG_PAGEALLOC_ENABLE_DEFAULT", "DEBUG_PAGE_REF", "PAGE_EXTENSION", "PAGE_OWNER", "PAGE_TABLE_CHECK",
	"MEM_ALLOC_PROFILING", "SHUFFLE_PAGE_ALLOCATOR", "INIT_ON_ALLOC_DEFAULT_ON", "INIT_ON_FREE_DEFAULT_ON",
	"DEBUG_MEMORY_INIT", "KEXEC_HANDOVER_DEBUG", "TEST_KEXEC_HANDOVER",
	/* instruments that slow all code down */
	"KASAN", "KMSAN", "KCSAN", "KFENCE", "UBSAN", "KCOV", "GCOV_KERNEL", "FUNCTION_TRACER", "PROFILE_ALL_BRANCHES",
	"LOCKDEP", "PROVE_LOCKING", "LOCK_STAT", "DEBUG_SPINLOCK", "DEBUG_MUTEXES", "DEBUG_RWSEMS", "DEBUG_PREEMPT",
	"DEBUG_ATOMIC_SLEEP", "DEBUG_LIST", "DEBUG_OBJECTS", "DEBUG_KMEMLEAK", "SLUB_DEBUG_ON",
	/* what the compiler makes of it */
	"CC_OPTIMIZE_FOR_PERFORMANCE", "CC_OPTIMIZE_FOR_SIZE", "LTO", "AUTOFDO_CLANG", "PROPELLER_CLANG",
	"X86_NATIVE_CPU", "INIT_STACK_NONE", "INIT_STACK_ALL_ZERO", "INIT_STACK_ALL_PATTERN", "KSTACK_ERASE",
	"ZERO_CALL_USED_REGS", "STACKPROTECTOR", "STACKPROTECTOR_STRONG", "FORTIFY_SOURCE", "RANDSTRUCT", "CFI",
	"FRAME_POINTER", "JUMP_LABEL", "CPU_MITIGATIONS", "MITIGATION_RETPOLINE", "X86_KERNEL_IBT",
	/* time and scheduling: the threads of deferred init, and how often a tick comes between */
	"HZ", "NO_HZ_IDLE", "NO_HZ_FULL", "HIGH_RES_TIMERS", "PREEMPT_NONE", "PREEMPT_VOLUNTARY", "PREEMPT",
	"PREEMPT_LAZY", "PREEMPT_RT", "PREEMPT_DYNAMIC",
	/* the way into the kernel, and what it runs on */
	"KERNEL_GZIP", "KERNEL_BZIP2", "KERNEL_LZMA", "KERNEL_XZ", "KERNEL_LZO", "KERNEL_LZ4", "KERNEL_ZSTD",
	"RELOCATABLE", "RANDOMIZE_BASE", "RANDOMIZE_MEMORY", "HYPERVISOR_GUEST", "PARAVIRT", "KVM_GUEST",
	"CMDLINE_BOOL", "BOOT_CONFIG_FORCE"
};

char *keyconfig_asked(const Plan *plan)
{
	char **asked = plan_hop(plan, 0)->config_asked;

	return asked && *asked ? g_strjoinv(" ", asked) : NULL;
}

char *keyconfig_built(const Result *result)
{
	const Hop *hop = result_said(result, 0);
	GHashTable *config = result->config ? result->config : hop ? hop->config : NULL;
	GString *words = g_string_new(NULL);

	for (gsize i = 0; config && i < G_N_ELEMENTS(matters); i++) {
		g_autofree char *symbol = g_strconcat(PREFIX, matters[i], NULL);
		const char *value = g_hash_table_lookup(config, symbol);

		if (value && strcmp(value, "n") != 0)
			g_string_append_printf(words, "%s%s=%s", words->len ? " " : "", symbol, value);
	}
	return g_string_free(words, words->len == 0);
}

/* Where the bracket that begins the text ends; NULL. */
static const char *closing(const char *text)
{
	int depth = 0;

	for (; *text; text++) {
		depth += (*text == '(') - (*text == ')');
		if (!depth)
			return text;
	}
	return NULL;
}

char *keyconfig_compiler(const Result *result)
{
	const Hop *hop = result_said(result, 0);

	for (guint i = 0; hop && hop->log && i < hop->log->own->len; i++) {
		const KernelLogLine *line = hop->log->own->pdata[i];
		const char *builder = g_str_has_prefix(line->text, KERNEL_BANNER) ? strchr(line->text, '(') : NULL;
		const char *tools = builder ? closing(builder) : NULL, *end = NULL;

		if (tools && g_str_has_prefix(tools, ") ("))
			end = closing(tools + 2);
		if (end)
			return g_strndup(tools + 3, (gsize)(end - tools - 3));
	}
	return NULL;
}
