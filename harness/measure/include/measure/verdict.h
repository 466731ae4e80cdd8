/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_VERDICT_H
#define MEASURE_VERDICT_H

#include <measure/audit.h>
#include <measure/check.h>
#include <measure/execution.h>
#include <measure/oracle.h>

typedef enum {
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_SKIP,
	VERDICT_ERROR,
} VerdictKind;

/* "PASS", "FAIL", "SKIP", "ERROR" */
const char *verdict_kind_name(VerdictKind kind);

/*
 * Why a run was over. The runner writes the name of one into the journal, with
 * the number of the hop that was awaited or running.
 */
typedef enum {
	END_DONE,	 /* "done": the last hop said so */
	END_STOPPED,	 /* "stopped": the guest's probe gave up (a "failed" record) */
	END_PANIC,	 /* "panic": the console showed a kernel panic */
	END_RESET,	 /* "reset": the machine reset or powered off instead of going on */
	END_CRASHED,	 /* "crashed": the emulator died or stopped the guest by itself: the host's fault */
	END_TIMEOUT,	 /* "timeout": the deadline of the run */
	END_SILENT,	 /* "silent": nothing on console or channel for longer than the limit */
	END_INTERRUPTED, /* "interrupted": by the user */
	END_UNKNOWN,	 /* the journal has no end: the harness itself was cut off */
} EndCause;

const char *end_cause_name(EndCause cause);
bool end_cause_parse(const char *name, EndCause *ret_cause);

/* What the run had set out to do, as far as the judgement asks. */
typedef struct {
	bool known;	    /* there is a plan; without it nobody knows what was wanted */
	bool image;	    /* the kernel was given as it is: not even its headers are known */
	bool log_to_end;    /* its initramfs sends the log up to the last moment */
	bool pageblocks;    /* ... and the type of every pageblock */
	const char *append; /* the user's own words on the command line, or NULL */
} Wanted;

/* All that is judged. Nothing here is owned by the verdict. */
typedef struct {
	Wanted wanted;
	guint hops_wanted;	   /* 2: one handover */
	const char *const *nonces; /* hops_wanted of them */
	GPtrArray *hops;	   /* Hop, as many as there are any records of */
	EndCause end;
	int end_hop;		    /* hop that was running or awaited when the run ended */
	const char *end_detail;	    /* more words of the runner's, or NULL */
	const Execution *execution; /* what the guest's CPUs did at the end, or NULL */
	gint64 paused_ns;	    /* how long the harness or the emulator was stopped by somebody; 0: never */
	guint64 channel_garbage;    /* bytes on the channel that belong to no record */
	guint channel_damaged;	    /* records that came damaged */
	GPtrArray *console;	    /* char *: all console lines, without line ends */
	guint console_missing;	    /* lines that came, and are not in the console's file any more */
	gint console_handover_line; /* index of the first console line after the last "leaving"; -1 if it never left */
	const char *skip;	    /* why the host could not run it at all, or NULL */
	const char *error;	    /* why the harness failed, or NULL */
} Evidence;

typedef struct {
	char *id;   /* stable, for scripts: "scratch-not-cma" */
	char *text; /* for people */
} Reason;

typedef struct {
	VerdictKind kind;
	GPtrArray *reasons;    /* Reason; empty for PASS. The gravest first */
	GPtrArray *gaps;       /* char *: checks that this kernel does not allow: what the verdict does not cover */
	GPtrArray *notes;      /* char *: what else a reader of the verdict has to know */
	GPtrArray *last_lines; /* char *: last console lines, where the guest died or hung; may be empty */
} Verdict;

/*
 * The reasons, and what each means. FAIL:
 *   guest-oops           oops or BUG: the kernel has ended what it was doing
 *   guest-panic          kernel panic
 *   guest-silent-death   after kexec -e (or the start of the machine) the kernel never said a word
 *   guest-hang           it spoke, and then stopped
 *   cold-boot            the machine came up through firmware again instead of a kexec
 *   guest-reset          it reset or powered off
 *   kexec-load-failed    kexec -s -l did not take the kernel
 *   not-kho-boot         the next kernel came up, but without handover data of ours (kernel log, kho_count)
 *   wrong-nonce          user space came up with a nonce that is not this hop's
 *   scratch-not-cma      pageblocks of scratch (or of a CMA area) are not CMA, in a kernel of the chain
 *   no-scratch           KHO is there, but no scratch region has any memory
 *   scratch-changed      the regions differ between two hops
 *   unexpected-cma       pageblocks are CMA that are neither scratch nor in a CMA area
 *   kho-test-failed      lib/test_kho.c could not restore its data
 *   kernel-complaint     WARNING, lockdep, stall ... in a kernel log
 *   deferred-not-run     CONFIG_DEFERRED_STRUCT_PAGE_INIT=y, but a node with deferrable memory never said so
 *   kho-test-missing     it is configured, and said nothing in a handed-over kernel
 *   guest-stopped        the probe gave up for another reason
 * ERROR:
 *   kernel-without-kho   the kernel given has no KHO (or no debugfs for it): nothing to judge
 *   word-ignored         the kernel did nothing with a word that the user put on its command line: what was
 *                        asked for was not tested. Not FAIL, for the kernel is as it was built; not PASS, for
 *                        it would be of something else
 *   emulator-stuck       the guest was silent, and the host did not run it, or nothing says that it did
 *   records-contradict   two records of one kernel cannot both be true
 *   records-damaged      a record was lost or damaged on its way, or the kernel's log buffer overran
 *   not-seen             a check could not see what it looks at
 *   interrupted, incomplete, emulator-crashed, harness-failed
 * SKIP:
 *   host-cannot
 *
 * SKIP goes before everything, and FAIL before ERROR: a reason of FAIL is given only
 * on evidence that is whole, so that it stands whatever else was cut off. All reasons
 * are listed in any case.
 */
Verdict *verdict_judge(const Evidence *evidence);
void verdict_free(Verdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Verdict, verdict_free)

/* Whether a reason has that id. */
bool verdict_knows_reason(const char *id);

#endif
