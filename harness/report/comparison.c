// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/signedrank.h>
#include <report/comparison.h>
#include <report/key.h>

#include <string.h>

static void free_side(gpointer data)
{
	ComparisonSide *side = data;

	g_free(side->name);
	result_free(side->warm_up);
	g_ptr_array_unref(side->runs);
	g_free(side);
}

Comparison *comparison_new(const char *const *names)
{
	Comparison *comparison = g_new0(Comparison, 1);

	comparison->sides = g_ptr_array_new_with_free_func(free_side);
	for (; *names; names++) {
		ComparisonSide *side = g_new0(ComparisonSide, 1);

		side->name = g_strdup(*names);
		side->runs = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
		g_ptr_array_add(comparison->sides, side);
	}
	return comparison;
}

void comparison_free(Comparison *comparison)
{
	if (!comparison)
		return;
	g_ptr_array_unref(comparison->sides);
	g_free(comparison);
}

void comparison_add(Comparison *comparison, guint i, Result *result)
{
	ComparisonSide *side = comparison->sides->pdata[i];

	if (side->warm_up)
		g_ptr_array_add(side->runs, result);
	else
		side->warm_up = result;
}

guint comparison_rounds(const Comparison *comparison)
{
	guint rounds = G_MAXUINT;

	for (guint i = 0; i < comparison->sides->len; i++)
		rounds = MIN(rounds, ((const ComparisonSide *)comparison->sides->pdata[i])->runs->len);
	return comparison->sides->len ? rounds : 0;
}

/* The pairs that have the figure; returns how many. a, b: room for comparison_rounds(). */
static guint gather(const Comparison *comparison, const Metric *metric, guint i, double *a, double *b)
{
	const ComparisonSide *first = comparison->sides->pdata[0], *other = comparison->sides->pdata[i];
	guint rounds = comparison_rounds(comparison), n = 0;

	for (guint r = 0; r < rounds; r++) {
		gint64 x = metric_value(metric, first->runs->pdata[r]);
		gint64 y = metric_value(metric, other->runs->pdata[r]);

		if (x < 0 || y < 0)
			continue;
		a[n] = (double)x;
		b[n++] = (double)y;
	}
	return n;
}

const Metric *comparison_about(const Comparison *comparison, guint i)
{
	/* the first of these that is known */
	static const char *const about[] = { "init.later", "init2", "insn2.to_init", "init1", "insn1.to_init" };
	guint rounds = comparison_rounds(comparison);
	g_autofree double *a = g_new(double, rounds);
	g_autofree double *b = g_new(double, rounds);

	for (gsize m = 0; m < G_N_ELEMENTS(about); m++)
		if (gather(comparison, metric_find(about[m]), i, a, b))
			return metric_find(about[m]);
	return NULL;
}

/*
 * Holds the finding's p against those of its family: figures that comparisons are
 * about, or all others. Differences that are all the same leave nothing to chance
 * and are in neither.
 */
static void decide(const Comparison *comparison, guint side, Finding *finding)
{
	guint rounds = comparison_rounds(comparison), n_metrics, family = 0, own = 0;
	const Metric *metrics = metrics_all(&n_metrics);
	g_autofree double *a = g_new(double, rounds);
	g_autofree double *b = g_new(double, rounds);
	g_autofree double *p = g_new(double, (gsize)n_metrics * comparison->sides->len);
	g_autofree bool *significant = g_new0(bool, (gsize)n_metrics * comparison->sides->len + 1);

	for (guint i = 1; i < comparison->sides->len; i++) {
		const Metric *about = comparison_about(comparison, i);

		for (guint m = 0; m < n_metrics; m++) {
			guint n = gather(comparison, &metrics[m], i, a, b);

			for (guint r = 0; r < n; r++)
				b[r] -= a[r];
			if (!n || (about == &metrics[m]) != finding->about || statistics_all_same(b, n))
				continue;
			if (i == side && &metrics[m] == finding->metric)
				own = family;
			p[family++] = signedrank_p(b, n);
		}
	}
	finding->level = signedrank_holm(p, family, STATISTICS_LEVEL, significant);
	finding->paired.decision = statistics_decide(&finding->paired, significant[own], finding->level);
	finding->paired.visible = statistics_visible(&finding->paired, finding->level);
}

bool comparison_find(const Comparison *comparison, const Metric *metric, guint i, Finding *ret_finding)
{
	guint rounds = comparison_rounds(comparison);
	g_autofree double *a = g_new(double, rounds);
	g_autofree double *b = g_new(double, rounds);
	guint n = gather(comparison, metric, i, a, b);

	if (!n)
		return false;
	*ret_finding = (Finding){ .metric = metric,
				  .about = metric == comparison_about(comparison, i),
				  .a = statistics_summary(a, n),
				  .b = statistics_summary(b, n),
				  .paired = statistics_paired(a, b, n) };
	decide(comparison, i, ret_finding);
	return true;
}

bool comparison_tight(const Comparison *comparison)
{
	for (guint i = 1; i < comparison->sides->len; i++) {
		const Metric *about = comparison_about(comparison, i);
		Finding finding;

		if (!about || !comparison_find(comparison, about, i, &finding) || !finding.paired.tight ||
		    finding.paired.decision == DECISION_TOO_FEW)
			return false;
	}
	return comparison->sides->len > 1;
}

static const Result *any_result(const ComparisonSide *side)
{
	return side->warm_up ? side->warm_up : side->runs->len ? side->runs->pdata[0] : NULL;
}

char *comparison_difference(const Comparison *comparison)
{
	const Result *first = comparison->sides->len ? any_result(comparison->sides->pdata[0]) : NULL;
	g_autoptr(GPtrArray) key = first ? result_key(first) : NULL;
	GString *text = g_string_new(NULL);

	for (guint i = 1; key && i < comparison->sides->len; i++) {
		const ComparisonSide *side = comparison->sides->pdata[i];
		const Result *result = any_result(side);
		g_autoptr(GPtrArray) other = result ? result_key(result) : NULL;
		g_autofree char *difference = other ? key_difference(key, other) : NULL;

		if (difference)
			g_string_append_printf(text, "%s%s: %s", text->len ? "; " : "", side->name, difference);
	}
	return g_string_free(text, text->len == 0);
}
