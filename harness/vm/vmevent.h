/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_VMEVENT_H
#define VM_VMEVENT_H

#include <stdbool.h>
#include <vm/vm.h>

/*
 * What libvirt's life cycle events (virDomainEventType and its details) mean for
 * a machine that is started once and never told to stop, pause or reset. Pure.
 * guest_asked: the guest is known to have switched itself off, or nobody can know.
 * false: nothing that ends the machine. ret_detail is static text.
 */
bool vmevent_classify(int event, int detail, bool guest_asked, VmEvent *ret_event, const char **ret_detail);

/* The same for a machine found paused: reason is a virDomainPausedReason. */
const char *vmevent_paused(int reason);

/*
 * Whether the emulator has paused the machine of its own accord, and not for somebody at a debugger: by its own word
 * for its state (RunState in QEMU's qapi/run-state.json), of which "debug" and "paused" are a person's. "shutdown" has
 * an event of its own.
 */
bool vmevent_is_own_pause(const char *state);

#endif
