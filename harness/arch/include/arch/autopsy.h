/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ARCH_AUTOPSY_H
#define ARCH_AUTOPSY_H

#include <glib.h>
#include <stdbool.h>

/*
 * How a machine that has stopped is read from outside: its registers, where in its memory an address lies, and who
 * called whom. Part of the row of an architecture (arch.h). All of it is pure: whoever has the memory gives a function
 * that reads it.
 */

/* Reads length bytes at an address; false if they are not all there. */
typedef bool (*ArchRead)(guint64 address, gpointer buffer, gsize length, gpointer user);

/* What was asked of one CPU. */
typedef struct {
	guint64 pc, sp, fp; /* instruction, stack and frame pointer */
	guint64 root;	    /* physical address of the tables that it translates addresses by */
	bool paging;	    /* it translates any */
	bool wide;	    /* ... by tables of one level more */
	bool long_mode;	    /* it runs code of 64 bits */
	bool user;	    /* it runs a program, not the kernel */
	bool halted;	    /* it waits for an interrupt */
} ArchCpu;

/* Numbers that a kernel's headers give to what its tables say (ArchAutopsy.numbers). */
#define ARCH_NUMBERS_MOST 16

/* Where a kernel has what its calls are followed by: virtual addresses, 0 where it has no such symbol. */
typedef struct {
	struct {
		guint64 begin, end;
	} text[2];			    /* its code, and the code that is given back after the boot */
	guint64 orc_ip, orc_ip_end, orc;    /* __start_orc_unwind_ip, __stop_orc_unwind_ip, __start_orc_unwind */
	guint64 numbers[ARCH_NUMBERS_MOST]; /* in the order of ArchAutopsy.numbers */
	bool understood;		    /* all of these are known */
} ArchUnwind;

/* A frame of a stack, the innermost first. */
typedef struct {
	guint64 pc;
	bool exact; /* it is where execution was, or was interrupted: not the place after a call */
	bool sure; /* false: an address of code that lies on the stack, and nobody knows whether it is one of a frame */
} ArchFrame;

typedef struct {
	/* Of what QEMU's "info registers -a" printed: an ArchCpu for each CPU. Caller unrefs. */
	GArray *(*cpus)(const char *text);

	/*
	 * Where a virtual address lies; read reads physical memory. ret_left, if not NULL: how many bytes from there on
	 * lie in the same page. false: it is not mapped.
	 */
	bool (*translate)(const ArchCpu *cpu, guint64 address, ArchRead read, gpointer user, guint64 *ret_physical,
			  guint64 *ret_left);

	/* Names in a kernel's layout (initramfs/layout/) of the numbers that unwind needs; NULL-terminated. */
	const char *const *numbers;

	/* Adds an ArchFrame for each frame, max at most; read reads virtual memory of the kernel. */
	void (*unwind)(const ArchCpu *cpu, const ArchUnwind *tables, ArchRead read, gpointer user, guint max,
		       GArray *frames);

	guint elf_machine; /* e_machine of elf(5) */

	/* Where a kernel that is not moved may begin at the earliest, and how far it may be moved up from there. */
	guint64 image_least, image_span, image_step;
} ArchAutopsy;

#endif
