/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_APPLYERROR_H
#define BUILD_APPLYERROR_H

/*
 * What "git apply" says (in English) about a patch that does not fit, for people:
 * "hunk 2 (line 533) of mm/page_alloc.c does not match". Lines it uses:
 *   error: patch failed: mm/page_alloc.c:533
 *   error: mm/nowhere.c: does not exist in index
 *   error: corrupt patch at line 12
 * Pure. Caller frees.
 */
char *applyerror_explain(const char *said, const char *patch);

#endif
