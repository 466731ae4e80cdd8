// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/units.h>
#include <evaluate/metric.h>

#include <math.h>
#include <string.h>

/* A difference may be negative. */
static char *format_bytes(double value)
{
	g_autofree char *size = units_format_size_about((guint64)llround(fabs(value)));

	return g_strconcat(value < 0 ? "-" : "", size, NULL);
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
	if (strcmp(metric->unit, "ppm") == 0)
		return g_strdup_printf("%.2f%%", value * 100 / FIGURE_PPM);
	if (strcmp(metric->unit, "bytes") == 0)
		return format_bytes(value);
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
