/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_COST_H
#define REPORT_COST_H

#include <study/cost.h>

/* Caller frees. */
char *cost_to_text(const Cost *cost);
char *cost_to_markdown(const Cost *cost);
char *cost_to_json(const Cost *cost);

#endif
