// SPDX-License-Identifier: GPL-2.0-or-later
/* One run on one axis, by the host's clock: when each kernel's user space came up, and when it left. */
#include "htmlchart.h"
#include "htmlparts.h"

#include <base/units.h>
#include <proto/frame.h>
#include <report/audit.h>
#include <string.h>

#define LANE_HEIGHT 40u
#define FRAME_HEIGHT 80u

/* Of one kernel; host time since the machine started, -1 unknown. */
typedef struct {
	gint64 hello_ns, leaving_ns;
} Stay;

/* Records carry the host's time (docs/rundir.md): hello is a user space's first, leaving its last. */
static GArray *read_stays(const Result *result)
{
	g_autoptr(RunDir) run = rundir_open(result->path, NULL);
	g_autoptr(GPtrArray) journal = run ? rundir_journal_read(run) : NULL;
	GArray *stays = g_array_new(FALSE, FALSE, sizeof(Stay));
	gint64 start = -1;

	for (guint i = 0; i < result->hops->len; i++) {
		const Stay unknown = { -1, -1 };

		g_array_append_val(stays, unknown);
	}
	for (guint i = 0; journal && i < journal->len; i++) {
		JsonObject *line = journal->pdata[i];
		const char *event = json_get_string(line, "event"), *name = json_get_string(line, "name");
		gint64 hop = json_get_int(line, "hop"), ns = json_get_int(line, "ns"),
		       end = json_get_int(line, "end_ns");

		if (g_strcmp0(event, "start") == 0)
			start = ns;
		if (g_strcmp0(event, "record") != 0 || hop < 0 || hop >= stays->len || start < 0)
			continue;
		if (g_strcmp0(name, FRAME_HELLO) == 0 && ns >= start)
			g_array_index(stays, Stay, hop).hello_ns = ns - start;
		if (g_strcmp0(name, FRAME_LEAVING) == 0 && end >= start)
			g_array_index(stays, Stay, hop).leaving_ns = end - start;
	}
	return stays;
}

/* A bar in the lane of a kernel, and the same as a row of the table. */
typedef struct {
	HtmlWriter *w;
	GString *data[2]; /* of gnuplot: boots, user spaces */
	guint lanes;
	gint64 last_ns;
} Bars;

enum { BAR_BOOT, BAR_USER };

static void put_bar(Bars *bars, guint kind, guint lane, const char *what, gint64 from, gint64 to)
{
	g_autofree char *kernel = audit_hop_name(lane);
	g_autofree char *begin = from ? units_format_duration(from) : g_strdup("0 s"), *end = units_format_duration(to);
	g_autofree char *took = units_format_duration(from < 0 || to < 0 ? -1 : to - from);

	html_open(bars->w, "tr", NULL);
	html_element(bars->w, "td", kernel, NULL);
	html_element(bars->w, "td", what, NULL);
	html_element(bars->w, "td", begin, "class", "n", NULL);
	html_element(bars->w, "td", end, "class", "n", NULL);
	html_element(bars->w, "td", took, "class", "n", NULL);
	html_close(bars->w);
	if (from < 0 || to < 0)
		return;
	bars->last_ns = MAX(bars->last_ns, to);
	chart_number(bars->data[kind], (double)from / 1e9);
	g_string_append_c(bars->data[kind], ' ');
	chart_number(bars->data[kind], bars->lanes - lane); /* the first at the top */
	g_string_append_c(bars->data[kind], ' ');
	chart_number(bars->data[kind], (double)to / 1e9);
	g_string_append_c(bars->data[kind], '\n');
}

static char *chart_script(const Bars *bars)
{
	static const struct {
		const char *title, *colour;
	} kinds[] = { { "boot", CHART_BLUE }, { "user space", CHART_GREEN } };
	GString *script = g_string_new(NULL);
	g_autoptr(GString) plots = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (!bars->data[i]->len)
			continue;
		g_string_append_printf(script, "$d%zu << END\n%sEND\n", i, bars->data[i]->str);
		g_string_append_printf(plots,
				       "%s$d%zu using 1:2:1:3:($2-0.3):($2+0.3) with boxxyerror fs solid 0.85 noborder "
				       "lc rgb '%s' title '%s'",
				       plots->len ? ", " : "", i, kinds[i].colour, kinds[i].title);
	}
	g_string_append(script, "set ytics (");
	for (guint lane = 0; lane < bars->lanes; lane++)
		g_string_append_printf(script, "%s'kernel %u' %u", lane ? ", " : "", lane + 1, bars->lanes - lane);
	g_string_append_printf(script,
			       ") scale 0\nset border 1\nset xtics nomirror\nset grid xtics lc rgb '" CHART_GREY
			       "' lw 0.3\nset yrange [0.3:%u.6]\nset xlabel 'seconds since the machine started'\n"
			       "set key above horizontal samplen 1\nset xrange [0:",
			       bars->lanes);
	chart_number(script, (double)bars->last_ns * 1.02 / 1e9);
	g_string_append_printf(script, "]\nplot %s\n", plots->str);
	return g_string_free(script, FALSE);
}

void html_timeline(HtmlPage *page, const Result *result, guint level)
{
	static const char *const headers[] = { "", "", ">from", ">to", ">took", NULL };
	g_autoptr(GArray) stays = read_stays(result);
	bool counted = result->plan && strcmp(result->plan->mode, "counted") == 0;
	Bars bars = { .w = page->w, .lanes = stays->len };
	g_autofree char *script = NULL, *alt = NULL;

	if (level == 2)
		htmlpage_section(page, "timeline", "Timeline");
	else
		html_element(page->w, "h3", "Timeline", NULL);
	if (counted)
		g_array_set_size(stays, 0);
	if (counted)
		html_element(page->w, "p",
			     "This run counted instructions: the machine was held at each mark, and its clocks give no "
			     "time.",
			     NULL);
	else if (!stays->len)
		html_element(page->w, "p", "No kernel's user space said a word: there is nothing to put on an axis.",
			     NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(bars.data); i++)
		bars.data[i] = g_string_new(NULL);
	if (stays->len)
		html_table_open(page->w, "By the host's clock, from the start of the machine.", headers);
	for (guint i = 0; i < stays->len; i++) {
		const Stay *stay = &g_array_index(stays, Stay, i);
		gint64 from = i ? g_array_index(stays, Stay, i - 1).leaving_ns : 0;

		put_bar(&bars, BAR_BOOT, i,
			i ? "from the last word of the user space before to the first of this" : "firmware and boot",
			from, stay->hello_ns);
		put_bar(&bars, BAR_USER, i, "user space", stay->hello_ns, stay->leaving_ns);
	}
	if (stays->len)
		html_table_close(page->w);
	if (bars.last_ns > 0) {
		script = chart_script(&bars);
		alt = g_strdup_printf(
			"When each of %u kernels booted and was in user space; the table has the figures.", bars.lanes);
		html_chart(page, CHART_WIDTH, FRAME_HEIGHT + LANE_HEIGHT * bars.lanes, alt, NULL, script);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(bars.data); i++)
		g_string_free(bars.data[i], TRUE);
	if (level == 2)
		html_close(page->w);
}
