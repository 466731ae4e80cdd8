/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_LAYOUTVALUE_H
#define MEASURE_LAYOUTVALUE_H

#include <glib.h>
#include <stdbool.h>

/*
 * A number of a kernel's layout (build/layout.h): lines of "prb_size=88". false if it is not there, as of kernels whose
 * headers do not have what was asked for.
 */
bool layoutvalue_get(const char *layout, const char *name, guint64 *ret_value);

/* A number that is wanted, and where it goes. */
typedef struct {
	const char *name;
	guint64 *value;
} LayoutWish;

/* All of them, the last having no name; false if one is not there. */
bool layoutvalue_get_all(const char *layout, const LayoutWish *wishes);

#endif
