/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_NIGHTS_H
#define TESTS_NIGHTS_H

#include <study/nighttrend.h>

/* Nights that never were, read from files as nights leave them. */

/* A cell that comes out so; figures: JSON, as in "\"insn2.to_init\": [100]". key: what they depend on. */
typedef struct {
	const char *name, *expected, *state, *verdict, *reason, *title;
	const char *figures, *key;
	guint runs, unmet;
	const char *titles; /* JSON: of several repeats; NULL: title is the only one */
	bool unbuilt;
	const char *image, *left_out;
} TestCell;

/* id: "2026-11-01"; commit: of the branch "next", before it and now. Cells end with one without a name. */
Night *test_night(const char *id, const char *before, const char *commit, const TestCell *cells);

/* The verdict of the last of so many nights; verdicts and nights live on in arrays that are never freed. */
const NightVerdict *test_judge(Night **nights, guint n);

/* A cell that passes, and one that does not; figures of the first: so many instructions. */
#define TEST_PASS(name_, figures_)                                                                                     \
	{                                                                                                              \
		.name = name_, .expected = "PASS", .state = "as expected", .verdict = "PASS", .figures = figures_,     \
		.runs = 1                                                                                              \
	}
#define TEST_FAIL(name_, reason_, title_)                                                                              \
	{                                                                                                              \
		.name = name_, .expected = "PASS", .state = "not as expected", .verdict = "FAIL", .reason = reason_,   \
		.title = title_, .runs = 1, .unmet = 1                                                                 \
	}

#endif
