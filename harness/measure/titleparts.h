/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_TITLEPARTS_H
#define MEASURE_TITLEPARTS_H

#include <measure/consoletext.h>
#include <measure/title.h>

/* How far behind its first line a report names its function. Locks and registers of other CPUs may come before. */
#define TITLE_LINES_MOST 100

/* So often a kernel has to begin, where one was awaited, before that is called a loop. */
#define TITLE_LOOP_LEAST 3

/* The parts of title_of(). What they give back is the caller's to free. */

/* titletext.c: the function of "func+0x1d/0x50" in a text, as it is called in every build; NULL. */
char *titletext_function(const char *text);

/* titletext.c: the text with N for its numbers and addresses, which are of one run. */
char *titletext_plain(const char *text);

/*
 * titleframe.c: what the report that begins in line first is about: the function where the processor was, or the first
 * of the stack, that is not one of those which only noticed it. NULL.
 */
char *titleframe_of(const GPtrArray *lines, guint first);

/* titleframe.c: the first of the lines behind first that begins so, of those that name a report; NULL. */
const char *titleframe_find(const GPtrArray *lines, guint first, const char *begins);

/* titlereport.c: as title_of_report(), of a report that begins in the first n lines. */
Title titlereport_among(const GPtrArray *lines, guint n);

/* titlereason.c: what a verdict says of a kernel that said nothing, or not why. Never without text. */
Title titlereason_of(const Reason *reason, const Evidence *evidence);

/* titlereason.c: whether kernels explain such a reason themselves, on console or log. */
bool titlereason_is_explained(const Reason *reason);

/* titleconsole.c: whether the console, from that line on, ends in what is no text. */
bool titleconsole_is_garbage(const ConsoleLines *console, guint from);

/* titleconsole.c: how often a kernel began there. */
guint titleconsole_banners(const ConsoleLines *console, guint from);

#endif
