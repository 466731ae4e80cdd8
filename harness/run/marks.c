// SPDX-License-Identifier: GPL-2.0-or-later
#include <arch/arch.h>
#include <base/systemmap.h>
#include <measure/count.h>
#include <run/marks.h>

/*
 * A mark is armed by the last one before it that is sure to come just ahead: the
 * first freed page lies within memblock_free_all(), and run_init_process() shares
 * its page of code with what every initcall passes through.
 */
static const struct {
	const char *function;
	VmMark mark;
} functions[] = {
	{ NULL /* the architecture's entry */, { COUNT_ENTRY, 0, VM_MARK_POINT, NULL, 0 } },
	{ "memmap_init_range", { COUNT_MEMMAP, 0, VM_MARK_CALLS, COUNT_ENTRY, 0 } },
	{ "kho_memory_init", { COUNT_KHO, 0, VM_MARK_CALL, COUNT_ENTRY, 0 } },
	{ "memblock_free_all", { COUNT_FREE, 0, VM_MARK_CALL, COUNT_ENTRY, 0 } },
	{ "memblock_free_pages", { COUNT_FIRST_FREE, 0, VM_MARK_POINT, COUNT_FREE, 0 } },
	{ "page_alloc_init_late", { COUNT_LATE, 0, VM_MARK_CALL, COUNT_ENTRY, 0 } },
	{ "run_init_process", { COUNT_INIT, 0, VM_MARK_POINT, COUNT_LATE, 0 } },
};

GArray *marks_find(const char *system_map, char **ret_missing)
{
	GArray *marks = g_array_new(FALSE, TRUE, sizeof(VmMark));
	g_autoptr(GString) missing = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(functions); i++) {
		const char *function = functions[i].function ? functions[i].function : arch_default()->entry;
		VmMark mark = functions[i].mark;

		mark.address = systemmap_find(system_map, function, SYSTEMMAP_CODE);
		if (mark.address)
			g_array_append_val(marks, mark);
		else
			g_string_append_printf(missing, "%s%s()", missing->len ? ", " : "", function);
		if (i == 0 && !mark.address)
			break;
	}
	*ret_missing = g_string_free(g_steal_pointer(&missing), FALSE);
	return marks;
}
