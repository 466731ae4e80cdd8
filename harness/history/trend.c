// SPDX-License-Identifier: GPL-2.0-or-later
#include <history/trend.h>
#include <measure/statistics.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

const TrendKernel *trend_kernel(const Trend *trend, guint i)
{
	return &g_array_index(trend->kernels, TrendKernel, i);
}

const TrendChange *trend_newest_change(const Trend *trend)
{
	guint newest = trend->kernels->len - 1;
	const TrendChange *last =
		trend->changes->len ? &g_array_index(trend->changes, TrendChange, trend->changes->len - 1) : NULL;

	/* one whose place is not certain counts, if it may be there; one within a kernel's own runs is the host's */
	return last && last->to == newest && last->before != last->after ? last : NULL;
}

char *trend_kernel_name(const Trend *trend, guint i)
{
	const IndexedRun *run = trend_kernel(trend, i)->run;
	const char *name = run->release ? run->release : run->kernel ? run->kernel : "-";

	return run->image ? g_strdup_printf("%s (%.8s)", name, run->image) : g_strdup(name);
}

static gint by_date(gconstpointer a, gconstpointer b)
{
	const IndexedRun *x = *(IndexedRun *const *)a, *y = *(IndexedRun *const *)b;
	int order = g_strcmp0(x->date, y->date);

	return order ? order : g_strcmp0(x->path, y->path);
}

/* "7.2.0-rc3-next" comes before "7.2.0" and after "7.1.13": a candidate precedes its release. */
static int compare_releases(const char *a, const char *b)
{
	enum { VERSION, PATCH, SUB, CANDIDATE, PARTS };
	const char *texts[] = { a ? a : "", b ? b : "" };
	guint parts[2][PARTS] = { { 0 } };

	for (guint i = 0; i < 2; i++) {
		const char *candidate = strstr(texts[i], "-rc");

		sscanf(texts[i], "%u.%u.%u", &parts[i][VERSION], &parts[i][PATCH], &parts[i][SUB]);
		if (!candidate || sscanf(candidate, "-rc%u", &parts[i][CANDIDATE]) != 1)
			parts[i][CANDIDATE] = G_MAXUINT;
	}
	for (guint i = 0; i < PARTS; i++)
		if (parts[0][i] != parts[1][i])
			return parts[0][i] < parts[1][i] ? -1 : 1;
	return 0;
}

static gint by_release(gconstpointer a, gconstpointer b)
{
	const IndexedRun *x = *(IndexedRun *const *)a, *y = *(IndexedRun *const *)b;
	int order = compare_releases(x->release, y->release);

	return order ? order : by_date(a, b);
}

/* Runs by kernel, kernels by the first of their runs in that order. Takes runs, of which it leaves none behind. */
static GPtrArray *by_kernel(GPtrArray *runs, TrendOrder order)
{
	g_autoptr(GPtrArray) owned = runs;
	GPtrArray *sorted = g_ptr_array_new_with_free_func((GDestroyNotify)indexedrun_free);

	g_ptr_array_sort(owned, order == TREND_BY_RELEASE ? by_release : by_date);
	g_ptr_array_set_free_func(owned, NULL);
	for (guint i = 0; i < owned->len; i++) {
		const IndexedRun *first = owned->pdata[i];

		for (guint j = i; first && j < owned->len; j++) {
			IndexedRun *run = owned->pdata[j];

			if (!run || g_strcmp0(run->image, first->image) != 0)
				continue;
			g_ptr_array_add(sorted, run);
			owned->pdata[j] = NULL;
		}
	}
	return sorted;
}

static void add_kernels(Trend *trend)
{
	const double *values = (const double *)trend->values->data;

	for (guint i = 0; i < trend->runs->len;) {
		const IndexedRun *run = trend->runs->pdata[i];
		TrendKernel kernel = { .run = run, .first = i, .lowest = values[i], .highest = values[i] };

		for (; i < trend->runs->len; i++, kernel.n++) {
			const IndexedRun *next = trend->runs->pdata[i];

			if (g_strcmp0(next->image, run->image) != 0)
				break;
			kernel.lowest = MIN(kernel.lowest, values[i]);
			kernel.highest = MAX(kernel.highest, values[i]);
		}
		kernel.median = statistics_median(values + kernel.first, kernel.n);
		trend->unsteady |= trend->exact && kernel.lowest < kernel.highest;
		g_array_append_val(trend->kernels, kernel);
	}
}

static guint kernel_of(const Trend *trend, guint value)
{
	guint i = 0;

	while (i + 1 < trend->kernels->len && trend_kernel(trend, i + 1)->first <= value)
		i++;
	return i;
}

static void add_exact_changes(Trend *trend)
{
	for (guint i = 1; !trend->unsteady && i < trend->kernels->len; i++) {
		const TrendKernel *old = trend_kernel(trend, i - 1), *now = trend_kernel(trend, i);
		TrendChange change = {
			.point = { now->first, now->first, now->first, old->median, now->median },
			.before = i - 1,
			.after = i,
			.from = i - 1,
			.to = i,
		};

		if (fabs(now->median - old->median) >= TREND_EXACT_LEAST * fabs(old->median) &&
		    now->median != old->median)
			g_array_append_val(trend->changes, change);
	}
}

/*
 * Where in the range of a change the kernel changes, as near as there is to the most
 * likely place; that place itself if it does not.
 */
static guint nearest_boundary(const Trend *trend, const ChangePoint *point)
{
	guint best = point->at, distance = G_MAXUINT;

	for (guint i = 1; i < trend->kernels->len; i++) {
		guint at = trend_kernel(trend, i)->first;
		guint far = at > point->at ? at - point->at : point->at - at;

		if (at >= point->first && at <= point->last && far < distance) {
			best = at;
			distance = far;
		}
	}
	return best;
}

static void add_tested_changes(Trend *trend)
{
	g_autoptr(GArray) points = changepoints_find((const double *)trend->values->data, trend->values->len);

	for (guint i = 0; i < points->len; i++) {
		const ChangePoint *point = &g_array_index(points, ChangePoint, i);
		guint at = nearest_boundary(trend, point);
		TrendChange change = {
			.point = *point,
			.before = kernel_of(trend, at - 1),
			.after = kernel_of(trend, at),
			.from = kernel_of(trend, point->first - 1),
			.to = kernel_of(trend, point->last),
		};

		g_array_append_val(trend->changes, change);
	}
}

static guint count_keys(const GPtrArray *runs)
{
	g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < runs->len; i++) {
		const IndexedRun *run = runs->pdata[i];

		g_hash_table_add(keys, run->key ? run->key : (gpointer) "");
	}
	return g_hash_table_size(keys);
}

Trend *trend_new(const Metric *metric, GPtrArray *runs, GPtrArray *parts, TrendOrder order)
{
	Trend *trend = g_new0(Trend, 1);
	const IndexedRun *first;

	trend->metric = metric;
	trend->parts = parts;
	trend->runs = by_kernel(runs, order);
	trend->values = g_array_new(FALSE, FALSE, sizeof(double));
	trend->kernels = g_array_new(FALSE, FALSE, sizeof(TrendKernel));
	trend->changes = g_array_new(FALSE, FALSE, sizeof(TrendChange));
	trend->exact = !metric->clock || figure_is_counted(metric->figure);
	first = trend->runs->pdata[0];
	trend->series = first->series;
	trend->key = first->key;
	trend->keys = count_keys(trend->runs);
	for (guint i = 0; i < trend->runs->len; i++) {
		double value = (double)indexedrun_value(trend->runs->pdata[i], metric->id);

		g_array_append_val(trend->values, value);
	}
	add_kernels(trend);
	if (trend->exact)
		add_exact_changes(trend);
	else
		add_tested_changes(trend);
	return trend;
}

void trend_free(Trend *trend)
{
	if (!trend)
		return;
	g_ptr_array_unref(trend->runs);
	g_ptr_array_unref(trend->parts);
	g_array_unref(trend->values);
	g_array_unref(trend->kernels);
	g_array_unref(trend->changes);
	g_free(trend);
}
