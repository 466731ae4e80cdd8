/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_INITRAMFS_H
#define BUILD_INITRAMFS_H

#include <build/payload.h>
#include <gio/gio.h>
#include <stdbool.h>

/* One kernel of a chain. */
typedef struct {
	const char *image;   /* to hand over to, whatever it is called elsewhere; not needed of the first */
	const char *layout;  /* where it keeps the types of pageblocks (build/kernel.h), or NULL */
	const char *symbols; /* its System.map, or NULL */
	const char *append;  /* words that are on its command line alone, or NULL */
} InitramfsHop;

/*
 * The initramfs that serves every kernel of a chain: busybox, kexec-tools with
 * the libraries it needs, the probe as /init, initramfs/'s scripts, and the
 * kernel images to hand over to, each once. Packed with libarchive as newc, sorted, with
 * fixed times, owners and inode numbers: the same inputs give the same bytes.
 */
typedef struct {
	const char *folder; /* initramfs/ of the project, or where it is installed: scripts */
	const char *probe;  /* the static probe binary */
	const InitramfsHop *hops;
	guint n_hops;
	const GPtrArray *payloads; /* Payload, each built, in the order of their hooks; or NULL */
	const char *cache;	   /* the result is kept in cache/initramfs/SHA256.cpio, named by its own content */
	GCancellable *cancel;
} InitramfsSpec;

typedef struct {
	char *path;
	char *sha256;
	guint64 bytes;
	guint64 kernel_bytes; /* of the images in it */
} Initramfs;

void initramfs_free(Initramfs *initramfs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Initramfs, initramfs_free)

/* Errors: HOST (busybox or kexec is not installed, naming the package), FAILED. */
Initramfs *initramfs_build(const InitramfsSpec *spec, GError **error);

/*
 * Where the host has a program: in PATH, or in the folders where Debian puts kexec, which an ordinary user's PATH often
 * lacks. Caller frees. Errors: HOST, naming the Debian package.
 */
char *initramfs_find(const char *name, const char *package, GError **error);

/* HOST, naming the Debian package, unless the host has the programs that go into it. */
bool initramfs_tools(GError **error);

#endif
