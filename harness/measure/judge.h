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
	/* whose reasons come now: a check's of one kernel; NULL: the run's */
	const Check *check;
	guint hop;
	bool on_console;
	const HookRun *hook; /* of a payload, that the check looks at; or NULL */
} Judge;

/* id: one of measure/reason.h. */
void judge_add(Judge *judge, const char *id, const char *format, ...) G_GNUC_PRINTF(3, 4);
bool judge_has(const Judge *judge, const char *id);

/* What a reader of the verdict has to know beside it. */
void judge_note(Judge *judge, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Adds a text that is not there yet. */
void judge_add_text(GPtrArray *to, const char *text);

/* What a check (its place in checks_all()) says of a kernel; NULL for one that nothing is known of. */
CheckResult *judge_result(Judge *judge, int hop, guint check);

/* The record of a hop, or NULL. */
const Hop *judge_hop(const Judge *judge, int index);

/* checkchoice.c: notes of each kernel which checks are not asked; whether one is, by its id. */
void checks_settle(Judge *judge);
bool checks_asked(const Judge *judge, const char *id);

/* check.c: the rows of all checks; then what each that is asked of a kernel says. */
void checks_count(Judge *judge);
void checks_run(Judge *judge, const Hop *hop);

/* check-scratch.c: why the chain could not begin, if it was that the first kernel has no KHO. */
void judge_kho(Judge *judge, const Hop *first);

/* check-log.c: what the host did that makes a kernel stall, in words; NULL: nothing that is known. -1: any kernel. */
const char *judge_why_stalled(const Evidence *evidence, int hop);

/* judge-end.c: the panic that the log in memory has, of the kernel that was running at the end; NULL: none. Borrowed */
const char *judge_panic_in_memory(const Evidence *evidence);

/*
 * One or several reports of a kernel's log or console, in one text. whose: "second kernel"; hop: its number, or -1 if
 * that is not known.
 */
void judge_complaint(Judge *judge, int hop, const char *whose, const char *text);

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

/* Whose a line of the console is; -1: of one before that kernel, which is not known. The same in words. */
int judge_console_hop(const Judge *judge, guint line);
const char *judge_console_kernel(const Judge *judge, guint line);

#endif
