// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/key.h>
#include <evaluate/metric.h>
#include <history/against.h>

#include <string.h>

static bool has_reason(const Result *result, const char *id)
{
	for (guint i = 0; i < result->verdict->reasons->len; i++) {
		const Reason *reason = result->verdict->reasons->pdata[i];

		if (strcmp(reason->id, id) == 0)
			return true;
	}
	return false;
}

/* Reasons that one has and the other has not. */
static GPtrArray *reasons_only_of(const Result *one, const Result *other)
{
	GPtrArray *only = g_ptr_array_new();

	for (guint i = 0; i < one->verdict->reasons->len; i++) {
		Reason *reason = one->verdict->reasons->pdata[i];

		if (!has_reason(other, reason->id))
			g_ptr_array_add(only, reason);
	}
	return only;
}

static AgainstZone *find_zone(GArray *zones, guint hop, const OracleZone *like)
{
	for (guint i = 0; i < zones->len; i++) {
		AgainstZone *zone = &g_array_index(zones, AgainstZone, i);

		if (zone->hop == hop && zone->node == like->node && strcmp(zone->zone, like->zone) == 0)
			return zone;
	}
	return NULL;
}

static void add_zones(Against *against, const Result *result, guint hop, bool now)
{
	const Oracle *oracle = result_oracle(result, hop);

	for (guint i = 0; oracle && i < oracle->zones->len; i++) {
		const OracleZone *one = oracle->zones->pdata[i];
		AgainstZone *zone = find_zone(against->zones, hop, one);
		AgainstZone fresh = { .hop = hop,
				      .node = one->node,
				      .zone = one->zone,
				      .found_before = -1,
				      .expected_before = -1,
				      .found = -1,
				      .expected = -1 };

		if (!zone) {
			g_array_append_val(against->zones, fresh);
			zone = &g_array_index(against->zones, AgainstZone, against->zones->len - 1);
		}
		*(now ? &zone->found : &zone->found_before) = (gint64)one->found;
		*(now ? &zone->expected : &zone->expected_before) = (gint64)one->expected;
	}
}

static void add_metrics(Against *against)
{
	guint n;
	const Metric *metrics = metrics_all(&n);

	for (guint i = 0; i < n; i++) {
		AgainstMetric one = {
			.metric = &metrics[i],
			.before = metric_value(&metrics[i], against->before),
			.now = metric_value(&metrics[i], against->now),
		};

		if (one.before >= 0 || one.now >= 0)
			g_array_append_val(against->metrics, one);
	}
}

Against *against_new(const Result *now, const Result *before)
{
	Against *against = g_new0(Against, 1);
	g_autoptr(GPtrArray) key = result_key(now), key_before = result_key(before);

	against->now = now;
	against->before = before;
	against->difference = key_difference(key_before, key);
	against->gone = reasons_only_of(before, now);
	against->come = reasons_only_of(now, before);
	against->zones = g_array_new(FALSE, FALSE, sizeof(AgainstZone));
	for (guint hop = 0; hop < MAX(now->hops->len, before->hops->len); hop++) {
		add_zones(against, before, hop, false);
		add_zones(against, now, hop, true);
	}
	against->metrics = g_array_new(FALSE, FALSE, sizeof(AgainstMetric));
	add_metrics(against);
	return against;
}

void against_free(Against *against)
{
	if (!against)
		return;
	g_free(against->difference);
	g_ptr_array_unref(against->gone);
	g_ptr_array_unref(against->come);
	g_array_unref(against->zones);
	g_array_unref(against->metrics);
	g_free(against);
}
