/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_WAYIN_PARTS_H
#define RUN_WAYIN_PARTS_H

#include "running.h"

/* What is asked for, of a plan's chain; whether the plan allows it. Errors: INPUT. */
bool wayin_resolve(const WayIn *asked, const Plan *plan, WayIn *ret_way, GError **error);

/*
 * Where the kernels up to that which --gdb names begin and leave, VmStop, with texts that live as long as the process;
 * empty without. Errors: INPUT, without a System.map, or of a kernel that moves itself where that cannot be followed.
 */
GArray *wayin_stops(const Prepared *prepared, GError **error);

/* A machine with a third serial port has been started: that is connected to. */
void wayin_open(Running *run);

/* A record came: of a shell, its beginning or its end. */
void wayin_take(Running *run, const char *record);

/*
 * How gdb is called, to be typed into a shell, for a kernel that was moved by offset bytes. vmlinux may be NULL. Pure.
 * Caller frees.
 */
char *wayin_gdb(const char *vmlinux, const char *socket, gint64 offset);

/* VmHeldFunc: says how a debugger gets at the machine. user: Running. */
void wayin_held(Vm *vm, guint64 offset, GError *error, gpointer user);

/* Once the run is over, before the machine is ended: --dump and --keep. */
void wayin_stay(Running *run, GCancellable *cancel);

#endif
