/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SYMBOL_H
#define RUN_SYMBOL_H

#include <glib.h>

/*
 * "kho_memory_init+0x5a": the last code symbol of a System.map (path) at or before an
 * address; NULL if the map cannot be read or has none within a megabyte. Caller frees.
 */
char *symbol_at(const char *path, guint64 address);

/* The same of a map's text. Pure. */
char *symbol_in(const char *map, guint64 address);

#endif
