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
	const Hop *first = result_said(result, 0);
	g_autofree char *machine = plan ? result_machine(plan) : NULL;

	if (!plan)
		return g_strdup(result->id);
	return g_strdup_printf("kernel %s series %s (%s), %s", plan_hop(plan, 0)->name,
			       plan_hop(plan, 0)->series ? plan_hop(plan, 0)->series : "-",
			       first && first->release ? first->release : "release unknown", machine);
}
