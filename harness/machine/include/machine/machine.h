/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MACHINE_MACHINE_H
#define MACHINE_MACHINE_H

#include <base/json.h>
#include <glib.h>
#include <stdbool.h>

/* One NUMA node of the guest. */
typedef struct {
	guint64 bytes;
	char *cpus; /* "0-1"; "" or NULL for a node without CPUs */
} MachineNode;

/*
 * The guest: as it was asked for, and, once run/topology.h has worked that out, what it
 * comes to. Requests, plans, cells of a matrix and the emulator's domain all have one.
 * Whoever embeds it says who owns what it points to.
 */
typedef struct {
	guint64 memory_bytes; /* 0: not said */
	guint cpus;	      /* 0: not said */
	char **numa;	      /* a count ("2": memory and CPUs split evenly), or "SIZE[,cpus=LIST]" for each node; NULL
				 or empty: one node */
	GArray *nodes;	      /* MachineNode, what numa comes to, at least one; NULL: not worked out */
	char *scratch;	      /* value of kho_scratch=; NULL: the kernel's default, or it is among other arguments */
	bool prefault;	      /* all memory is given out before the CPUs start */
	char *memory_dir;     /* memory is kept in a file there; NULL: in memory */
	char **devices;	      /* beside what every guest has, by the names of Arch; NULL or empty: none */
	char *accelerator;    /* as asked for: "auto", "kvm", "tcg"; NULL: auto */
} Machine;

/* Frees what it points to. */
void machine_clear(Machine *machine);

/* A copy that owns all of it. */
Machine machine_copy(const Machine *machine);

void machine_add_node(Machine *machine, guint64 bytes, const char *cpus);

/* numa is one number, and not a word for each node. */
bool machine_numa_is_count(const Machine *machine);

/* It has something beside what every guest has. */
bool machine_has_devices(const Machine *machine);

/* Of NUMA, at least 1: worked out, or as asked for. */
guint machine_nodes(const Machine *machine);
const MachineNode *machine_node(const Machine *machine, guint n);

/* CPUs of a guest of which nobody said how many. counted: instructions are, by an emulator with one processor. */
guint machine_default_cpus(bool counted);

/* Adds its members to an object that has been begun; nodes only where they are worked out. */
void machine_put(const Machine *machine, JsonBuilder *builder);

/*
 * Reads them back, also as plans and cells of schema 1 have them, among members of their own: of a cell, "nodes" is
 * a number there. The caller clears it.
 */
Machine machine_get(JsonObject *object);

/*
 * How long a run may take when nobody says: measured on two slow emulated CPUs, a whole
 * handover takes 5 s at 1G, 12 s at 100G and 40 s at 512G. Several times that, since hosts
 * are loaded; each kernel beyond the second takes half of it. The longest silence of console and channel comes while the memory map is
 * set up, on the way to the first line. ns.
 */
gint64 machine_timeout_ns(const Machine *machine, guint kernels);
gint64 machine_silence_ns(const Machine *machine);

#endif
