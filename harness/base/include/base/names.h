/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include <glib.h>

/* Sorts an array of char * by the value of their bytes, whatever the locale. Call it before any closing NULL is added.
 */
void names_sort(GPtrArray *names);

/* The first few, and how many there are besides: "a, b, and 3 more". Caller frees. */
char *names_some(const GPtrArray *names);

/* Up to three candidates nearest to a misspelled name, for "did you mean"; "" if none is near. Caller frees. */
char *names_nearest(const char *name, char **candidates);

#endif
