/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_SWEEPBLOCK_H
#define STORE_SWEEPBLOCK_H

#include <glib.h>
#include <stdbool.h>

/*
 * The blocks of a sweep's plan are named by what they set and to what:
 * "memory-1073741824", "reserve-30". So the cells of a matrix say by themselves
 * where they are on the curve.
 */
char *sweepblock_name(const char *key, guint64 value); /* caller frees */

/* false: it is no such name. Caller frees the key. */
bool sweepblock_parse(const char *block, char **ret_key, guint64 *ret_value);

#endif
