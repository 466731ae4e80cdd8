/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_CONDITIONS_H
#define REPORT_CONDITIONS_H

#include <study/condition.h>

/*
 * "init2>1%: met: central +2.31% [+1.40%, +3.20%], 9 pairs", or why it is not decided, and what would decide it. Caller
 * frees.
 */
char *condition_sentence(const ConditionAnswer *answer, const Comparison *comparison);

/* A line for each of the comparison's conditions and each series; nothing if it has none. */
void conditions_put(GString *out, const Comparison *comparison, const char *bullet);

#endif
