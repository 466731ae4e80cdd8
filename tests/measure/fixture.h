/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_MEASURE_FIXTURE_H
#define TESTS_MEASURE_FIXTURE_H

#include <measure/verdict.h>

#define FIXTURE_KERNELS 16 /* at most */

/* Where debugfs has what a kernel was given. */
#define FIXTURE_KHO_IN "sys/kernel/debug/kho/in/"

/*
 * A recorded run (data/README says how they were recorded), and ways to spoil it.
 * The end of the run is END_DONE with two hops unless a test says otherwise, and
 * the host ran the guest all the time.
 */
typedef struct {
	GHashTable *records; /* "1/proc/zoneinfo" -> GBytes */
	bool keep_manifest;  /* do not make the manifest fit the changed records */
	GPtrArray *console;  /* char * */
	ConsoleLines lines;  /* the same */
	GPtrArray *hops;     /* made by fixture_judge() and fixture_hop() */
	int n_kernels;	     /* 2, unless fixture_chain() made it longer */
	const char *nonces[FIXTURE_KERNELS + 1];
	WantedKernel kernels[FIXTURE_KERNELS];
	Execution execution;
	Evidence evidence; /* to be changed at will */
	Verdict *verdict;  /* of fixture_judge() */
} Fixture;

Fixture *fixture_new(const char *name);
void fixture_free(Fixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fixture, fixture_free)

/* A record's text. Caller frees. */
char *fixture_text(Fixture *fixture, int hop, const char *name);
void fixture_set(Fixture *fixture, int hop, const char *name, const char *text);
void fixture_drop(Fixture *fixture, int hop, const char *name);
void fixture_drop_hop(Fixture *fixture, int hop);

/* Replaces text in a record; it has to be there. */
void fixture_replace(Fixture *fixture, int hop, const char *name, const char *from, const char *to);

/* Adds a line to the end of a hop's kernel log, or of the console. */
void fixture_log_add(Fixture *fixture, int hop, const char *text);
void fixture_console_add(Fixture *fixture, const char *line);

/* The same in the log as what a program wrote there (/dev/kmsg). */
void fixture_log_said(Fixture *fixture, int hop, const char *text);

/* Words of -a, which both kernels find in their command line. */
void fixture_append(Fixture *fixture, const char *words);

/* A symbol of the kernel configuration in both hops. */
void fixture_config(Fixture *fixture, const char *symbol, const char *value);

/* As if KHO were off in that hop: no scratch, and no pageblock is CMA. */
void fixture_without_kho(Fixture *fixture, int hop);

/* A chain of so many kernels: the later ones are the second again, with what has to differ. */
void fixture_chain(Fixture *fixture, int kernels);

/* Drops all console lines from the handover on, as if the next kernel had been mute. */
void fixture_mute_second_kernel(Fixture *fixture);

/* The hop as measure/ reads it; freed with the fixture. */
Hop *fixture_hop(Fixture *fixture, int hop);

/* Judges; the verdict stays the fixture's. */
const Verdict *fixture_judge(Fixture *fixture);

/* The text of the first reason with that id, or NULL. */
const char *fixture_reason(const Verdict *verdict, const char *id);

/* The first gap with that text in it, or NULL. */
const char *fixture_gap(const Verdict *verdict, const char *text);

#endif
