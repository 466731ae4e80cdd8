/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_BEGUN_H
#define STORE_BEGUN_H

#include <glib.h>
#include <stdbool.h>

/*
 * Which matrices, sweeps and comparisons were begun by this user on this machine. The file in such a directory that
 * says what is to be run chooses trees that are built, and so programs that are run, and a URI that libvirt opens: to
 * go on with a directory of somebody else's is to do what they chose. The cache keeps the SHA-256 of each such file;
 * one that was changed since then is somebody else's too.
 */

/* Notes that the file was written by us. */
bool begun_note(const char *cache, const char *file, GError **error);

/* The same of one that is about to have that text: whatever ends us in between leaves no file without its note. */
bool begun_note_text(const char *cache, const char *text, GError **error);

/* INPUT, with what to do, unless it was; or trust: the user has said that it is as good as theirs. */
bool begun_check(const char *cache, const char *file, bool trust, GError **error);

#endif
