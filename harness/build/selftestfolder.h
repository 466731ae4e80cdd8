/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_SELFTESTFOLDER_H
#define BUILD_SELFTESTFOLDER_H

#include <build/selftest.h>

/*
 * A selftest as a payload (docs/payloads.md): parent/NAME gets the file "payload", the
 * program, which is moved there, and the hooks: before and after for one of two stages; setup
 * and last for one that is done in a kernel, so that it is run in one that was started cold
 * and in one that was handed over to. Errors: FAILED.
 */
bool selftestfolder_write(const char *parent, const Selftest *test, const char *program, GError **error);

#endif
