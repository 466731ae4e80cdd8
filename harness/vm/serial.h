/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_SERIAL_H
#define VM_SERIAL_H

#include <glib.h>
#include <stdbool.h>

/*
 * What the machine writes to its serial ports: one file a port, written by the
 * emulator and followed here while it grows.
 *
 * Files, not FIFOs or sockets, because the guest waits for each of its bytes to be
 * written, one by one. A file takes a byte at once and wakes nobody up, is the log at
 * the same time, and is whole whatever becomes of this process. A kernel that
 * waits too long for its console (10 ms, wait_for_xmitr() in
 * drivers/tty/serial/8250) drops characters.
 *
 * A thread of its own looks what has come, every SERIAL_PERIOD_MS, so that the time of a
 * byte does not depend on what the main loop is doing.
 */
typedef struct Serial Serial;

#define SERIAL_PERIOD_MS 1
#define SERIAL_CHUNK_MAX (64 * 1024) /* bytes handed on at a time */

/* port: the place of its path. Comes from the default GMainContext, and may free the Serial. */
typedef void (*SerialDataFunc)(guint port, const char *data, gsize length, gint64 host_ns, gpointer user);

/*
 * Makes the files, empty, and follows them. Before the emulator starts. paths: NULL-terminated;
 * what is found at one look is handed on in their order. Errors: FAILED naming the file.
 */
Serial *serial_open(const char *const *paths, SerialDataFunc on_data, gpointer user, GError **error);

/*
 * Whether the files are still those that are followed, once the emulator has them. A libvirt daemon with stdio_handler
 * = "logd", which is its default, has virtlogd write them, and that unlinks and makes them anew
 * (virRotatingFileWriterEntryNew() in libvirt's src/util/virrotatingfile.c). Errors: HOST naming the file and the
 * remedy.
 */
bool serial_check(const Serial *serial, GError **error);

/*
 * Follows no longer. What had been written when it is called is still handed on, before anything of
 * G_PRIORITY_DEFAULT_IDLE in the default context.
 */
void serial_stop(Serial *serial);

/* The files stay. */
void serial_free(Serial *serial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Serial, serial_free)

#endif
