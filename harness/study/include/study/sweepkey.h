/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_SWEEPKEY_H
#define STUDY_SWEEPKEY_H

#include <glib.h>
#include <stdbool.h>

/* What can be swept, and how it is shown. */
typedef struct {
	const char *name; /* "memory" */
	bool size;	  /* in bytes, with a unit */
	guint64 step;	  /* values are multiples of it (0: of a section of the sparse memory model), */
	guint64 least;	  /* at least this, */
	guint64 most;	  /* and at most */
	guint points;	  /* how many, unless that is given; 0: doubling, or all */
	const char *sign; /* behind a value that is no size: "%" */

	/* x is what a reader would divide by, so that a slope means something */
	const char *unit; /* of x, in the singular: "page" */
	double divisor;	  /* of a value, which gives x */

	const char *label; /* of the axis of a picture, which shows x in */
	double scale;	   /* ... so many of it */
} SweepKey;

/* NULL: that cannot be swept. */
const SweepKey *sweepkey_find(const char *name);

/*
 * The blocks of a sweep's plan are named by what they set and to what:
 * "memory-1073741824", "reserve-30". So the cells of a matrix say by themselves
 * where they are on the curve.
 */
char *sweepkey_block(const SweepKey *key, guint64 value); /* caller frees */

/* The key of such a name, and the value; NULL: it is none. */
const SweepKey *sweepkey_parse_block(const char *block, guint64 *ret_value);

#endif
