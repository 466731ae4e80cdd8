// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/bisect.h>

#include "bisectplaces.h"

#include <base/error.h>
#include <base/log.h>
#include <campaign/executor.h>
#include <evaluate/key.h>
#include <store/begun.h>

#include <string.h>

/* So many places in a row that the host or the harness kept from a verdict: the next would not be judged either. */
#define HOST_STEPS_MOST 3

/* What all steps need. */
typedef struct {
	const BisectSpec *spec;
	RunRequest request; /* of each run: what was left open is as it was in the first */
	Places *places;
	Bisection *bisection;
	Executor *executor;
	char *runs;	/* where run directories go */
	GPtrArray *key; /* of the first run that was judged, if figures are compared; NULL: there is none yet */
	BisectScale scale;
	guint host_steps; /* the last so many places in a row */
} Work;

static bool is_exact(const Work *work)
{
	return figure_is_counted(work->spec->rule.metric->figure);
}

/* What keeps a place from being judged, in a line. */
static char *first_line(const char *text)
{
	return g_strndup(text, strcspn(text, "\n"));
}

/* A commit may well change the configuration: that is what it is looked at for. Caller unrefs. */
static GPtrArray *key_of(const Result *result)
{
	GPtrArray *key = result_key(result);

	key_forget(key, KEY_CONFIGURATION);
	return key;
}

/* Whatever came first says how large the machine is where nobody did, and what figures are held together. */
static void learn(Work *work, const Result *result)
{
	Machine *guest = &work->request.guest;
	bool sized = guest->numa && guest->numa[0] && !machine_numa_is_count(guest);

	if (result->plan && !guest->memory_bytes && !sized)
		guest->memory_bytes = result->plan->guest.memory_bytes;
	if (work->spec->rule.metric && !work->key && verdict_kind_judged(result->verdict->kind))
		work->key = key_of(result);
}

/* The same of runs that are there already. */
static void learn_again(Work *work)
{
	const GPtrArray *steps = work->bisection->steps;

	for (guint i = 0; i < steps->len; i++) {
		const BisectStep *step = steps->pdata[i];

		for (guint j = 0; j < step->runs->len; j++) {
			g_autofree char *path = g_build_filename(work->runs, step->runs->pdata[j], NULL);
			g_autoptr(Result) result = result_load(path, NULL);

			if (result)
				learn(work, result);
			if (work->key || (result && !work->spec->rule.metric))
				return;
		}
	}
}

/* Figures of another machine say nothing of the kernel. */
static bool check_key(const Work *work, const BisectStep *step, const Result *result, GError **error)
{
	g_autoptr(GPtrArray) key = key_of(result);
	g_autofree char *difference = key_difference(work->key, key), *label = NULL;

	if (!difference)
		return true;
	label = places_label(work->places, step->at);
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "figures of different things cannot be compared: the first run and that of %s: %s; bisect "
			 "it anew, or go on (--resume) where it is as it was",
			 label, difference);
}

/* One run of that place, into the step. NULL if there is no result: the step says why, or it was cancelled. */
static RunOutcome *run_one(Work *work, BisectStep *step, GError **error)
{
	g_autoptr(RunOutcome) outcome = NULL;
	g_autofree char *named = NULL;
	RunRequest request = work->request;

	request.output = work->runs;
	named = places_request(work->places, step->at, &request, error);
	if (!named)
		return NULL;
	executor_start(work->executor, &request, NULL);
	while (!outcome)
		outcome = executor_take(work->executor, G_USEC_PER_SEC);
	if (outcome->run)
		g_ptr_array_add(step->runs, g_strdup(outcome->run));
	if (outcome->result) {
		learn(work, outcome->result);
		return g_steal_pointer(&outcome);
	}
	if (outcome->cut_off || !outcome->error) {
		g_propagate_error(error, g_steal_pointer(&outcome->error));
		return NULL;
	}
	g_free(step->why);
	step->why = first_line(outcome->error->message);
	step->kind = BISECT_SKIP;
	step->unjudged = true;
	step->host = g_error_matches(outcome->error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
	return NULL;
}

/* Whether it was the host or the harness that kept a run from a verdict; other ERRORs are the commit's, and final. */
static bool is_of_host(const Verdict *verdict)
{
	static const char *const reasons[] = {
		"host-cannot", "harness-failed", "emulator-crashed", "emulator-stuck", "interrupted", "incomplete", NULL
	};

	for (guint i = 0; i < verdict->reasons->len; i++)
		if (g_strv_contains(reasons, ((const Reason *)verdict->reasons->pdata[i])->id))
			return true;
	return verdict->kind == VERDICT_SKIP;
}

/* What the run says of its place, into the step. Whether it was judged. */
static bool classify(const Work *work, BisectStep *step, const RunOutcome *outcome)
{
	g_clear_pointer(&step->why, g_free);
	step->kind = bisect_classify(&work->spec->rule, outcome->result, &step->why);
	step->unjudged = !verdict_kind_judged(outcome->outcome);
	step->host = step->unjudged && is_of_host(outcome->result->verdict);
	return !step->unjudged;
}

/* By verdict: one bad run is enough; good are so many as were asked for. */
static bool judge_by_verdict(Work *work, BisectStep *step, GError **error)
{
	step->kind = BISECT_GOOD;
	for (guint i = 0; i < work->spec->repeat && step->kind == BISECT_GOOD; i++) {
		g_autoptr(GError) local = NULL;
		g_autoptr(RunOutcome) outcome = run_one(work, step, &local);

		if (local) {
			g_propagate_error(error, g_steal_pointer(&local));
			return false;
		}
		if (!outcome)
			return true;
		classify(work, step, outcome);
	}
	return true;
}

/* One more value; false: there is none, and the step says why, or the error is set. */
static bool measure(Work *work, BisectStep *step, GError **error)
{
	g_autoptr(RunOutcome) outcome = run_one(work, step, error);
	const Metric *metric = work->spec->rule.metric;
	double value;

	if (!outcome)
		return false;
	/* what the host did to a run, it did to its figures */
	if (!classify(work, step, outcome) || !check_key(work, step, outcome->result, error))
		return false;
	value = (double)metric_value(metric, outcome->result);
	if (value < 0) {
		g_free(step->why);
		step->why = g_strdup_printf("%s, and no %s in it", verdict_kind_name(outcome->outcome), metric->id);
		step->kind = BISECT_SKIP;
		return false;
	}
	g_array_append_val(step->values, value);
	return true;
}

static void say_median(const Work *work, BisectStep *step)
{
	double median = statistics_median((const double *)step->values->data, step->values->len);
	g_autofree char *words = metric_format(work->spec->rule.metric, median);

	g_free(step->why);
	step->why = g_strdup_printf("%s, %u run%s", words, step->values->len, step->values->len == 1 ? "" : "s");
}

/* By a figure, between the ends: as many runs as it takes to say on which side of the middle it lies. */
static bool judge_by_figure(Work *work, BisectStep *step, GError **error)
{
	guint most = is_exact(work) ? 1 : BISECT_RUNS_MOST;
	g_autoptr(GError) local = NULL;

	step->kind = BISECT_SKIP;
	while (step->kind == BISECT_SKIP && step->values->len < most) {
		if (!measure(work, step, &local)) {
			if (local)
				g_propagate_error(error, g_steal_pointer(&local));
			return !error || !*error;
		}
		step->kind = bisectscale_side(&work->scale, step->values);
	}
	say_median(work, step);
	if (step->kind == BISECT_SKIP) {
		g_autofree char *words = g_steal_pointer(&step->why);

		step->why = g_strdup_printf("%s: too near to the middle to tell", words);
	}
	return true;
}

/* An end, whose side is what is said of it. */
static bool measure_end(Work *work, BisectStep *step, BisectKind kind, GError **error)
{
	guint runs = is_exact(work) ? 1 : BISECT_RUNS_END;
	g_autoptr(GError) local = NULL;

	for (guint i = 0; i < runs; i++)
		if (!measure(work, step, &local)) {
			if (local)
				g_propagate_error(error, g_steal_pointer(&local));
			return !local && (!error || !*error);
		}
	step->kind = kind;
	say_median(work, step);
	return true;
}

static bool keep(Work *work, BisectStep *step, GError **error)
{
	log_info("  %s: %s", bisectkind_name(step->kind), step->why);
	if (!bisectdir_note(work->bisection->dir, step, error))
		return false;
	g_ptr_array_add(work->bisection->steps, step);
	return true;
}

/* An end that is not what it was said to be is no end. */
static bool check_end(const Work *work, const BisectStep *step, BisectKind kind, GError **error)
{
	g_autofree char *label = NULL;

	if (step->kind == kind)
		return true;
	label = places_label(work->places, step->at);
	if (step->unjudged)
		return error_set(error, KHOTEST_ERROR_FAILED, "the %s end, %s, could not be judged: %s",
				 bisectkind_name(kind), label, step->why ? step->why : "-");
	return error_set(error, KHOTEST_ERROR_INPUT, "the %s end, %s, is not %s: %s; choose another one",
			 bisectkind_name(kind), label, bisectkind_name(kind), step->why ? step->why : "-");
}

static bool try_end(Work *work, const char *at, BisectKind kind, GError **error)
{
	const BisectStep *known = bisect_step_at(work->bisection->steps, at);
	g_autoptr(BisectStep) step = NULL;
	g_autofree char *label = NULL;
	bool done;

	if (known && known->kind == kind)
		return true;
	step = bisectstep_new(at);
	label = places_label(work->places, at);
	log_info("the %s end: %s", bisectkind_name(kind), label);
	done = work->spec->rule.metric ? measure_end(work, step, kind, error) : judge_by_verdict(work, step, error);
	return done && check_end(work, step, kind, error) && keep(work, g_steal_pointer(&step), error);
}

/* By a figure both ends are measured. By a verdict the good one is believed until the answer rests on it: search(). */
static bool try_ends(Work *work, GError **error)
{
	const BisectDir *dir = work->bisection->dir;
	const BisectStep *good, *bad;

	if (!work->spec->rule.metric)
		return try_end(work, dir->bad, BISECT_BAD, error);
	if (!try_end(work, dir->good, BISECT_GOOD, error) || !try_end(work, dir->bad, BISECT_BAD, error))
		return false;
	good = bisect_step_at(work->bisection->steps, dir->good);
	bad = bisect_step_at(work->bisection->steps, dir->bad);
	if (!bisectscale_make(&work->spec->rule, good->values, bad->values, &work->scale, error))
		return false;
	if (bisectscale_side(&work->scale, good->values) != BISECT_GOOD ||
	    bisectscale_side(&work->scale, bad->values) != BISECT_BAD)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s scatters too much to tell the ends apart (%s; %s): count instructions with --mode "
				 "counted, or "
				 "use a quieter host",
				 work->spec->rule.metric->title, good->why, bad->why);
	return true;
}

static bool is_end(const Work *work, const char *at)
{
	return strcmp(at, work->bisection->dir->good) == 0 || strcmp(at, work->bisection->dir->bad) == 0;
}

/* One that the host or the harness kept from a verdict may be alone; more in a row say that it goes on like this. */
static bool check_host(Work *work, const BisectStep *step, GError **error)
{
	work->host_steps = step->host ? work->host_steps + 1 : 0;
	return work->host_steps < HOST_STEPS_MOST ||
	       error_set(error, KHOTEST_ERROR_HOST,
			 "%u places in a row could not be judged on this host, the last for: %s; they are tried again "
			 "then",
			 work->host_steps, step->why ? step->why : "-");
}

static bool try_place(Work *work, const char *at, guint left, GError **error)
{
	g_autoptr(BisectStep) step = bisectstep_new(at);
	const BisectStep *tried = step; /* also when it is kept */
	g_autofree char *label = places_label(work->places, at);
	guint done = 0;

	for (guint i = 0; i < work->bisection->steps->len; i++)
		done += !is_end(work, ((BisectStep *)work->bisection->steps->pdata[i])->at);
	log_info("step %u of about %u, %u left: %s", done + 1, done + bisect_steps_left(left), left, label);
	if (!(work->spec->rule.metric ? judge_by_figure(work, step, error) : judge_by_verdict(work, step, error)))
		return false;
	return keep(work, g_steal_pointer(&step), error) && check_host(work, tried, error);
}

/* What the steps come to; the good end is good, tried or not. */
static BisectState known(const Bisection *bisection)
{
	BisectState state = bisectstate_of(bisection->steps);

	if (!bisect_step_at(bisection->steps, bisection->dir->good))
		g_ptr_array_add(state.good, bisection->dir->good);
	return state;
}

/* Until one suspect is left, or only such as cannot be told. */
static bool search(Work *work, GError **error)
{
	Bisection *bisection = work->bisection;

	for (;;) {
		g_auto(BisectState) state = known(bisection);
		g_autoptr(GPtrArray) candidates = places_between(work->places, state.good, state.bad, error);
		const char *next = candidates ? bisect_next(&state, candidates) : NULL;

		if (!candidates)
			return false;
		if (next) {
			if (!try_place(work, next, candidates->len, error))
				return false;
			continue;
		}
		bisection->suspects = g_ptr_array_new_with_free_func(g_free);
		g_ptr_array_add(bisection->suspects, g_strdup(state.bad));
		for (guint i = 0; i < candidates->len; i++)
			g_ptr_array_add(bisection->suspects, g_strdup(candidates->pdata[i]));
		bisection->sure = bisection->suspects->len == 1;
		bisection->good = places_good_before(work->places, state.good, state.bad);
		/* that nothing else was good between them is no evidence */
		return (bisection->good && strcmp(bisection->good, bisection->dir->good) != 0) ||
		       try_end(work, bisection->dir->good, BISECT_GOOD, error);
	}
}

/* The directory: one that is there, or one that is made once it is known where from and where to. */
static BisectDir *open_dir(const BisectSpec *spec, Places **ret_places, GError **error)
{
	g_autoptr(BisectDir) dir = spec->resume ? bisectdir_open(spec->path, true, error) : NULL;
	g_autofree char *path = NULL, *json = NULL;

	if (spec->resume && !dir)
		return NULL;
	*ret_places = places_open(spec, dir, error);
	if (!*ret_places || dir)
		return *ret_places ? g_steal_pointer(&dir) : NULL;
	path = places_path(*ret_places);
	dir = bisectdir_create(path, spec->request.asked, (*ret_places)->good, (*ret_places)->bad, error);
	json = dir ? bisectdir_file(dir, BISECT_JSON) : NULL;
	return json && begun_note(spec->paths->cache, json, error) ? g_steal_pointer(&dir) : NULL;
}

static Bisection *begin(const BisectSpec *spec, Places **ret_places, GError **error)
{
	g_autoptr(BisectDir) dir = open_dir(spec, ret_places, error);
	Bisection *bisection;

	if (!dir)
		return NULL;
	(*ret_places)->folder = bisectdir_file(dir, BISECT_SERIES);
	if (!places_check(*ret_places, error))
		return NULL;
	bisection = g_new0(Bisection, 1);
	bisection->tree = g_strdup(spec->dir);
	bisection->series = spec->dir ? NULL : places_series_name(*ret_places);
	bisection->steps = bisectdir_steps(dir);
	bisection->looks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)bisectlook_free);
	bisection->dir = g_steal_pointer(&dir);
	return bisection;
}

/* Suspects and what is good before them, for people. */
static void look(Work *work)
{
	Bisection *bisection = work->bisection;

	for (guint i = 0; i < bisection->suspects->len; i++)
		g_hash_table_insert(bisection->looks, g_strdup(bisection->suspects->pdata[i]),
				    places_look(work->places, bisection->suspects->pdata[i]));
	if (bisection->good)
		g_hash_table_insert(bisection->looks, g_strdup(bisection->good),
				    places_look(work->places, bisection->good));
}

Bisection *bisect_run(const BisectSpec *spec, char **ret_path, GError **error)
{
	g_autoptr(Places) places = NULL;
	g_autoptr(Bisection) bisection = begin(spec, &places, error);
	g_autoptr(Executor) executor = NULL;
	g_autoptr(GPtrArray) key = NULL;
	g_autofree char *runs = NULL;
	bool done;
	Work work;

	*ret_path = NULL;
	if (!bisection)
		return NULL;
	*ret_path = g_strdup(bisection->dir->path);
	log_info("bisection: %s", *ret_path);
	if (!spec->executor)
		executor = executor_of_thread(spec->paths, spec->request.cancel);
	runs = bisectdir_file(bisection->dir, BISECT_RUNS);
	work = (Work){ .spec = spec,
		       .request = spec->request,
		       .places = places,
		       .bisection = bisection,
		       .executor = spec->executor ? spec->executor : executor,
		       .runs = runs };
	learn_again(&work);
	done = try_ends(&work, error) && search(&work, error);
	key = work.key;
	if (!done) {
		if (error && *error && !g_error_matches(*error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT))
			g_prefix_error(error,
				       "the bisection is not done ('khotest bisect --resume %s' goes on with it): ",
				       *ret_path);
		return NULL;
	}
	look(&work);
	return g_steal_pointer(&bisection);
}
