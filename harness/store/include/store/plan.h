/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_PLAN_H
#define STORE_PLAN_H

#include <glib.h>
#include <machine/machine.h>
#include <measure/payload.h>
#include <stdbool.h>

/* Kernels one after the other, at most: each has a nonce of 17 bytes on the command line, which may have 2016. */
#define PLAN_HOPS_MOST 64

/* What should become of a handover. */
#define HANDOVER_DONE "handed-over"
#define HANDOVER_REFUSED "refused"

/* Of plan.json. 1 had one kernel for all hops; it is still read. */
#define PLAN_SCHEMA 2

/* One kernel of the chain: what it was made of, where it is, and how it is told apart from any other. Owns its strings.
 */
typedef struct {
	char *name;    /* "7.1"; "image" for --image; for --tree its folder's own name and version, for a branch that of
			  the kernel: "linux-v7.1-rc3-12-g0123456789ab-dirty" */
	char *release; /* uname -r that the build says it has; NULL for --image */
	char *source;  /* for people */
	char *commit;  /* of a branch: what was built of it; of a git --tree: the id that was checked out, or that @REF
			  means; else NULL */
	char *version; /* what git describe --always --dirty says of it, or NULL */
	char *pinned;  /* the option that names this commit whatever becomes of the branch: "--kernel=next@ID",
			  "--tree=DIR@ID"; NULL without a commit, and where dirty */
	bool dirty;    /* its tracked files were not as they are in that commit; without one it says nothing */
	char *sha256;  /* of the image */
	char *image;   /* path in the cache */
	char *key;     /* cache key; NULL for --image */
	char *vmlinux; /* path in the cache of the ELF file it was made from, for debuggers; NULL: of an image */
	char *layout;  /* path in the cache of where it keeps the types of pageblocks; NULL: not known */
	char *symbols; /* its System.map, a path in the run directory (rundir_symbols()); NULL for --image */
	char *config;  /* its .config, likewise (rundir_config()); NULL for --image, and in older plans */
	char *series;
	char *profile;	     /* "check", "timing"; NULL for --image */
	char **config_asked; /* "CONFIG_HZ=250", "CONFIG_DEBUG_VM=n", sorted: what was asked of the kernel's
				configuration, but for the series' own; empty if that is not known, or nothing was
				(--image) */
	char *cmdline;	     /* as it finds it; NULL for a later kernel in a plan of schema 1, which does not say */
	char *append;	     /* the user's own words on it, or NULL */
	char *nonce;	     /* on its command line, and in all that it says */
	char **abi; /* "kho-v4", "luo-v5", ...: what it hands over in, sorted (build/kernelabi.h); NULL: not known */
	char *handover; /* HANDOVER_...: what the strings of both say of the handover to it; NULL: nothing is known */
	char **touches; /* functions that the series' patches change; NULL: not known */
	char **lacks;	/* records that the initramfs promises, and that this kernel cannot send; NULL: none */
} PlanHop;

/*
 * What one run is going to do, with nothing left open: every default is filled
 * in, every name is resolved. plan.json holds it, and the command line that
 * asked for it. Owns its strings.
 */
typedef struct {
	char **asked;	     /* the command line, as typed */
	GPtrArray *hops;     /* PlanHop, in their order, at least one */
	char *mode;	     /* "wall": time is the host's; "counted": one instruction is 1 ns of the guest's time */
	char *expect;	     /* "PASS" or "FAIL": what the series says should come out */
	char *expect_reason; /* reason id, or NULL */
	char *initramfs;     /* path in the cache; all hops have the same */
	char *initramfs_sha256;
	Machine guest;	       /* worked out; owns all of it */
	char *machine;	       /* "q35" */
	char *accelerator;     /* "kvm" or "tcg": as executed */
	char *accelerator_why; /* why not what was asked for, or NULL */
	char *connect;	       /* "embed" or a libvirt URI */
	char **collects;       /* records (proto/frame.h) that the initramfs promises to send, of those that not every
				  initramfs has sent */
	GPtrArray *payloads;   /* PayloadPlan, in the order of their hooks; may be empty */
	char *break_what;      /* --break: what they were to damage on purpose; NULL: nothing */
	char **checks;	       /* ids of the checks that are asked; NULL: all */
	gint64 timeout_ns;     /* whole run */
	gint64 pace_ppm; /* how fast the host is known to be, in millionths of what deadlines are made for; 0: not known
			  */
	gint64 silence_ns; /* longest silence of console and channel */
} Plan;

Plan *plan_new(void);
void plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

/* One more kernel at the end of the chain, of which nothing is known yet but its nonce. */
PlanHop *plan_add_hop(Plan *plan, const char *nonce);

/* Kernels in the chain; 0 for NULL. */
guint plan_hops(const Plan *plan);

/* Kernel n of the chain, from 0 on. Never NULL: where there is no such kernel, or no plan, nothing is known of it. */
const PlanHop *plan_hop(const Plan *plan, guint n);

/* The nonces of all hops, NULL-terminated; empty for NULL. The strings are the plan's, the caller g_free()s the array.
 */
const char **plan_nonces(const Plan *plan);

/* Whether kernel n of the run has to send that record; false for NULL. */
bool plan_collects(const Plan *plan, guint n, const char *record);

/* Whether kernels m and n are the same, as far as a plan tells. */
bool plan_same_kernel(const Plan *plan, guint m, guint n);

/* Whether not all kernels of the chain are the same. */
bool plan_is_mixed(const Plan *plan);

/* Kernel n of the chain, for people: "7.1/central", "image". Caller frees. */
char *plan_kernel(const Plan *plan, guint n);

/*
 * What is said of each kernel of the chain, "7.1/central, 7.2/upstream, 7.3/upstream", and of a chain of one kernel
 * once. Caller frees.
 */
char *plan_kernels(const Plan *plan, const char *separator);

/* Mode "counted"; false for NULL. */
bool plan_is_counted(const Plan *plan);

/* plan.json. Caller frees. */
char *plan_to_json(const Plan *plan);

/* Errors: INPUT for a schema that is newer than PLAN_SCHEMA, FAILED for what is no plan, or damaged. */
Plan *plan_from_json(const char *text, gssize length, GError **error);

#endif
