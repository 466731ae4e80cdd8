// SPDX-License-Identifier: GPL-2.0-or-later
#include <report/metric.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

/* Where a figure is found in a result. */
typedef enum {
	FROM_INIT,   /* Hop.boot_to_init_ns */
	FROM_RESULT, /* a gint64 of Result */
	FROM_COUNTS, /* a gint64 of HopCount */
} From;

typedef struct {
	From from;
	guint hop;
	gsize offset;
} Place;

#define COUNT_METRICS(hop, which)                                                                                      \
	{ "insn" hop ".to_init", "instructions to /init, " which " kernel", "count", "instructions" },                 \
		{ "insn" hop ".memmap", "instructions of memmap init, " which " kernel", "count", "instructions" },    \
		{ "insn" hop ".kho", "instructions of KHO's set-up, " which " kernel", "count", "instructions" },      \
		{ "insn" hop ".reserved", "instructions for reserved pages, " which " kernel", "count",                \
		  "instructions" },                                                                                    \
		{ "insn" hop ".freeing", "instructions of freeing to the buddy, " which " kernel", "count",            \
		  "instructions" },                                                                                    \
	{                                                                                                              \
		"insn" hop ".late", "instructions of deferred init, " which " kernel", "count", "instructions"         \
	}

#define COUNT_PLACES(hop)                                                                                              \
	{ FROM_COUNTS, hop, offsetof(HopCount, to_init) }, { FROM_COUNTS, hop, offsetof(HopCount, memmap) },           \
		{ FROM_COUNTS, hop, offsetof(HopCount, kho) }, { FROM_COUNTS, hop, offsetof(HopCount, reserved) },     \
		{ FROM_COUNTS, hop, offsetof(HopCount, freeing) },                                                     \
	{                                                                                                              \
		FROM_COUNTS, hop, offsetof(HopCount, late)                                                             \
	}

static const Metric all[] = {
	{ "init1", "time to /init, first kernel", "guest", "ns" },
	{ "silent", "silence after kexec -e", "host", "ns" },
	{ "init2", "time to /init, second kernel", "guest", "ns" },
	{ "blackout", "handover blackout", "host", "ns" },
	COUNT_METRICS("1", "first"),
	COUNT_METRICS("2", "second"),
};

/* As many, in the same order. */
static const Place places[] = {
	{ FROM_INIT, 0, 0 }, { FROM_RESULT, 0, offsetof(Result, silent_ns) },
	{ FROM_INIT, 1, 0 }, { FROM_RESULT, 0, offsetof(Result, blackout_ns) },
	COUNT_PLACES(0),     COUNT_PLACES(1),
};

G_STATIC_ASSERT(G_N_ELEMENTS(all) == G_N_ELEMENTS(places));

const Metric *metrics_all(guint *ret_n)
{
	*ret_n = G_N_ELEMENTS(all);
	return all;
}

const Metric *metric_find(const char *id)
{
	for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
		if (strcmp(all[i].id, id) == 0)
			return &all[i];
	return NULL;
}

static gint64 init_time(const Result *result, guint i)
{
	const Hop *hop = i < result->hops->len ? result->hops->pdata[i] : NULL;

	return hop ? hop->boot_to_init_ns : -1;
}

static gint64 count_of(const Result *result, const Place *place)
{
	const GArray *hops = counts_hops(result->counts);
	gint64 value;

	if (place->hop >= hops->len)
		return -1;
	memcpy(&value, hops->data + place->hop * sizeof(HopCount) + place->offset, sizeof(value));
	return value;
}

gint64 metric_value(const Metric *metric, const Result *result)
{
	const Place *place = &places[metric - all];
	bool counted = result->plan && g_strcmp0(result->plan->mode, "counted") == 0;
	gint64 value;

	if (place->from == FROM_COUNTS)
		return counted ? count_of(result, place) : -1;
	/* breakpoints hold the machine, and the guest's clock is its instructions: neither clock gives a time then */
	if (counted)
		return -1;
	if (place->from == FROM_INIT)
		return init_time(result, place->hop);
	memcpy(&value, (const char *)result + place->offset, sizeof(value));
	return value;
}

char *metric_format(const Metric *metric, double value)
{
	static const struct {
		double ns;
		const char *unit;
	} scales[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "us" }, { 1, "ns" } };
	gsize i = 0;

	if (isnan(value))
		return g_strdup("-");
	if (strcmp(metric->unit, "ns") != 0)
		return g_strdup_printf("%.0f", value);
	if (value == -1) /* of no clock here is a nanosecond a difference */
		return g_strdup("-");
	if (value == 0)
		return g_strdup("0 s");
	while (i + 1 < G_N_ELEMENTS(scales) && fabs(value) < scales[i].ns)
		i++;
	value /= scales[i].ns;
	return g_strdup_printf("%.*f %s", fabs(value) < 10 ? 2 : fabs(value) < 100 ? 1 : 0, value, scales[i].unit);
}
