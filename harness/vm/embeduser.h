/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_EMBEDUSER_H
#define VM_EMBEDUSER_H

#include <glib.h>
#include <stdbool.h>

/*
 * As root, libvirt's QEMU driver looks up the account that its packager chose for
 * emulators, before it reads the configuration that says not to use it; on Debian
 * only the package of the system-wide daemon makes that account. Where it is
 * missing, this process gets a view of the system in which it exists: a mount
 * namespace of its own, with copies of /etc/passwd and /etc/group from folder.
 * The host's own files stay as they are.
 *
 * Does nothing for an ordinary user and where the account exists. Errors: HOST
 * (no right to make a mount namespace), saying how to make the account.
 */
bool embeduser_provide(const char *folder, GError **error);

#endif
