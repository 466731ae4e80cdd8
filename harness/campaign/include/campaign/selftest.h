/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_SELFTEST_H
#define CAMPAIGN_SELFTEST_H

#include <run/request.h>
#include <study/selftests.h>

/* Whether they can be asked of it, as far as that is known without a tree. Errors: INPUT (an image, one kernel). */
bool selftest_check(const RunRequest *request, GError **error);

/*
 * The selftests of the tree that a request's kernel is made from: each as the payload of
 * a run of its own. only: names of those to be run; empty: all. with_config: the kernel is built
 * with what the tests' own configuration asks for beyond khotest's, else what it lacks of that is said. A tree without
 * any gives a study without outcomes. Errors: INPUT (as selftest_check(), an unknown name), and those of a build and
 * of a run.
 */
Selftests *selftest_run(const Paths *paths, const RunRequest *request, const char *const *only, bool with_config,
			GError **error);

#endif
