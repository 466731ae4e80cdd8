/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_TITLE_H
#define MEASURE_TITLE_H

#include <measure/verdict.h>

/*
 * A name for what went wrong, as a maintainer would put it into a subject: "kernel BUG in __pageblock_pfn_to_page". The
 * same failure has the same title in every build and at every address, so that runs can be told apart by it, and put
 * together. The first report of the kernel that failed names it: a panic is mostly what follows from that.
 */

/* What kind of failure it is; ids are stable, for scripts. */
typedef enum {
	TITLE_NONE, /* nothing went wrong */
	TITLE_PANIC,
	TITLE_OOPS,
	TITLE_BUG,
	TITLE_WARNING,
	TITLE_LOCKDEP,
	TITLE_SANITIZER,
	TITLE_STALL,
	TITLE_HUNG_TASK,
	TITLE_OOM,
	TITLE_CORRUPTION, /* a list, or the account that the allocator keeps of a page */
	TITLE_SILENT_DEATH,
	TITLE_HANG,
	TITLE_FLOOD,
	TITLE_REBOOT,
	TITLE_LOAD_REFUSED,
	TITLE_WRONG_KERNEL,
	TITLE_HANDOVER, /* the next kernel came up, without what was handed over to it */
	TITLE_CHECK,	/* a check of ours found something; the kernel said nothing */
	TITLE_PAYLOAD,
	TITLE_HOST, /* the guest is not to blame */
	TITLES
} TitleClass;

/* "silent-death". */
const char *title_class_id(TitleClass class);

typedef struct {
	TitleClass class;
	char *text; /* NULL for TITLE_NONE */
} Title;

void title_clear(Title *title);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Title, title_clear)

/*
 * The first report in some lines of a kernel's log, without time stamps: char *. Of class TITLE_NONE if there is none.
 * The caller clears it. Pure.
 */
Title title_of_report(const GPtrArray *lines);

/* Whether that of a verdict says more than the name of its first reason. */
bool title_tells(const Verdict *verdict);

/* Of a whole run, by the gravest reason of its verdict. The caller clears it. Pure. */
Title title_of(const Verdict *verdict, const Evidence *evidence);

#endif
