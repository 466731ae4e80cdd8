/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_KEYFILE_H
#define BASE_KEYFILE_H

#include <glib.h>

/* A value with its escapes undone; NULL if it is not there, or cannot be read. Caller frees. */
char *keyfile_get(GKeyFile *file, const char *group, const char *key);

#endif
