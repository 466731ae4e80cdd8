/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_PAYLOAD_H
#define MEASURE_PAYLOAD_H

#include <measure/ktap.h>

/*
 * Payloads: what runs in user space of each kernel of a chain beside the probe
 * (docs/payloads.md). What a run promised of them, and what came of their hooks.
 */

/* A payload that a run has. Owns its strings. */
typedef struct {
	char *name;
	char *path;	   /* its folder, where it was taken from */
	char *sha256;	   /* of all that went into the guest */
	char **hooks;	   /* those that it has, of payload_hooks[] */
	gint64 timeout_ns; /* of each hook, by the guest's clock */
} PayloadPlan;

void payloadplan_free(PayloadPlan *plan);

/* "setup", "after", "before", "last", NULL: in the order in which a kernel runs those that are due in it. */
extern const char *const payload_hooks[];

/* Whether a hook is run in kernel number hop of a chain of so many (docs/payloads.md). */
bool payload_is_due(const char *hook, guint hop, guint hops);

/* One hook of one payload in one kernel. */
typedef struct {
	char *payload;
	char *hook;
	bool ended;		 /* what came of it is known; else only that it was begun */
	int status;		 /* exit status; -1: none */
	int signal;		 /* that killed it; 0: none */
	bool timed_out;		 /* its deadline passed, and it was killed */
	bool stuck;		 /* and did not end even then */
	bool cut;		 /* it printed more than is here */
	gint64 begin_ns, end_ns; /* CLOCK_BOOTTIME of its kernel; -1 unknown */
	gint64 host_cpu_ns,
		host_waited_ns; /* what the host gave the guest's CPUs meanwhile, as in Execution; -1 unknown */
	Ktap *ktap;		/* what it printed; NULL unless it has ended */
} HookRun;

void hookrun_free(HookRun *run);

/*
 * From the two records of a hook (proto/frame.h), either of which may be NULL, but not both.
 * One that printed no result gets one of the hook's name, by its exit status. NULL with
 * FAILED for what is no such record.
 */
HookRun *hookrun_parse(const char *payload, const char *hook, const char *begin, const char *end, GError **error);

typedef enum {
	HOOK_OK,      /* all tests are ok, or skipped */
	HOOK_FAILED,  /* a test failed, or is missing, or the exit status says so */
	HOOK_KILLED,  /* by a signal */
	HOOK_HUNG,    /* its deadline passed */
	HOOK_UNENDED, /* nothing says what came of it */
} HookOutcome;

HookOutcome hookrun_outcome(const HookRun *run);

/* What is wrong with it, in words: the tests that failed, with their last lines; NULL for HOOK_OK. Caller frees. */
char *hookrun_trouble(const HookRun *run);

/* "hugetlb: no such memfd; pin: no io_uring": what it skipped, with why; NULL for nothing. Caller frees. */
char *hookrun_skipped(const HookRun *run);

#endif
