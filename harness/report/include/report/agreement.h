/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_AGREEMENT_H
#define REPORT_AGREEMENT_H

#include <study/comparison.h>

/* Table and sentences, as part of a comparison's text or Markdown; "" where no run has later kernels. Caller frees. */
char *agreement_to_text(const Comparison *comparison);
char *agreement_to_markdown(const Comparison *comparison);

/* The sentences alone, a line each. Caller frees. */
char *agreement_to_lines(const Comparison *comparison);

#endif
