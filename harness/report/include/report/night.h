/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_NIGHT_H
#define REPORT_NIGHT_H

#include <study/nightverdict.h>

/* The message of a night: what is bad first, short enough for a phone. All texts are the caller's. */

/* "khotest: FAIL 2026-11-28: 1 regression (7.2/upstream 1G: scratch-not-cma), init2 +3.1%": one line. */
char *night_subject(const NightVerdict *verdict);

/* What became worse and better, in a line, without the date: what a table of nights has. */
char *night_in_a_line(const NightVerdict *verdict);

char *night_to_text(const NightVerdict *verdict);
char *night_to_markdown(const NightVerdict *verdict);
char *night_to_json(const NightVerdict *verdict);

/* Who sends to whom, and when; only to is not NULL. */
typedef struct {
	const char *to;
	const char *from; /* "khotest <user@host>"; NULL: sendmail fills it in */
	const char *host; /* for the id of the message; NULL: "localhost" */
	GDateTime *date;  /* NULL: sendmail fills it in */
} MailHead;

/* A message of RFC 5322, lines ended by LF as sendmail takes them; everything from a guest is in its body alone. */
char *night_to_mail(const NightVerdict *verdict, const MailHead *head);

/* INPUT for an address that cannot be one. */
bool mail_check(const char *address, GError **error);

/* "7.1/central 1G", and what it came to: of one change, in a line. */
char *nightchange_line(const NightChange *change);

/* "next 01234567..89abcdef, 14 commits", or NULL if nothing is known. */
char *nightrange_text(const NightRange *range);

/* "12 s", "4 min 10 s", "2 h 55 min"; "-" for what is negative. */
char *night_time_text(gint64 ns);

/* How long it took, and how much of that its kernels did: "1 h 32 min (kernels: 56 min 2 s)". Caller frees. */
char *night_spent_text(const NightFacts *facts);

/* The command that finds the commit; NULL: there is nothing to search. */
char *nightchange_bisect(const NightVerdict *verdict, const NightChange *change);

#endif
