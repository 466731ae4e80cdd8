/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_GUARDIAN_H
#define VM_GUARDIAN_H

#include <glib.h>

/*
 * The emulator is an orphan on purpose (reaper.h), so nothing of the system's ends it with
 * this process, whatever ends that: SIGKILL, for want of memory for one. So a process of
 * its own waits at the other end of a socket, which the kernel closes when we are gone, and
 * then ends the emulator. It is asleep otherwise, and has no file of ours open.
 */
typedef struct Guardian Guardian;

/*
 * Before the emulator starts. pid_file: where libvirt will write its pid; mark: what it has
 * on its command line and no other process has. NULL if there is no such process to be had,
 * which is logged: the machine then outlives a killed harness until the next one comes
 * (embedroot_open()).
 */
Guardian *guardian_new(const char *pid_file, const char *mark);

/* Lets the emulator be. */
void guardian_free(Guardian *guardian);

#endif
