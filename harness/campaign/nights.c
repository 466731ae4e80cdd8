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

/* From that summary.json. ret_maker: by which build of khotest; caller frees. */
static Night *from_summary(const char *path, const char *summary, char **ret_maker, GError **error)
{
	g_autoptr(GBytes) bytes = files_read(summary, error);
	NightFacts *facts = bytes ? night_read(path, error) : NULL;

	if (!facts)
		return NULL;
	return night_from_summary(facts, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), summary,
				  ret_maker, error);
}

/* Whether all of its runs are there, from which it can be told again. */
static bool has_all_runs(const MatrixResult *matrix)
{
	for (guint i = 0; i < matrix->cells->len; i++) {
		const MatrixCell *cell = matrix->cells->pdata[i];

		for (guint j = 0; j < cell->attempts->len; j++) {
			const MatrixAttempt *attempt = cell->attempts->pdata[j];

			if (attempt->attempt->run && !attempt->result)
				return false;
		}
	}
	return true;
}

/*
 * The night in that folder, by its run directories; its summary is written. has_summary: there is one, which takes all
 * runs to be replaced: of those that are gone it is all that is left.
 */
static Night *judge_again(const char *path, const char *maker, bool has_summary, GError **error)
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
	if (has_summary && !(result && has_all_runs(result))) {
		error_set(error, KHOTEST_ERROR_FAILED, "run directories of %s are gone", path);
		return NULL;
	}
	night = night_new(g_steal_pointer(&facts), result);
	summary = night_to_summary(night, maker);
	/* a night that goes on has no summary yet; and one that cannot be written is made again next time */
	if (night->facts->ended)
		night_write(path, NIGHT_SUMMARY, summary, NULL);
	return night;
}

/* Its summary, if this build of khotest (maker) made it, or not all of its runs are there to make it anew. */
static Night *load_one(const char *path, const char *maker, GError **error)
{
	g_autofree char *summary = night_file(path, NIGHT_SUMMARY), *by = NULL;
	bool has_summary = g_file_test(summary, G_FILE_TEST_EXISTS);
	g_autoptr(GError) unusable = NULL;
	g_autoptr(Night) kept = has_summary ? from_summary(path, summary, &by, &unusable) : NULL;
	Night *night;

	if (kept && g_strcmp0(by, maker) == 0)
		return g_steal_pointer(&kept);
	night = judge_again(path, maker, has_summary, has_summary ? NULL : error);
	if (!night && unusable)
		g_propagate_error(error, g_steal_pointer(&unusable));
	return night ? night : g_steal_pointer(&kept);
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
