/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_E2E_TOOL_H
#define TESTS_E2E_TOOL_H

#include <base/json.h>
#include <base/spawn.h>

/* Runs the built khotest with the given words (NULL-terminated) and environment additions (may be NULL). */
void tool_run(const char *const *words, const char *const *env, SpawnResult *ret_result);

/* Standard output as one JSON object; the test fails if it holds anything else. */
JsonObject *tool_json(const SpawnResult *result);

/* The path of the khotest under test: first argument of the test program. */
void tool_init(int *argc, char ***argv);

/* The khotest under test. */
const char *tool_path(void);

/* The n-th of the test program's own arguments after that; NULL if there are fewer. */
const char *tool_argument(int n);

/* How many emulators run for a khotest, whoever started it. */
guint tool_machines(void);

/* Waits until no more of them run than so many; the test fails if they outlive whoever has started them. */
void tool_wait_for_machines(guint count);

#endif
