/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <glib.h>

/*
 * The door between text from anywhere - a guest, a run directory of somebody else's, a compiler - and whatever shows
 * it: a terminal, XML, Markdown, a line-based format. All return valid UTF-8 (text_shell(): what it was given), and the
 * caller frees it. NULL is taken for "".
 */

/* Control characters become U+FFFD, but for newline and tab: no escape sequence reaches a terminal. */
char *text_clean(const char *text);

/* text_clean() with what XML and HTML take for markup escaped. */
char *text_markup(const char *text);

/*
 * text_clean() as one line in which nothing is a mark of Markdown. Square brackets stay as they are in a text in which
 * they make no link: they stand around intervals.
 */
char *text_markdown(const char *text);

/* A fence of Markdown that nothing in the text ends: a backquote more than there are in a row, three at least. */
char *text_fence(const char *text);

/* As one word of a command that is pasted into a shell: quoted unless nothing in it means anything there. */
char *text_shell(const char *word);

#endif
