/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_NOTES_H
#define EVALUATE_NOTES_H

#include <evaluate/result.h>

/*
 * Whether times of such a kernel are in good part the host's: it gave out three
 * quarters of what the guest's memory map takes, or more. That map (64 bytes a page)
 * is what a booting kernel writes most of, and what the phases under test write.
 * false where it is not known, where all memory was given out before (--prefault), and in mode "counted", which has no
 * times.
 */
bool hostuse_matters(const HostUse *use, const Plan *plan);

/* "while the second kernel booted the host gave out ...", if it matters; NULL. Caller frees. */
char *hostuse_note(const Result *result);

/* char *: all that a reader of the figures has to know beside them, a sentence each. Caller unrefs. */
GPtrArray *result_notes(const Result *result);

#endif
