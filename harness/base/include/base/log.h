/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <glib.h>
#include <stdbool.h>

/*
 * What people see while the harness works: always on standard error, never on
 * standard output, which belongs to results.
 */
typedef enum {
	LOG_QUIET,   /* warnings only */
	LOG_NORMAL,  /* one line a step, progress */
	LOG_VERBOSE, /* and every detail */
} LogLevel;

void log_set_level(LogLevel level);

void log_info(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* What somebody has to read who is waited for: also where only warnings are shown. */
void log_note(const char *format, ...) G_GNUC_PRINTF(1, 2);
void log_detail(const char *format, ...) G_GNUC_PRINTF(1, 2);
void log_warn(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Whether the text is given for the first time in this process: what each cell of a matrix would say is said once. */
bool log_is_first(const char *text);

/*
 * Progress of one thing that may take over two seconds. On a terminal the line
 * is rewritten in place; elsewhere a line comes at most every ten seconds.
 * begin and end take what is being done; update takes how far it is.
 */
void log_progress_begin(const char *format, ...) G_GNUC_PRINTF(1, 2);
void log_progress_update(const char *format, ...) G_GNUC_PRINTF(1, 2);
void log_progress_end(const char *format, ...) G_GNUC_PRINTF(1, 2);

#endif
