/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <glib.h>
#include <stdbool.h>

/*
 * Sizes and durations as people write them. Sizes are binary: 1G is 2^30 bytes.
 */

/* "100G", "512M", "1T", "64K", "1024" or "1024B" into bytes; fractions such as "1.5G" are accepted when exact. */
bool units_parse_size(const char *text, guint64 *ret_bytes, GError **error);

/* "300s", "5m", "1h", "250ms", "20us", "30d" into nanoseconds; a unit is required. */
bool units_parse_duration(const char *text, gint64 *ret_ns, GError **error);

/* "1%", "0.5%" into 0.01, 0.005; the sign is required. */
bool units_parse_share(const char *text, double *ret_share, GError **error);

/*
 * 107374182400 to "100G", 1610612736 to "1.5G", 1074790400 to "1025M": always the value
 * itself, with one decimal at most, so that units_parse_size() gives it back. Caller frees.
 */
char *units_format_size(guint64 bytes);

/* The same for what was measured and is no round number: "3.4G", to one decimal. Caller frees. */
char *units_format_size_about(guint64 bytes);

/* 12345678901 ns to "12.35 s"; below a second "345.7 ms"; negative means unknown: "-". Caller frees. */
char *units_format_duration(gint64 ns);

#endif
