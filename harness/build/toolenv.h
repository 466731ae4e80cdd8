/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_TOOLENV_H
#define BUILD_TOOLENV_H

#include <glib.h>

/*
 * The environment of make and of compilers whose results are kept under a key: of the caller's only what they need to
 * be found, to start and to put files away, and what ccache goes by. Everything else, such as KCPPFLAGS, HOSTCFLAGS or
 * CPATH, would change what comes out and no key. Messages come untranslated. more: "NAME=value" beside that,
 * NULL-terminated, may be NULL. For SpawnSpec.only_env; caller frees.
 */
char **toolenv_make(const char *const *more);

#endif
