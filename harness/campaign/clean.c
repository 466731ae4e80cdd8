// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/clean.h>

#include <base/cancel.h>
#include <base/files.h>
#include <base/log.h>
#include <base/units.h>
#include <base/usage.h>
#include <build/cache.h>
#include <store/nightfacts.h>
#include <store/results.h>
#include <study/night.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_S G_GINT64_CONSTANT(1000000000)
/* What is on its way out: nobody finds it by its name any more. */
#define LEAVING ".old"

static const struct {
	const char *what, *folder;
} result_kinds[] = { { "runs", RUNS_FOLDER },
		     { "matrices", MATRICES_FOLDER },
		     { "comparisons", COMPARISONS_FOLDER },
		     { "sweeps", SWEEPS_FOLDER },
		     { "bisections", BISECTIONS_FOLDER } };

/* One kind at work. */
typedef struct {
	const CleanSpec *spec;
	Cleaned *cleaned;
	gint64 before; /* seconds since 1970: what is older goes */
} Work;

/* In two steps, of which the first is at once: whoever looks finds it whole, or not at all. */
static bool take_away(const char *path)
{
	g_autofree char *leaving = g_str_has_suffix(path, LEAVING) ? g_strdup(path) : g_strconcat(path, LEAVING, NULL);
	g_autoptr(GError) local = NULL;

	if (strcmp(path, leaving) != 0 && (!files_remove_tree(leaving, &local) || g_rename(path, leaving) < 0)) {
		log_warn("%s cannot be removed: %s", path, local ? local->message : g_strerror(errno));
		return false;
	}
	if (files_remove_tree(leaving, &local))
		return true;
	log_warn("%s cannot be removed: %s", leaving, local->message);
	return false;
}

/*
 * What is held by whoever is at work: the lock in a matrix, a comparison, a sweep or a bisection, whose name says when
 * it was begun, and not for how long it is at work; and those beside a tree, a build or a repository of the cache, in
 * the order in which they are taken there.
 */
static const char *const locks[] = { "/lock", ".lock", ".import-lock", ".build-lock" };

/* Takes those that there are. False: another khotest has one. held: int, to be closed. */
static bool hold(const char *path, GArray *held)
{
	for (gsize i = 0; i < G_N_ELEMENTS(locks); i++) {
		g_autofree char *name = g_strconcat(path, locks[i], NULL);
		g_autoptr(GError) local = NULL;
		int lock;

		if (!g_file_test(name, G_FILE_TEST_IS_REGULAR))
			continue;
		lock = files_lock(name, false, &local);
		if (lock < 0 && !local)
			return false;
		if (lock >= 0)
			g_array_append_val(held, lock);
	}
	return true;
}

/* Of what is old enough. */
static void let_go(Work *work, const char *path, guint64 bytes)
{
	Cleaned *cleaned = work->cleaned;
	g_autoptr(GArray) held = g_array_new(FALSE, FALSE, sizeof(int));

	if (!hold(path, held)) {
		log_info("%s stays: another khotest is at work on it", path);
	} else if (!work->spec->dry && !take_away(path)) {
		cleaned->stuck++;
	} else {
		log_detail("%s %s", work->spec->dry ? "would remove" : "removed", path);
		cleaned->gone++;
		cleaned->freed += bytes;
	}
	for (guint i = 0; i < held->len; i++)
		close(g_array_index(held, int, i));
}

/* used: seconds since 1970; -1: as its time of change says. */
static bool look_at(Work *work, const char *path, gint64 used, GError **error)
{
	Cleaned *cleaned = work->cleaned;
	g_autoptr(GError) local = NULL;
	Usage usage;

	if (!usage_read(path, work->spec->cancel, &usage, &local))
		/* gone since the folder was listed; or it is not to go on */
		return !cancel_check(work->spec->cancel, error);
	if (used < 0)
		used = usage.used;
	cleaned->there++;
	log_progress_update("%s, %u looked at", cleaned->what, cleaned->there);
	cleaned->bytes += usage.bytes;
	if (!cleaned->oldest || used < cleaned->oldest)
		cleaned->oldest = used;
	if (used < work->before)
		let_go(work, path, usage.bytes);
	return true;
}

static Work work_on(const CleanSpec *spec, GPtrArray *all, const char *what, gint64 least_ns)
{
	Cleaned *cleaned = g_new0(Cleaned, 1);

	cleaned->what = what;
	g_ptr_array_add(all, cleaned);
	return (Work){ spec, cleaned, g_get_real_time() / G_USEC_PER_SEC - MAX(spec->keep_ns, least_ns) / NS_PER_S };
}

/* Locks stay: another khotest may hold one, and who came later would hold another of the same name. */
static bool is_lock(const char *name)
{
	return g_str_has_suffix(name, ".lock") || g_str_has_suffix(name, "-lock");
}

static bool clean_cache(const CleanSpec *spec, GPtrArray *all, GError **error)
{
	for (const CacheKind *kind = cache_kinds; kind->what; kind++) {
		g_autofree char *folder = g_build_filename(spec->cache, kind->folder, NULL);
		g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
		/* a run goes by what was found when it began: a day is more than any lasts */
		Work work = work_on(spec, all, kind->what, NS_PER_DAY);
		const char *name;

		while (dir && (name = g_dir_read_name(dir))) {
			g_autofree char *path = g_build_filename(folder, name, NULL);

			if (!is_lock(name) && !look_at(&work, path, -1, error))
				return false;
		}
	}
	return true;
}

static bool clean_results(const CleanSpec *spec, GPtrArray *all, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(result_kinds); i++) {
		g_autofree char *folder = g_build_filename(spec->results, result_kinds[i].folder, NULL);
		g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
		Work work = work_on(spec, all, result_kinds[i].what, 0);
		const char *name;

		while (dir && (name = g_dir_read_name(dir))) {
			g_autofree char *path = g_build_filename(folder, name, NULL);
			gint64 begun = results_begun(name);

			if (begun >= 0 && !look_at(&work, path, begun, error))
				return false;
		}
	}
	return true;
}

/* What a night found stays, in its summary; its run directories go. */
static bool clean_nights(const CleanSpec *spec, GPtrArray *all, GError **error)
{
	g_auto(GStrv) ids = nights_list(spec->nights);
	Work work = work_on(spec, all, "runs of nights", 0);

	for (char **id = ids; *id; id++) {
		g_autofree char *path = g_build_filename(spec->nights, *id, NULL);
		g_autoptr(NightFacts) facts = night_read(path, NULL);
		g_autofree char *summary = night_file(path, NIGHT_SUMMARY), *runs = night_file(path, NIGHT_RUNS);
		g_autofree char *leaving = g_strconcat(runs, LEAVING, NULL);
		g_autoptr(GDateTime) begun = facts ? g_date_time_new_from_iso8601(facts->begun, NULL) : NULL;

		if (begun && facts->ended && g_file_test(summary, G_FILE_TEST_EXISTS) &&
		    (!look_at(&work, runs, g_date_time_to_unix(begun), error) || !look_at(&work, leaving, 0, error)))
			return false;
	}
	return true;
}

/* What came of it, in all kinds together. Caller frees. */
static char *sum_of(const GPtrArray *all, bool dry)
{
	g_autofree char *size = NULL;
	guint64 freed = 0;
	guint gone = 0, stuck = 0;

	for (guint i = 0; i < all->len; i++) {
		const Cleaned *one = all->pdata[i];

		freed += one->freed;
		gone += one->gone;
		stuck += one->stuck;
	}
	size = units_format_size_about(freed);
	if (gone)
		return g_strdup_printf("%u %s, %s", gone, dry ? "would be removed" : "removed", size);
	return g_strdup(stuck ? "nothing was removed" : "nothing to be removed");
}

GPtrArray *clean_make(const CleanSpec *spec, GError **error)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *sum = NULL;

	log_progress_begin("looking for what is old");
	if ((spec->results && !clean_results(spec, all, error)) || (spec->nights && !clean_nights(spec, all, error)) ||
	    (spec->cache && !clean_cache(spec, all, error))) {
		log_progress_end("%s", cancel_outcome(spec->cancel, false));
		return NULL;
	}
	sum = sum_of(all, spec->dry);
	log_progress_end("%s", sum);
	for (guint i = all->len; i-- > 0;)
		if (!((Cleaned *)all->pdata[i])->there)
			g_ptr_array_remove_index(all, i);
	return g_steal_pointer(&all);
}
