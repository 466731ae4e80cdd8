/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_PLAN_H
#define STORE_PLAN_H

#include <glib.h>
#include <stdbool.h>

/* Kernels one after the other, at most: each has a nonce of 17 bytes on the command line, which may have 2048. */
#define PLAN_HOPS_MOST 16

/*
 * What one run is going to do, with nothing left open: every default is filled
 * in, every name is resolved. plan.json holds it, and the command line that
 * asked for it. Owns its strings.
 */
typedef struct {
	guint64 bytes;
	char *cpus; /* "0-1"; "" for a node without CPUs */
} PlanNode;

typedef struct {
	char **asked;	      /* the command line, as typed */
	char *kernel_name;    /* "7.1"; "image" for --image; the folder for --tree */
	char *kernel_release; /* uname -r that the build says it has; NULL for --image */
	char *kernel_source;  /* for people */
	char *kernel_sha256;  /* of the bzImage */
	char *kernel_image;   /* path in the cache */
	char *kernel_key;     /* cache key; NULL for --image */
	char *series;
	char *profile;
	char **config_asked; /* "CONFIG_HZ=250", "CONFIG_DEBUG_VM=n", sorted: what was asked of the kernel's
				configuration, but for the series' own; empty if that is not known, or nothing was
				(--image) */
	char *mode;	     /* "wall": time is the host's; "counted": one instruction is 1 ns of the guest's time */
	char *expect;	     /* "PASS" or "FAIL": what the series says should come out */
	char *expect_reason; /* reason id, or NULL */
	char *initramfs;     /* path in the cache */
	char *initramfs_sha256;
	guint64 memory_bytes;
	guint cpus;
	GArray *nodes;	       /* PlanNode, at least one */
	char *memory_dir;      /* where guest memory is kept in a file; NULL: in memory */
	bool prefault;	       /* all guest memory is given out before the CPUs start */
	char *machine;	       /* "q35" */
	char *accelerator;     /* "kvm" or "tcg": as executed */
	char *accelerator_why; /* why not what was asked for, or NULL */
	char *connect;	       /* "embed" or a libvirt URI */
	char *cmdline;	       /* of the first kernel */
	char *append;	       /* the user's own words on it, or NULL */
	char **collects;       /* records (proto/frame.h) that the initramfs promises to send, of those that not every
				  initramfs has sent */
	char **nonces;	       /* one a hop, at least one */
	gint64 timeout_ns;     /* whole run */
	gint64 silence_ns;     /* longest silence of console and channel */
} Plan;

Plan *plan_new(void);
void plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

/* Whether each kernel of the run has to send that record; false for NULL. */
bool plan_collects(const Plan *plan, const char *record);

/* Mode "counted"; false for NULL. */
bool plan_is_counted(const Plan *plan);

void plan_add_node(Plan *plan, guint64 bytes, const char *cpus);

/* plan.json. Caller frees. */
char *plan_to_json(const Plan *plan);
Plan *plan_from_json(const char *text, gssize length, GError **error);

#endif
