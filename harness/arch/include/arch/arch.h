/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include <arch/autopsy.h>
#include <glib.h>
#include <stdbool.h>

/*
 * What is different from one architecture of guests to the next: one row of a
 * table for each (docs/architecture.md, "Add an architecture"). Nobody above this
 * room names an architecture, a machine of QEMU or a file of arch/ in the kernel's
 * tree. Rows are constant and live as long as the process.
 */

/* A size of pages that the kernel can have, and what its sparse memory model makes of it. */
typedef struct {
	guint page_shift;   /* log2 of bytes; 0 ends the list */
	guint section_bits; /* SECTION_SIZE_BITS, log2 of bytes */
} ArchPage;

/* What a guest can be given beside what every guest has. */
typedef struct {
	const char *name;     /* as QEMU calls it: "intel-iommu"; NULL ends the list */
	const char *iommu;    /* libvirt's model of an <iommu> */
	const char *fragment; /* what a kernel needs to use it: kconfigs/FRAGMENT.config */
} ArchDevice;

typedef struct {
	/* --- what it is called --- */
	const char *name;     /* by uname(2), QEMU and libvirt: "x86_64" */
	const char *title;    /* in messages, as in "an x86-64 kernel" */
	const char *kbuild;   /* by make, as in ARCH=, and below arch/ of the kernel's tree: "x86" */
	const char *fragment; /* what every kernel of it needs: kconfigs/FRAGMENT.config */

	/* --- the kernel's image --- */
	const char *image_file;	   /* make's target, and what the image is called in the cache: "bzImage" */
	const char *image_path;	   /* where a build leaves it, below its output folder */
	const char *image_refusal; /* of a file that is none, after its path: "is no ..." and why */
	const char *load_hint;	   /* what to do where the loader of kexec takes none */
	/* The release that an image names: "7.1.13-unfixed". NULL if data is no image. Caller frees. */
	char *(*image_release)(const guint8 *data, gsize length);
	/* Where in an image the packed kernel is; false if that is not known. */
	bool (*image_packed)(const guint8 *data, gsize length, gsize *ret_offset, gsize *ret_size);
	const char *entry; /* first function in C of an uncompressed kernel: where counting begins */

	/* --- the kernel's command line --- */
	const char *console;	   /* console=, the first serial port */
	const char *early_console; /* earlycon=, the same */
	const char
		*clock_word; /* "WORD=" that takes the rate of an emulated clock in kHz; NULL: it is known by itself */
	/* More words where the CPU is emulated, and where instructions are counted too, each with a blank before it. */
	const char *emulated_words;
	const char *counted_words;
	gsize cmdline_most;	   /* characters that the first kernel takes */
	gsize cmdline_most_loaded; /* ... and one that kexec -s loads */

	/* --- QEMU's machine --- */
	const char *emulator_package; /* of Debian */
	const char *machine;	      /* "q35" */
	const char *serial_target;    /* libvirt's type of a serial port that every kernel has a driver for */
	const char *const *features;  /* libvirt's <features>; NULL-terminated */
	const ArchDevice *devices;
	const char *const *random;    /* CPU features that give the host's random numbers; NULL-terminated */
	const char *const *firmware;  /* what firmware prints, and no kernel; NULL-terminated */
	guint64 emulated_memory_most; /* bytes that fit below the physical address bits of an emulated CPU by itself */
	guint phys_bits;	      /* ... and the bits that it is given for more */
	guint64 memory_most;	      /* bytes that fit below those */
	/* places of two words among the registers that a debugger reads, all before them words too */
	guint gdb_stack_pointer;
	guint gdb_program_counter;
	/* as "info registers" of QEMU's monitor has them, the second where a CPU that waits has another digit than 0 */
	const char *monitor_program_counter;
	const char *monitor_halted;
	/* what else that monitor is asked of a machine that says nothing, for people to read; NULL-terminated */
	const char *const *monitor_questions;

	/* --- a machine that has stopped --- */
	ArchAutopsy autopsy;

	const ArchPage *pages; /* smallest first; the first is what a kernel has that does not say */

	/* --- code for this processor; NULL where khotest itself was compiled for another one --- */
	/* As accel_probe_kvm() of vm/accel.h. */
	bool (*probe_kvm)(gint64 deadline_ns, char **ret_why);
	/* The counter that emulated clocks follow; 0 if it does not run at a constant rate here. */
	guint64 (*host_ticks)(void);
} Arch;

/* The row with that name; NULL if there is none: arch_names() has those that there are. */
const Arch *arch_find(const char *name);

/* The one that guests have where nothing says another. */
const Arch *arch_default(void);

/* The device with that name; NULL if there is none. */
const ArchDevice *arch_device(const Arch *arch, const char *name);

/* The names of its devices, parted by ", ", for messages. Caller frees. */
char *arch_device_names(const Arch *arch);

/* All names, parted by ", ", for messages. Caller frees. */
char *arch_names(void);

/* Bytes of a section of the sparse memory model, with pages of that size (the next one that there is, if not that). */
guint64 arch_section_bytes(const Arch *arch, guint page_shift);

#endif
