// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs on one axis, by the host's clock: the phases of each kernel, its user space, and the silence between two. */
#include "htmlchart.h"
#include "htmlparts.h"

#include <base/units.h>
#include <evaluate/about.h>
#include <page/plot.h>
#include <string.h>

#define LANE_HEIGHT 40u
#define FRAME_HEIGHT 120u

/* What bars are drawn as, in this order, so that the later lie on the earlier. */
enum {
	KIND_BOOT,
	KIND_OPEN,
	KIND_MUTE,
	KIND_OTHER,
	KIND_MEMMAP,
	KIND_FREE,
	KIND_DEFERRED,
	KIND_USER,
	KIND_SILENCE,
	KIND_BLACKOUT,
	KINDS
};

/* top and bottom: of a bar, from the middle of its lane */
static const struct {
	const char *title, *colour, *style;
	double top, bottom;
} kinds[KINDS] = {
	[KIND_BOOT] = { "not known", PLOT_GREY, "solid 0.3", 0.3, -0.2 },
	[KIND_OPEN] = { "unfinished boot", PLOT_RED, "solid 0.85", 0.3, -0.2 },
	/* open to the right: what it would have become is not known */
	[KIND_MUTE] = { "no word since", PLOT_RED, "transparent solid 0.35", 0.3, -0.2 },
	[KIND_OTHER] = { "others", PLOT_BLUE, "solid 0.85", 0.3, -0.2 },
	[KIND_MEMMAP] = { "memory map", PLOT_ORANGE, "solid 0.9", 0.3, -0.2 },
	[KIND_FREE] = { "freeing", PLOT_YELLOW, "solid 0.9", 0.3, -0.2 },
	[KIND_DEFERRED] = { "deferred", PLOT_PINK, "solid 0.9", 0.3, -0.2 },
	[KIND_USER] = { "user space", PLOT_GREEN, "solid 0.85", 0.3, -0.2 },
	[KIND_SILENCE] = { "silence", PLOT_VIOLET, "solid 0.9", -0.23, -0.3 },
	[KIND_BLACKOUT] = { "blackout", PLOT_GREY, "solid 0.9", -0.33, -0.4 },
};

typedef struct {
	GString *data[KINDS]; /* of gnuplot */
	GString *tics;
	guint lanes;
	double last; /* seconds */
} Lanes;

static guint kind_of(const Phase *phase)
{
	static const struct {
		const char *id;
		guint kind;
	} special[] = { { "memmap", KIND_MEMMAP }, { "free", KIND_FREE }, { "deferred", KIND_DEFERRED } };

	for (gsize i = 0; i < G_N_ELEMENTS(special); i++)
		if (strcmp(phase->id, special[i].id) == 0)
			return special[i].kind;
	return KIND_OTHER;
}

/* Lanes go downwards from 0. */
static void put_bar(Lanes *lanes, guint kind, gint64 from, gint64 to)
{
	const double middle = -(double)lanes->lanes;
	const double columns[] = { (double)from / 1e9, (double)to / 1e9, middle + kinds[kind].bottom,
				   middle + kinds[kind].top };

	if (from < 0 || to < from)
		return;
	lanes->last = MAX(lanes->last, columns[1]);
	for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
		plot_number(lanes->data[kind], columns[i]);
		g_string_append_c(lanes->data[kind], i + 1 < G_N_ELEMENTS(columns) ? ' ' : '\n');
	}
}

/* Up to its last word, and from there to the end of the run. */
static void put_open(Lanes *lanes, const TimelineOpen *open)
{
	put_bar(lanes, KIND_OPEN, open->begin_ns, open->last_ns);
	put_bar(lanes, KIND_MUTE, MAX(open->begin_ns, open->last_ns), open->end_ns);
}

/* Kernels that are on the axis: those that sent records, and the one that was awaited. */
static guint kernels_of(const Result *result)
{
	guint awaited = result->timeline ? (guint)(result->timeline->open.hop + 1) : 0;

	return result->timeline ? MAX(result->hops->len, awaited) : 0;
}

static void put_lane(Lanes *lanes, const Timeline *timeline, guint hop, const char *label)
{
	gint64 init = timeline_event(timeline, "init", (int)hop),
	       leaving = timeline_event(timeline, "leaving", (int)hop);
	g_autofree char *quoted = plot_label(label);

	if (timeline->open.hop == (int)hop)
		put_open(lanes, &timeline->open);
	put_bar(lanes, KIND_BOOT, hop ? timeline_event(timeline, "leaving", (int)hop - 1) : 0, init);
	put_bar(lanes, KIND_USER, init, leaving >= 0 ? leaving : timeline->end_ns);
	for (guint i = 0; i < timeline->bars->len; i++) {
		const TimelineBar *bar = timeline->bars->pdata[i];

		if (bar->hop == (int)hop && !bar->phase->within)
			put_bar(lanes, kind_of(bar->phase), bar->begin_ns, bar->end_ns);
	}
	for (guint i = 0; i < timeline->spans->len; i++) {
		const TimelineSpan *span = timeline->spans->pdata[i];

		if (span->hop == (int)hop)
			put_bar(lanes, strcmp(span->id, "silence") == 0 ? KIND_SILENCE : KIND_BLACKOUT, span->begin_ns,
				span->end_ns);
	}
	g_string_append_printf(lanes->tics, "%s%s -%u", lanes->lanes ? ", " : "", quoted, lanes->lanes);
	lanes->lanes++;
}

static char *chart_script(const Lanes *lanes)
{
	GString *script = g_string_new(NULL);
	g_autoptr(GString) plots = g_string_new(NULL);

	for (guint i = 0; i < KINDS; i++) {
		if (!lanes->data[i]->len)
			continue;
		g_string_append_printf(script, "$d%u << END\n%sEND\n", i, lanes->data[i]->str);
		g_string_append_printf(plots,
				       "%s$d%u using 1:(($3+$4)/2):1:2:3:4 with boxxyerror fs %s noborder lc rgb '%s' "
				       "title '%s'",
				       plots->len ? ", " : "", i, kinds[i].style, kinds[i].colour, kinds[i].title);
	}
	g_string_append_printf(
		script,
		"set ytics (%s) scale 0\nset border 1\nset xtics nomirror\nset grid xtics lc rgb '" PLOT_GREY
		"' lw 0.3\nset yrange [-%u.5:0.5]\nset xlabel 'seconds since the machine started'\n"
		"set key above horizontal samplen 1 maxcols auto\nset xrange [0:",
		lanes->tics->str, lanes->lanes - 1);
	plot_number(script, lanes->last * 1.02);
	g_string_append_printf(script, "]\nplot %s\n", plots->str);
	return g_string_free(script, FALSE);
}

/* results: Result. labels: of each; NULL: there is one, and its kernels need no more than a number. */
static void put_chart(HtmlPage *page, const GPtrArray *results, char **labels)
{
	Lanes lanes = { .tics = g_string_new(NULL) };
	g_autofree char *script = NULL, *alt = NULL;

	for (guint i = 0; i < KINDS; i++)
		lanes.data[i] = g_string_new(NULL);
	for (guint r = 0; r < results->len; r++) {
		const Result *result = results->pdata[r];

		for (guint hop = 0; hop < kernels_of(result); hop++) {
			g_autofree char *label = labels ? g_strdup_printf("%s, %u", labels[r], hop + 1)
							: g_strdup_printf("kernel %u", hop + 1);

			put_lane(&lanes, result->timeline, hop, label);
		}
	}
	if (lanes.last > 0) {
		script = chart_script(&lanes);
		alt = g_strdup_printf(
			"Phases and user space of %u kernel%s on one axis, with the silence and the blackout before "
			"each but the first%s; the table has the figures.",
			lanes.lanes, lanes.lanes == 1 ? "" : "s",
			lanes.data[KIND_MUTE]->len ? ", and a boot that never came to its end" : "");
		html_chart(page, FRAME_HEIGHT + LANE_HEIGHT * lanes.lanes, alt, NULL, script);
	}
	for (guint i = 0; i < KINDS; i++)
		g_string_free(lanes.data[i], TRUE);
	g_string_free(lanes.tics, TRUE);
}

static void put_time(HtmlWriter *w, gint64 ns, const char *list, guint i, const char *member)
{
	html_open(w, "td", "class", "n", NULL);
	html_figure(w, ns, units_format_duration(ns), "timeline.%s.%u.%s", list, i, member);
	html_close(w);
}

/* Its number among the bars; -1 if it has no place on the axis. */
static int bar_of(const Timeline *timeline, const Phase *phase)
{
	for (guint i = 0; i < timeline->bars->len; i++)
		if (((const TimelineBar *)timeline->bars->pdata[i])->phase == phase)
			return (int)i;
	return -1;
}

static void put_phase(HtmlWriter *w, const Timeline *timeline, const Phases *phases, guint hop, guint p)
{
	const Phase *phase = phases->phases->pdata[p];
	int at = bar_of(timeline, phase);
	const TimelineBar *bar = at < 0 ? NULL : timeline->bars->pdata[at];
	const char *clock = phase_clock_name(phase->clock);
	g_autofree char *took = units_format_duration(phase_ns(phase));

	html_open(w, "tr", NULL);
	html_open(w, "td", NULL);
	html_textf(w, "%s%s", phase->within ? "… of it: " : "", phase->title);
	if (phase->why)
		html_textf(w, " (%s)", phase->why);
	html_close(w);
	html_element(w, "td", clock ? clock : "-", NULL);
	for (guint edge = 0; edge < 2; edge++) {
		if (bar)
			put_time(w, edge ? bar->end_ns : bar->begin_ns, "bars", (guint)at,
				 edge ? "end_ns" : "begin_ns");
		else
			html_element(w, "td", "-", "class", "n", NULL);
	}
	html_open(w, "td", "class", "n", NULL);
	html_figure(w, phase_ns(phase), g_steal_pointer(&took), "hops.%u.phases.%u.ns", hop, p);
	html_close(w);
	html_close(w);
}

static void put_spans(HtmlWriter *w, const Timeline *timeline, guint hop)
{
	for (guint i = 0; i < timeline->spans->len; i++) {
		const TimelineSpan *span = timeline->spans->pdata[i];
		g_autofree char *took = units_format_duration(span->end_ns - span->begin_ns);

		if (span->hop != (int)hop)
			continue;
		html_open(w, "tr", NULL);
		html_element(w, "td", span->title, NULL);
		html_element(w, "td", "host", NULL);
		put_time(w, span->begin_ns, "spans", i, "begin_ns");
		put_time(w, span->end_ns, "spans", i, "end_ns");
		html_element(w, "td", took, "class", "n", NULL);
		html_close(w);
	}
}

static void put_open_row(HtmlWriter *w, const TimelineOpen *open)
{
	const gint64 times[] = { open->begin_ns, open->end_ns, open->end_ns - open->begin_ns };

	html_open(w, "tr", NULL);
	html_element(w, "td", "boot, which never came to user space: up to the end of the run", NULL);
	html_element(w, "td", "host", NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
		g_autofree char *text = units_format_duration(times[i]);

		html_element(w, "td", text, "class", "n", NULL);
	}
	html_close(w);
}

static void put_table(HtmlWriter *w, const Result *result)
{
	static const char *const headers[] = { "", "clock", ">from", ">to", ">took", NULL };
	const Timeline *timeline = result->timeline;

	html_table_open(w,
			"From and to: by the host's clock, from the start of the machine; took: by the clock that is "
			"named.",
			headers);
	for (guint hop = 0; hop < kernels_of(result); hop++) {
		const Phases *phases = result_phases(result, hop);
		g_autofree char *kernel = result_hop_title(result, hop);

		html_open(w, "tr", "class", hop ? "group" : NULL, NULL);
		html_element(w, "th", kernel, "scope", "rowgroup", "colspan", "5", NULL);
		html_close(w);
		put_spans(w, timeline, hop);
		if (timeline->open.hop == (int)hop)
			put_open_row(w, &timeline->open);
		for (guint p = 0; phases && p < phases->phases->len; p++)
			put_phase(w, timeline, phases, hop, p);
	}
	html_table_close(w);
}

/* What the open bar says, in words. */
static void put_open_words(HtmlWriter *w, const Timeline *timeline)
{
	const TimelineOpen *open = &timeline->open;
	const char *kernel = open->hop < 0 ? NULL : hop_name(open->hop);
	g_autofree char *waited = units_format_duration(open->end_ns - open->begin_ns),
			*mute = units_format_duration(open->end_ns - open->last_ns);

	if (!kernel)
		return;
	html_open(w, "p", NULL);
	html_textf(w, "The boot of the %s has no end: it was awaited for %s, ", kernel, waited);
	if (open->last_ns < 0)
		html_text(w, "and never said a word.");
	else if (timeline->end_ns < 0)
		html_text(w, "and what is known of it ends there.");
	else
		html_textf(w, "and said its last word %s before the run was ended.", mute);
	html_close(w);
}

void html_timeline(HtmlPage *page, Result *result, guint level)
{
	bool counted = plan_is_counted(result->plan);
	g_autoptr(GPtrArray) one = g_ptr_array_new();

	if (level == 2)
		htmlpage_section(page, "timeline", "Timeline");
	else
		html_element(page->w, "h3", "Timeline", NULL);
	g_ptr_array_add(one, result);
	if (counted)
		html_element(page->w, "p",
			     "This run counted instructions: the machine was held at each mark, and its clocks give no "
			     "time.",
			     NULL);
	else if (!kernels_of(result))
		html_element(page->w, "p",
			     "The machine never started, or nothing says when: there is nothing to put on an axis.",
			     NULL);
	else {
		put_open_words(page->w, result->timeline);
		put_chart(page, one, NULL);
		html_open(page->w, "details", "class", "phases", NULL);
		html_element(page->w, "summary", "all phases as a table", NULL);
		put_table(page->w, result);
		html_close(page->w);
	}
	if (level == 2)
		html_close(page->w);
}

/* One phase of one kernel, in each of the runs. */
static void put_side_by_side(HtmlWriter *w, const GPtrArray *results, guint hop, const Phase *like)
{
	html_open(w, "tr", NULL);
	html_element(w, "td", like->title, NULL);
	for (guint r = 0; r < results->len; r++) {
		const Result *result = results->pdata[r];
		const Phases *phases = result_phases(result, hop);
		const Phase *phase = phases ? phases_find(phases, like->id) : NULL;
		guint index = 0;

		html_open(w, "td", "class", "n", "data-run", result->id, NULL);
		if (phase && g_ptr_array_find(phases->phases, phase, &index))
			html_figure(w, phase_ns(phase), units_format_duration(phase_ns(phase)), "hops.%u.phases.%u.ns",
				    hop, index);
		else
			html_text(w, "-");
		html_close(w);
	}
	html_close(w);
}

void html_timelines(HtmlPage *page, const GPtrArray *results, char **labels)
{
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
	const Result *first = results->pdata[0];

	put_chart(page, results, labels);
	g_ptr_array_add(headers, g_strdup(""));
	for (guint r = 0; r < results->len; r++)
		g_ptr_array_add(headers, g_strdup_printf(">%s", labels[r]));
	g_ptr_array_add(headers, NULL);
	html_table_open(page->w, "Each phase by the clock that saw it.", (const char *const *)headers->pdata);
	for (guint hop = 0; hop < first->hops->len; hop++) {
		const Phases *phases = result_phases(first, hop);
		const char *kernel = hop_name((int)hop);
		g_autofree char *span = g_strdup_printf("%u", results->len + 1);

		html_open(page->w, "tr", "class", hop ? "group" : NULL, NULL);
		html_element(page->w, "th", kernel, "scope", "rowgroup", "colspan", span, NULL);
		html_close(page->w);
		for (guint p = 0; phases && p < phases->phases->len; p++) {
			const Phase *phase = phases->phases->pdata[p];

			/* gaps have no name of their own, and nodes are within what is shown */
			if (!phase->within && strcmp(phase->id, "other") != 0)
				put_side_by_side(page->w, results, hop, phase);
		}
	}
	html_table_close(page->w);
}
