/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_SELFTESTSOURCE_H
#define BUILD_SELFTESTSOURCE_H

#include <build/selftest.h>

/*
 * What a tree's selftests are, read from their Makefile and their sources: trees differ, and
 * nothing here goes by a version.
 */

/* The folders below the tree that are looked at. */
#define SELFTEST_LIVEUPDATE "tools/testing/selftests/liveupdate"
#define SELFTEST_KHO "tools/testing/selftests/kho"

/*
 * All words that lines "VARIABLE += a b" of a Makefile give it, in their order; "=" and ":="
 * begin anew. Words that make would have to work out, "$(X)", are left out. Pure. Caller
 * g_strfreev()s.
 */
char **selftestsource_words(const char *makefile, const char *variable);

/*
 * How a program of liveupdate/ is run, by the text of its source: those of two stages call
 * luo_test() of the folder's own library. extended: the Makefile has it in
 * TEST_GEN_PROGS_EXTENDED, and so does not run it by itself. Pure.
 */
SelftestKind selftestsource_kind(const char *source, bool extended);

/* Whether a folder's scripts compile it without a C library: any file in it speaks of nolibc. */
bool selftestsource_is_nolibc(const char *folder);

/* Selftest, without payloads: those of a tree, or of a part of one. Caller unrefs. */
GPtrArray *selftestsource_list(const char *tree);

/*
 * Those lines of a selftest's file "config" that say more than what is wished already, as a
 * fragment; NULL if there are none. wished: a fragment too (kernel_wished()). What both speak of
 * stays as wished. Errors: INPUT, for a line that is none of a configuration. Pure. Caller frees.
 */
char *selftestsource_lacking(const char *config, const char *wished, const char *origin, GError **error);

#endif
