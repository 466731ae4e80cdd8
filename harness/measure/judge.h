/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_JUDGE_H
#define MEASURE_JUDGE_H

#include <measure/verdict.h>

/*
 * The parts of verdict_judge(): each looks at one side of the evidence and says
 * what it finds. Which verdict follows from all of it is decided in verdict.c.
 */
typedef struct {
	bool seen;
	char *why; /* what kept the check from seeing; NULL: nothing that it knows of */
} JudgeSight;

typedef struct {
	const Evidence *evidence;
	Verdict *verdict;
	JudgeSight *sights; /* hops_wanted times CHECK_COUNT */
} Judge;

/* Every reason has one of these ids; verdict.c has the table of their ranks. */
void judge_add(Judge *judge, const char *id, const char *format, ...) G_GNUC_PRINTF(3, 4);
bool judge_has(const Judge *judge, const char *id);

/*
 * Each check says one of these of each kernel: it saw all that it looks at, whatever it
 * found there; it could not, and why; it never can with this kernel, which the verdict
 * then names. Saying nothing is the second.
 */
void judge_saw(Judge *judge, int hop, Check check);
void judge_blind(Judge *judge, int hop, Check check, const char *format, ...) G_GNUC_PRINTF(4, 5);
void judge_gap(Judge *judge, int hop, Check check, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* What a reader of the verdict has to know beside it. */
void judge_note(Judge *judge, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The record of a hop, or NULL. */
const Hop *judge_hop(const Judge *judge, int index);

/* judge-hop.c: what each kernel of the chain said about itself. */
void judge_hops(Judge *judge);

/* judge-blocks.c: scratch regions, and the types of all pageblocks. */
void judge_scratch(Judge *judge, const Hop *hop, const Hop *previous, bool handed_over);

/* judge-log.c: what its log tells. */
void judge_log(Judge *judge, const Hop *hop);
/* One or several reports, in one text. whose: "second kernel". */
void judge_complaint(Judge *judge, const char *whose, const char *text);
void judge_deferred(Judge *judge, const Hop *hop);
void judge_kho_test(Judge *judge, const Hop *hop, const Hop *previous, bool handed_over);

/* judge-end.c: how the run ended; fills last_lines. */
void judge_end(Judge *judge);

/* judge-console.c: reports on the console that no kernel log has. */
void judge_console(Judge *judge);

/*
 * Which line of the console is the first of the kernel that was running or
 * awaited at the end: not that of the handover, for the kernel that leaves may
 * still complain and panic on its way. Behind the last line if there is none.
 */
guint judge_console_border(const Judge *judge);

/* In words, whose the lines before that one are. */
const char *judge_console_before(const Judge *judge);

#endif
