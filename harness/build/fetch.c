// SPDX-License-Identifier: GPL-2.0-or-later
#include <build/source.h>

#include "aptsource.h"
#include "fetchurl.h"
#include "hostguard.h"
#include "localsource.h"
#include "verify.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/lock.h>
#include <base/log.h>
#include <base/setting.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define SPACE_FOR_TARBALL (G_GUINT64_CONSTANT(400) << 20)

/* One call of source_fetch(). */
typedef struct {
	const Source *source;
	char *folder;  /* cache/sources */
	char *partial; /* what is not whole yet */
	GCancellable *cancel;
	SourceFetched *out;
} Fetch;

static void attempt_free(gpointer data)
{
	SourceAttempt *attempt = data;

	g_free(attempt->place);
	g_free(attempt->why);
	g_free(attempt);
}

void source_fetched_clear(SourceFetched *fetched)
{
	g_clear_pointer(&fetched->path, g_free);
	g_clear_pointer(&fetched->sha256, g_free);
	g_clear_pointer(&fetched->attempts, g_ptr_array_unref);
}

/* place is taken over; why: NULL for the one that had it. */
static void note(Fetch *fetch, char *place, const char *why)
{
	SourceAttempt *attempt = g_new0(SourceAttempt, 1);

	attempt->place = place;
	attempt->why = g_strdup(why);
	g_ptr_array_add(fetch->out->attempts, attempt);
	if (why)
		log_info("source %s: %s", place, why);
}

static char *place_of(const SourceAlternative *alternative)
{
	return g_strdup_printf("%s %s", alternative->kind, alternative->where);
}

static char *cached_path(const Fetch *fetch, const SourceAlternative *alternative)
{
	g_autofree char *name = localsource_cached_name(fetch->source, alternative);

	return g_build_filename(fetch->folder, name, NULL);
}

/* What a download of that content grows in, whatever the address that it comes from. */
static char *partial_path(const Fetch *fetch, const SourceAlternative *alternative)
{
	g_autofree char *name = localsource_cached_name(fetch->source, alternative);

	return g_build_filename(fetch->partial, name, NULL);
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

/*
 * Is the file there and sound? A file that changed since it was verified is read
 * again; a damaged one is removed. The answer is no while cancelled.
 */
static bool in_cache(const Fetch *fetch, const char *path, const char *sha256)
{
	g_autofree char *stamp = g_strconcat(path, ".verified", NULL);
	g_autofree char *expected = stamp_text(path, sha256);
	g_autofree char *recorded = NULL;
	g_autofree char *sum = NULL;

	if (!expected)
		return false;
	if (g_file_get_contents(stamp, &recorded, NULL, NULL) && strcmp(recorded, expected) == 0)
		return true;
	sum = verify_sha256(path, NULL, fetch->cancel, NULL);
	if (g_strcmp0(sum, sha256) == 0)
		return write_stamp(path, sha256, NULL);
	if (cancel_check(fetch->cancel, NULL))
		return false;
	log_warn("%s is damaged (SHA-256 %s, expected %s): fetching it again", path, sum ? sum : "unreadable", sha256);
	g_unlink(path);
	g_unlink(stamp);
	return false;
}

/* The whole file is at its place: out says so. place is taken over; NULL: it was there before. */
static bool done(Fetch *fetch, const SourceAlternative *alternative, char *place)
{
	SourceFetched *out = fetch->out;
	GStatBuf info;

	out->path = cached_path(fetch, alternative);
	out->sha256 = g_strdup(alternative->sha256);
	out->bytes = g_stat(out->path, &info) < 0 ? -1 : info.st_size;
	out->was_cached = !place;
	note(fetch, place ? place : place_of(alternative), NULL);
	return true;
}

static bool refuse(Fetch *fetch, const char *path, const char *sum, const char *expected, GError **error)
{
	fetch->out->refused = true;
	return error_set(error, KHOTEST_ERROR_FAILED, "%s has SHA-256 %s, expected %s", path, sum, expected);
}

/* Gives a verified file its name in the cache. */
static bool settle(Fetch *fetch, const SourceAlternative *alternative, const char *from, GError **error)
{
	g_autofree char *to = cached_path(fetch, alternative);

	if (g_rename(from, to) < 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot rename %s to %s", from, to);
	return write_stamp(to, alternative->sha256, error);
}

/* Verifies a download, and settles or removes it. */
static bool accept(Fetch *fetch, const SourceAlternative *alternative, const char *from, GError **error)
{
	g_autofree char *sum = verify_sha256(from, NULL, fetch->cancel, error);

	if (!sum)
		return false;
	if (strcmp(sum, alternative->sha256) == 0)
		return settle(fetch, alternative, from, error);
	g_unlink(from);
	return refuse(fetch, from, sum, alternative->sha256, error);
}

/* From a file that is the user's: a verified copy, and nothing is done to the file. */
static bool take_copy(Fetch *fetch, const SourceAlternative *alternative, const char *path, GError **error)
{
	g_autofree char *copy = partial_path(fetch, alternative);
	g_autofree char *half = g_strconcat(copy, ".copy", NULL);
	g_autofree char *sum = verify_sha256(path, half, fetch->cancel, error);

	if (!sum)
		return false;
	if (strcmp(sum, alternative->sha256) == 0)
		return settle(fetch, alternative, half, error);
	g_unlink(half);
	return refuse(fetch, path, sum, alternative->sha256, error);
}

static bool fetch_url(Fetch *fetch, const SourceAlternative *alternative, GError **error)
{
	g_autofree char *path = partial_path(fetch, alternative);
	g_autofree char *name = localsource_name(alternative);
	bool resumed = g_file_test(path, G_FILE_TEST_EXISTS);
	g_autoptr(GError) local = NULL;

	for (;;) {
		if (!fetchurl(alternative->where, path, name ? name : alternative->where, fetch->cancel, error))
			return false;
		if (accept(fetch, alternative, path, &local))
			return true;
		/* the part that was there before can be what is wrong, and is gone now */
		if (!resumed || g_file_test(path, G_FILE_TEST_EXISTS) || cancel_check(fetch->cancel, NULL))
			break;
		log_info("%s; it was resumed: fetching the whole", local->message);
		fetch->out->refused = false;
		resumed = false;
		g_clear_error(&local);
	}
	g_propagate_error(error, g_steal_pointer(&local));
	return false;
}

static bool fetch_apt(Fetch *fetch, const SourceAlternative *alternative, GError **error)
{
	bool binary = strcmp(alternative->kind, "debian-binary") == 0;
	g_autofree char *path = NULL;

	return aptsource_fetch(alternative->where, binary, alternative->sha256, fetch->partial, fetch->cancel, &path,
			       error) &&
	       accept(fetch, alternative, path, error);
}

/* kind=file: a path. A bare name is one for $KHOTEST_SOURCES, and that was searched before. */
static bool fetch_file(Fetch *fetch, const SourceAlternative *alternative, GError **error)
{
	if (!strchr(alternative->where, '/'))
		return error_set(error, KHOTEST_ERROR_FAILED, "%s",
				 setting_get("sources") ? "not in the folder KHOTEST_SOURCES"
							: "KHOTEST_SOURCES is not set");
	if (!g_file_test(alternative->where, G_FILE_TEST_IS_REGULAR))
		return error_set(error, KHOTEST_ERROR_FAILED, "there is no %s", alternative->where);
	return take_copy(fetch, alternative, alternative->where, error);
}

static bool try_alternative(Fetch *fetch, const SourceAlternative *alternative, GError **error)
{
	if (!alternative->sha256)
		return error_set(error, KHOTEST_ERROR_FAILED,
				 "skipped, since no checksum is recorded for it: add sha256= to %s/source",
				 fetch->source->folder);
	if (strcmp(alternative->kind, "file") == 0)
		return fetch_file(fetch, alternative, error);
	if (strcmp(alternative->kind, "url") == 0)
		return fetch_url(fetch, alternative, error);
	return fetch_apt(fetch, alternative, error);
}

/* One name in $KHOTEST_SOURCES. seen: "path sum" of the files that were looked at already. */
static bool try_local(Fetch *fetch, const SourceAlternative *alternative, const char *folder, const char *name,
		      GHashTable *seen)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autoptr(GError) local = NULL;

	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR) ||
	    !g_hash_table_add(seen, g_strdup_printf("%s %s", path, alternative->sha256)))
		return false;
	if (take_copy(fetch, alternative, path, &local))
		return done(fetch, alternative, g_strdup_printf("file %s", path));
	note(fetch, g_strdup_printf("file %s", path), local->message);
	return false;
}

/* All names that the tarball can have, in the folder that the user has for it. */
static bool search_folder(Fetch *fetch, const char *folder)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *all = NULL;

	for (guint i = 0; i < fetch->source->alternatives->len; i++) {
		const SourceAlternative *alternative = fetch->source->alternatives->pdata[i];
		char *name = alternative->sha256 ? localsource_name(alternative) : NULL;
		g_autofree char *cached =
			alternative->sha256 ? localsource_cached_name(fetch->source, alternative) : NULL;

		if (!name)
			continue;
		if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
			g_free(name);
		else
			g_ptr_array_add(names, name);
		if (try_local(fetch, alternative, folder, name, seen) ||
		    try_local(fetch, alternative, folder, cached, seen))
			return true;
	}
	if (g_hash_table_size(seen) == 0 && names->len) {
		g_autofree char *why = NULL;

		g_ptr_array_add(names, NULL);
		all = g_strjoinv(", ", (char **)names->pdata);
		why = g_strdup_printf("there is no %s", all);
		note(fetch, g_strdup_printf("folder %s", folder), why);
	}
	return false;
}

static bool search_cache(Fetch *fetch)
{
	for (guint i = 0; i < fetch->source->alternatives->len; i++) {
		const SourceAlternative *alternative = fetch->source->alternatives->pdata[i];
		g_autofree char *path = alternative->sha256 ? cached_path(fetch, alternative) : NULL;

		if (path && in_cache(fetch, path, alternative->sha256))
			return done(fetch, alternative, NULL);
	}
	return false;
}

/* What other alternatives have left half-done is of no use any more. */
static void remove_partials(Fetch *fetch)
{
	for (guint i = 0; i < fetch->source->alternatives->len; i++) {
		const SourceAlternative *alternative = fetch->source->alternatives->pdata[i];
		g_autofree char *path = alternative->sha256 ? partial_path(fetch, alternative) : NULL;

		if (path)
			g_unlink(path);
	}
}

static bool search_alternatives(Fetch *fetch, GError **error)
{
	for (guint i = 0; i < fetch->source->alternatives->len; i++) {
		const SourceAlternative *alternative = fetch->source->alternatives->pdata[i];
		g_autoptr(GError) local = NULL;

		if (try_alternative(fetch, alternative, &local)) {
			remove_partials(fetch);
			return done(fetch, alternative, place_of(alternative));
		}
		if (cancel_check(fetch->cancel, error))
			return false;
		/* the user's own mistake helps nobody further down the list */
		if (g_error_matches(local, KHOTEST_ERROR, KHOTEST_ERROR_INPUT)) {
			g_propagate_error(error, g_steal_pointer(&local));
			return false;
		}
		note(fetch, place_of(alternative), local->message);
	}
	return true;
}

static bool give_up(Fetch *fetch, GError **error)
{
	g_autoptr(GString) failures = g_string_new(NULL);

	for (guint i = 0; i < fetch->out->attempts->len; i++) {
		const SourceAttempt *attempt = fetch->out->attempts->pdata[i];

		g_string_append_printf(failures, "\n  %s: %s", attempt->place, attempt->why);
	}
	return error_set(error, fetch->out->refused ? KHOTEST_ERROR_FAILED : KHOTEST_ERROR_HOST,
			 "no source of Linux %s could be had:%s\n"
			 "Put the tarball into a folder and set KHOTEST_SOURCES to that, or give a tree with --tree",
			 fetch->source->version, failures->str);
}

static bool fetch_locked(Fetch *fetch, GError **error)
{
	const char *folder;

	if (search_cache(fetch))
		return true;
	if (cancel_check(fetch->cancel, error) || !localsource_folder(&folder, error) ||
	    !files_mkdirs(fetch->partial, error) ||
	    !hostguard_space(fetch->folder, SPACE_FOR_TARBALL, "the kernel source", error))
		return false;
	if (folder && search_folder(fetch, folder))
		return true;
	if (cancel_check(fetch->cancel, error) || !search_alternatives(fetch, error))
		return false;
	return fetch->out->path ? true : give_up(fetch, error);
}

bool source_fetch(const Source *source, const char *cache, GCancellable *cancel, SourceFetched *ret_fetched,
		  GError **error)
{
	g_autofree char *folder = g_build_filename(cache, "sources", NULL);
	g_autofree char *partial = g_build_filename(folder, "partial", NULL);
	g_autofree char *lock = g_build_filename(folder, "lock", NULL);
	Fetch fetch = { .source = source, .folder = folder, .partial = partial, .cancel = cancel, .out = ret_fetched };
	bool ok;
	int fd;

	*ret_fetched = (SourceFetched){ .bytes = -1, .attempts = g_ptr_array_new_with_free_func(attempt_free) };
	if (!files_mkdirs(folder, error))
		return false;
	fd = lock_wait(lock, "another khotest is fetching a source", cancel, error);
	if (fd < 0)
		return false;
	ok = fetch_locked(&fetch, error);
	close(fd);
	return ok;
}
