/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_NIGHTVERDICT_H
#define STUDY_NIGHTVERDICT_H

#include <study/night.h>

/* A figure of a cell that is worse by more than this share, with all of its interval, is a regression. */
#define NIGHT_THRESHOLD 0.01

/*
 * Times of one night have more in common than those of two: the host is the same. So a time decides only from so many
 * earlier good nights on, and only if it is beyond what any of the last NIGHT_REACH of them had, by the threshold.
 */
#define NIGHT_LEAST_NIGHTS 3
#define NIGHT_LEAST_RUNS 4 /* of each of them: fewer never make an interval */
#define NIGHT_REACH 10

/* A difference of an exact figure, or of one that is not, which is worth a line though it decides nothing. */
#define NIGHT_NOTED 0.001

typedef enum {
	NIGHT_WRONG,	  /* worse: a verdict that differs from the expected one */
	NIGHT_NEW_TITLE,  /* worse: it fails as it should, in another way than before */
	NIGHT_SLOWER,	  /* worse: a figure */
	NIGHT_MENDED,	  /* better: it was not as expected in the night before, and is now */
	NIGHT_FASTER,	  /* better: a figure */
	NIGHT_NOTE,	  /* neither: a figure that differs, and decides nothing; why says why */
	NIGHT_UNCOMPARED, /* neither: its figures depend on something that has changed; why says on what */
	NIGHT_UNJUDGED,	  /* neither: the harness or the host kept it from a verdict */
} NightChangeKind;

/* Commits that a change lies between. Strings are owned; NULL: unknown. */
typedef struct {
	char *source;	   /* name of the kernel */
	char *from;	   /* the last that was good; NULL: none was */
	char *to;	   /* that of this night */
	gint64 commits;	   /* after from, up to to; -1 unknown, 0: the same */
	bool other_kernel; /* the same source, and another image of it */
} NightRange;

typedef struct {
	NightChangeKind kind;
	const NightCell *cell;	   /* borrowed */
	const NightCell *before;   /* what it is held against: of the last good night that ran it; NULL: none has */
	const Night *night_before; /* that night; NULL */
	const Metric *metric;	   /* of a figure; else NULL */
	double was, is;		   /* medians; NAN */
	Interval change;	   /* of a figure: the share that it changed by, 0.031 for 3.1% more */
	char *why;		   /* what happened, in a line; what decides is nightchange_sure() */
	const char *title;	   /* what went wrong; borrowed; NULL: nothing, or it has none */
	GPtrArray *parts; /* char *: parts of the boot that changed most, "deferred init +12.0%"; may be empty */
	NightRange range;
} NightChange;

/* One night held against the nights before it. Pure: made anew whenever it is shown. */
typedef struct {
	const Night *night;    /* borrowed */
	const Night *good;     /* the last good night before it; NULL: there is none */
	const Night *previous; /* the night before it that ended; NULL */
	GPtrArray *worse;      /* NightChange, the gravest first */
	GPtrArray *better;
	GPtrArray *notes; /* NIGHT_NOTE, NIGHT_UNCOMPARED */
	GPtrArray *unjudged;
	guint judged;	/* cells with a verdict */
	guint stale;	/* sources that could not be brought up to date */
	guint left_out; /* cells of the plan that were not chosen, or for which there was no time left */
	VerdictKind kind;
	GHashTable *held; /* what figures were held against: nightverdict_before() */
} NightVerdict;

void nightverdict_free(NightVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NightVerdict, nightverdict_free)

/*
 * NightVerdict of each of the nights (Night, oldest first), held against those before it that ended. kind is FAIL if
 * anything became worse; else ERROR if the harness failed in a cell, a kernel could not be built, or the night was cut
 * off; else SKIP if no cell could be judged, or a source could not be brought up to date; else PASS. Caller unrefs.
 */
GPtrArray *nightverdicts_of(const GPtrArray *nights);

/*
 * Whether the next nights are held against it: it ended, some cell was judged, and nothing became worse, or it was
 * accepted. */
bool nightverdict_is_good(const NightVerdict *verdict);

/*
 * What a figure of one of its cells was held against when it was judged; NULL: nothing, as where what it depends on has
 * changed, or no good night had it. ret_night: of that night; may be NULL.
 */
const NightFigure *nightverdict_before(const NightVerdict *verdict, const NightFigure *figure, const Night **ret_night);

/* How sure a change is, and what decides. Caller frees. */
char *nightchange_sure(const NightChange *change);

/* Whether a part of the boot, in percent, has any meaning: "init2", "deferred2". Caller frees. */
char *nightchange_amount(const NightChange *change);

#endif
