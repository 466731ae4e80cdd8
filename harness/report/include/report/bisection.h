/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_BISECTION_H
#define REPORT_BISECTION_H

#include <study/bisection.h>

/* The first bad place, the evidence on both sides, what was skipped, and how to see it again. Caller frees. */
char *bisection_to_text(const Bisection *bisection);
char *bisection_to_json(const Bisection *bisection);

#endif
