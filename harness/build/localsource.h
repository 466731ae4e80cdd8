/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_LOCALSOURCE_H
#define BUILD_LOCALSOURCE_H

#include <build/source.h>

/*
 * The folder $KHOTEST_SOURCES: tarballs under the names that they have where they
 * come from, or that they have in a cache of ours, so that the cache of one machine
 * can be the folder of another. Files in it are read, and never changed.
 */

/* NULL if there is none. Errors: INPUT if it is no folder; *ret_folder is borrowed from the environment. */
bool localsource_folder(const char **ret_folder, GError **error);

/* The name of a tarball in our cache: "linux-7.1.13-25f65727fb83.tar". Caller frees. */
char *localsource_cached_name(const Source *source, const SourceAlternative *alternative);

/*
 * The name that an alternative's file has where it comes from:
 * "linux_7.1.13.orig.tar.xz", "linux-7.1.13.tar.xz". NULL if where is of no use.
 * Pure. Caller frees.
 */
char *localsource_name(const SourceAlternative *alternative);

#endif
