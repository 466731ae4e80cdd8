// SPDX-License-Identifier: GPL-2.0-or-later
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

bool comparison_find(const Comparison *comparison, const Metric *metric, guint i, Finding *ret_finding)
{
	const ComparisonSide *first = comparison->sides->pdata[0], *other = comparison->sides->pdata[i];
	guint rounds = comparison_rounds(comparison), n = 0;
	g_autofree double *a = g_new(double, rounds);
	g_autofree double *b = g_new(double, rounds);

	for (guint r = 0; r < rounds; r++) {
		gint64 x = metric_value(metric, first->runs->pdata[r]);
		gint64 y = metric_value(metric, other->runs->pdata[r]);

		if (x < 0 || y < 0)
			continue;
		a[n] = (double)x;
		b[n++] = (double)y;
	}
	if (!n)
		return false;
	*ret_finding = (Finding){ .metric = metric,
				  .a = statistics_summary(a, n),
				  .b = statistics_summary(b, n),
				  .paired = statistics_paired(a, b, n) };
	return true;
}

bool comparison_tight(const Comparison *comparison)
{
	/* the first of these that is known */
	static const char *const about[] = { "init2", "insn2.to_init", "init1", "insn1.to_init" };

	for (guint i = 1; i < comparison->sides->len; i++) {
		Finding finding;
		bool found = false;

		for (gsize m = 0; m < G_N_ELEMENTS(about) && !found; m++)
			found = comparison_find(comparison, metric_find(about[m]), i, &finding);
		if (!found || !finding.paired.tight)
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
