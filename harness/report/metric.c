// SPDX-License-Identifier: GPL-2.0-or-later
#include <report/metric.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

/* Where a figure is found in a result. */
typedef enum {
	FROM_INIT,   /* Hop.boot_to_init_ns */
	FROM_PHASE,  /* the phase of that id in measure/phases.c, by the guest's clock */
	FROM_SPAN,   /* the timeline's span of that id before the kernel */
	FROM_RESULT, /* a gint64 of Result */
	FROM_COUNTS, /* a gint64 of HopCount */
} From;

/* Not one kernel but the third and all after it: the median of those that have the figure. */
#define LATER G_MAXUINT

typedef struct {
	From from;
	guint hop;
	gsize offset;
	const char *id;
} Place;

#define TIME_METRICS(hop, which)                                                                                       \
	{ "init" hop, "time to /init, " which, "guest", "ns" }, { "memmap" hop, "memory map, " which, "guest", "ns" }, \
		{ "free" hop, "KHO, reserved pages, freeing, " which, "guest", "ns" },                                 \
	{                                                                                                              \
		"deferred" hop, "deferred struct pages, " which, "guest", "ns"                                         \
	}

#define TIME_PLACES(hop)                                                                                               \
	{ FROM_INIT, hop, 0, NULL }, { FROM_PHASE, hop, 0, "memmap" }, { FROM_PHASE, hop, 0, "free" },                 \
	{                                                                                                              \
		FROM_PHASE, hop, 0, "deferred"                                                                         \
	}

#define COUNT_METRICS(hop, which)                                                                                      \
	{ "insn" hop ".to_init", "instructions to /init, " which, "count", "instructions" },                           \
		{ "insn" hop ".memmap", "instructions of memmap init, " which, "count", "instructions" },              \
		{ "insn" hop ".kho", "instructions of KHO's set-up, " which, "count", "instructions" },                \
		{ "insn" hop ".reserved", "instructions for reserved pages, " which, "count", "instructions" },        \
		{ "insn" hop ".freeing", "instructions of freeing to the buddy, " which, "count", "instructions" },    \
	{                                                                                                              \
		"insn" hop ".late", "instructions of deferred init, " which, "count", "instructions"                   \
	}

#define COUNT_PLACES(hop)                                                                                              \
	{ FROM_COUNTS, hop, offsetof(HopCount, to_init), NULL },                                                       \
		{ FROM_COUNTS, hop, offsetof(HopCount, memmap), NULL },                                                \
		{ FROM_COUNTS, hop, offsetof(HopCount, kho), NULL },                                                   \
		{ FROM_COUNTS, hop, offsetof(HopCount, reserved), NULL },                                              \
		{ FROM_COUNTS, hop, offsetof(HopCount, freeing), NULL },                                               \
	{                                                                                                              \
		FROM_COUNTS, hop, offsetof(HopCount, late), NULL                                                       \
	}

static const Metric all[] = {
	TIME_METRICS("1", "first kernel"),
	{ "silent", "silence after kexec -e", "host", "ns" },
	TIME_METRICS("2", "second kernel"),
	{ "blackout", "handover blackout", "host", "ns" },
	TIME_METRICS(".later", "later kernels"),
	{ "blackout.later", "handover blackout, later kernels", "host", "ns" },
	COUNT_METRICS("1", "first kernel"),
	COUNT_METRICS("2", "second kernel"),
	COUNT_METRICS(".later", "later kernels"),
};

/* As many, in the same order. */
static const Place places[] = {
	TIME_PLACES(0),	     { FROM_RESULT, 0, offsetof(Result, silent_ns), NULL },
	TIME_PLACES(1),	     { FROM_RESULT, 0, offsetof(Result, blackout_ns), NULL },
	TIME_PLACES(LATER),  { FROM_SPAN, LATER, 0, "blackout" },
	COUNT_PLACES(0),     COUNT_PLACES(1),
	COUNT_PLACES(LATER),
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

static gint64 phase_time(const Result *result, guint i, const char *id)
{
	const Phases *phases = result->timeline ? timeline_phases(result->timeline, i) : NULL;
	const Phase *phase = phases ? phases_find(phases, id) : NULL;

	return phase && phase->clock == PHASE_CLOCK_GUEST ? phase_ns(phase) : -1;
}

static gint64 span_time(const Result *result, guint i, const char *id)
{
	const GPtrArray *spans = result->timeline ? result->timeline->spans : NULL;

	for (guint s = 0; spans && s < spans->len; s++) {
		const TimelineSpan *span = spans->pdata[s];

		if (span->hop == (int)i && strcmp(span->id, id) == 0)
			return span->end_ns - span->begin_ns;
	}
	return -1;
}

static gint64 count_of(const Result *result, guint i, gsize offset)
{
	const GArray *hops = counts_hops(result->counts);
	gint64 value;

	if (i >= hops->len)
		return -1;
	memcpy(&value, hops->data + i * sizeof(HopCount) + offset, sizeof(value));
	return value;
}

static gint64 member_of(const Result *result, gsize offset)
{
	gint64 value;

	memcpy(&value, (const char *)result + offset, sizeof(value));
	return value;
}

gint64 metric_of_kernel(const Metric *metric, const Result *result, guint hop)
{
	const Place *place = &places[metric - all];

	switch (place->from) {
	case FROM_INIT:
		return init_time(result, hop);
	case FROM_PHASE:
		return phase_time(result, hop, place->id);
	case FROM_SPAN:
		return span_time(result, hop, place->id);
	case FROM_COUNTS:
		return count_of(result, hop, place->offset);
	case FROM_RESULT:
		return member_of(result, place->offset);
	}
	return -1;
}

gint64 metric_value(const Metric *metric, const Result *result)
{
	guint hop = places[metric - all].hop, kernels = result->hops->len, n = 0;
	g_autofree gint64 *later = NULL;

	if (hop != LATER)
		return metric_of_kernel(metric, result, hop);
	later = g_new(gint64, kernels);
	for (hop = METRIC_FIRST_LATER; hop < kernels; hop++)
		later[n++] = metric_of_kernel(metric, result, hop);
	return statistics_median_known(later, n);
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
	/* three digits as printed: what is rounded up to 1000 belongs to the next unit */
	while (i + 1 < G_N_ELEMENTS(scales) && fabs(value) < 0.9995 * scales[i].ns)
		i++;
	value /= scales[i].ns;
	return g_strdup_printf("%.*f %s", fabs(value) < 9.995 ? 2 : fabs(value) < 99.95 ? 1 : 0, value, scales[i].unit);
}

char *interval_to_words(const Interval *interval, IntervalFormatFunc format, gconstpointer data, const char *of)
{
	g_autofree char *estimate = format(interval->estimate, data);
	g_autofree char *low = NULL, *high = NULL;

	if (isnan(interval->estimate) || interval->kind == INTERVAL_NONE)
		return g_strconcat(estimate, of, NULL);
	if (interval->kind == INTERVAL_EXACT)
		return g_strconcat(estimate, of, " (exact)", NULL);
	low = format(interval->low, data);
	high = format(interval->high, data);
	if (interval->kind == INTERVAL_RANGE)
		return g_strdup_printf("%s%s (%s to %s)", estimate, of, low, high);
	return g_strdup_printf("%s%s [%s, %s]", estimate, of, low, high);
}

static char *format_figure(double value, gconstpointer metric)
{
	return metric_format(metric, value);
}

char *metric_format_interval(const Metric *metric, const Interval *interval)
{
	return interval_to_words(interval, format_figure, metric, "");
}

char *metric_format_change(const Metric *metric, const Interval *difference, const char *more, const char *less)
{
	bool negative = difference->estimate < 0;
	Interval turned = interval_negate(difference);
	g_autofree char *size = metric_format_interval(metric, negative ? &turned : difference);

	return g_strdup_printf("%s %s", negative ? less : more, size);
}

static char *format_ratio(double value, gconstpointer data)
{
	return isnan(value) ? g_strdup("-") : g_strdup_printf("%.3f", value);
}

char *ratio_format(const Interval *ratio)
{
	return interval_to_words(ratio, format_ratio, NULL, "");
}
