/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_KERNEL_H
#define BUILD_KERNEL_H

#include <arch/arch.h>
#include <build/series.h>
#include <build/source.h>

/* What to build. Everything is borrowed. */
typedef struct {
	const Arch *arch;
	const Source *source;  /* one of ours, or NULL with user_tree */
	const char *user_tree; /* --tree DIR[@REF], or NULL */
	const Series *series;
	const char *kconfigs;		    /* the kconfigs/ folder */
	const char *layout;		    /* the folder initramfs/layout/ */
	const char *profile;		    /* "check" or "timing": a fragment too */
	const char *const *extra_fragments; /* -f FILE; NULL-terminated, may be NULL */
	const char *const *config;	    /* --config SYMBOL=VALUE; NULL-terminated, may be NULL */
	const char *cache;
	guint jobs;
	GCancellable *cancel;
} KernelSpec;

/* A kernel that is there. Files lie in the cache and are not written again. */
typedef struct {
	char *image;   /* path of it */
	char *config;  /* path of its .config; NULL for an image */
	char *symbols; /* path of its System.map; NULL for an image */
	char *vmlinux; /* path of the ELF file that the image was made from, for debuggers; NULL for an image */
	char *layout;  /* path of where it keeps the types of pageblocks; NULL: not known, as for an image */
	char *release; /* "7.1.13-unfixed" */
	char *series;
	char *profile;
	char *sha256;	 /* of the image */
	char *key;	 /* cache key: SHA-256 over everything that went in */
	char *source;	 /* for people: where the source came from */
	char **warnings; /* what there was to say of it when it was built, and is of each use; NULL: nothing */
	/* of --tree, and of a branch, as in Tree: what it is called now, whichever commit the kernel was built from
	 * first */
	char *commit;
	char *version;
	bool dirty;
	bool was_cached;
	gint64 build_ns; /* wall time of the build that made it */
} Kernel;

void kernel_free(Kernel *kernel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Kernel, kernel_free)

/*
 * The kernel for a spec, from the cache if every input is unchanged (no tree is
 * touched then), else built, with progress. Two processes may ask at once: one
 * builds, the other waits and says so. Errors: INPUT (patch, kconfig), FAILED with
 * the compiler's first error, HOST (no space, no compiler), CANCELLED.
 */
Kernel *kernel_build(const KernelSpec *spec, GError **error);

/* The kernel for a spec with a source if the cache has it; NULL without an error if not. Errors: INPUT, HOST. */
Kernel *kernel_find(const KernelSpec *spec, GError **error);

/*
 * What can be told without building, fetching or importing: the tools are there, the
 * fragments can be read, and the series applies. ret_cached: the kernel itself, if it is
 * there already. ret_tree: what it would be built from; NULL if that has to be fetched or
 * imported first, or is not needed, so that the patches were not tried. The caller frees both.
 * Errors: INPUT, HOST, CANCELLED.
 */
bool kernel_check(const KernelSpec *spec, Kernel **ret_cached, Tree **ret_tree, GError **error);

/*
 * All that a spec asks of the configuration, as the text of one fragment. Caller frees.
 * Errors: INPUT, for a fragment that is not there or not understood.
 */
char *kernel_wished(const KernelSpec *spec, GError **error);

/*
 * What a spec asks of the configuration whatever its series: "CONFIG_HZ=250", "CONFIG_DEBUG_VM=n", sorted, without the
 * series' own fragments. It is what two kernels must share to be compared, also where their versions have different
 * symbols. Caller g_strfreev()s. Errors: INPUT, for a fragment that is not there or not understood.
 */
char **kernel_asked(const KernelSpec *spec, GError **error);

/* HOST, naming every missing tool and its Debian package at once, unless all that a kernel build calls is there. */
bool kernel_tools(GError **error);

/* A ready-made image (--image): copied into the cache by its hash so that it cannot change under a run. */
Kernel *kernel_from_image(const Arch *arch, const char *path, const char *cache, GError **error);

#endif
