// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/about.h>
#include <evaluate/key.h>
#include <evaluate/metric.h>
#include <history/readrun.h>

static void add_key(IndexedRun *run, const Result *result)
{
	g_autoptr(GPtrArray) key = result_key(result);

	run->key = key_digest(key);
	for (guint i = 0; i < key->len; i++) {
		const KeyPart *part = key->pdata[i];

		indexedrun_add_part(run, part->name, part->value);
	}
}

static void add_values(IndexedRun *run, const Result *result)
{
	guint n;
	const Metric *metrics = metrics_all(&n);

	for (guint i = 0; i < n; i++)
		indexedrun_add_value(run, metrics[i].id, metric_value(&metrics[i], result));
}

/* What tells builds apart: of a chain whose kernels are not alike, all of them together. */
static char *image_of(const Plan *plan)
{
	g_autoptr(GString) all = g_string_new(NULL);

	if (!plan_is_mixed(plan))
		return g_strdup(plan_hop(plan, 0)->sha256);
	for (guint i = 0; i < plan_hops(plan); i++)
		g_string_append_printf(all, "%s ", plan_hop(plan, i)->sha256 ? plan_hop(plan, i)->sha256 : "-");
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all->str, -1);
}

IndexedRun *readrun_from_result(const Result *result)
{
	IndexedRun *run = indexedrun_new(result->path);
	const Plan *plan = result->plan;
	const PlanHop *kernel;
	const Hop *first = result_said(result, 0);

	run->date = g_strdup(result_date(result));
	run->verdict = g_strdup(verdict_kind_name(result->verdict->kind));
	run->class = g_strdup(result->verdict->title_class);
	run->title = g_strdup(result->verdict->title);
	if (!plan)
		return run;
	kernel = plan_hop(plan, 0);
	run->kernel = result_kernel_cell(plan);
	run->release = g_strdup(first && first->release ? first->release : kernel->release);
	run->image = image_of(plan);
	run->series = plan_is_mixed(plan) ? result_series_cell(plan) : g_strdup(kernel->series);
	run->profile = g_strdup(kernel->profile);
	run->mode = g_strdup(plan->mode);
	add_key(run, result);
	add_values(run, result);
	return run;
}

IndexedRun *readrun(const char *path, gpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Result) result = result_load(path, &error);
	IndexedRun *run;

	if (result)
		return readrun_from_result(result);
	run = indexedrun_new(path);
	run->problem = g_strdup(error->message);
	return run;
}
