// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch.h"
#include "aptsource.h"
#include "hostguard.h"
#include "watch.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/spawn.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define SPACE_FOR_TARBALL (G_GUINT64_CONSTANT(400) << 20)
#define FETCH_TIMEOUT_NS (G_GINT64_CONSTANT(3600) * 1000000000)

static char *cached_path(const Source *source, const SourceAlternative *alternative, const char *cache)
{
	g_autofree char *name = g_strdup_printf("linux-%s-%.12s.tar", source->version, alternative->sha256);

	return g_build_filename(cache, "sources", name, NULL);
}

/* What identifies a file that was verified: checksum, size, time of last change. */
static char *stamp_text(const char *path, const char *sha256)
{
	GStatBuf info;

	if (g_stat(path, &info) < 0)
		return NULL;
	return g_strdup_printf("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld\n", sha256, (gint64)info.st_size,
			       (gint64)info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

static bool write_stamp(const char *path, const char *sha256, GError **error)
{
	g_autofree char *stamp = g_strconcat(path, ".verified", NULL);
	g_autofree char *text = stamp_text(path, sha256);

	return text ? files_write(stamp, text, strlen(text), error) : true;
}

/* Is the file there and sound? A file that changed since it was verified is read again; a damaged one is removed. */
static bool in_cache(const char *path, const char *sha256)
{
	g_autofree char *stamp = g_strconcat(path, ".verified", NULL);
	g_autofree char *expected = stamp_text(path, sha256);
	g_autofree char *recorded = NULL;
	g_autofree char *sum = NULL;

	if (!expected)
		return false;
	if (g_file_get_contents(stamp, &recorded, NULL, NULL) && strcmp(recorded, expected) == 0)
		return true;
	sum = files_sha256(path, NULL);
	if (g_strcmp0(sum, sha256) == 0)
		return write_stamp(path, sha256, NULL);
	log_warn("%s is damaged (SHA-256 %s, expected %s): fetching it again", path, sum ? sum : "unreadable", sha256);
	g_unlink(path);
	g_unlink(stamp);
	return false;
}

/* Verifies a download and gives it its place. */
static bool accept(const char *from, const char *to, const char *sha256, bool move, GError **error)
{
	g_autofree char *sum = files_sha256(from, error);

	if (!sum)
		return false;
	if (strcmp(sum, sha256) != 0) {
		if (move)
			g_unlink(from);
		return error_set(error, KHOTEST_ERROR_FAILED, "%s has SHA-256 %s, expected %s", from, sum, sha256);
	}
	if (!move)
		return files_copy(from, to, error) && write_stamp(to, sha256, error);
	if (g_rename(from, to) < 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot rename %s to %s", from, to);
	return write_stamp(to, sha256, error);
}

static bool fetch_file(const SourceAlternative *alternative, const char *to, GError **error)
{
	const char *folder = g_getenv("KHOTEST_SOURCES");
	g_autofree char *path = NULL;

	if (strchr(alternative->where, '/'))
		path = g_strdup(alternative->where);
	else if (folder && *folder)
		path = g_build_filename(folder, alternative->where, NULL);
	else
		return error_set(error, KHOTEST_ERROR_FAILED, "KHOTEST_SOURCES is not set");
	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return error_set(error, KHOTEST_ERROR_FAILED, "there is no %s", path);
	return accept(path, to, alternative->sha256, false, error);
}

static bool fetch_url(const SourceAlternative *alternative, const char *partial, const char *to, GCancellable *cancel,
		      GError **error)
{
	g_autofree char *name = g_path_get_basename(alternative->where);
	g_autofree char *path = g_build_filename(partial, name, NULL);
	const char *const argv[] = { "curl",	     "--fail",		 "--location", "--silent",
				     "--show-error", "--continue-at",	 "-",	       "--output",
				     path,	     alternative->where, NULL };
	g_autofree char *curl = g_find_program_in_path("curl");
	SpawnSpec spec = { .argv = argv, .timeout_ns = FETCH_TIMEOUT_NS, .cancel = cancel, .keep_output = true };
	g_auto(SpawnResult) result = { 0 };
	Watch *watch;
	bool ok;

	if (!curl)
		return error_set(error, KHOTEST_ERROR_HOST, "there is no curl on this host (Debian package: curl)");
	log_progress_begin("fetching %s", name);
	watch = watch_start(path, 0);
	ok = spawn_run(&spec, &result, error);
	watch_stop(watch);
	log_progress_end("%s", cancel_outcome(cancel, ok && result.status == 0));
	if (!ok)
		return false;
	/* curl(1), "EXIT CODES": 22 is an answer of 400 and above */
	if (result.status == 22)
		return error_set(error, KHOTEST_ERROR_FAILED, "the server does not have it (any more): %s",
				 g_strstrip(result.err));
	if (result.status != 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "%s", g_strstrip(result.err));
	return accept(path, to, alternative->sha256, true, error);
}

static bool try_alternative(const SourceAlternative *alternative, const char *cache, const char *to,
			    GCancellable *cancel, GError **error)
{
	g_autofree char *partial = g_build_filename(cache, "sources", "partial", NULL);
	bool binary = strcmp(alternative->kind, "debian-binary") == 0;
	g_autofree char *path = NULL;

	if (!files_mkdirs(partial, error))
		return false;
	if (strcmp(alternative->kind, "file") == 0)
		return fetch_file(alternative, to, error);
	if (strcmp(alternative->kind, "url") == 0)
		return fetch_url(alternative, partial, to, cancel, error);
	return aptsource_fetch(alternative->where, binary, alternative->sha256, partial, cancel, &path, error) &&
	       accept(path, to, alternative->sha256, true, error);
}

static bool fetch_locked(const Source *source, const char *cache, GCancellable *cancel, char **ret_path,
			 char **ret_sha256, GError **error)
{
	g_autoptr(GString) failures = g_string_new(NULL);

	for (guint i = 0; i < source->alternatives->len; i++) {
		const SourceAlternative *alternative = source->alternatives->pdata[i];
		g_autofree char *path = alternative->sha256 ? cached_path(source, alternative, cache) : NULL;

		if (path && in_cache(path, alternative->sha256)) {
			*ret_path = g_steal_pointer(&path);
			*ret_sha256 = g_strdup(alternative->sha256);
			return true;
		}
	}
	for (guint i = 0; i < source->alternatives->len; i++) {
		const SourceAlternative *alternative = source->alternatives->pdata[i];
		g_autofree char *path = NULL;
		g_autoptr(GError) local = NULL;

		if (!alternative->sha256) {
			error_set(&local, KHOTEST_ERROR_FAILED,
				  "skipped, since no checksum is recorded for it: add sha256= to %s/source",
				  source->folder);
		} else {
			path = cached_path(source, alternative, cache);
			if (try_alternative(alternative, cache, path, cancel, &local)) {
				*ret_path = g_steal_pointer(&path);
				*ret_sha256 = g_strdup(alternative->sha256);
				return true;
			}
		}
		if (cancel_check(cancel, error))
			return false;
		if (strcmp(alternative->kind, "file") != 0 || g_getenv("KHOTEST_SOURCES"))
			log_info("source %s %s: %s", alternative->kind, alternative->where, local->message);
		g_string_append_printf(failures, "\n  %s %s: %s", alternative->kind, alternative->where,
				       local->message);
	}
	return error_set(error, KHOTEST_ERROR_FAILED,
			 "no source of Linux %s could be had:%s\n"
			 "Put the tarball into a folder and set KHOTEST_SOURCES to that, or give a tree with --tree",
			 source->version, failures->str);
}

bool fetch_tarball(const Source *source, const char *cache, GCancellable *cancel, char **ret_path, char **ret_sha256,
		   GError **error)
{
	g_autofree char *folder = g_build_filename(cache, "sources", NULL);
	g_autofree char *lock = g_build_filename(folder, "lock", NULL);
	bool ok;
	int fd;

	if (!files_mkdirs(folder, error) || !hostguard_space(folder, SPACE_FOR_TARBALL, "the kernel source", error))
		return false;
	fd = hostguard_lock(lock, "another khotest is fetching a source", cancel, error);
	if (fd < 0)
		return false;
	ok = fetch_locked(source, cache, cancel, ret_path, ret_sha256, error);
	close(fd);
	return ok;
}

bool source_fetch(const Source *source, const char *cache, GCancellable *cancel, char **ret_path, GError **error)
{
	g_autofree char *sha256 = NULL;

	return fetch_tarball(source, cache, cancel, ret_path, &sha256, error);
}
