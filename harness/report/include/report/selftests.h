/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_SELFTESTS_H
#define REPORT_SELFTESTS_H

#include <study/selftests.h>

/* A row for each test, what the tests and our checks said. Caller frees. */
char *selftests_to_text(const Selftests *selftests);
char *selftests_to_markdown(const Selftests *selftests);

/* What is not PASS, and how many are: what --quiet leaves. Caller frees. */
char *selftests_to_brief(const Selftests *selftests);

/* Each test with all that its run was asked: the test's own results, and those of our checks. Caller frees. */
char *selftests_to_ktap(const Selftests *selftests);
char *selftests_to_junit(const Selftests *selftests);
char *selftests_to_json(const Selftests *selftests);

#endif
