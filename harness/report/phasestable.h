/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PHASESTABLE_H
#define PHASESTABLE_H

#include <report/result.h>
#include <report/table.h>

/*
 * The phases of the first and the second kernel, and where a run has more, the
 * median of the third and all after it. NULL if there is no kernel whose phases
 * could be told. Caller frees.
 */
Table *phasestable_new(const Result *result);

#endif
