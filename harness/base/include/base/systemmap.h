/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_SYSTEMMAP_H
#define BASE_SYSTEMMAP_H

#include <glib.h>

/*
 * The text of a kernel's System.map: lines of "ffffffff81a75750 T start_kernel" (nm(1)),
 * ascending. All of this is pure.
 */

/* The types of nm(1) that are code, weak symbols too. */
#define SYSTEMMAP_CODE "tTwW"

/* The address of the first symbol of that name and of one of these types; types NULL: of any. 0: the map has none. */
guint64 systemmap_find(const char *map, const char *name, const char *types);

/* "kho_memory_init+0x5a": the last code symbol at or before an address; NULL if there is none within a megabyte.
 * Caller frees. */
char *systemmap_at(const char *map, guint64 address);

#endif
