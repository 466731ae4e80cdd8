/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_CMDLINEOPTION_H
#define MEASURE_CMDLINEOPTION_H

#include <glib.h>
#include <stdbool.h>

/*
 * Words of the kernel's command line that do nothing unless the kernel was built
 * with certain options. A kernel without them ignores the word, and says so in its
 * log at most in passing. All of this is pure.
 */
typedef struct {
	const char *word;     /* what the word begins with: "hugetlb_cma=", "numa=fake="; '-' is as good as '_' */
	const char *options;  /* "HUGETLBFS CMA": it takes all of them, without CONFIG_, separated by a space */
	const char *fragment; /* name for -f that switches them on; NULL: no fragment of ours is needed, or enough */
} CmdlineOption;

/* All that are known. Borrowed. */
const CmdlineOption *cmdline_option_list(gsize *ret_count);

/* The same for whoever wants the options only. ret_options is borrowed; NULL where the answer is false. */
bool cmdline_option_for(const char *word, const char **ret_options);

/*
 * What to do about a word that did nothing, to go behind its name: "it needs
 * CONFIG_HUGETLBFS=y and CONFIG_CMA=y in the kernel: add -f hugetlb". NULL: nothing
 * that is known. Caller frees.
 */
char *cmdline_option_advice(const char *word);

/* A command line taken apart as the kernel does it: blanks inside double quotes part nothing. Caller g_strfreev()s. */
char **cmdline_words(const char *line);

/* Whether a command line has the word, as it is. false where line is NULL. */
bool cmdline_has(const char *line, const char *word);

/*
 * Whether KHO is on by that line, as kho_parse_enable() of kernel/liveupdate/kexec_handover.c reads it: the last word
 * counts, by its first letters (kstrtobool()). otherwise: what it is without such a word. line may be NULL.
 */
bool cmdline_has_kho(const char *line, bool otherwise);

/*
 * The words of a line that a kernel with this configuration (the text of a .config,
 * or of fragments) has no use for, in their order. Caller g_strfreev()s.
 */
char **cmdline_option_unmet(const char *line, const char *dot_config);

#endif
