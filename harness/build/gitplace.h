/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_GITPLACE_H
#define BUILD_GITPLACE_H

#include <glib.h>
#include <stdbool.h>

/* Where a branch comes from, in words: what can be an address, a path and a branch of git's. All of it is pure. */

/* The transports that are used, as GIT_ALLOW_PROTOCOL of git(1) takes them: none of them runs a program that is named.
 */
#define GITPLACE_PROTOCOLS "file:git:http:https:ssh"

/*
 * where: an address (https://, http://, git://, ssh://, file://, or ssh's HOST:PATH) or an absolute path; branch: as
 * git-check-ref-format(1) has it. Either may be NULL, which is wrong. Errors: INPUT.
 */
bool gitplace_check(const char *where, const char *branch, GError **error);

/* The path, if that is on this host: "/srv/linux.git" of "file:///srv/linux.git" too; NULL if it is not. Caller frees.
 */
char *gitplace_local(const char *where);

/* Whether git reaches it through ssh. */
bool gitplace_ssh(const char *where);

#endif
