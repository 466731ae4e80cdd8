// SPDX-License-Identifier: GPL-2.0-or-later
#include <store/memory.h>

#include <measure/corefile.h>

static void free_kernel(gpointer data)
{
	PostmortemKernel *kernel = data;

	g_free((char *)kernel->map);
	g_free((char *)kernel->layout);
}

GArray *memory_kernels(const RunDir *run, const Plan *plan)
{
	GArray *kernels = g_array_new(FALSE, FALSE, sizeof(PostmortemKernel));

	g_array_set_clear_func(kernels, free_kernel);
	for (guint i = 0; i < plan_hops(plan); i++) {
		const PlanHop *hop = plan_hop(plan, i);
		PostmortemKernel kernel = { hop->release, hop->nonce, rundir_read_symbols(run, hop),
					    rundir_read_layout(run, hop) };

		g_array_append_val(kernels, kernel);
	}
	return kernels;
}

/* Of a file that cannot be read: nothing is in it. */
static bool read_nothing(guint64 address, gpointer buffer, gsize length, gpointer user)
{
	return false;
}

Postmortem *memory_read(const RunDir *run, const Plan *plan, int hop)
{
	g_autoptr(GBytes) file = rundir_read(run, RUNDIR_MEMORY);
	g_autofree char *registers = rundir_text(run, RUNDIR_MACHINE);
	g_autoptr(CoreFile) core = NULL;
	g_autoptr(GArray) kernels = NULL;
	g_autoptr(GError) error = NULL;
	Postmortem *postmortem;

	if (!file || !plan)
		return NULL;
	core = corefile_parse(file, &error);
	kernels = memory_kernels(run, plan);
	postmortem = postmortem_make(&(PostmortemSource){ .arch = arch_default(),
							  .registers = registers,
							  .read = core ? corefile_read : read_nothing,
							  .read_physical = core ? corefile_read_physical : read_nothing,
							  .user = core,
							  .kernels = (const PostmortemKernel *)(gpointer)kernels->data,
							  .n_kernels = kernels->len,
							  .hop = (guint)CLAMP(hop, 0, (int)MAX(kernels->len, 1) - 1) });
	if (error) {
		g_free(postmortem->why);
		g_free(postmortem->no_log);
		postmortem->why = g_strdup_printf("memory.core cannot be read: %s", error->message);
		postmortem->no_log = g_strdup(postmortem->why);
	}
	return postmortem;
}
