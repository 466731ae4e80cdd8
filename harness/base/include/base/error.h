/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <glib.h>

/*
 * The error contract of the whole harness
 *
 * A function that can fail returns bool (or a pointer) and takes a GError ** as
 * its last argument. An error means that the harness could not do its job. What
 * a guest does - a panic, a hang, a wrong migratetype - is never an error: it is
 * data, and becomes a verdict.
 *
 * The message names what was tried, on what, and why it failed; where there is
 * something to do about it, the message ends by saying that. Only harness/cli
 * prints errors and chooses exit codes.
 */
#define KHOTEST_ERROR khotest_error_quark()

typedef enum {
	KHOTEST_ERROR_FAILED,	 /* the harness could not do its job: exit 99 */
	KHOTEST_ERROR_INPUT,	 /* what the user gave cannot be used: exit 99 */
	KHOTEST_ERROR_HOST,	 /* this host cannot do what was asked: exit 77 */
	KHOTEST_ERROR_CANCELLED, /* SIGINT or SIGTERM: exit 99 */
} KhotestError;

GQuark khotest_error_quark(void);

/* printf into a KHOTEST_ERROR of the given code; always returns false, so that `return error_set(...)` reads well. */
gboolean error_set(GError **error, KhotestError code, const char *format, ...) G_GNUC_PRINTF(3, 4);

#endif
