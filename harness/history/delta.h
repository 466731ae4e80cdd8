/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HISTORY_DELTA_H
#define HISTORY_DELTA_H

#include <evaluate/metric.h>

/* How much a figure changed, for people: with its sign; "-" if either is not known (-1). Caller frees. */
char *delta_text(const Metric *metric, double before, double after);
char *delta_percent(double before, double after);

/* The figure itself; "-" if it is not known. Caller frees. */
char *delta_value(const Metric *metric, double value);

/* "2026-11-24 00:43" of an ISO 8601 date; "-" for NULL. Caller frees. */
char *delta_date(const char *date);

#endif
