/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_KCONFIGTREE_H
#define BUILD_KCONFIGTREE_H

#include <arch/arch.h>
#include <glib.h>
#include <stdbool.h>

/*
 * Why a symbol could not have the value asked for, read from a kernel's own
 * Kconfig files (Documentation/kbuild/kconfig-language.rst): the "depends on" of
 * its definitions and of the menus and ifs around them, against a .config.
 *
 * config: symbol without CONFIG_ to value. Returns for people: "depends on
 * !DEFERRED_STRUCT_PAGE_INIT (kernel/liveupdate/Kconfig:8), and
 * DEFERRED_STRUCT_PAGE_INIT=y"; "" if nothing unmet was found. Conditions that
 * call macros such as $(cc-option,...) cannot be judged here and are left out.
 * Caller frees.
 */
char *kconfigtree_explain(const Arch *arch, const char *tree, const char *symbol, GHashTable *config);

/* Does any Kconfig file of that tree define the symbol? Also true if the tree has none that could be read. */
bool kconfigtree_knows(const Arch *arch, const char *tree, const char *symbol);

/* The value of a Kconfig expression: 1 true, 0 false, -1 not to be judged. Pure. */
int kconfigtree_evaluate(const char *expression, GHashTable *config);

#endif
