/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_VMCONNECT_H
#define VM_VMCONNECT_H

#include <gio/gio.h>
#include <libvirt/libvirt.h>

/* Both give a connection that the caller closes; NULL with the error set, as of libvirtglue_fail(). */

/* The driver in this process, which asks nobody. */
virConnectPtr vmconnect_here(const char *uri, GError **error);

/*
 * A daemon, which may be stuck: waited for so long, and until cancelled. From then on it has to show that it is alive.
 * Errors: HOST for one that does not answer, CANCELLED.
 */
virConnectPtr vmconnect_open(const char *uri, gint64 timeout_us, GCancellable *cancel, GError **error);

#endif
