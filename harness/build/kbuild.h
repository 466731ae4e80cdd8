/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_KBUILD_H
#define BUILD_KBUILD_H

#include <arch/arch.h>
#include <gio/gio.h>
#include <stdbool.h>

/*
 * The kernel's own make, out of tree, with everything fixed that would make two
 * builds of the same input differ.
 */
typedef struct {
	const Arch *arch;
	const char *tree;	  /* patched source */
	const char *output;	  /* O=: kept from build to build */
	const char *localversion; /* "-unfixed" */
	guint jobs;
	int lock; /* what keeps others out of the output folder: all that make starts holds it too */
	GCancellable *cancel;
} Kbuild;

/*
 * output/.config becomes what Kconfig makes of the fragment on top of
 * allnoconfig; an equal file is left as it is. ret_text: its content.
 */
bool kbuild_configure(const Kbuild *kbuild, const char *fragment, char **ret_text, GError **error);

/* Builds the image, with progress. The whole output goes to output/khotest.log. FAILED with the first error. */
bool kbuild_image(const Kbuild *kbuild, GError **error);

/*
 * Has kbuild make files of a folder outside of the tree ("layout.s"; NULL-terminated),
 * with the headers and the configuration of the kernel that was built, in one go: those
 * that can be made are made, whatever becomes of the others. FAILED with make's own words
 * for the first that cannot.
 */
bool kbuild_module_targets(const Kbuild *kbuild, const char *folder, const char *const *targets, GError **error);

/*
 * Whether an error of kbuild_module_targets() is the compiler's word on what it read, which it would say again. What a
 * full disk or a lack of memory brings is not. Pure.
 */
bool kbuild_is_refusal(const GError *error);

/*
 * output/usr/include becomes the headers that the kernel shows to user space ("make headers",
 * which, unlike headers_install, needs no rsync). FAILED with make's own words.
 */
bool kbuild_headers(const Kbuild *kbuild, GError **error);

/* "7.1.13-unfixed", as the built kernel calls itself. */
char *kbuild_release(const Kbuild *kbuild, GError **error);

/*
 * What stopped a build: the first line with an error of compiler, assembler,
 * linker or make, with the lines around it that belong to it; NULL if there is
 * none. Pure. Caller frees.
 */
char *kbuild_first_error(const char *log);

/* The tools whose versions decide what comes out, one line each: part of the cache key. */
char *kbuild_tools(GCancellable *cancel, GError **error);

#endif
