/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <glib.h>

/*
 * A field of RFC 4180, and what follows it (',' or '\n'): a text with a comma, a quote or a
 * line end in it stands in quotes. What is not known, NULL, is an empty field. Lines end in
 * LF alone, unlike there.
 */
void csv_field(GString *out, const char *text, char end);

#endif
