/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_RECORDER_H
#define RUN_RECORDER_H

#include <stdbool.h>
#include <store/rundir.h>

/*
 * Follows the console while the emulator keeps its text: writes the host's clock
 * for each line into console.times ("host_ns offset", offset of the line's first
 * byte in console.log), and notices a panic.
 */
typedef struct Recorder Recorder;

Recorder *recorder_new(RunDir *dir, GError **error);

/* Bytes of the console as they arrived. Errors: FAILED, HOST (no space). */
bool recorder_console(Recorder *recorder, const char *data, gsize length, gint64 host_ns, GError **error);

/* The console's lines from here on belong to the next hop: writes "- offset" into console.times. */
void recorder_mark_handover(Recorder *recorder);

/* true once a line said that the kernel panics (console_panic()) */
bool recorder_saw_panic(const Recorder *recorder);

/* true once a line began an oops or a BUG(): the kernel may have nothing more to say */
bool recorder_saw_oops(const Recorder *recorder);

/*
 * How many kernels have begun since the last handover was marked, by console_is_banner(). A boot console can make two
 * of one.
 */
guint recorder_kernels(const Recorder *recorder);

/* true once the console has more than any run has to say */
bool recorder_is_flooded(const Recorder *recorder);

/* Flushes and frees, also when it fails. */
bool recorder_close(Recorder *recorder, GError **error);

#endif
