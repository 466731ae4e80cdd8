/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_INTERLEAVE_H
#define MEASURE_INTERLEAVE_H

#include <glib.h>

/*
 * The order in which things that are compared take their turns, round by round:
 * AB, BA, AB ... for two. For k it is a Latin square balanced for what comes
 * before: over interleave_period(k) rounds each takes every place, and follows
 * every other, equally often (Williams, Aust. J. Sci. Res. A 2, 1949). A machine
 * that gets slower by and by, or a run that warms up the next, favours none.
 */

/* Rounds after which the order repeats: k if that is even, else 2 k; 1 for one. */
guint interleave_period(guint k);

/* Which one takes turn position (0 ... k - 1) of a round. */
guint interleave_at(guint k, guint round, guint position);

#endif
