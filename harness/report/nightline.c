// SPDX-License-Identifier: GPL-2.0-or-later
/* A night and its changes, each in a line. */
#include "nightwords.h"

#include <base/text.h>

#include <math.h>
#include <string.h>

#define REASON_WIDTH 60 /* characters of a title in the subject */
/* Kernels that are there already take seconds. */
#define BUILT_LEAST_NS (60 * G_GINT64_CONSTANT(1000000000))

/* What would break a line, out; from a guest comes anything. */
static char *one_line(const char *text)
{
	return g_strdelimit(text_clean(text), "\n\t", ' ');
}

char *nightwords_short(const char *commit)
{
	bool hex = commit && strlen(commit) >= 12 && strspn(commit, "0123456789abcdef") == strlen(commit);

	return hex ? g_strndup(commit, 12) : g_strdup(commit ? commit : "unknown");
}

char *nightrange_text(const NightRange *range)
{
	g_autofree char *from = nightwords_short(range->from), *to = nightwords_short(range->to);

	if (!range->to)
		return NULL;
	if (!range->from)
		return g_strdup_printf("%s %s; no good night has run it", range->source, to);
	if (range->other_kernel)
		return g_strdup_printf("%s %s, the same source, but another kernel: look at its patches, its "
				       "configuration and the compiler",
				       range->source, to);
	if (range->commits == 0)
		return g_strdup_printf("%s %s, which has not changed: look at the host", range->source, to);
	if (range->commits < 0)
		return g_strdup_printf("%s %s..%s", range->source, from, to);
	return g_strdup_printf("%s %s..%s, %" G_GINT64_FORMAT " commit%s", range->source, from, to, range->commits,
			       range->commits == 1 ? "" : "s");
}

static char *figure_line(const NightChange *change)
{
	g_autofree char *was = metric_format(change->metric, change->was);
	g_autofree char *is = metric_format(change->metric, change->is);

	return g_strdup_printf("%s: %s %+.1f%%: %s to %s%s", change->cell->label, change->metric->title,
			       100 * change->change.estimate, was, is,
			       figure_is_counted(change->metric->figure) ? " instructions" : "");
}

char *nightchange_line(const NightChange *change)
{
	g_autofree char *line =
		change->metric ? figure_line(change) : g_strdup_printf("%s: %s", change->cell->label, change->why);

	return one_line(line);
}

/* Where a bisection finds the commits: a folder; a repository elsewhere has to be cloned before. */
static char *tree_of(const NightSource *source)
{
	g_autofree char *local = g_str_has_prefix(source->where, "file://")
					 ? g_filename_from_uri(source->where, NULL, NULL)
					 : g_strdup(source->where);

	return local && g_path_is_absolute(local) ? g_shell_quote(local) : g_strdup(".");
}

char *nightchange_bisect(const NightVerdict *verdict, const NightChange *change)
{
	const NightRange *range = &change->range;
	const NightSource *source = range->source ? nightfacts_source(verdict->night->facts, range->source) : NULL;
	/* bisect looks for the commit from which on it fails, and for one from which on a figure is another one */
	bool fails = change->kind == NIGHT_WRONG && strcmp(change->cell->verdict, "FAIL") == 0 &&
		     strcmp(change->cell->expected, "PASS") == 0;
	g_autofree char *tree = NULL;

	if (!fails && change->kind != NIGHT_SLOWER)
		return NULL;
	if (!source || !source->branch || !source->where || !range->from || !range->to || range->commits == 0 ||
	    !change->cell->options)
		return NULL;
	tree = tree_of(source);
	return g_strdup_printf("khotest bisect %s %s --tree %s %s%s%s", range->from, range->to, tree,
			       change->cell->options, change->metric ? " --metric " : "",
			       change->metric ? change->metric->id : "");
}

char *night_time_text(gint64 ns)
{
	gint64 s = (ns + 500000000) / 1000000000;

	if (ns < 0)
		return g_strdup("-");
	if (s < 60)
		return g_strdup_printf("%" G_GINT64_FORMAT " s", s);
	if (s < 3600)
		return g_strdup_printf("%" G_GINT64_FORMAT " min %" G_GINT64_FORMAT " s", s / 60, s % 60);
	return g_strdup_printf("%" G_GINT64_FORMAT " h %" G_GINT64_FORMAT " min", s / 3600, s % 3600 / 60);
}

char *night_spent_text(const NightFacts *facts)
{
	g_autofree char *spent = night_time_text(facts->spent_ns), *built = night_time_text(facts->built_ns);

	if (facts->spent_ns < 0)
		return g_strdup("unknown time");
	return facts->built_ns < BUILT_LEAST_NS ? g_steal_pointer(&spent)
						: g_strdup_printf("%s (kernels: %s)", spent, built);
}

static guint count_kind(const GPtrArray *changes, NightChangeKind kind)
{
	guint count = 0;

	for (guint i = 0; i < changes->len; i++)
		count += ((NightChange *)changes->pdata[i])->kind == kind;
	return count;
}

static const NightChange *first_of(const GPtrArray *changes, NightChangeKind kind)
{
	for (guint i = 0; i < changes->len; i++)
		if (((NightChange *)changes->pdata[i])->kind == kind)
			return changes->pdata[i];
	return NULL;
}

/* Title or reason, but not more of it than a line has room for. */
static char *short_reason(const NightChange *change)
{
	const NightCell *cell = change->cell;
	g_autofree char *text = one_line(change->title ? change->title : cell->reason ? cell->reason : cell->verdict);

	if (g_utf8_strlen(text, -1) > REASON_WIDTH) {
		g_autofree char *cut = g_utf8_substring(text, 0, REASON_WIDTH - 3);

		return g_strconcat(cut, "...", NULL);
	}
	return g_steal_pointer(&text);
}

static void add(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void add(GString *out, const char *format, ...)
{
	va_list arguments;

	if (out->len)
		g_string_append(out, ", ");
	va_start(arguments, format);
	g_string_append_vprintf(out, format, arguments);
	va_end(arguments);
}

static void add_regressions(GString *out, const NightVerdict *verdict)
{
	guint n = count_kind(verdict->worse, NIGHT_WRONG) + count_kind(verdict->worse, NIGHT_NEW_TITLE);
	const NightChange *first = n ? verdict->worse->pdata[0] : NULL;
	g_autofree char *reason = first ? short_reason(first) : NULL;

	if (first)
		add(out, "%u regression%s (%s: %s%s)", n, n == 1 ? "" : "s", first->cell->label, reason,
		    n > 1 ? ", ..." : "");
}

static void add_figures(GString *out, const GPtrArray *changes, NightChangeKind kind)
{
	const NightChange *first = first_of(changes, kind);
	g_autofree char *amount = first ? nightchange_amount(first) : NULL;
	guint n = count_kind(changes, kind);

	if (first)
		add(out, "%s%s", amount, n > 1 ? " and more" : "");
}

static void add_unjudged(GString *out, const NightVerdict *verdict)
{
	if (verdict->unjudged->len)
		add(out, "%u cell%s could not be judged", verdict->unjudged->len,
		    verdict->unjudged->len == 1 ? "" : "s");
	if (verdict->stale)
		add(out, "%u source%s could not be brought up to date", verdict->stale, verdict->stale == 1 ? "" : "s");
	if (!verdict->night->facts->ended)
		add(out, "cut off");
}

char *night_in_a_line(const NightVerdict *verdict)
{
	GString *out = g_string_new(NULL);
	guint mended = count_kind(verdict->better, NIGHT_MENDED), wrong = count_kind(verdict->worse, NIGHT_WRONG);
	g_autofree char *line = NULL;

	add_regressions(out, verdict);
	add_figures(out, verdict->worse, NIGHT_SLOWER);
	add_unjudged(out, verdict);
	if (!out->len)
		add(out, verdict->judged ? "nothing became worse" : "no cell was judged");
	if (mended)
		add(out, "%u mended", mended);
	add_figures(out, verdict->better, NIGHT_FASTER);
	/* a verdict cannot be: nightly_accept() */
	if (verdict->night->facts->accepted && verdict->worse->len > wrong)
		add(out, wrong ? "accepted but for the verdicts" : "accepted");
	line = g_string_free(out, FALSE);
	return one_line(line);
}

char *night_subject(const NightVerdict *verdict)
{
	g_autofree char *line = night_in_a_line(verdict);

	return g_strdup_printf("khotest: %s %s: %s", verdict_kind_name(verdict->kind), verdict->night->facts->id, line);
}
