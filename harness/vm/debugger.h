/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_DEBUGGER_H
#define VM_DEBUGGER_H

#include <glib.h>
#include <stdbool.h>
#include <vm/vm.h>

/*
 * Lets a machine run until it has passed places in its kernels one after the other, holds it at the last of them, and
 * gives the debugging port back: so that a debugger finds the machine where a person wants it.
 */
typedef struct Debugger Debugger;

/*
 * For a machine with a debugging port at socket that does not run yet. stops: places in their order, n of them, 1 at
 * least; they are copied, but for their texts. held: called from the default GMainContext once the machine is held at the last, or with the
 * error, which is its own then, if that port gives no answer.
 */
Debugger *debugger_new(const char *socket, const VmStop *stops, guint n, Vm *vm, VmHeldFunc held, gpointer user,
		       GError **error);

/* Lets the machine run, for the first time. */
bool debugger_start(Debugger *debugger, GError **error);

void debugger_free(Debugger *debugger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Debugger, debugger_free)

#endif
