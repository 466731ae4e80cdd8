/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SERIAL_H
#define SERIAL_H

#include <glib.h>
#include <stdbool.h>

/*
 * Our end of one of the machine's serial ports: a pair of FIFOs, PATH.in and
 * PATH.out as seen from the guest, which the emulator opens.
 *
 * FIFOs, not a socket: the emulator writes byte by byte, a socket takes some 270
 * such writes and then makes the guest wait, and QEMU's own log repeats each byte
 * that had to wait. A kernel that waits too long for its console (10 ms,
 * wait_for_xmitr() in drivers/tty/serial/8250) drops characters. A FIFO takes
 * bytes up to its size, a MiB, and has nobody who must connect in time.
 *
 * A thread of its own reads, so that the time at which a byte came does not depend
 * on what the main loop is doing.
 */
typedef struct Serial Serial;

/* Both come from the default GMainContext, and may free the Serial. */
typedef void (*SerialDataFunc)(const char *data, gsize length, gint64 host_ns, gpointer user);
typedef void (*SerialClosedFunc)(gpointer user);

/* Makes the FIFOs (older ones are replaced) and listens. Before the emulator starts. */
Serial *serial_open(const char *path, SerialDataFunc on_data, SerialClosedFunc on_closed, gpointer user,
		    GError **error);

/* The emulator closed its end and everything it had written was handed on. */
bool serial_is_closed(const Serial *serial);

/* Stops listening and removes the FIFOs. */
void serial_free(Serial *serial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Serial, serial_free)

#endif
