/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PATHS_H
#define RUN_PATHS_H

#include <glib.h>

/* Where the project's own files are, which are only read, and where khotest writes. */
typedef struct {
	const char *patches;   /* patches/ */
	const char *kconfigs;  /* kconfigs/ */
	const char *plans;     /* plans/ */
	const char *docs;      /* docs/ */
	const char *initramfs; /* initramfs/ */
	const char *layout;    /* initramfs/layout/ */
	const char *probe;     /* the static probe binary */
	const char *cache;     /* everything that can be made again */
	const char *runtime;   /* short path for sockets: libvirt's root goes there */
} Paths;

/* Folders of an installation, as meson has them: below the prefix, or absolute. Borrowed strings. */
typedef struct {
	const char *bindir, *datadir, *libexecdir;
} PathsInstalled;

/*
 * All of them. The program in the build folder has a file khotest.folders beside it, which names the source tree and
 * the probe. An installed one finds its files by where it is itself, so that an installation may be moved as a whole.
 * The settings source, probe and cache are stronger. Gives the setting results its default too: results/ of the source
 * tree, or $XDG_STATE_HOME/khotest if installed.
 *
 * Errors: FAILED: the files are not where they should be. paths_clear() frees what is in *ret_paths.
 */
gboolean paths_find(const PathsInstalled *installed, Paths *ret_paths, GError **error);
void paths_clear(Paths *paths);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Paths, paths_clear)

/*
 * A folder of results, such as RUNS_FOLDER: of the setting results. What is below the current folder is said from
 * there, as a shell would show it. Caller frees.
 */
char *paths_results(const char *what);

#endif
