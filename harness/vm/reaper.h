/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_REAPER_H
#define VM_REAPER_H

#include <glib.h>
#include <stdbool.h>

/*
 * The embedded driver starts the emulator as an orphan and takes it for alive
 * until somebody has reaped it. Process 1 may be slow at that (seen: 2 s), and in
 * a container it may never do it. So this process adopts the orphan and reaps it
 * at once, by a thread, since libvirt may be waiting in the main one. That also
 * tells how the emulator ended, which libvirt can't.
 */
typedef struct Reaper Reaper;

/* pid_file: where libvirt will write the emulator's pid. */
Reaper *reaper_new(const char *pid_file);

/* As waitpid() has it; -1 while the emulator is alive or not there yet. */
int reaper_status(Reaper *reaper);

/* Waits until the emulator, on its way out, is reaped. false: it was not in time. */
bool reaper_wait(Reaper *reaper, gint64 timeout_us);

/* Only when the emulator is known to be gone, or libvirt would wait for it in vain. */
void reaper_free(Reaper *reaper);

#endif
