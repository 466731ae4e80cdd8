/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_KERNELFOLDER_H
#define BUILD_KERNELFOLDER_H

#include <glib.h>
#include <stdbool.h>

/*
 * The folders of kernels: those of the project, patches/NAME, and the user's own, source_own_folder()/NAME. Where both
 * have one of a name, the project's is taken, and a warning says so.
 */
#define KERNELFOLDER_SOURCE "source"

/* "next" of "next@1234abcd". Caller frees. */
char *kernelfolder_plain(const char *kernel);

/* The folder of a kernel, with or without '@'; NULL if there is none. Caller frees. */
char *kernelfolder_find(const char *patches, const char *kernel);

/* Letters, digits, '.', '_' and '-', not at the beginning: it is part of paths, of lists in plans and of uname -r. */
bool kernelfolder_is_name(const char *name);

#endif
