/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_NIGHT_H
#define STUDY_NIGHT_H

#include <evaluate/metric.h>
#include <store/nightfacts.h>
#include <study/matrix.h>

/* A figure of a cell, of each repeat that has it. */
typedef struct {
	const Metric *metric; /* borrowed */
	GArray *values;	      /* double, at least one */
} NightFigure;

/* A cell of the plan with all its repeats, as it came out in one night. Strings are owned; NULL: unknown. */
typedef struct {
	char *name;   /* night_cell_name() */
	char *label;  /* for people, short: "7.2/upstream 1G, counted" */
	char *kernel; /* "next", without its commit */
	char *commit; /* of a branch, or a tree: what was run */
	char *series, *profile;
	char *options;	    /* those of 'khotest run' that ask for it, but for the kernel's own: "--series=upstream
			       --memory=1G" */
	bool alone;	    /* it had the machine for itself: its times mean something */
	bool counted;	    /* instructions were counted: its figures are exact */
	char *expected;	    /* "FAIL scratch-not-cma" */
	CellState state;    /* the gravest of its repeats, and so are the next five: of that one */
	char *verdict;	    /* "PASS", ..., "-" */
	char *reason;	    /* id of the first reason */
	char *title;	    /* what went wrong, the same in every build */
	GPtrArray *titles;  /* char *: of all repeats that came out as expected, each once; a PASS has none */
	char *why;	    /* in a line: where the state is not CELL_MET */
	char *run;	    /* run directory, relative to the night's folder */
	bool unbuilt;	    /* there is no kernel: state is CELL_ERROR or CELL_SKIPPED */
	guint runs;	    /* that have a verdict */
	guint unmet;	    /* of these, that are not as expected */
	char *image;	    /* SHA-256 of its kernel, and key: of the first repeat that has a verdict */
	GPtrArray *key;	    /* KeyPart: what its figures depend on besides the kernel; empty if unknown */
	GPtrArray *figures; /* NightFigure: those that can be held against another night's; empty for none */
	char *left_out;	    /* of its repeats' figures, in a line: those that depend on other things; NULL: none */
} NightCell;

/*
 * One night, evaluated: what its message, its page and the trends are made from. The figures and verdicts are kept in
 * summary.json, so that they outlive the run directories.
 */
typedef struct {
	NightFacts *facts;
	char *qemu;	     /* "QEMU 7.2.22"; NULL unknown */
	GPtrArray *cells;    /* NightCell: those that were chosen, in the order of the plan */
	GHashTable *by_name; /* the same, by name: night_cell() */
} Night;

/* Takes over the facts. matrix NULL: it did not come to that. */
Night *night_new(NightFacts *facts, const MatrixResult *matrix);
void night_free(Night *night);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Night, night_free)

const NightCell *night_cell(const Night *night, const char *name); /* NULL: it has none of that name */
bool nightcell_has_title(const NightCell *cell, const char *title);
const NightFigure *nightcell_figure(const NightCell *cell, const Metric *metric); /* same */
double nightfigure_median(const NightFigure *figure);
bool nightfigure_is_steady(const NightFigure *figure); /* all repeats have the same */

/* Whether the figure is of a whole boot or handover, and not of a part of it: such decide. */
bool night_decides(const Metric *metric);

/* Cells by state. */
guint night_count(const Night *night, CellState state);

/* summary.json. maker: which build of khotest judged. Caller frees. */
char *night_to_summary(const Night *night, const char *maker);

/*
 * From summary.json, without any run directory; takes over the facts. ret_maker: caller frees. Metrics that there are
 * no more are left out. Errors: INPUT (newer schema), FAILED (damaged).
 */
Night *night_from_summary(NightFacts *facts, const char *text, gssize length, const char *what, char **ret_maker,
			  GError **error);

#endif
