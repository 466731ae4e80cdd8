// SPDX-License-Identifier: GPL-2.0-or-later
#include <history/readrun.h>
#include <report/key.h>
#include <report/metric.h>

/* The journal's first line has the date (docs/rundir.md). NULL if the run was cut off before it. */
static char *read_date(const char *path)
{
	g_autoptr(RunDir) dir = rundir_open(path, NULL);
	g_autoptr(GPtrArray) lines = dir ? rundir_journal_read(dir) : NULL;

	for (guint i = 0; lines && i < lines->len; i++)
		if (g_strcmp0(json_get_string(lines->pdata[i], "event"), "begin") == 0)
			return g_strdup(json_get_string(lines->pdata[i], "wall"));
	return NULL;
}

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

IndexedRun *readrun_from_result(const Result *result)
{
	IndexedRun *run = indexedrun_new(result->path);
	const Plan *plan = result->plan;
	const PlanHop *kernel;
	const Hop *first = result->hops->len ? result->hops->pdata[0] : NULL;

	run->date = read_date(result->path);
	run->verdict = g_strdup(verdict_kind_name(result->verdict->kind));
	if (!plan)
		return run;
	kernel = plan_hop(plan, 0);
	run->kernel = g_strdup(kernel->name);
	run->release = g_strdup(first && first->release ? first->release : kernel->release);
	run->image = g_strdup(kernel->sha256);
	run->series = g_strdup(kernel->series);
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
