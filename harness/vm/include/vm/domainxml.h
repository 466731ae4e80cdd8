/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_DOMAINXML_H
#define VM_DOMAINXML_H

#include <arch/arch.h>
#include <gio/gio.h>
#include <glib.h>
#include <machine/machine.h>
#include <stdbool.h>
#include <vm/accel.h>

/* The machine to make. Strings are borrowed; paths are absolute. */
typedef struct {
	const Arch *arch;
	const char *name;     /* libvirt domain name, unique on the host */
	const char *uuid;     /* NULL: libvirt makes one */
	const char *emulator; /* its path */
	const char *machine;  /* "q35" */
	Accel accel;	      /* KVM or TCG, never AUTO */
	Machine guest;	      /* memory, CPUs and nodes: none, or one, are no NUMA topology; how its memory is had */
	guint phys_bits;      /* physical address bits of an emulated CPU; 0: as many as it has by itself */
	const char *kernel;   /* host path of the image */
	const char *initrd;
	const char *cmdline;
	const char *console; /* files to which the serial ports are written; vm_start() makes them anew */
	const char *channel;
	/*
	 * Counts instructions: one of them takes 1 ns of the guest's time, which passes no
	 * other way, and nothing that the guest sees comes from the host: not its clock,
	 * not its random numbers. Runs of the same machine are the same, instruction by
	 * instruction. TCG and one processor only.
	 */
	bool counted;
	const char *debug_socket; /* where the emulator puts its debugging port; NULL: it has none */
	const char *shell_socket; /* the same for a third serial port, at which a person sits; NULL: there is none */
	bool attended;		  /* somebody at a debugger may hold the machine: a pause is not its end */
	/* for whoever starts it: how long it may leave a call unanswered (0: as long as it likes), and who interrupts
	 */
	gint64 limit_ns;
	GCancellable *cancel;
	const char *const
		*qemu_args; /* more arguments for the emulator (NULL-terminated), may be NULL: -icount and the like */
} VmSpec;

/* Domain XML, indented, newline at its end. Pure: no libvirt, no files. Caller frees. */
char *domainxml_build(const VmSpec *spec);

/* A text as the value of an option of the emulator's, of which a comma would be the end. Pure; caller frees. */
char *qemu_value(const char *text);

#endif
