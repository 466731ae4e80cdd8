/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_CMDLINE_H
#define RUN_CMDLINE_H

#include <glib.h>
#include <stdbool.h>

/* The command line of the guest. All of this is pure. */

/* The highest rate of a time stamp counter that is reckoned with before it was measured. */
#define CMDLINE_TSC_KHZ_MOST 9999999

/* What it is made of. Borrowed. */
typedef struct {
	const char *profile;	/* "check", "timing"; NULL: a finished image */
	bool counted;		/* mode "counted" */
	gint64 tsc_khz;		/* rate of the time stamp counter to tell the guest, in kHz; 0 or less: none */
	const char *append;	/* the user's, or NULL */
	const char *break_what; /* for payloads, or NULL */
	guint shell;		/* the kernel that has a shell, counted from 1; 0: none */
	const char *const *nonces;
	const char *const
		*own; /* for each nonce, words that only this kernel's line has, or NULL; NULL: none has any */
	guint hop;    /* the kernel whose line it is */
} CmdlineSpec;

/*
 * The first kernel's is what the machine is started with; a later one's is what the guest
 * makes of it for the next kernel (initramfs/probe-cmdline.c). Caller frees.
 */
char *cmdline_make(const CmdlineSpec *spec);

/*
 * Refuses what no kernel, or not this harness, could make sense of: control
 * characters and bytes beyond ASCII, a quote that is not closed, and the words that
 * are the harness's own. what: the option or key that it came from, as in "-a". append may be NULL.
 * Errors: INPUT.
 */
bool cmdline_check_words(const char *append, const char *what, GError **error);

/*
 * Refuses a line that is too long for one of the kernels of the chain, saying how
 * long it would be and what can be left out. Errors: INPUT.
 */
bool cmdline_check_length(const CmdlineSpec *spec, const char *what, GError **error);

#endif
