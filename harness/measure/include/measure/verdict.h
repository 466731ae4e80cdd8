/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_VERDICT_H
#define MEASURE_VERDICT_H

#include <measure/audit.h>
#include <measure/check.h>
#include <measure/consoletext.h>
#include <measure/execution.h>
#include <measure/oracle.h>
#include <measure/reason.h>

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
	END_FLOODED,	 /* "flooded": the guest wrote more than a run is allowed to */
	END_LOOPED,	 /* "looped": a kernel began again and again, and did not come up */
	END_INTERRUPTED, /* "interrupted": by the user */
	END_UNKNOWN,	 /* the journal has no end: the harness itself was cut off */
} EndCause;

const char *end_cause_name(EndCause cause);
bool end_cause_parse(const char *name, EndCause *ret_cause);

/* What the run had set out to do, as far as the judgement asks. */
typedef struct {
	bool known;		     /* there is a plan; without it nobody knows what was wanted */
	bool changed;		     /* ... there is one, and it is not that of the run */
	bool log_to_end;	     /* its initramfs sends the log up to the last moment */
	const char *const *checks;   /* ids of those that are asked; NULL: all */
	const GPtrArray *payloads;   /* PayloadPlan, or NULL */
	const char *const *collects; /* records that its initramfs promises; NULL: none */
} Wanted;

/* ... of one kernel. */
typedef struct {
	bool image;	     /* it was given as it is: not even its headers are known */
	bool pageblocks;     /* it sends the type of every pageblock */
	bool preserved;	     /* ... and what it preserves */
	const char *append;  /* the user's own words on its command line, or NULL */
	const char *release; /* as built; NULL: not known */
} WantedKernel;

/* All that is judged. Nothing here is owned by the verdict. */
typedef struct Evidence {
	Wanted wanted;
	guint hops_wanted;	     /* 2: one handover */
	const WantedKernel *kernels; /* hops_wanted of them */
	const char *const *nonces;   /* hops_wanted of them */
	GPtrArray *hops;	     /* Hop, as many as there are any records of */
	EndCause end;
	int end_hop;			     /* hop that was running or awaited when the run ended */
	const char *end_detail;		     /* more words of the runner's, or NULL */
	const struct Postmortem *postmortem; /* what its memory told, where it failed, or NULL */
	const Execution *execution;	     /* what the guest's CPUs did at the end, or NULL */
	gint64 paused_ns;	  /* how long the harness or the emulator was stopped by somebody; 0: never */
	gint64 cpu_ns, waited_ns; /* of the run, as in Execution; 0 if that is not recorded */
	const gint64
		*starved_ns; /* hops_wanted: waited_ns of the worst part of each in which they starved; NULL: none */
	gint64 host_lost_ns; /* of the run the host waited itself, most of all for CPUs, memory or disks; 0: not known */
	bool host_unknown;   /* of a run by the clock nobody has recorded what the host gave its CPUs */
	guint64 channel_garbage;     /* bytes on the channel that belong to no record */
	guint channel_damaged;	     /* records that came damaged */
	const ConsoleLines *console; /* all of it */
	guint console_missing;	     /* lines that came, and are not in the console's file any more */
	guint console_strange;	     /* lines that only its file has, or only the record of their times */
	guint console_unmarked;	     /* kernels that were left, and that record does not say where */
	guint console_overmarked;    /* kernels that were left by that record, and never said so */
	const guint *console_lines;  /* hops_wanted of them: what each kernel said there; NULL: not known */
	gint console_handover_line;  /* index of the first console line after the last "leaving"; -1 if it never left */
	guint journal_damaged;	     /* lines of the journal that are not as they were written */
	bool journal_missing;	     /* it has none */
	const char *journal_twice;   /* what is there more often than it can be, in words; or NULL */
	const char *changed;	     /* "console.log is", files that are not as the run has left them; or NULL */
	bool started;		     /* the CPUs of its machine began to run */
	const char *skip;	     /* why the host could not run it, or not to its end; or NULL */
	const char *error;	     /* why the harness failed, or NULL */
} Evidence;

typedef struct {
	const KnownReason *known;
	const char *id;	     /* its */
	char *text;	     /* for people */
	const Check *check;  /* which gave it; NULL: it is of the run */
	guint hop;	     /* the kernel that this check looked at */
	bool on_console;     /* it stands on the console, and in no log that came */
	const HookRun *hook; /* the payload's hook that it is about, of that kernel's; or NULL */
} Reason;

typedef struct {
	VerdictKind kind;
	GPtrArray *reasons;	 /* Reason; empty for PASS. The gravest first */
	GPtrArray *gaps;	 /* char *: checks that this kernel does not allow: what the verdict does not cover */
	GPtrArray *notes;	 /* char *: what else a reader of the verdict has to know */
	const char *title_class; /* measure/title.h: "none" for PASS */
	char *title;		 /* the same; NULL for PASS */
	char *title_evidence;	 /* the same: the line that it was made from */
	GPtrArray *last_lines;	 /* char *: last console lines, where the guest died or hung; may be empty */
	guint hops;		 /* kernels that were wanted, or that sent anything */
	CheckResult *checks;	 /* of each of them each check: verdict_check() */
} Verdict;

/*
 * FAIL goes before everything, and SKIP before ERROR: a reason of FAIL is given only
 * on evidence that is whole, so that it stands whatever else was cut off. All reasons
 * are listed in any case.
 */
Verdict *verdict_judge(const Evidence *evidence);
void verdict_free(Verdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Verdict, verdict_free)

/* What a check, by its place in checks_all(), said of a kernel; NULL for one that nothing is known of. */
const CheckResult *verdict_check(const Verdict *verdict, guint hop, guint check);

/* Its rows, CheckRow; NULL where it has none, or where they cannot be told. */
const GArray *verdict_rows(const Verdict *verdict, guint hop, guint check);

#endif
