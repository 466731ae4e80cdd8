/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_VMPRIVATE_H
#define VM_VMPRIVATE_H

#include "counter.h"
#include "debugger.h"
#include "embedroot.h"
#include "guardian.h"
#include "libvirtglue.h"
#include "overseer.h"
#include "reaper.h"
#include "serial.h"

#include <vm/vm.h>

/*
 * What the files of one machine, and vmhost.c, know of each other: vm.c begins and ends it, vmend.c learns of an end
 * that it had by itself, vmstate.c asks it and reads of it. The host keeps the machines that run, so that libvirt's
 * events, which come for the connection as a whole, find theirs.
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

struct Vm {
	VmHost *host;
	VmCallbacks callbacks;
	gpointer user;
	virDomainPtr domain;
	char uuid[VIR_UUID_STRING_BUFLEN];
	char *name;
	Serial *serial;
	Counter *counter;   /* NULL unless it counts instructions */
	Debugger *debugger; /* NULL unless it is to be held somewhere */
	bool attended;	    /* it may be held by somebody at a debugger */
	Reaper *reaper;	    /* NULL with a daemon, which reaps its children itself */
	Guardian *guardian; /* the same; or NULL */
	Overseer *overseer; /* NULL: any call may take as long as it likes */
	gint64 limit_ns;
	GCancellable *cancel;
	pid_t pid;	/* of the emulator; -1: not known */
	gint64 gone_ns; /* since then there is no such process; 0: it is there */
	gint64 peak_rss;
	guint rss_source;
	VmUsage at_start;
	bool frozen;	  /* we have paused it ourselves */
	bool guest_asked; /* the guest itself wanted the machine to end */
	struct {
		bool seen;	/* a machine ends once: what comes after the first event is its echo */
		bool paused;	/* the emulator runs the guest no more, but is there, and answers */
		bool explained; /* detail is the emulator's own word, and its exit status tells no more */
		VmEvent event;
		char *detail;
		gint64 host_ns;
		guint source;
	} end;
};

/* The domain's identity, as libvirt writes it. */
const char *vm_uuid(const Vm *vm);

/* vmend.c: libvirt's view of the machine changed. Called from the default GMainContext; calls nobody back at once. */
void vm_take_lifecycle(Vm *vm, virDomainPtr domain, int event, int detail);
void vm_take_reboot(Vm *vm);
/* QEMU's event SHUTDOWN: whether the guest asked for it, and QEMU's word for the cause. */
void vm_take_shutdown(Vm *vm, bool guest, const char *reason);

/* The same where nobody tells: to be called every now and then while it runs. */
void vm_look_for_end(Vm *vm);

/* vmlook.c; QEMU's own word for the state it is in (RunState), or why it does not say. Caller frees. */
char *vmlook_state(virDomainPtr domain);
void vmlook_ask(virDomainPtr domain, VmLook *ret_look);

#endif
