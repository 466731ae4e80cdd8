/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_BISECTJUDGE_H
#define CAMPAIGN_BISECTJUDGE_H

#include "bisectplaces.h"

#include <campaign/bisect.h>

/* What it takes to judge the places of a bisection, and what is learned of the machine on the way. */
typedef struct {
	const BisectSpec *spec; /* borrowed, as all but key */
	Places *places;
	Executor *executor;
	const char *runs;    /* where run directories go */
	const char *good;    /* the good end: what figures are held against */
	RunRequest request;  /* of each run: what was left open is as it was in the first */
	GPtrArray *key;	     /* of the first run that was judged, if figures are compared; NULL: there is none yet */
	double good_counted; /* what was counted at the good end, which is the same in every run; NAN: not known yet */
	BisectScale scale;   /* by a figure, as soon as the bad end has been measured */
} BisectJudge;

/* Takes over what the runs of these steps say. */
void bisectjudge_learn(BisectJudge *judge, const GPtrArray *steps);

/*
 * Runs a place as often as it takes, and says in the step what it is: by its verdict, or on which side of the scale its
 * figures lie. Errors: those that end the bisection. What keeps this place alone from being judged makes it a skip.
 */
bool bisectjudge_place(BisectJudge *judge, BisectStep *step, GError **error);

/* The bad end by a figure: what the scale is made of. Errors: as above, and INPUT: the ends do not differ. */
bool bisectjudge_bad_end(BisectJudge *judge, BisectStep *step, GError **error);

/* The scale again, of a bad end that was measured before. */
bool bisectjudge_scale(BisectJudge *judge, const BisectStep *bad, GError **error);

#endif
