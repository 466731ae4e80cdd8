// SPDX-License-Identifier: GPL-2.0-or-later
#include "nightparts.h"

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>

#include <string.h>

void nights_free(Nights *nights)
{
	if (!nights)
		return;
	g_ptr_array_unref(nights->verdicts);
	g_ptr_array_unref(nights->nights);
	g_free(nights);
}

const NightVerdict *nights_last(const Nights *nights)
{
	return nights->verdicts->len ? nights->verdicts->pdata[nights->verdicts->len - 1] : NULL;
}

const NightVerdict *nights_find(const Nights *nights, const char *id)
{
	for (guint i = 0; i < nights->verdicts->len; i++) {
		const NightVerdict *verdict = nights->verdicts->pdata[i];

		if (strcmp(verdict->night->facts->id, id) == 0)
			return verdict;
	}
	return NULL;
}

/* From summary.json, if it was made by this build of khotest (maker) or nothing better can be had. */
static Night *from_summary(const char *path, NightFacts *facts, const char *maker, bool any)
{
	g_autofree char *name = night_file(path, NIGHT_SUMMARY), *by = NULL;
	g_autoptr(GBytes) bytes = files_read(name, NULL);
	Night *night;

	if (!bytes) {
		nightfacts_free(facts);
		return NULL;
	}
	night = night_from_summary(facts, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), name, &by,
				   NULL);
	if (night && !any && g_strcmp0(by, maker) != 0)
		g_clear_pointer(&night, night_free);
	return night;
}

/* The night in that folder, by its run directories; its summary is written. */
static Night *judge_again(const char *path, const char *maker, GError **error)
{
	g_autofree char *matrix = night_file(path, NIGHT_MATRIX), *summary = NULL;
	g_autoptr(NightFacts) facts = night_read(path, error);
	g_autoptr(MatrixResult) result = NULL;
	Night *night;

	if (!facts)
		return NULL;
	if (matrixdir_is(matrix)) {
		result = matrixresult_load(matrix, error);
		if (!result)
			return NULL;
	}
	night = night_new(g_steal_pointer(&facts), result);
	summary = night_to_summary(night, maker);
	/* a night that goes on has no summary yet; and one that cannot be written is made again next time */
	if (night->facts->ended)
		night_write(path, NIGHT_SUMMARY, summary, NULL);
	return night;
}

/* Whether the runs of its matrix are there, from which all can be told again. */
static bool has_runs(const char *path)
{
	g_autofree char *runs = night_file(path, NIGHT_RUNS);
	g_autoptr(GDir) dir = g_dir_open(runs, 0, NULL);

	return dir && g_dir_read_name(dir);
}

static Night *load_one(const char *path, const char *maker, GError **error)
{
	NightFacts *facts = night_read(path, error);
	bool runs = facts && has_runs(path);
	Night *night = facts ? from_summary(path, facts, maker, !runs) : NULL;

	if (!facts)
		return NULL;
	return night ? night : judge_again(path, maker, error);
}

Nights *nights_load(const char *parent, GCancellable *cancel, GError **error)
{
	g_auto(GStrv) ids = nights_list(parent);
	/* which build of khotest judges */
	g_autofree char *maker = files_sha256("/proc/self/exe", error);
	g_autoptr(Nights) nights = NULL;

	if (!maker)
		return NULL;
	nights = g_new0(Nights, 1);
	nights->nights = g_ptr_array_new_with_free_func((GDestroyNotify)night_free);
	nights->verdicts = g_ptr_array_new();
	for (char **id = ids; *id; id++) {
		g_autofree char *path = g_build_filename(parent, *id, NULL);
		g_autoptr(GError) local = NULL;
		Night *night;

		if (cancel_check(cancel, error))
			return NULL;
		night = load_one(path, maker, &local);
		if (night)
			g_ptr_array_add(nights->nights, night);
		else
			log_warn("the night %s is left out: %s", path, local->message);
	}
	g_ptr_array_unref(nights->verdicts);
	nights->verdicts = nightverdicts_of(nights->nights);
	return g_steal_pointer(&nights);
}

bool nightly_accept(const char *parent, const char *id, GError **error)
{
	g_autofree char *path = g_build_filename(parent, id, NULL);
	g_autoptr(NightFacts) facts = NULL;
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();

	if (strchr(id, '/') || *id == '.')
		return error_set(error, KHOTEST_ERROR_INPUT, "--accept takes the name of a night, such as 2026-11-28");
	facts = night_read(path, error);
	if (!facts)
		return false;
	if (!facts->ended)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "the night %s was cut off, and says nothing that could be accepted", id);
	facts->accepted = g_date_time_format_iso8601(now);
	return night_keep(path, facts, error);
}
