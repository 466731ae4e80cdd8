// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The same targets for libFuzzer (https://llvm.org/docs/LibFuzzer.html): KHOTEST_FUZZ_TARGET names one. Run by run.sh,
 * which has two more questions: KHOTEST_FUZZ_LIST=yes prints all targets, with their parsers; KHOTEST_FUZZ_SEEDS=FOLDER
 * writes what the target is given to begin with into it (also KHOTEST_FUZZ_CORPORA, KHOTEST_FUZZ_RECORDINGS).
 */
#include "seeds.h"

#include <base/files.h>

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static const FuzzTarget *target;

static void list_targets(void)
{
	for (const FuzzTarget *one = fuzz_targets; one->name; one++)
		printf("%s\t%s\n", one->name, one->parser);
	exit(0);
}

static void write_seeds(const char *folder)
{
	const char *corpora = g_getenv("KHOTEST_FUZZ_CORPORA"), *recordings = g_getenv("KHOTEST_FUZZ_RECORDINGS");
	g_autoptr(GPtrArray) seeds = seeds_of(target, corpora ? corpora : "", recordings ? recordings : "");
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < seeds->len && !error; i++) {
		g_autofree char *path = g_strdup_printf("%s/%u", folder, i);
		gsize length;
		const void *data = g_bytes_get_data(seeds->pdata[i], &length);

		files_write_fast(path, data, length, &error);
	}
	if (error)
		fprintf(stderr, "%s\n", error->message);
	exit(error ? 1 : 0);
}

/* GLib ends a program by this where a message is fatal, and libFuzzer, which keeps the input, does not know of it. */
static void on_trap(int number)
{
	abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = g_getenv("KHOTEST_FUZZ_TARGET"), *seeds = g_getenv("KHOTEST_FUZZ_SEEDS");

	if (g_getenv("KHOTEST_FUZZ_LIST"))
		list_targets();
	target = fuzz_find(name ? name : "");
	if (!target) {
		fputs("KHOTEST_FUZZ_TARGET has to name a target, as KHOTEST_FUZZ_LIST=yes prints them\n", stderr);
		exit(1);
	}
	if (seeds)
		write_seeds(seeds);
	/* what a parser complains of to the log is a finding: a criticism is an abort */
	g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
	signal(SIGTRAP, on_trap);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
	target->run(data, length);
	return 0;
}
