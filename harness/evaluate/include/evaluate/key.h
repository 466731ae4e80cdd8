/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_KEY_H
#define EVALUATE_KEY_H

#include <evaluate/result.h>

/*
 * What two runs must have in common before their figures may be compared:
 * accelerator as executed, emulator, the host's CPU model, guest CPUs, memory and
 * when the host gives it out, topology, mode, number of kernels, profile,
 * compiler, what of the kernel's configuration matters and what was asked of it
 * (harness/report/keyconfig.h), the kernel's command line but for nonces, and what
 * it has besides: devices, and payloads with what they were to break. The
 * kernel's version, its patches and the fragments of its series are no part of it:
 * they are what is compared.
 *
 * Unknown against known is a difference. Unknown against unknown is none: such
 * are parts that nobody recorded for either run, as in directories from before a
 * part was kept, and what is known of both still has to agree. The exception is a
 * kernel that does not show its configuration, which may be anything: it agrees
 * with the same image only.
 */
typedef struct {
	const char *name; /* "accelerator" */
	char *value;	  /* begins with "-" if unknown */
	bool is_words;	  /* value is words with a space between, and a difference names those that differ */
} KeyPart;

/* part: a KeyPart, with what it owns. */
void keypart_free(gpointer part);

/*
 * KeyPart, always the same names in the same order; behind them "devices" and "payloads", of a run that has some.
 * Caller unrefs.
 */
GPtrArray *result_key(const Result *result);

/* What a part of it says is no matter then: the kernel's configuration, of kernels that are compared for theirs. */
void key_forget(GPtrArray *key, const char *name);
#define KEY_COMPILER "compiler"
#define KEY_CONFIGURATION "kernel configuration"

/*
 * What is said of figures that are left out for that: how many, what they are ("run", "round"), and which the first is
 * with its difference. Caller frees.
 */
char *key_left_out(guint count, const char *what, const char *first);

/* One word for all of it: a hash, short enough for a table. Caller frees. */
char *key_digest(const GPtrArray *key);

/*
 * "memory: 8G and 100G; kernel configuration: DEBUG_VM=y against not set, HZ=250 against 1000, and 3 more"; NULL if
 * they are the same, which is when key_digest() is. Caller frees.
 */
char *key_difference(const GPtrArray *a, const GPtrArray *b);

/*
 * The kernels are no part of it, but repeats of a run are of the same: "kernel 2: SHA-256 0123456789ab and
 * 89abcdef0123"; NULL if each kernel that both have is. Caller frees.
 */
char *key_kernels_difference(const Plan *a, const Plan *b);

/* Whether all in which they differ is the host's: accelerator, emulator, CPU. What was asked for may be the same. */
bool key_differs_by_host(const GPtrArray *a, const GPtrArray *b);

#endif
