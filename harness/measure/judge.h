/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_JUDGE_H
#define MEASURE_JUDGE_H

#include <measure/verdict.h>

/*
 * The parts of verdict_judge(): each looks at one side of the evidence and says
 * what it finds. Which verdict follows from all of it is decided in verdict.c.
 */
typedef struct {
	const Evidence *evidence;
	Verdict *verdict;
} Judge;

/* Every reason has one of these ids; verdict.c has the table of their ranks. */
void judge_add(Judge *judge, const char *id, const char *format, ...) G_GNUC_PRINTF(3, 4);
bool judge_has(const Judge *judge, const char *id);

/* The record of a hop, or NULL. */
const Hop *judge_hop(const Judge *judge, int index);

/* "first kernel", "second kernel", ... "kernel 11 of the chain"; static or interned. */
const char *judge_kernel(int hop);

/* judge-hop.c: what each kernel of the chain said about itself. */
void judge_hops(Judge *judge);

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
