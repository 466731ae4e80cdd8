/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_BISECTION_H
#define STUDY_BISECTION_H

#include <evaluate/metric.h>
#include <evaluate/result.h>
#include <store/bisectdir.h>

#define BISECT_TITLE "title:"

/* What makes a place bad. Borrowed. */
typedef struct {
	const char *bad_if;   /* a reason of a verdict, or BISECT_TITLE and a title of failure; NULL: every FAIL */
	const Metric *metric; /* the figure that tells them apart; NULL: the verdict does */
	double threshold;     /* by how much the ends have to differ at least: a share, 0.01 */
} BisectRule;

/*
 * How one run came out by its verdict. PASS is good; FAIL is bad, or with bad_if only if it is that failure, else a
 * skip; what the host or the harness did is a skip. ret_why: in words; caller frees.
 */
BisectKind bisect_classify(const BisectRule *rule, const Result *result, char **ret_why);

/* How far the ends are apart. */
typedef struct {
	double change; /* of the bad end from the good one, in the unit of the metric; 0: not known yet */
	bool exact;    /* instructions: one run is enough, and every difference is one */
} BisectScale;

/* From pairs of both ends, run in turns. Errors: INPUT if they differ by less than the rule's threshold. */
bool bisectscale_make(const BisectRule *rule, const GArray *good, const GArray *bad, BisectScale *ret_scale,
		      GError **error);

/* How many pairs a place may have at most, and how many the bad end has at least. */
#define BISECT_RUNS_MOST 20
#define BISECT_RUNS_END 7

/*
 * On which side of the middle between both ends a place lies, by pairs: what the good end had, and the place in
 * turns with it. The whole 95% interval of the distance from the middle has to, and that has to be seen
 * (statistics_paired()). SKIP: it cannot be told yet.
 */
BisectKind bisectscale_side(const BisectScale *scale, const GArray *good, const GArray *values);

/* What the steps come to so far. Everything is borrowed from them. */
typedef struct {
	GPtrArray *good; /* char *: all places that are good */
	GPtrArray *skip;
	const char *bad; /* the one that was found bad last */
} BisectState;

BisectState bisectstate_of(const GPtrArray *steps);
void bisectstate_clear(BisectState *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BisectState, bisectstate_clear)

/* The step of that place, the last one; NULL. */
const BisectStep *bisect_step_at(const GPtrArray *steps, const char *at);

/* The first of these that was not skipped; NULL if there is none. */
const char *bisect_next(const BisectState *state, const GPtrArray *candidates);

/* About how many more steps it takes. */
guint bisect_steps_left(guint candidates);

/* A place for people. */
typedef struct {
	char *title; /* "mm: init pages late", "0003-mm-init-pages-late.patch" */
	char *date;
	char **files; /* that it touches; NULL if nobody says */
} BisectLook;

void bisectlook_free(BisectLook *look);

/* What a bisection came to. Owns everything in it. */
typedef struct {
	BisectDir *dir;
	GPtrArray *steps;     /* BisectStep */
	GPtrArray *suspects;  /* char *: the first bad place is one of these; the first of them is known to be bad */
	bool sure;	      /* there is one alone */
	char *good;	      /* the last that is good before them; NULL if that cannot be told */
	GHashTable *looks;    /* place: BisectLook, of the suspects and of good */
	char *tree;	      /* whose commits they are; NULL: patches */
	char *series;	      /* whose patches they are; NULL: commits */
	const Metric *metric; /* the figure that told them apart; NULL: the verdict did. Borrowed */
	char **words;	      /* options of each of its runs, for whoever repeats one; or NULL */
} Bisection;

void bisection_free(Bisection *bisection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bisection, bisection_free)

#endif
