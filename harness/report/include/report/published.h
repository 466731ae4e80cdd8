/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_PUBLISHED_H
#define REPORT_PUBLISHED_H

#include <report/table.h>

/*
 * What others measured of struct page initialisation, to stand beside a sweep of
 * memory. Machines, kernels and what exactly was timed differ: such figures say of
 * what order a slope should be, no more.
 */
typedef struct {
	const char *what;    /* "memory map of a zone, one CPU" */
	const char *machine; /* as far as the source says, and the year */
	double pages;	     /* of 4 KiB: as stated, or the stated size divided by it */
	double ns;	     /* as stated */
	const char *source;
} Published;

/* Borrowed. */
const Published *published_all(guint *ret_n);

/* In nanoseconds. */
double published_per_page(const Published *published);

/* A row for each: what, machine, ns a page, source. Caller frees. */
Table *published_table(void);

#endif
