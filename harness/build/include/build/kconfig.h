/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_KCONFIG_H
#define BUILD_KCONFIG_H

#include <arch/arch.h>
#include <gio/gio.h>
#include <stdbool.h>

/*
 * A kernel configuration is asked for in fragments and then checked: what was
 * asked for must be what the kernel's own Kconfig made of it.
 */
typedef struct {
	char *symbol;	  /* "CONFIG_KEXEC_HANDOVER" */
	char *value;	  /* "y", "n", "m", "42", "\"text\"" */
	char *origin;	  /* fragment that asked for it, for messages */
	bool where_known; /* kernels that have no such symbol need not keep it */
} KconfigWish;

/*
 * Reads fragment text ("CONFIG_X=y", "# CONFIG_X is not set", comments) into
 * wishes; a later wish replaces an earlier. After the comment line
 * "# khotest: where known", up to the next empty line, a wish is for those kernels
 * only that have the symbol. To Kconfig itself the fragment is like any other.
 */
bool kconfig_parse(const char *text, const char *origin, GPtrArray *wishes, GError **error);

/* Looks a fragment up: NAME in kconfigs/NAME.config, or a path. Errors: INPUT with the nearest names. */
char *kconfig_find(const char *kconfigs, const char *name, GError **error);

/*
 * Of symbols that are to be off, those that no Kconfig file of the tree defines, "CONFIG_A, CONFIG_B": kept they are,
 * but who named them meant another one. NULL: none. Caller frees.
 */
char *kconfig_unknown(GPtrArray *wishes, const char *dot_config_text, const Arch *arch, const char *tree);

/* The wishes as one fragment, sorted by symbol: part of the cache key. Caller frees. */
char *kconfig_text(GPtrArray *wishes);

/* The same, a string each: "CONFIG_HZ=250", "CONFIG_DEBUG_VM=n" for what is to be off. Caller g_strfreev()s. */
char **kconfig_words(GPtrArray *wishes);

/*
 * Compares wishes with a finished .config. A wish "where known" is kept if no
 * Kconfig file of the tree defines its symbol. INPUT naming each symbol that did not
 * stick, the fragment that asked for it, what it became, and (from the tree's
 * Kconfig files) which of its dependencies is unmet.
 * tree: NULL for a kernel that was built from the same text. Then the tree has been
 * asked: what is lost there are symbols that it does not have.
 */
bool kconfig_verify(GPtrArray *wishes, const char *dot_config_text, const Arch *arch, const char *tree, GError **error);

#endif
