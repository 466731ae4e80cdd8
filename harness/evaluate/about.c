// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/units.h>
#include <evaluate/about.h>

char *result_machine(const Plan *plan)
{
	g_autofree char *memory = units_format_size(plan->guest.memory_bytes);

	return g_strdup_printf("%s, %u CPU%s, %u node%s, %s", memory, plan->guest.cpus,
			       plan->guest.cpus == 1 ? "" : "s", machine_nodes(&plan->guest),
			       machine_nodes(&plan->guest) == 1 ? "" : "s", plan->accelerator);
}

const Audit *result_audit(const Result *result, guint hop)
{
	return hop < result->hops->len ? result_said(result, hop)->audit : NULL;
}

bool result_has_audit(const Result *result)
{
	for (guint i = 0; i < result->hops->len; i++)
		if (result_audit(result, i))
			return true;
	return false;
}

bool result_audit_is_whole(const Result *result)
{
	guint wanted = result_kernels_wanted(result);

	for (guint i = 0; i < wanted; i++)
		if (!result_audit(result, i))
			return false;
	return true;
}

bool result_audit_is_unsound(const Result *result)
{
	for (guint i = 0; i < result->hops->len; i++)
		if (result_audit(result, i) && result_audit(result, i)->map->problems->len)
			return true;
	return false;
}

char *result_title(const Result *result)
{
	const Plan *plan = result->plan;
	g_autofree char *machine = plan ? result_machine(plan) : NULL;
	g_autofree char *kernels = plan ? result_kernels(result) : NULL;

	return plan ? g_strdup_printf("%s, %s", kernels, machine) : g_strdup(result->id);
}

char *result_kernels(const Result *result)
{
	const Plan *plan = result->plan;
	const Hop *first = result_said(result, 0);
	g_autofree char *kernels = plan_kernels(plan, ", ");

	if (plan_is_mixed(plan))
		return g_strdup_printf("kernels %s", kernels);
	return g_strdup_printf("kernel %s series %s (%s)", plan_hop(plan, 0)->name,
			       plan_hop(plan, 0)->series ? plan_hop(plan, 0)->series : "-",
			       first && first->release ? first->release : "release unknown");
}

char *result_kernel_cell(const Plan *plan)
{
	const char *name = plan_hop(plan, 0)->name;

	return plan_is_mixed(plan) ? plan_kernels(plan, ", ") : g_strdup(name ? name : "-");
}

char *result_series_cell(const Plan *plan)
{
	const char *series = plan_hop(plan, 0)->series;

	return g_strdup(plan_is_mixed(plan) ? "chain" : series ? series : "-");
}

char *result_hop_title(const Result *result, guint hop)
{
	g_autofree char *kernel = plan_is_mixed(result->plan) ? plan_kernel(result->plan, hop) : NULL;

	return kernel ? g_strdup_printf("%s, %s", hop_name((int)hop), kernel) : g_strdup(hop_name((int)hop));
}
