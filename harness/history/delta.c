// SPDX-License-Identifier: GPL-2.0-or-later
#include "delta.h"

#include <math.h>

char *delta_value(const Metric *metric, double value)
{
	return value < 0 ? g_strdup("-") : metric_format(metric, value);
}

char *delta_text(const Metric *metric, double before, double after)
{
	g_autofree char *size = NULL;

	if (before < 0 || after < 0)
		return g_strdup("-");
	if (before == after)
		return g_strdup("0");
	size = metric_format(metric, fabs(after - before));
	return g_strconcat(after < before ? "-" : "+", size, NULL);
}

char *delta_percent(double before, double after)
{
	if (before <= 0 || after < 0)
		return g_strdup("-");
	return g_strdup_printf("%+.2f%%", 100 * (after - before) / before);
}

char *delta_date(const char *date)
{
	g_autofree char *day = g_strndup(date ? date : "-", 10);

	/* "2026-11-24T00:43:15.123456Z" */
	return date && g_utf8_strlen(date, -1) >= 16 ? g_strdup_printf("%s %.5s", day, date + 11)
						     : g_steal_pointer(&day);
}
