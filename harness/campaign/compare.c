// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/compare.h>

#include <base/error.h>
#include <base/json.h>
#include <base/log.h>
#include <base/units.h>
#include <campaign/outline.h>
#include <campaign/rounds.h>
#include <campaign/side.h>
#include <store/begun.h>
#include <study/storedcomparison.h>

void comparespec_clear(CompareSpec *spec)
{
	g_clear_pointer(&spec->memory, g_free);
}

/*
 * Of one side; where runs are many, what is asked of the folder of the comparison holds for theirs below it. The
 * request points into what comes back.
 */
static ChainLink *request_of(const CompareSpec *spec, const char *word, RunRequest *ret_request, GError **error)
{
	*ret_request = spec->request;
	if (spec->path || spec->parent)
		ret_request->output = spec->path ? spec->path : spec->parent;
	return side_apply(word, spec->paths->patches, ret_request, error);
}

bool compare_check(CompareSpec *spec, GError **error)
{
	for (char **series = spec->series; *series; series++) {
		RunRequest request;
		g_autoptr(ChainLink) link = request_of(spec, *series, &request, error);
		g_autoptr(Prepared) prepared = link ? request_resolve(&request, spec->paths, error) : NULL;

		if (!prepared || !request_check(&request, spec->paths, prepared, error))
			return false;
		/* the first decides the size */
		if (!request.guest.numa)
			spec->request.guest.memory_bytes = prepared->plan->guest.memory_bytes;
		g_free(spec->memory);
		spec->memory = units_format_size(prepared->plan->guest.memory_bytes);
	}
	return true;
}

/* One document of several. */
static char *plans_to_json(GPtrArray *plans)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_begin_array(b, "plans");
	for (guint i = 0; i < plans->len; i++)
		json_builder_add_value(b, json_from_string(plans->pdata[i], NULL));
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, true);
}

char *compare_outline(const CompareSpec *spec, bool json, GError **error)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);

	for (char **series = spec->series; *series; series++) {
		RunRequest request;
		g_autoptr(ChainLink) link = request_of(spec, *series, &request, error);
		char *text = link ? outline_run(spec->paths, &request, json, error) : NULL;

		if (!text)
			return NULL;
		g_ptr_array_add(all, text);
	}
	if (json)
		return plans_to_json(all);
	g_ptr_array_add(all, NULL);
	return g_strjoinv("\n", (char **)all->pdata);
}

GPtrArray *compare_once(const CompareSpec *spec, GError **error)
{
	g_autoptr(Executor) executor = executor_of_thread(spec->paths, spec->request.cancel);
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);

	for (char **series = spec->series; *series; series++) {
		RunRequest request;
		g_autoptr(ChainLink) link = request_of(spec, *series, &request, error);
		Result *result = link ? rounds_run_one(executor, &request, *series, error) : NULL;

		if (!result)
			return NULL;
		g_ptr_array_add(results, result);
	}
	return g_steal_pointer(&results);
}

/* What is there already: nothing, or with resume all that came to its end. */
typedef struct {
	CompareDir *dir;
	StoredComparison *stored; /* or NULL */
	Comparison *comparison;	  /* its own, if it is not stored's */
	guint round;		  /* the last that was begun */
} Beginning;

static void beginning_clear(Beginning *beginning)
{
	if (beginning->stored)
		storedcomparison_free(beginning->stored);
	else
		comparison_free(beginning->comparison);
	comparedir_free(beginning->dir);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Beginning, beginning_clear)

static bool begin_anew(const CompareSpec *spec, Beginning *beginning, GError **error)
{
	const char *const *names = (const char *const *)spec->series;
	g_autofree char *path = spec->path ? g_strdup(spec->path) : comparedir_name(spec->parent, names, spec->memory);
	g_autofree char *json = NULL;

	beginning->dir = comparedir_create(path, names, spec->request.asked, spec->anyway, error);
	beginning->comparison = comparison_new(names);
	json = beginning->dir ? comparedir_file(beginning->dir, COMPARE_JSON) : NULL;
	return json && begun_note(spec->paths->cache, json, error);
}

static bool begin_again(const char *path, Beginning *beginning, GError **error)
{
	beginning->dir = comparedir_open(path, true, error);
	beginning->stored = beginning->dir ? storedcomparison_load(path, error) : NULL;
	if (!beginning->stored)
		return false;
	beginning->comparison = beginning->stored->comparison;
	beginning->round = storedcomparison_begun(beginning->stored);
	log_info("%u whole rounds are there", comparison_rounds(beginning->comparison));
	return true;
}

bool compare_often(const CompareSpec *spec, char **ret_path, GError **error)
{
	g_auto(Beginning) beginning = { 0 };
	g_autoptr(Executor) executor = NULL;
	Rounds rounds;

	*ret_path = NULL;
	if (spec->resume ? !begin_again(spec->path, &beginning, error) : !begin_anew(spec, &beginning, error))
		return false;
	*ret_path = g_strdup(beginning.dir->path);
	log_info("comparison: %s", *ret_path);
	beginning.comparison->conditions = spec->conditions;
	executor = executor_of_thread(spec->paths, spec->request.cancel);
	rounds = (Rounds){ .request = spec->request,
			   .patches = spec->paths->patches,
			   .executor = executor,
			   .dir = beginning.dir,
			   .comparison = beginning.comparison,
			   .round = beginning.round,
			   .stopping = spec->stopping };
	if (rounds_run(&rounds, error))
		return true;
	/* what was refused for being another kernel, or sides on different machines, stays refused */
	if (error && *error && !g_error_matches(*error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT))
		g_prefix_error(error, "the comparison is not done ('khotest compare --resume %s' goes on with it): ",
			       *ret_path);
	return false;
}

/* As of a matrix: an error, then an expectation not met, then what could not be judged here. */
static guint gravity(VerdictKind outcome)
{
	static const guint gravities[] = {
		[VERDICT_PASS] = 0, [VERDICT_SKIP] = 1, [VERDICT_FAIL] = 2, [VERDICT_ERROR] = 3
	};

	return gravities[outcome];
}

/* The graver of the two. */
static VerdictKind graver(VerdictKind outcome, const Result *result)
{
	VerdictKind one = result->verdict->kind;

	if (result_as_expected(result))
		one = VERDICT_PASS;
	else if (one == VERDICT_PASS)
		one = VERDICT_FAIL;
	return gravity(one) > gravity(outcome) ? one : outcome;
}

VerdictKind compare_outcome_of(const GPtrArray *results)
{
	VerdictKind outcome = VERDICT_PASS;

	for (guint i = 0; i < results->len; i++)
		outcome = graver(outcome, results->pdata[i]);
	return outcome;
}

VerdictKind compare_outcome(const Comparison *comparison)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new();

	for (guint i = 0; i < comparison->sides->len; i++) {
		g_autoptr(GPtrArray) results = comparisonside_results(comparison->sides->pdata[i]);

		g_ptr_array_extend(all, results, NULL, NULL);
	}
	return compare_outcome_of(all);
}
