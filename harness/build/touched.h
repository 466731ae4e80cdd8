/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_TOUCHED_H
#define BUILD_TOUCHED_H

#include <glib.h>

/* Adds to functions (keys g_free()d) the name of each that the patch changes. Pure. */
void touched_add(const char *patch, GHashTable *functions);

#endif
