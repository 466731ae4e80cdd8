/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_LOOK_H
#define MEASURE_LOOK_H

#include "judge.h"

/* What is known of KHO in the first kernel of a chain. */
typedef enum {
	KHO_FINE,    /* it is there; or nobody knows; or nothing is handed over */
	KHO_GAVE_UP, /* it could not reserve its scratch memory */
	KHO_NONE,
} KhoState;

/*
 * One kernel, as a check sees it. Whatever depends on what another check might find is
 * here, found out before the first of them is run.
 */
typedef struct Look {
	Judge *judge;
	const Evidence *evidence;
	const Hop *hop;
	WantedKernel wanted; /* of it */
	const Hop *previous; /* the kernel before it; NULL for the first, and if that sent nothing */
	KhoState kho;	     /* of the first kernel */
	CheckScope scope;    /* which checks are asked of this one */
	bool handed_over;    /* it got handover data, of the kernel before it if that is known; false for the first */
	const char *refused; /* what it says of why it does without the handover data; NULL: nothing */
	char *no_handover;   /* what shows that it did not; NULL: it did, or nothing shows anything */
	bool same_boot;	     /* its boot id is that of the kernel before it */
	CheckResult *result; /* what the check that looks has said so far */
} Look;

/* first: of the chain; NULL if it sent nothing. */
KhoState kho_of(const Evidence *evidence, const Hop *first);

Look look_at(Judge *judge, const Hop *hop);
void look_clear(Look *look);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Look, look_clear)

/* A reason of measure/reason.h. The text has the kernel's name put before it. */
void look_add(const Look *look, const char *id, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Each check says one of these; saying nothing is CHECK_UNSEEN. Of several CHECK_BLIND the first one's why stands. */
void look_saw(const Look *look);
void look_gap(const Look *look, const char *format, ...) G_GNUC_PRINTF(2, 3);
void look_blind(const Look *look, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Whether its scratch regions are known; says why the check is blind if not. */
bool look_knows_scratch(const Look *look);

/* Whether it got handover data; of a check that looks at what came over, say if not. Not to be asked of the first. */
bool look_has_handover(const Look *look);

/* Whether the kernel's configuration is there, or its log from the first line on; say for the check if not. */
bool look_has_config(const Look *look);
bool look_has_log(const Look *look);

#endif
