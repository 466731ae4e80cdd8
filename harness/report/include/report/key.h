/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_KEY_H
#define REPORT_KEY_H

#include <report/result.h>

/*
 * What two runs must have in common before their figures may be compared:
 * accelerator as executed, emulator, the host's CPU model, guest CPUs, memory,
 * topology, mode, profile, kernel configuration but for what series are meant to
 * differ in, and the kernel's command line but for nonces.
 */
typedef struct {
	const char *name; /* "accelerator" */
	char *value;	  /* "-" if unknown */
} KeyPart;

/* KeyPart, always the same names in the same order. Caller unrefs. */
GPtrArray *result_key(const Result *result);

/* One word for all of it: a hash, short enough for a table. Caller frees. */
char *key_digest(const GPtrArray *key);

/* "memory: 8G and 100G; accelerator: tcg and kvm"; NULL if they are the same. Caller frees. */
char *key_difference(const GPtrArray *a, const GPtrArray *b);

#endif
