// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A comparison as it goes into a cover letter: plain text, no line longer than a mail should have, and nothing that a
 * reader on a list would have to know khotest for.
 */
#include <base/spawn.h>
#include <base/text.h>
#include <evaluate/about.h>
#include <report/comparison.h>
#include <report/conditions.h>
#include <report/storedcomparison.h>
#include <study/noisesum.h>

#include <string.h>

#define COLUMNS 72

/* Lines of words. The first begins with begin, all others with indent; all but the last end with end. */
static void put_words(GString *out, char **words, const char *begin, const char *indent, const char *end)
{
	gsize column = 0;

	g_string_append(out, begin);

	for (char **word = words; *word; word++) {
		gsize length = (gsize)g_utf8_strlen(*word, -1);

		if (column && strlen(begin) + column + 1 + length + strlen(end) > COLUMNS) {
			g_string_append_printf(out, "%s\n%s", end, indent);
			column = strlen(indent) - strlen(begin);
		} else if (column) {
			g_string_append_c(out, ' ');
			column++;
		}
		g_string_append(out, *word);
		column += length;
	}
	g_string_append_c(out, '\n');
}

static void put_wrapped(GString *out, const char *text, const char *begin, const char *indent)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	put_words(out, words, begin, indent, "");
}

static const Result *any_result(const ComparisonSide *side)
{
	return side->runs->len ? side->runs->pdata[0] : side->warm_up;
}

/* What was done, on what. */
static void put_machine(GString *out, const Result *result)
{
	const Plan *plan = result->plan;
	g_autofree char *machine = result_machine(plan);
	g_autofree char *text = NULL;

	text = g_strdup_printf("Tested with khotest: each kernel was booted in a virtual machine (%s, %s), %s, and %s. "
			       "Every kernel was looked at from inside.",
			       machine, result->qemu ? result->qemu : "QEMU",
			       plan->hops->len > 1 ? "loaded the next one with kexec_file_load" : "run once",
			       plan->hops->len > 1 ? "handed over to it (KHO)" : "nothing was handed over");
	put_wrapped(out, text, "", "");
}

/* "stock (7.1.13-stock): PASS 9 of 9, as expected; 3244 of 3244 scratch pageblocks CMA in the second kernel" */
static void put_side(GString *out, const ComparisonSide *side)
{
	g_autofree char *verdicts = comparisonside_verdicts(side), *text = NULL, *scratch = NULL;
	const Result *result = any_result(side);
	guint last = result ? MAX(result->hops->len, 1) - 1 : 0;
	const Hop *hop = result ? result_said(result, 0) : NULL;
	const Oracle *oracle = result && result->hops->len > 1 ? result_oracle(result, last) : NULL;

	scratch = oracle ? g_strdup_printf("; %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
					   " scratch pageblocks are MIGRATE_CMA in the %s",
					   oracle->found, oracle->expected, last == 1 ? "second kernel" : "last kernel")
			 : g_strdup("");
	/* the name is in front of the verdicts already */
	text = g_strdup_printf("%s (%s)%s%s", side->name, hop && hop->release ? hop->release : "-",
			       verdicts + strlen(side->name), scratch);
	put_wrapped(out, text, "  ", "    ");
}

/* What is worth its room: what the comparison is about, and differences of the same kernel that were seen. */
static bool is_told(const Finding *f, const Comparison *comparison)
{
	const Metric *about = comparison_about(comparison, f->side);

	return f->about || (about && f->paired.decision == DECISION_SEEN && f->metric->selector == about->selector);
}

/* Finding: those of a side that are told. Caller unrefs. */
static GArray *find_told(const Comparison *comparison, const GArray *findings, guint side)
{
	GArray *told = g_array_new(FALSE, FALSE, sizeof(Finding));

	for (guint i = 0; i < findings->len; i++) {
		const Finding *f = &g_array_index(findings, Finding, i);

		if (f->side == side && is_told(f, comparison))
			g_array_append_vals(told, f, 1);
	}
	return told;
}

/* "\n    (no difference seen; one of 12.3 ms would have been)". Caller frees. */
static char *decision_words(const Finding *f)
{
	g_autofree char *visible = metric_format(f->metric, f->paired.visible);

	if (f->paired.decision == DECISION_TOO_FEW)
		return g_strdup("\n    (too few pairs to tell)");
	if (f->paired.decision == DECISION_NOT_SEEN)
		return g_strdup_printf("\n    (no difference seen; one of %s would have been)", visible);
	return g_strdup("");
}

static char *pairs_words(guint pairs)
{
	return g_strdup_printf("%u pair%s", pairs, pairs == 1 ? "" : "s");
}

/* pairs: how many it has if nothing else is said */
static void put_finding(GString *out, const Finding *f, guint pairs)
{
	g_autofree char *a = metric_format(f->metric, f->a.median), *b = metric_format(f->metric, f->b.median);
	g_autofree char *change = metric_format_interval(f->metric, &f->paired.difference);
	g_autofree char *decision = decision_words(f), *of = pairs_words(f->paired.pairs);
	bool differs = f->paired.pairs != pairs;

	g_string_append_printf(out, "  %s%s%s%s:\n    %s -> %s, %s%s\n", f->metric->title, differs ? " (" : "",
			       differs ? of : "", differs ? ")" : "", a, b, change, decision);
}

static void put_findings(GString *out, const Comparison *comparison, const GArray *findings, guint side)
{
	const ComparisonSide *first = comparison->sides->pdata[0], *other = comparison->sides->pdata[side];
	g_autoptr(GArray) told = find_told(comparison, findings, side);
	g_autofree char *title = NULL, *of = NULL, *few = findings_too_few(told);
	guint pairs = 0;

	for (guint i = 0; i < told->len; i++)
		if (g_array_index(told, Finding, i).about)
			pairs = g_array_index(told, Finding, i).paired.pairs;
	of = pairs_words(pairs);
	title = told->len ? g_strdup_printf("%s against %s, medians and paired differences of %s of runs:", other->name,
					    first->name, of)
			  : g_strdup_printf("%s against %s: no pair of runs has a time or a count to compare.",
					    other->name, first->name);
	g_string_append_c(out, '\n');
	put_wrapped(out, title, "", "");
	for (guint i = 0; i < told->len; i++)
		put_finding(out, &g_array_index(told, Finding, i), pairs);
	if (few)
		put_wrapped(out, few, "  ", "  ");
}

static void put_note(GString *out, const char *sentence)
{
	g_autofree char *note = sentence ? g_strdup_printf("Note: %s.", sentence) : NULL;

	if (note)
		put_wrapped(out, note, "", "");
}

/* Why the figures may be worth less than they look. */
static void put_notes(GString *out, const StoredComparison *stored)
{
	guint begun = storedcomparison_begun(stored), whole = comparison_rounds(stored->comparison);
	g_autofree char *end = storedcomparison_end(stored), *noise = noise_sentence(stored->comparison);
	g_autofree char *left_out = begun > whole ? g_strdup_printf("%u of %u rounds are left out, as they are not "
								    "whole, or not of the same machine",
								    begun - whole, begun)
						  : NULL;

	if (end || noise || left_out)
		g_string_append_c(out, '\n');
	put_note(out, end);
	put_note(out, left_out);
	put_note(out, noise);
}

/* What the figures are, and are not. */
static void put_caveats(GString *out, const Plan *plan)
{
	bool emulated = g_strcmp0(plan->accelerator, "tcg") == 0;

	g_string_append_c(out, '\n');
	if (g_strcmp0(plan->mode, "counted") == 0)
		put_wrapped(out, "Figures are executed instructions on one emulated CPU, the same in each run.", "",
			    "");
	else
		put_wrapped(out,
			    emulated ? "[...] is an interval of 95%. The machine was emulated (TCG): seconds compare "
				       "these kernels with each other, and say little about hardware."
				     : "[...] is an interval of 95%.",
			    "", "");
}

static void put_command(GString *out, const StoredComparison *stored)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	/* whatever path it was called by */
	g_ptr_array_add(words, g_strdup("khotest"));
	for (char **word = stored->dir->asked ? stored->dir->asked + 1 : NULL; word && *word; word++)
		g_ptr_array_add(words, spawn_describe((const char *const[]){ *word, NULL }));
	g_ptr_array_add(words, NULL);
	if (words->len < 3)
		return;
	g_string_append(out, "\nThe same again:\n");
	put_words(out, (char **)words->pdata, "  ", "      ", " \\");
}

char *storedcomparison_to_cover(const StoredComparison *stored)
{
	const Comparison *comparison = stored->comparison;
	g_autoptr(GArray) findings = comparison_findings(comparison);
	const Result *result = comparison->sides->len ? any_result(comparison->sides->pdata[0]) : NULL;
	g_autofree char *difference = comparison_difference(comparison);
	GString *out = g_string_new(NULL);

	if (!result || !result->plan || !comparison_rounds(comparison)) {
		g_string_append(out, "No round is whole: there is nothing to tell.\n");
		return g_string_free(out, FALSE);
	}
	put_machine(out, result);
	if (difference) {
		g_autofree char *text = g_strdup_printf("NOT COMPARABLE: %s", difference);

		put_wrapped(out, text, "", "");
	}
	g_string_append_c(out, '\n');
	for (guint i = 0; i < comparison->sides->len; i++)
		put_side(out, comparison->sides->pdata[i]);
	for (guint side = 1; side < comparison->sides->len; side++)
		put_findings(out, comparison, findings, side);
	put_notes(out, stored);
	put_caveats(out, result->plan);
	put_command(out, stored);
	return g_string_free(out, FALSE);
}
