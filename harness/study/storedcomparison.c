// SPDX-License-Identifier: GPL-2.0-or-later
#include <study/storedcomparison.h>

#include <base/error.h>
#include <evaluate/key.h>
#include <string.h>

static Result *load_run(const StoredComparison *stored, const CompareRun *run)
{
	g_autofree char *runs = comparedir_file(stored->dir, COMPARE_RUNS);
	g_autofree char *path = g_build_filename(runs, run->run, NULL);
	g_autoptr(GError) error = NULL;
	Result *result = result_load(path, &error);

	if (!result)
		g_ptr_array_add(stored->notes,
				run->round ? g_strdup_printf("round %u, %s: %s", run->round,
							     stored->dir->series[run->side], error->message)
					   : g_strdup_printf("warm-up, %s: %s", stored->dir->series[run->side],
							     error->message));
	return result;
}

/* NULL if that side has no run in that round. */
static const CompareRun *find_run(const StoredComparison *stored, guint round, guint side)
{
	for (guint i = 0; i < stored->rounds->runs->len; i++) {
		const CompareRun *run = stored->rounds->runs->pdata[i];

		if (run->round == round && run->side == side)
			return run;
	}
	return NULL;
}

static void take_warm_ups(StoredComparison *stored)
{
	for (guint side = 0; side < stored->comparison->sides->len; side++) {
		const CompareRun *run = find_run(stored, 0, side);
		ComparisonSide *of = stored->comparison->sides->pdata[side];

		of->warm_up = run ? load_run(stored, run) : NULL;
	}
}

/* In what a round is of another thing than those before it. NULL: in nothing, or it was asked for all the same. */
static char *round_difference(const StoredComparison *stored, const GPtrArray *results)
{
	for (guint side = 0; side < results->len && !stored->comparison->anyway; side++) {
		const ComparisonSide *of = stored->comparison->sides->pdata[side];
		g_autofree char *difference = comparisonside_difference(of, results->pdata[side], NULL);

		if (difference)
			return g_strdup_printf("%s: %s", of->name, difference);
	}
	return NULL;
}

/*
 * All of it or nothing: runs are pairs by their place. What is not whole is noted; of one whose figures cannot be
 * compared it returns in what it differs, caller frees.
 */
static char *take_round(StoredComparison *stored, guint round)
{
	guint k = stored->comparison->sides->len;
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	char *difference;

	for (guint side = 0; side < k; side++) {
		const CompareRun *run = find_run(stored, round, side);
		Result *result = run ? load_run(stored, run) : NULL;

		if (!result) {
			g_ptr_array_add(
				stored->notes,
				g_strdup_printf("round %u is not whole (%s has no run that can be read): it does not "
						"count",
						round, stored->dir->series[side]));
			return NULL;
		}
		g_ptr_array_add(results, result);
	}
	difference = round_difference(stored, results);
	if (difference)
		return difference;
	for (guint side = 0; side < k; side++) {
		ComparisonSide *of = stored->comparison->sides->pdata[side];

		g_ptr_array_add(of->runs, results->pdata[side]);
		g_ptr_array_add(stored->kept, (gpointer)find_run(stored, round, side));
	}
	g_ptr_array_set_free_func(results, NULL);
	return NULL;
}

static void take_rounds(StoredComparison *stored)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	g_autofree char *first = NULL;
	guint others = 0;

	for (guint i = 0; i < stored->rounds->runs->len; i++) {
		const CompareRun *run = stored->rounds->runs->pdata[i];
		g_autofree char *difference = NULL;

		if (run->round && g_hash_table_add(seen, GUINT_TO_POINTER(run->round)))
			difference = take_round(stored, run->round);
		if (difference && !others++)
			first = g_strdup_printf("round %u, %s", run->round, difference);
	}
	if (others)
		g_ptr_array_add(stored->notes, key_left_out(others, "round", first));
}

char *storedcomparison_end(const StoredComparison *stored)
{
	const char *end = stored->rounds->end;
	guint rounds = comparison_rounds(stored->comparison);

	if (!end || strcmp(end, "cut-off") == 0)
		return g_strdup_printf("it was cut off: %u whole round%s", rounds, rounds == 1 ? "" : "s");
	if (strcmp(end, "budget") == 0)
		return g_strdup("the time was spent before the interval was as tight as it should be");
	return NULL;
}

guint storedcomparison_begun(const StoredComparison *stored)
{
	guint last = 0;

	for (guint i = 0; i < stored->rounds->runs->len; i++)
		last = MAX(last, ((const CompareRun *)stored->rounds->runs->pdata[i])->round);
	return last;
}

StoredComparison *storedcomparison_load(const char *path, GError **error)
{
	g_autoptr(CompareDir) dir = comparedir_open(path, false, error);
	g_autoptr(StoredComparison) stored = NULL;
	bool any = false;
	char *end;

	if (!dir)
		return NULL;
	stored = g_new0(StoredComparison, 1);
	stored->rounds = comparedir_rounds(dir);
	stored->comparison = comparison_new((const char *const *)dir->series);
	stored->comparison->anyway = dir->anyway;
	stored->dir = g_steal_pointer(&dir);
	stored->kept = g_ptr_array_new();
	stored->notes = g_ptr_array_copy(stored->rounds->notes, (GCopyFunc)(GCallback)g_strdup, NULL);
	g_ptr_array_set_free_func(stored->notes, g_free);
	take_warm_ups(stored);
	take_rounds(stored);
	end = storedcomparison_end(stored);
	if (end)
		g_ptr_array_add(stored->notes, end);
	for (guint side = 0; side < stored->comparison->sides->len; side++) {
		const ComparisonSide *of = stored->comparison->sides->pdata[side];

		any |= of->warm_up || of->runs->len;
	}
	if (!any) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s has no run that came to its end and can be read%s%s", path,
			  stored->notes->len > 1 ? ": " : "",
			  stored->notes->len > 1 ? (const char *)stored->notes->pdata[0] : "");
		return NULL;
	}
	return g_steal_pointer(&stored);
}

void storedcomparison_free(StoredComparison *stored)
{
	if (!stored)
		return;
	comparison_free(stored->comparison);
	comparerounds_free(stored->rounds);
	comparedir_free(stored->dir);
	g_ptr_array_unref(stored->kept);
	g_ptr_array_unref(stored->notes);
	g_free(stored);
}

guint storedcomparison_round(const StoredComparison *stored, guint place)
{
	return ((const CompareRun *)stored->kept->pdata[place * stored->comparison->sides->len])->round;
}

GPtrArray *storedcomparison_results(const StoredComparison *stored)
{
	GPtrArray *results = g_ptr_array_new();
	guint k = stored->comparison->sides->len;

	for (guint round = 0; round < comparison_rounds(stored->comparison); round++)
		for (guint position = 0; position < stored->rounds->runs->len; position++)
			for (guint side = 0; side < k; side++) {
				const CompareRun *run = stored->kept->pdata[round * k + side];
				const ComparisonSide *of = stored->comparison->sides->pdata[side];

				if (run->position == position)
					g_ptr_array_add(results, of->runs->pdata[round]);
			}
	return results;
}

char *storedcomparison_name(const StoredComparison *stored, guint side)
{
	guint nth = 1;

	for (guint i = 0; i < side; i++)
		nth += strcmp(stored->dir->series[i], stored->dir->series[side]) == 0;
	return nth > 1 ? g_strdup_printf("%s (%u)", stored->dir->series[side], nth)
		       : g_strdup(stored->dir->series[side]);
}
