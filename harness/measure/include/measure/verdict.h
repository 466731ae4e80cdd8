/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_VERDICT_H
#define MEASURE_VERDICT_H

#include <measure/hop.h>
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

/* All that is judged. Nothing here is owned by the verdict. */
typedef struct {
	guint hops_wanted;	   /* 2: one handover */
	const char *const *nonces; /* hops_wanted of them */
	GPtrArray *hops;	   /* Hop, as many as there are any records of */
	EndCause end;
	int end_hop;		    /* hop that was running or awaited when the run ended */
	const char *end_detail;	    /* more words of the runner's, or NULL */
	GPtrArray *console;	    /* char *: all console lines, without line ends */
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
	GPtrArray *last_lines; /* char *: last console lines, where the guest died or hung; may be empty */
} Verdict;

/*
 * The reasons, and what each means. FAIL:
 *   scratch-not-cma      fewer CMA pageblocks than scratch covers, in a kernel of the chain (text has counts by node
 * and zone) unexpected-cma       more CMA pageblocks than scratch and CMA areas cover no-scratch           KHO is
 * there, but no scratch region has any memory scratch-changed      the regions differ between two hops not-kho-boot the
 * next kernel came up, but without handover data of ours (kernel log, kho_count) cold-boot            the machine came
 * up through firmware again instead of a kexec wrong-nonce          user space came up with a nonce that is not this
 * hop's deferred-not-run     CONFIG_DEFERRED_STRUCT_PAGE_INIT=y, but a node with deferrable memory never said so
 *   kernel-complaint     oops, BUG, WARNING ... in a kernel log
 *   kho-test-failed      lib/test_kho.c could not restore its data
 *   kho-test-missing     it is configured, and said nothing in a handed-over kernel
 *   kexec-load-failed    kexec -s -l did not take the kernel
 *   guest-panic          kernel panic
 *   guest-silent-death   after kexec -e (or the start of the machine) the kernel never said a word
 *   guest-hang           it spoke, and then stopped
 *   guest-reset          it reset or powered off
 *   guest-stopped        the probe gave up for another reason
 * ERROR:
 *   kernel-without-kho   the kernel given has no KHO (or no debugfs for it): nothing to judge
 *   records-damaged      a record was lost or damaged on its way, or the kernel's log buffer overran
 *   interrupted, incomplete, emulator-crashed, harness-failed
 * SKIP:
 *   host-cannot
 *
 * SKIP goes before everything, kernel-without-kho before every FAIL, and FAIL
 * before ERROR: a reason of FAIL is given only on evidence that is whole, so that
 * it stands whatever else was cut off. All reasons are listed in any case.
 */
Verdict *verdict_judge(const Evidence *evidence);
void verdict_free(Verdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Verdict, verdict_free)

/* Whether a reason has that id. */
bool verdict_knows_reason(const char *id);

#endif
