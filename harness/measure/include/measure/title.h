/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_TITLE_H
#define MEASURE_TITLE_H

#include <measure/verdict.h>

/*
 * A name for what went wrong, as a maintainer would put it into a subject: "kernel BUG in __pageblock_pfn_to_page". The
 * same failure has the same title in every build and at every address, so that runs can be told apart by it, and put
 * together. The first report of the kernel that failed names it: a panic is mostly what follows from that.
 */

/* What kind of failure it is; ids are stable, for scripts. In this order docs/reference.md has them. */
typedef enum {
	TITLE_NONE, /* nothing went wrong */

	/* what a kernel says of itself */
	TITLE_PANIC,
	TITLE_OOPS,
	TITLE_BUG,
	TITLE_WARNING,
	TITLE_LOCKDEP,
	TITLE_SANITIZER,
	TITLE_CORRUPTION, /* a list, or the account that the allocator keeps of a page or an object */
	TITLE_RCU_STALL,
	TITLE_SOFT_LOCKUP,
	TITLE_HARD_LOCKUP,
	TITLE_WORKQUEUE_LOCKUP,
	TITLE_HUNG_TASK,
	TITLE_OOM,

	/* what it does instead of coming to its end */
	TITLE_SILENT_DEATH,
	TITLE_HANG,
	TITLE_GARBAGE,
	TITLE_FLOOD,
	TITLE_RESET,
	TITLE_POWER_OFF,
	TITLE_REBOOT_LOOP,
	TITLE_COLD_BOOT,
	TITLE_LOAD_REFUSED,
	TITLE_WRONG_KERNEL,
	TITLE_HANDOVER, /* the next kernel came up, without what was handed over to it */
	TITLE_CHECK,	/* a check of ours found something; the kernel said nothing */
	TITLE_PAYLOAD,

	/* the guest is not to blame */
	TITLE_EMULATOR_CRASHED,
	TITLE_EMULATOR_KILLED,
	TITLE_EMULATOR_STUCK,
	TITLE_KVM_ERROR,
	TITLE_HOST_OOM,
	TITLE_HOST, /* any other reason */
	TITLES
} TitleClass;

/* "silent-death"; what a run of that class did, in words. */
const char *title_class_id(TitleClass class);
const char *title_class_meaning(TitleClass class);

/* Whether titles of that class are made of a kernel's own words: of others, "hang", it is a verdict's reason. */
bool title_class_is_said(const char *id);

typedef struct {
	TitleClass class;
	char *text;	/* NULL for TITLE_NONE */
	char *evidence; /* what it was made from: a line of the kernel's, or the text of the reason; the same */
} Title;

void title_clear(Title *title);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Title, title_clear)

/*
 * The first report in some lines of a kernel's log, without time stamps: char *. Of class TITLE_NONE if there is none.
 * The caller clears it. Pure.
 */
Title title_of_report(const GPtrArray *lines);

/* Whether that of a verdict says more than its first reason: that of a check is the check's own words. */
bool title_tells(const Verdict *verdict);

/* Of a whole run, by the gravest reason of its verdict. The caller clears it. Pure. */
Title title_of(const Verdict *verdict, const Evidence *evidence);

#endif
