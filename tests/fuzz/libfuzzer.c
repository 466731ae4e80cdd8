// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The same targets for libFuzzer (https://llvm.org/docs/LibFuzzer.html): KHOTEST_FUZZ_TARGET names one.
 * docs/security.md has how it is built and run.
 */
#include "targets.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static const FuzzTarget *target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = g_getenv("KHOTEST_FUZZ_TARGET");

	target = fuzz_find(name ? name : "");
	if (target)
		return 0;
	fputs("KHOTEST_FUZZ_TARGET has to be one of:", stderr);
	for (target = fuzz_targets; target->name; target++)
		fprintf(stderr, " %s", target->name);
	fputc('\n', stderr);
	exit(1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
	target->run(data, length);
	return 0;
}
