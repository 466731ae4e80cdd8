/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_REQUEST_H
#define RUN_REQUEST_H

#include <build/initramfs.h>
#include <build/kernel.h>
#include <build/payload.h>
#include <gio/gio.h>
#include <run/hostfacts.h>
#include <run/paths.h>
#include <run/wayin.h>
#include <stdbool.h>
#include <store/chain.h>
#include <store/plan.h>
#include <vm/vm.h>

/* What the user asked for, one run of it. Borrowed. */
typedef struct {
	const char *const *asked;     /* the command line */
	const char *kernel;	      /* "7.1" */
	const char *series;	      /* name or path; NULL: the tree as it is */
	const char *tree;	      /* --tree, or NULL */
	const char *image;	      /* --image, or NULL */
	const char *const *fragments; /* -f */
	const char *const *config;    /* --config */
	const char *profile;	      /* "check", "timing" */
	const char *mode;	      /* "wall", "counted" */
	const char *chain;  /* --chain (store/chain.h), and then neither hops nor the kernel's words; or NULL */
	guint hops;	    /* kernels one after the other; 1: nothing is handed over */
	Machine guest;	    /* memory_bytes 0: 100G, or the largest that fits */
	const char *append; /* more kernel arguments, or NULL */
	const char *const *payloads; /* --payload: names or paths, in their order; NULL: none */
	const char *break_what;	     /* --break: what they are to damage on purpose, or NULL */
	const char *const *checks;   /* ids of the checks that are asked; NULL: all */
	const char *connect;
	gint64 timeout_ns; /* 0: from the size of the guest */
	WayIn way_in;
	guint jobs;
	const char *output; /* parent of run directories */
	GCancellable *cancel;
} RunRequest;

/* The size that the main job is about, and what "auto" means where the host can. */
#define REQUEST_MEMORY_DEFAULT (100ull << 30)

/* One kernel of a run, for all hops that are of it. */
typedef struct {
	RunRequest request; /* the run's, for a chain of this kernel. Borrowed */
	Source *source;	    /* NULL of a tree and of an image */
	Series *series;	    /* NULL of an image */
	Kernel *kernel;	    /* once it is there: given, found in the cache or built */
	char *append;	    /* words that any of its hops has on its command line, or NULL */
	char *outlook;	    /* by request_check(): what a run would do about it, for people: "is in the cache" */
} PreparedKernel;

/*
 * Everything a run needs, checked before anything is made, and made before
 * anything starts.
 */
typedef struct {
	Plan *plan;
	HostFacts *host;
	GPtrArray *links;    /* ChainLink, of --chain; NULL without */
	GPtrArray *kernels;  /* PreparedKernel, each once, in the order in which they come first */
	GArray *of_hop;	     /* guint, for each hop: its kernel */
	GPtrArray *payloads; /* Payload */
	char *append;	     /* what they want on the command line, and then the user's words; or NULL */
	char **fragments;    /* -f, and then what they want */
	char *output;
	WayIn way_in;
	char *cache;
	bool timeout_given; /* the user has set the deadline */
} Prepared;

/* The kernel of a hop that there is. */
PreparedKernel *prepared_kernel(const Prepared *prepared, guint hop);

/* What to build for it. Points into both. */
KernelSpec prepared_spec(const PreparedKernel *kernel, const Paths *paths);

/* With an empty plan, and no kernel. */
Prepared *prepared_new(void);
void prepared_free(Prepared *prepared);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Prepared, prepared_free)

/* Whether a verdict can be what a series says of itself: INPUT if none has that reason. */
bool request_check_series(const Series *series, GError **error);

/* Instructions are counted by an emulator that has one processor to count: INPUT if they are not to be. */
bool request_check_mode(const char *mode, const Machine *guest, GError **error);

/*
 * What can be said without making anything: series, fragments, accelerator, topology,
 * deadlines, where results go, and whether the host has what it takes. The plan has no
 * hashes and no command line yet. Words of the command line that would do nothing are
 * warned of. Errors: INPUT, HOST.
 */
Prepared *request_resolve(const RunRequest *request, const Paths *paths, GError **error);

/*
 * What else can be told without building, fetching or starting anything, for those who
 * ask before they do: whether the series applies, what the tree is, and the command line.
 * Completes a plan that is only looked at: request_build() takes one of its own.
 * Errors: INPUT, HOST, CANCELLED.
 */
bool request_check(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error);

/*
 * Kernel and initramfs, built or found in the cache; completes the plan. May take
 * minutes, and may run in another thread. Errors: INPUT, HOST, FAILED, CANCELLED.
 */
bool request_build(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error);

#endif
