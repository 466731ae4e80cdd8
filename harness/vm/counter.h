/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_COUNTER_H
#define VM_COUNTER_H

#include "libvirtglue.h"

#include <vm/vm.h>

/*
 * Watches a machine under -icount go past marks in its kernel, and reads the count
 * of executed instructions at each. The machine is stopped for that, which its
 * own clock, made of instructions, does not see.
 */
typedef struct Counter Counter;

/*
 * For a machine that was made with a debugging port at socket, and does not run
 * yet. func is called from the default GMainContext; failed when the harness can
 * no longer follow the machine, once. Borrows the domain and the marks' strings.
 */
Counter *counter_new(virDomainPtr domain, const char *socket, const VmMark *marks, guint n_marks, Vm *vm,
		     VmCountFunc func, VmCountFailedFunc failed, gpointer user, GError **error);

/*
 * Lets the machine run, for the first time. Nobody else may: the protocol tells of a
 * stop only to whoever asked for the machine to go on, and QEMU keeps to that since
 * 8.1. One that libvirt had set going would stop at its first mark without a word.
 */
bool counter_start(Counter *counter, GError **error);

/*
 * libvirt says that the machine is held. It is at every mark, for a moment; the
 * harness's failure if seconds later it still is and the debugging port has not
 * said so.
 */
void counter_take_pause(Counter *counter);

void counter_free(Counter *counter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Counter, counter_free)

#endif
