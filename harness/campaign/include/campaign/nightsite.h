/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_NIGHTSITE_H
#define CAMPAIGN_NIGHTSITE_H

#include <campaign/nightly.h>

/*
 * The static site: a page for all nights, one for each of them, one for each figure, and reports of the runs that are
 * not as they should be, as long as their run directories are there. Each file is replaced whole, and only if it has
 * changed; nothing else in the folder is touched. parent: where the nights are. Errors: FAILED, CANCELLED.
 */
bool nightsite_write(const Nights *nights, const char *parent, const char *folder, GCancellable *cancel,
		     GError **error);

#endif
