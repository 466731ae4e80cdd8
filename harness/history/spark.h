/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HISTORY_SPARK_H
#define HISTORY_SPARK_H

#include <glib.h>

/*
 * A line of block characters (U+2581 to U+2588), from the lowest value to the
 * highest. More values than width: each character stands for the median of its
 * share. marks: indices of values, as guint, that get a ^ on a second line, or NULL.
 * n > 0, width > 0. Caller frees.
 */
char *spark_line(const double *values, guint n, guint width, const GArray *marks);

#endif
