/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_SIDE_H
#define CAMPAIGN_SIDE_H

#include <run/request.h>
#include <store/chain.h>

/*
 * What a word names that stands for one side of a comparison: a series of the request's kernel or tree, or, as elements
 * of --chain do, KERNEL/SERIES, a KERNEL alone, tree:DIR[@REF] or image:FILE. patches: the folder patches/. The request
 * is about that side then, and points into what comes back, which the caller frees with chainlink_free(). NULL with the
 * error set: INPUT.
 */
ChainLink *side_apply(const char *word, const char *patches, RunRequest *request, GError **error);

#endif
