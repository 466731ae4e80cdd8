/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_FIGURE_H
#define EVALUATE_FIGURE_H

#include <evaluate/result.h>

/*
 * What is measured of a kernel of the chain, or of the run that it is in: one row of the
 * table in figure.c for each. Every output format walks that table, in its order, so
 * that a figure is in all of them as soon as it has its row (docs/architecture.md, "Add a
 * figure").
 */
typedef struct Figure Figure;

struct Figure {
	const char *id;	    /* stable: "init", "memmap" */
	const char *title;  /* for people: "time to /init" */
	const char *clock;  /* "guest", "host"; "count" for executed instructions; NULL: it is no matter of time */
	const char *unit;   /* "ns", "ms", "bytes", "ppm", "instructions"; "" for a plain number */
	const char *row;    /* its label in the table of a run, or NULL: it is not there */
	const char *brief;  /* its label in a table of several runs, or NULL: it is not there */
	const char *member; /* its place in result.json, with %u for the kernel; NULL: it is not there */
	guint kernels;	    /* FIGURE_OF_...: of which kernels a run's table and its metrics have it */
	bool metric;	    /* comparisons, if it has a clock, sweeps and trends have it too (metric.h) */
	gint64 (*get)(const Figure *figure, const Result *result, guint hop); /* -1 unknown */
	const char *time; /* of a count: the id of the time that is about the same; NULL: there is none */
};

#define FIGURE_PPM 1000000

/* Where the members of figures are in result.json. */
#define FIGURE_IN_HOP "hops.%u."
#define FIGURE_IN_INSTRUCTIONS FIGURE_IN_HOP "instructions."
#define FIGURE_IN_HANDOVER "handover."
#define FIGURE_IN_HOST "host."
#define FIGURE_IN_RUN ""

/* Of a handover the kernel that it leads to. Whatever is of the run alone is in the second kernel's column. */
enum {
	FIGURE_OF_FIRST = 1 << 0,
	FIGURE_OF_SECOND = 1 << 1,
	FIGURE_OF_LATER = 1 << 2, /* the third and all after it, which find the memory that the second was given */
	FIGURE_OF_ALL = FIGURE_OF_FIRST | FIGURE_OF_SECOND | FIGURE_OF_LATER,
};

/* Whether it is a count of executed instructions; a run has times or counts, and never both. */
bool figure_is_counted(const Figure *figure);

/* All, in order. Borrowed. */
const Figure *figures_all(guint *ret_n);

/* Of one kernel, counted from 0; -1 unknown. */
gint64 figure_of(const Figure *figure, const Result *result, guint hop);

/* Its place in result.json for that kernel; only of one that has a member. Caller frees. */
char *figure_member(const Figure *figure, guint hop);

/* Whether its member is directly in that object: FIGURE_IN_HOP, ..., "" for result.json's own. */
bool figure_is_in(const Figure *figure, const char *place);

/*
 * Which kernels a column of a table is of. Of later kernels it is the median of those that
 * have the figure, so that a machine is one sample, however many handovers it made.
 */
typedef struct {
	const char *title;  /* "first kernel" */
	const char *tag;    /* in the id of a metric: "1", "2", ".later" */
	guint kernels;	    /* FIGURE_OF_... */
	guint first, count; /* of the chain, from 0: [first, first + count) */
} Selector;

#define SELECTORS 3
extern const Selector selectors[SELECTORS];

/* How many of them a chain of so many kernels has a column for: always two. */
guint selectors_shown(guint kernels);

/* The column's value; -1 unknown, or if the figure is not of those kernels. */
gint64 figure_select(const Figure *figure, const Selector *selector, const Result *result);

#endif
