/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_BUILDFILES_H
#define BUILD_BUILDFILES_H

#include <build/payload.h>
#include <build/series.h>
#include <build/source.h>

/*
 * The files that say what a series, a kernel's source and a payload are, as text: whoever reads them is another
 * function. path is for messages only.
 */

/* What every series is before its own words are read: nothing applied, all well. Caller frees. */
Series *series_plain(void);

/*
 * quilt(1): a patch file a line, then options such as -p1, which is what we take anyway; "#" starts a comment. Patches
 * are those of the folder, and must be there. Errors: INPUT.
 */
bool seriesfile_parse(Series *series, const char *text, const char *folder, const char *path, GError **error);

/* patches/README.md has the format. Without name and folder. Errors: INPUT. */
Source *sourcefile_parse(const char *text, const char *path, GError **error);

/* What every payload is before its own words are read. Caller frees. */
Payload *payload_plain(void);

/* docs/payloads.md has the keys. Errors: INPUT, with the line. */
bool payloadfile_parse(Payload *payload, const char *text, const char *path, GError **error);

#endif
