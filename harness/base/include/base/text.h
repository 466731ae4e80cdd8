/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

/*
 * The door between text from anywhere - a guest, a run directory of somebody else's, a compiler - and whatever shows
 * it: a terminal, XML, a line-based format. Both return valid UTF-8, and the caller frees it. NULL is taken for
 * "".
 */

/* Control characters become U+FFFD, but for newline and tab: no escape sequence reaches a terminal. */
char *text_clean(const char *text);

/* text_clean() with what XML and HTML take for markup escaped. */
char *text_markup(const char *text);

#endif
