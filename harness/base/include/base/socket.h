/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_SOCKET_H
#define BASE_SOCKET_H

#include <glib.h>

/*
 * Connects to a UNIX socket; what: who listens there, as in "the emulator's debugging port". The descriptor, which is
 * the caller's to close; -1 with an error. Errors: INPUT, for a path that is too long for a socket; FAILED.
 */
int socket_connect(const char *path, const char *what, GError **error);

#endif
