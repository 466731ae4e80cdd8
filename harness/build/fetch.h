/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_FETCH_H
#define BUILD_FETCH_H

#include <build/source.h>

/* source_fetch() that also tells which alternative's checksum the file has. */
bool fetch_tarball(const Source *source, const char *cache, GCancellable *cancel, char **ret_path, char **ret_sha256,
		   GError **error);

#endif
