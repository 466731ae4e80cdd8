// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/bisect.h>

#include "bisectjudge.h"

#include <base/error.h>
#include <base/log.h>
#include <store/begun.h>

#include <math.h>
#include <string.h>

/* So many places in a row that the host or the harness kept from a verdict: the next would not be judged either. */
#define HOST_STEPS_MOST 3

typedef struct {
	const BisectSpec *spec;
	Places *places;
	Bisection *bisection;
	BisectJudge judge;
	guint host_steps; /* the last so many places in a row */
} Work;

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
	bool makes_scale = work->spec->rule.metric && kind == BISECT_BAD;
	const BisectStep *known = bisect_step_at(work->bisection->steps, at);
	g_autoptr(BisectStep) step = NULL;
	g_autofree char *label = NULL;
	bool done;

	if (known && known->kind == kind)
		return !makes_scale || bisectjudge_scale(&work->judge, known, error);
	step = bisectstep_new(at);
	label = places_label(work->places, at);
	log_info("the %s end: %s", bisectkind_name(kind), label);
	done = makes_scale ? bisectjudge_bad_end(&work->judge, step, error)
			   : bisectjudge_place(&work->judge, step, error);
	return done && check_end(work, step, kind, error) && keep(work, g_steal_pointer(&step), error);
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
	return bisectjudge_place(&work->judge, step, error) && keep(work, g_steal_pointer(&step), error) &&
	       check_host(work, tried, error);
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
		/* the good end was believed so far; that nothing else was good between them is no evidence */
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
	guint damaged;

	if (!dir)
		return NULL;
	(*ret_places)->folder = bisectdir_file(dir, BISECT_SERIES);
	if (!places_check(*ret_places, error))
		return NULL;
	bisection = g_new0(Bisection, 1);
	bisection->tree = g_strdup(spec->dir);
	bisection->metric = spec->rule.metric;
	bisection->series = spec->dir ? NULL : places_series_name(*ret_places);
	bisection->steps = bisectdir_steps(dir, &damaged);
	if (damaged)
		log_warn("%u line%s of its journal %s damaged: places of which nothing is known are tried again",
			 damaged, damaged == 1 ? "" : "s", damaged == 1 ? "is" : "are");
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
		       .places = places,
		       .bisection = bisection,
		       .judge = { .spec = spec,
				  .places = places,
				  .executor = spec->executor ? spec->executor : executor,
				  .runs = runs,
				  .good = bisection->dir->good,
				  .request = spec->request,
				  .good_counted = NAN } };
	bisectjudge_learn(&work.judge, bisection->steps);
	done = try_end(&work, bisection->dir->bad, BISECT_BAD, error) && search(&work, error);
	key = work.judge.key;
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
