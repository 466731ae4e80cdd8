/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_EMBEDROOT_H
#define VM_EMBEDROOT_H

#include <gio/gio.h>
#include <stdbool.h>

/*
 * The folder that libvirt's in-process QEMU driver lives in: RUNTIME/libvirt-PID.
 * It holds the driver's configuration, sockets, pid files and logs, and is locked
 * for as long as its process lives.
 */
typedef struct {
	char *path;
	int lock; /* held: RUNTIME/libvirt-PID/lock */
} EmbedRoot;

/*
 * The root of this process, after ending the machines and removing the roots of
 * processes that are gone. The driver, once loaded, never lets go of its root, so
 * a process has one at most: it is made by the first call, found by later ones,
 * and removed when the process exits. cache: where QEMU's probed capabilities are
 * kept from one process to the next. Borrowed. Errors: INPUT (runtime_dir too long
 * for a UNIX socket), HOST, FAILED, CANCELLED.
 */
const EmbedRoot *embedroot_open(const char *runtime_dir, const char *cache, GCancellable *cancel, GError **error);

/* "qemu:///embed?root=..."; caller frees. */
char *embedroot_uri(const EmbedRoot *root);

/*
 * Lets the driver put guest memory that is backed by files into a folder of its
 * own below dir, from the next machine on; NULL: what was set before is removed,
 * with all that lies in it.
 */
bool embedroot_set_memory_dir(const EmbedRoot *root, const char *dir, GError **error);

/* The folder that stays from one process to the next, whatever the root's name; caller frees. */
char *embedroot_cache(const EmbedRoot *root);

/* Where libvirt writes the emulator's pid of the machine called name; caller frees. */
char *embedroot_pid_path(const EmbedRoot *root, const char *name);

/* The emulator's log of the machine called name; caller frees. */
char *embedroot_log_path(const EmbedRoot *root, const char *name);

#endif
