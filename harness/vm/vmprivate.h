/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_VMPRIVATE_H
#define VM_VMPRIVATE_H

#include "embedroot.h"
#include "libvirtglue.h"

#include <vm/vm.h>

/*
 * What vmhost.c and vm.c know of each other: the host keeps the machines that
 * run, so that libvirt's events, which come for the connection as a whole, find
 * theirs.
 */
struct VmHost {
	virConnectPtr connection;
	const EmbedRoot *root; /* of this process; NULL for a connection that is not the embedded driver's */
	char *qemu_version;
	char *libvirt_version;
	char *emulator;
	GPtrArray *machines; /* Vm, borrowed */
	int lifecycle_id;    /* of the event callbacks; -1: none */
	int reboot_id;
	int shutdown_id;
	bool watches_shutdown; /* QEMU tells who wants a machine to end; other drivers of libvirt do not */
};

/* The domain's identity, as libvirt writes it. */
const char *vm_uuid(const Vm *vm);

/* libvirt's view of the machine changed. Called from the default GMainContext; calls nobody back at once. */
void vm_take_lifecycle(Vm *vm, virDomainPtr domain, int event, int detail);
void vm_take_reboot(Vm *vm);
/* QEMU's event SHUTDOWN: whether the guest asked for it, and QEMU's word for the cause. */
void vm_take_shutdown(Vm *vm, bool guest, const char *reason);

/* vmlook.c */
void vmlook_ask(virDomainPtr domain, VmLook *ret_look);

#endif
