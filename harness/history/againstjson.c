// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <history/against.h>

static void put_run(JsonBuilder *b, const char *name, const Result *result)
{
	json_begin_object(b, name);
	json_put_string(b, "id", result->id);
	json_put_string(b, "verdict", verdict_kind_name(result->verdict->kind));
	json_put_string(b, "kernel", plan_hop(result->plan, 0)->name);
	json_put_string(b, "series", plan_hop(result->plan, 0)->series);
	json_put_string(b, "sha256", plan_hop(result->plan, 0)->sha256);
	json_builder_end_object(b);
}

static void put_reasons(JsonBuilder *b, const char *name, const GPtrArray *reasons)
{
	json_begin_array(b, name);
	for (guint i = 0; i < reasons->len; i++)
		json_add_string(b, ((const Reason *)reasons->pdata[i])->id);
	json_builder_end_array(b);
}

static void put_zone(JsonBuilder *b, const AgainstZone *zone)
{
	json_builder_begin_object(b);
	json_put_int(b, "hop", zone->hop);
	json_put_int_or_null(b, "node", zone->node);
	json_put_string(b, "zone", zone->zone);
	json_put_int_or_null(b, "expected_before", zone->expected_before);
	json_put_int_or_null(b, "found_before", zone->found_before);
	json_put_int_or_null(b, "expected", zone->expected);
	json_put_int_or_null(b, "found", zone->found);
	json_builder_end_object(b);
}

static void put_metric(JsonBuilder *b, const AgainstMetric *one)
{
	json_builder_begin_object(b);
	json_put_string(b, "metric", one->metric->id);
	json_put_string(b, "clock", one->metric->clock);
	json_put_string(b, "unit", one->metric->unit);
	json_put_int_or_null(b, "before", one->before);
	json_put_int_or_null(b, "now", one->now);
	json_builder_end_object(b);
}

char *against_to_json(const Against *against)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "schema", RUNDIR_SCHEMA);
	put_run(b, "now", against->now);
	put_run(b, "before", against->before);
	json_put_string(b, "not_comparable", against->difference);
	put_reasons(b, "reasons_gone", against->gone);
	put_reasons(b, "reasons_new", against->come);
	json_begin_array(b, "zones");
	for (guint i = 0; i < against->zones->len; i++)
		put_zone(b, &g_array_index(against->zones, AgainstZone, i));
	json_builder_end_array(b);
	json_begin_array(b, "metrics");
	for (guint i = 0; i < against->metrics->len; i++)
		put_metric(b, &g_array_index(against->metrics, AgainstMetric, i));
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, true);
}
