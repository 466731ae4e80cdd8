/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_TARBALL_H
#define BUILD_TARBALL_H

#include <archive.h>
#include <glib.h>

/*
 * A tarball being read, compressed in any way that libarchive knows. A Debian
 * package (deb(5): an ar archive with a data.tar.*) stands for the tarball below
 * usr/src/ in it, as the packages linux-source-* have one. It is read through
 * where it lies: nothing is unpacked on the way.
 */
typedef struct Tarball Tarball;

/* Errors: INPUT with path and reason: not readable, no archive, a package without such a tarball. */
Tarball *tarball_open(const char *path, GError **error);
void tarball_free(Tarball *tarball);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tarball, tarball_free)

/* What to read entries from. Owned by the tarball. */
struct archive *tarball_entries(Tarball *tarball);

/* How much of the file has been read: 0 to 100. */
int tarball_percent(const Tarball *tarball);

#endif
