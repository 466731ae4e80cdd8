// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/key.h>
#include <study/cost.h>

#include <string.h>

static void free_group(gpointer data)
{
	CostGroup *group = data;

	g_ptr_array_unref(group->rows);
	g_ptr_array_unref(group->key);
	g_free(group);
}

void cost_free(Cost *cost)
{
	if (!cost)
		return;
	g_ptr_array_unref(cost->groups);
	g_ptr_array_unref(cost->results);
	g_free(cost);
}

const HopCount *cost_of(const Result *result, guint hop)
{
	return hop < result->hops->len ? result_hop(result, hop)->count : NULL;
}

static const char *series_of(const CostRow *row)
{
	const char *series = plan_hop(row->first->plan, 0)->series;

	return series ? series : "-";
}

/* How many rows are called so; ret_last: the last of them, if there is one. */
static guint count_called(const CostGroup *group, const char *series, guint *ret_last)
{
	guint alike = 0;

	for (guint i = 0; i < group->rows->len; i++) {
		if (strcmp(series_of(group->rows->pdata[i]), series) != 0)
			continue;
		*ret_last = i;
		alike++;
	}
	return alike;
}

/* The row of that series, if it is one: which of several would hang on the order in which they came. */
static guint base_of(const CostGroup *group, const char *series)
{
	guint last;

	return count_called(group, series, &last) == 1 ? last : group->rows->len;
}

char *costrow_name(const CostGroup *group, const CostRow *row)
{
	const char *sha256 = plan_hop(row->first->plan, 0)->sha256;
	guint last;

	return count_called(group, series_of(row), &last) < 2 || !sha256
		       ? g_strdup(series_of(row))
		       : g_strdup_printf("%s %.12s", series_of(row), sha256);
}

char *costgroup_note(const Cost *cost, const CostGroup *group)
{
	guint last, bases = count_called(group, cost->base, &last);

	return bases < 2 ? NULL
			 : g_strdup_printf("%u kernels are called %s, and nothing is held against any of them: give "
					   "the runs of one",
					   bases, cost->base);
}

gint64 cost_pageblocks(const Result *result, guint hop)
{
	const Hop *h = result_said(result, hop);
	gint64 sum = 0;

	if (!h || !h->pagetypes)
		return -1;
	for (guint z = 0; z < h->pagetypes->zones->len; z++) {
		const PageTypeZone *zone = h->pagetypes->zones->pdata[z];

		for (guint t = 0; h->pagetypes->types[t]; t++)
			sum += (gint64)zone->blocks[t];
	}
	return sum;
}

/* Whether they are the same run over again, on what is known to be the same machine. The kernel is part of the
 * initramfs.
 */
static bool same_inputs(const Result *a, const Result *b)
{
	return g_strcmp0(plan_hop(a->plan, 0)->series, plan_hop(b->plan, 0)->series) == 0 &&
	       g_strcmp0(a->plan->initramfs_sha256, b->plan->initramfs_sha256) == 0 &&
	       g_strcmp0(plan_hop(a->plan, 0)->sha256, plan_hop(b->plan, 0)->sha256) == 0;
}

static bool same_counts(const Result *a, const Result *b)
{
	for (guint hop = 0; hop < MAX(a->hops->len, b->hops->len); hop++) {
		const HopCount *x = cost_of(a, hop), *y = cost_of(b, hop);

		if (!x != !y || (x && memcmp(x, y, sizeof(*x)) != 0))
			return false;
	}
	return true;
}

static void add_to_group(CostGroup *group, const Result *result)
{
	CostRow *row;

	for (guint hop = 0; cost_of(result, hop); hop++)
		group->hops = MAX(group->hops, hop + 1);
	for (guint i = 0; i < group->rows->len; i++) {
		row = group->rows->pdata[i];
		if (same_inputs(row->first, result)) {
			row->runs++;
			row->identical &= same_counts(row->first, result);
			return;
		}
	}
	row = g_new0(CostRow, 1);
	row->first = result;
	row->runs = 1;
	row->identical = true;
	g_ptr_array_add(group->rows, row);
}

/* Kernels that were given the same work: of the same version, and with the same key. */
static CostGroup *find_group(Cost *cost, const Result *result)
{
	g_autoptr(GPtrArray) key = result_key(result);
	CostGroup *group;

	for (guint i = 0; i < cost->groups->len; i++) {
		g_autofree char *difference = NULL;

		group = cost->groups->pdata[i];
		difference = key_difference(group->key, key);
		if (!difference &&
		    g_strcmp0(plan_hop(group->like->plan, 0)->name, plan_hop(result->plan, 0)->name) == 0)
			return group;
	}
	group = g_new0(CostGroup, 1);
	group->like = result;
	group->key = g_steal_pointer(&key);
	group->rows = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(cost->groups, group);
	return group;
}

Cost *cost_new(GPtrArray *results, const char *base)
{
	Cost *cost = g_new0(Cost, 1);

	cost->base = base;
	cost->results = g_ptr_array_ref(results);
	cost->groups = g_ptr_array_new_with_free_func(free_group);
	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];

		/* one that was cut off has counted less, and no kernel is to blame */
		if (plan_is_counted(result->plan) && verdict_kind_judged(result->verdict->kind))
			add_to_group(find_group(cost, result), result);
	}
	for (guint i = 0; i < cost->groups->len; i++) {
		CostGroup *group = cost->groups->pdata[i];

		group->base = base_of(group, base);
	}
	return cost;
}

guint cost_disagreements(const Cost *cost)
{
	guint n = 0;

	for (guint i = 0; i < cost->groups->len; i++) {
		const CostGroup *group = cost->groups->pdata[i];

		for (guint j = 0; j < group->rows->len; j++)
			n += !((const CostRow *)group->rows->pdata[j])->identical;
	}
	return n;
}
