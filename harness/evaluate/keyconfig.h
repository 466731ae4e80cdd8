/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_KEYCONFIG_H
#define EVALUATE_KEYCONFIG_H

#include <evaluate/result.h>

/*
 * What of a kernel's configuration counts when figures are compared.
 *
 * Not all of it: two kernel versions differ in symbols that nobody chose (eleven from
 * 7.2 to 7.3 with the fragments here, hundreds with a distribution's), and then no
 * two versions could ever be compared. Nor the digest of a part of it: whoever is
 * refused has to know which symbol it was. So two lists of words are made, each of
 * which names what differs:
 *
 * keyconfig_asked(): what fragments, profile and options asked for, whatever
 * became of it in a version that lacks a symbol. The fragments of the series are
 * left out, for a series is its patches and its fragments, and series are what is
 * compared.
 *
 * keyconfig_built(): symbols known to change how long struct pages take to be
 * initialised, or a boot, as the kernel was built with them. Defaults change from
 * version to version, and series may bring more than they say: this list catches
 * both.
 *
 * DEFERRED_STRUCT_PAGE_INIT is in neither, unless a fragment of the user's or an
 * option asks for it.
 */

/* "CONFIG_HZ=250 CONFIG_DEBUG_VM=n ...", sorted; NULL if it is not known or nothing was asked. Caller frees. */
char *keyconfig_asked(const Plan *plan);

/*
 * "CONFIG_CMA=y CONFIG_HZ=250 ..." in an order that is always the same, without
 * what is off or not there: of kernel.config, else of what the first kernel shows
 * in /proc/config.gz. NULL if neither is there. Caller frees.
 */
char *keyconfig_built(const Result *result);

/*
 * Compiler and linker from the banner of the first kernel: "gcc (Debian
 * 12.2.0-14) 12.2.0, GNU ld (...) 2.40"; NULL if its log does not have it. Caller
 * frees. Format: init/version-timestamp.c, linux_banner.
 */
char *keyconfig_compiler(const Result *result);

#endif
