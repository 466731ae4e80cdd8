/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FAULTS_FAULT_H
#define TESTS_FAULTS_FAULT_H

#include <base/json.h>
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * One injected fault: something is done to a run, to its files or to its host at a random
 * place or moment, and then the harness must still have the right word, leave nothing
 * behind, and be able to report.
 *
 * A word is what the harness ends with: "PASS", or a verdict with its first reason, as in
 * "ERROR emulator-crashed"; or "exit 99" where there is no result, with what a run's own
 * table of exit statuses says (README.md).
 */
typedef struct Kind Kind;

/* What all faults of one call have. */
typedef struct {
	const char *khotest;
	const char *recordings; /* folder of recorded runs */
	const char *wallclock;	/* a library that shifts the wall clock, for LD_PRELOAD */
	char *folder;		/* a short path, which every process that belongs to a fault has in its environment */
	char *kernels_from;	/* why there is no kernel to boot; NULL: there is one in the folder's cache */
	bool verbose;
} Bench;

typedef struct {
	const Bench *bench;
	const Kind *kind;
	guint32 seed;
	GRand *rand;
	char *folder; /* its own, below the bench's */
	char *output; /* where its runs are: folder/runs */
	GString *story;
	char *skipped; /* why it could not be injected */
	/* what is wrong after it, in words; NULL or empty: nothing */
	GString *wrong;
	guint orphans;
	bool started; /* a process */
	bool unreportable;
	bool word_is_wrong;
	char *before;	      /* the word of what is spoiled, as it was; NULL: there is none */
	GPtrArray *forbidden; /* words that are right for other faults of this kind, and not after this one */
} Fault;

struct Kind {
	const char *name;
	bool boots;  /* a real machine, some seconds each */
	guint share; /* of thousand faults */
	const char *what;
	/* all words that are right, NULL-terminated; "FAIL *": any reason; WORD_BEFORE */
	const char *right[16];
	void (*inject)(Fault *fault);
};

/* Right is the word that a run had before it was spoiled, whichever that is. */
#define WORD_BEFORE "(the word before)"

/* All kinds, by file; each NULL-terminated by its name. */
extern const Kind kinds_emulator[], kinds_harness[], kinds_folder[], kinds_host[], kinds_rundir[], kinds_channel[],
	kinds_fetch[], kinds_build[];

/* What is done, in the order of doing. */
void fault_tell(Fault *fault, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* It could not be injected here, and why. */
void fault_skip(Fault *fault, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Right for other faults of this kind, and not after what was done here. */
void fault_forbid(Fault *fault, const char *word);

/* What is lost on the host makes no word better than it was, and none a FAIL. */
void fault_forbid_better(Fault *fault, const char *before);

/* The harness ended with that word: is it right? what: which command. */
void fault_take_word(Fault *fault, const char *what, const char *word);

/* Something else is wrong: it counts as a wrong word, or as not reportable. */
void fault_blame(Fault *fault, const char *format, ...) G_GNUC_PRINTF(2, 3);
void fault_blame_report(Fault *fault, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Uniform from the fault's own seed, both ends included. */
guint fault_number(Fault *fault, guint least, guint most);

/* One of so many milliseconds from least to most, and that long a sleep. */
void fault_sleep(Fault *fault, guint least_ms, guint most_ms);

/* One of the entries of that folder, by the fault's seed; path. NULL if there are none. Caller frees. */
char *fault_pick_entry(Fault *fault, const char *folder, bool is_folder);

#endif
