// SPDX-License-Identifier: GPL-2.0-or-later
#include "delta.h"

#include <evaluate/about.h>
#include <history/against.h>
#include <report/style.h>

#include <string.h>

/* "node 0 Normal, second kernel"; a chain may be longer */
static char *zone_label(const AgainstZone *zone)
{
	const char *hop = hop_name((int)zone->hop);

	return zone->node < 0 ? g_strdup_printf("%s, %s", zone->zone, hop)
			      : g_strdup_printf("node %d %s, %s", zone->node, zone->zone, hop);
}

static char *found_of(gint64 found, gint64 expected)
{
	return found < 0 ? g_strdup("-")
			 : g_strdup_printf("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, found, expected);
}

static const char *zone_change(const AgainstZone *zone)
{
	if (zone->found < 0 || zone->found_before < 0)
		return "-";
	return zone->found == zone->found_before && zone->expected == zone->expected_before ? "same" : "CHANGED";
}

static Table *zones_table(const Against *against)
{
	static const char *const headers[] = { "scratch pageblocks that are CMA", ">before", ">now", "", NULL };
	Table *table = table_new(headers);

	for (guint i = 0; i < against->zones->len; i++) {
		const AgainstZone *zone = &g_array_index(against->zones, AgainstZone, i);

		TABLE_ROW(table, zone_label(zone), found_of(zone->found_before, zone->expected_before),
			  found_of(zone->found, zone->expected), g_strdup(zone_change(zone)));
	}
	return table;
}

static Table *metrics_table(const Against *against)
{
	static const char *const headers[] = { "figure", "clock", ">before", ">now", ">difference", ">", NULL };
	Table *table = table_new(headers);

	for (guint i = 0; i < against->metrics->len; i++) {
		const AgainstMetric *one = &g_array_index(against->metrics, AgainstMetric, i);
		double before = (double)one->before, now = (double)one->now;

		TABLE_ROW(table, g_strdup(one->metric->title), g_strdup(metric_clock(one->metric)),
			  delta_value(one->metric, before), delta_value(one->metric, now),
			  delta_text(one->metric, before, now), delta_percent(before, now));
	}
	return table;
}

static void put_run(GString *out, const char *which, const Result *result)
{
	const Plan *plan = result->plan;
	g_autofree char *kernels = plan ? result_kernels(result) : g_strdup("kernel - series - (release unknown)");

	g_string_append_printf(out, "%s: %s  %s  %s\n", which, verdict_kind_name(result->verdict->kind), kernels,
			       result->id);
}

static void put_reasons(GString *out, const GPtrArray *reasons, const char *which)
{
	for (guint i = 0; i < reasons->len; i++) {
		const Reason *reason = reasons->pdata[i];

		g_string_append_printf(out, "%s %s: %s\n", which, reason->id, reason->text);
	}
}

/* What reading one pair can and cannot tell, by mode. */
static const char *caution(const Against *against)
{
	bool counted = plan_is_counted(against->now->plan);

	return counted ? "Counted instructions have no noise: a difference is one, as serial work. 'khotest cost' has "
			 "it by phase.\n"
		       : "One pair of runs is no measurement: times differ from run to run by as much. 'khotest "
			 "compare "
			 "--runs auto' measures.\n";
}

static char *against_render(const Against *against, const Style *style)
{
	g_autoptr(Table) zones = zones_table(against), metrics = metrics_table(against);
	g_autofree char *zones_body = style->table(zones), *metrics_body = style->table(metrics);
	g_autoptr(GString) lines = g_string_new(NULL);
	GString *out = g_string_new(NULL);

	put_run(lines, "now", against->now);
	put_run(lines, "before", against->before);
	if (against->difference)
		g_string_append_printf(lines, "NOT COMPARABLE: %s\n", against->difference);
	g_string_append_printf(lines, "verdict: %s\n",
			       against->now->verdict->kind == against->before->verdict->kind ? "same" : "CHANGED");
	put_reasons(lines, against->gone, "gone:");
	put_reasons(lines, against->come, "new:");
	style_put(out, style, style->bullet, lines->str);
	if (against->zones->len)
		g_string_append_printf(out, "\n%s", zones_body);
	if (against->metrics->len)
		g_string_append_printf(out, "\n%s\n%s", metrics_body, caution(against));
	return g_string_free(out, FALSE);
}

char *against_to_text(const Against *against)
{
	return against_render(against, &style_text);
}

char *against_to_markdown(const Against *against)
{
	return against_render(against, &style_markdown);
}
