// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/key.h>
#include <measure/signedrank.h>
#include <study/comparison.h>

#include <string.h>

static void free_side(gpointer data)
{
	ComparisonSide *side = data;

	g_free(side->word);
	g_free(side->name);
	result_free(side->warm_up);
	g_ptr_array_unref(side->runs);
	g_free(side);
}

/* Of a tree or an image the last part of its path is enough. Caller frees. */
static char *short_name(const char *word)
{
	const char *path = g_str_has_prefix(word, "tree:")    ? word + strlen("tree:")
			   : g_str_has_prefix(word, "image:") ? word + strlen("image:")
							      : NULL;
	/* a branch may have slashes too */
	gsize before = path ? strcspn(path, "@") : 0;
	g_autofree char *folder = g_strndup(path ? path : "", before);
	g_autofree char *base = path && strcmp(folder, ".") != 0 ? g_path_get_basename(folder) : NULL;

	return base ? g_strconcat(base, path + before, NULL) : g_strdup(word);
}

/* Whether another word has the same short name. */
static bool is_ambiguous(const char *const *words, const char *word, const char *name)
{
	for (; *words; words++) {
		g_autofree char *other = strcmp(*words, word) != 0 ? short_name(*words) : NULL;

		if (g_strcmp0(other, name) == 0)
			return true;
	}
	return false;
}

Comparison *comparison_new(const char *const *words)
{
	Comparison *comparison = g_new0(Comparison, 1);

	comparison->sides = g_ptr_array_new_with_free_func(free_side);
	for (const char *const *word = words; *word; word++) {
		ComparisonSide *side = g_new0(ComparisonSide, 1);
		g_autofree char *name = short_name(*word);

		side->word = g_strdup(*word);
		side->name = is_ambiguous(words, *word, name) ? g_strdup(*word) : g_steal_pointer(&name);
		side->runs = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
		g_ptr_array_add(comparison->sides, side);
	}
	return comparison;
}

Comparison *comparison_of_one_each(const char *const *words, GPtrArray *results)
{
	Comparison *comparison = comparison_new(words);

	for (guint i = 0; i < comparison->sides->len; i++)
		g_ptr_array_add(((ComparisonSide *)comparison->sides->pdata[i])->runs, results->pdata[i]);
	g_ptr_array_set_free_func(results, NULL);
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

guint comparison_pairs(const Comparison *comparison, const Metric *metric, guint i, double *a, double *b)
{
	const ComparisonSide *first = comparison->sides->pdata[0], *other = comparison->sides->pdata[i];
	guint rounds = comparison_rounds(comparison), n = 0;

	for (guint r = 0; r < rounds; r++) {
		gint64 x = metric_measured(metric, first->runs->pdata[r]);
		gint64 y = metric_measured(metric, other->runs->pdata[r]);

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
		if (comparison_pairs(comparison, metric_find(about[m]), i, a, b))
			return metric_find(about[m]);
	return NULL;
}

bool comparison_find(const Comparison *comparison, const Metric *metric, guint i, Finding *ret_finding)
{
	guint rounds = comparison_rounds(comparison);
	g_autofree double *a = g_new(double, rounds);
	g_autofree double *b = g_new(double, rounds);
	guint n = comparison_pairs(comparison, metric, i, a, b);

	if (!n)
		return false;
	*ret_finding = (Finding){ .metric = metric,
				  .side = i,
				  .about = metric == comparison_about(comparison, i),
				  .a = statistics_summary(a, n),
				  .b = statistics_summary(b, n),
				  .paired = statistics_paired(a, b, n) };
	return true;
}

/*
 * Holds the p of a family against each other: of figures that comparisons are about, or
 * of all others. Differences that are all the same leave nothing to chance and are
 * in neither, but their level is the family's too.
 */
static void decide(GArray *findings, bool about)
{
	g_autofree double *p = g_new(double, findings->len);
	g_autofree bool *significant = g_new0(bool, findings->len);
	guint family = 0, next = 0;
	double level;

	for (guint i = 0; i < findings->len; i++) {
		const Finding *f = &g_array_index(findings, Finding, i);

		if (f->about == about && !f->paired.same)
			p[family++] = f->paired.p;
	}
	level = signedrank_holm(p, family, STATISTICS_LEVEL, significant);
	for (guint i = 0; i < findings->len; i++) {
		Finding *f = &g_array_index(findings, Finding, i);

		if (f->about != about)
			continue;
		f->level = level;
		f->paired.decision = statistics_decide(&f->paired, f->paired.same ? false : significant[next++], level);
		f->paired.visible = statistics_visible(&f->paired, level);
	}
}

GArray *comparison_findings(const Comparison *comparison)
{
	GArray *findings = g_array_new(FALSE, FALSE, sizeof(Finding));
	guint n;
	const Metric *metrics = metrics_all(&n);

	/* what has no clock is the same in each run: nothing that pairs could say more of */
	for (guint m = 0; m < n; m++)
		for (guint i = 1; metrics[m].clock && i < comparison->sides->len; i++) {
			Finding finding;

			if (comparison_find(comparison, &metrics[m], i, &finding))
				g_array_append_val(findings, finding);
		}
	decide(findings, true);
	decide(findings, false);
	return findings;
}

guint findings_of_metric(const GArray *findings, guint first)
{
	const Metric *metric = g_array_index(findings, Finding, first).metric;
	guint n = 0;

	if (first && g_array_index(findings, Finding, first - 1).metric == metric)
		return 0;
	while (first + n < findings->len && g_array_index(findings, Finding, first + n).metric == metric)
		n++;
	return n;
}

bool comparison_tight(const Comparison *comparison)
{
	g_autoptr(GArray) abouts = g_array_new(FALSE, FALSE, sizeof(Finding));

	for (guint i = 1; i < comparison->sides->len; i++) {
		const Metric *about = comparison_about(comparison, i);
		Finding finding;

		if (!about || !comparison_find(comparison, about, i, &finding))
			return false;
		g_array_append_val(abouts, finding);
	}
	decide(abouts, true);
	for (guint i = 0; i < abouts->len; i++) {
		const Finding *f = &g_array_index(abouts, Finding, i);

		if (!f->paired.tight || f->paired.decision == DECISION_TOO_FEW)
			return false;
	}
	return abouts->len > 0;
}

static const Result *any_result(const ComparisonSide *side)
{
	const Result *first = comparisonside_first(side);

	return first ? first : side->warm_up ? side->warm_up : side->runs->len ? side->runs->pdata[0] : NULL;
}

static void add_difference(GString *text, const ComparisonSide *side, const char *what, const char *difference)
{
	if (difference)
		g_string_append_printf(text, "%s%s%s: %s", text->len ? "; " : "", side->name, what, difference);
}

/* Of the first of a side's runs that is of another thing. */
static void add_own_difference(GString *text, const ComparisonSide *side)
{
	g_autofree char *difference = NULL;

	for (guint i = 0; i < side->runs->len && !difference; i++)
		difference = comparisonside_difference(side, side->runs->pdata[i], NULL);
	add_difference(text, side, ", from run to run", difference);
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

		add_difference(text, side, "", difference);
	}
	for (guint i = 0; i < comparison->sides->len; i++)
		add_own_difference(text, comparison->sides->pdata[i]);
	return g_string_free(text, text->len == 0);
}
