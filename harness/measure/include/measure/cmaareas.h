/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_CMAAREAS_H
#define MEASURE_CMAAREAS_H

#include <glib.h>

/* A range of an ordinary CMA area (mm/cma.c); scratch is none. */
typedef struct {
	guint64 phys;
	guint64 bytes;
} CmaArea;

/*
 * The record "cma" (proto/frame.h): GArray of CmaArea, one a range; areas that the kernel
 * could not activate, whose pages are no CMA, are left out. Errors: FAILED, naming the
 * line.
 */
GArray *cmaareas_parse(const char *text, guint page_shift, GError **error);

#endif
