/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include <glib.h>

/* Sorts an array of char * by the value of their bytes, whatever the locale. Call it before any closing NULL is added.
 */
void names_sort(GPtrArray *names);

/* Up to three candidates nearest to a misspelled name, for "did you mean"; "" if none is near. Caller frees. */
char *names_nearest(const char *name, char **candidates);

#endif
