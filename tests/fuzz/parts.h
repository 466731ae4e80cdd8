/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_PARTS_H
#define FUZZ_PARTS_H

#include <glib.h>

/*
 * An input that is several files: a line "== NAME" begins the next. What is before the first such line is nobody's. Of
 * two with one name the later stands.
 */

/* char * -> GBytes. Caller unrefs. */
GHashTable *parts_read(const guint8 *data, gsize length);

/* A part, as a new reference; NULL if there is none of that name. */
GBytes *parts_take(GHashTable *parts, const char *name);

/* The other way round: one more file at the end. */
void parts_add(GByteArray *all, const char *name, GBytes *content);

#endif
