// SPDX-License-Identifier: GPL-2.0-or-later
/* A night, step by step. What is known is in night.json after each step, so that a night that is cut off can go on. */
#include "nightparts.h"

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/units.h>
#include <campaign/clean.h>
#include <campaign/matrixwork.h>
#include <campaign/resolve.h>
#include <report/night.h>
#include <run/hostfacts.h>

#include <string.h>
#include <unistd.h>

/* For so many days --resume takes up a night that was cut off. */
#define RESUME_DAYS 2

/* One night at work. */
typedef struct {
	const NightlySpec *spec;
	NightFacts *facts;
	GHashTable *added; /* names of kernels that this night is the first to have; NULL: none */
	char *path;
	gint64 began_us;
	gint64 before_ns; /* what it had taken before it was cut off */
	int lock;
} Work;

static void work_clear(Work *work)
{
	nightfacts_free(work->facts);
	g_clear_pointer(&work->added, g_hash_table_unref);
	g_free(work->path);
	if (work->lock >= 0)
		close(work->lock);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

static char *host_text(void)
{
	g_autoptr(HostFacts) facts = hostfacts_read();
	g_autofree char *memory =
		facts->memory_total >= 0 ? units_format_size_about((guint64)facts->memory_total) : g_strdup("-");

	return g_strdup_printf("%u CPUs (%s), %s, Linux %s, %s", facts->cpus, facts->cpu_model ? facts->cpu_model : "-",
			       memory, facts->kernel ? facts->kernel : "-",
			       facts->distribution ? facts->distribution : "-");
}

/* What would only be found out when the night is over. */
static bool check_early(const NightlySpec *spec, GError **error)
{
	g_autofree char *sendmail = NULL;

	if (spec->mail && (!mail_check(spec->mail, error) || !(sendmail = nightmail_program(error))))
		return false;
	return (!spec->site || files_can_write(spec->site, error)) && files_mkdirs(spec->parent, error);
}

static bool lock_nights(Work *work, GError **error)
{
	g_autofree char *path = g_build_filename(work->spec->parent, "lock", NULL);
	g_autoptr(GError) local = NULL;

	work->lock = files_lock(path, false, &local);
	if (work->lock >= 0)
		return true;
	if (local)
		g_propagate_error(error, g_steal_pointer(&local));
	else
		error_set(error, KHOTEST_ERROR_INPUT, "another khotest is at work on a night in %s",
			  work->spec->parent);
	return false;
}

/* A new folder, with what is known by now. */
static bool begin(Work *work, const char *plan, GError **error)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	NightFacts *facts = work->facts = nightfacts_new();

	facts->id = night_new_id(work->spec->parent, now);
	facts->plan = g_strdup(plan);
	facts->plan_asked = g_file_test(work->spec->plan, G_FILE_TEST_EXISTS)
				    ? g_canonicalize_filename(work->spec->plan, NULL)
				    : g_strdup(work->spec->plan);
	facts->begun = g_date_time_format_iso8601(now);
	facts->budget_ns = work->spec->budget_ns;
	facts->threshold = work->spec->threshold;
	facts->khotest = g_strdup(work->spec->version);
	facts->host = host_text();
	work->path = g_build_filename(work->spec->parent, facts->id, NULL);
	return files_mkdirs(work->path, error) && night_keep(work->path, work->facts, error);
}

static gint64 spent_ns(const Work *work)
{
	return work->before_ns + (g_get_monotonic_time() - work->began_us) * 1000;
}

static MatrixWork matrix_work(const Work *work, Estimate *estimate, const char *path)
{
	const NightlySpec *spec = work->spec;

	return (MatrixWork){ .paths = spec->paths,
			     .asked = spec->asked,
			     .path = path,
			     .memory_dir = spec->memory_dir,
			     .jobs = spec->jobs,
			     .estimate = estimate,
			     .until_us = work->began_us + (spec->budget_ns - work->before_ns) / 1000,
			     .trust = spec->trust,
			     .cancel = spec->cancel };
}

/* The plan twice: what it needs is known before the commits are that kernels are named with. */
static PlanFile *update_and_resolve(Work *work, GError **error)
{
	const NightlySpec *spec = work->spec;
	g_autoptr(PlanFile) before = resolve_plan(spec->paths->plans, spec->plan, spec->paths, error);

	g_ptr_array_set_size(work->facts->sources, 0);
	g_ptr_array_set_size(work->facts->choices, 0);
	if (!before || !nightsources_update(spec, before, work->added, work->facts, error) ||
	    !night_keep(work->path, work->facts, error))
		return NULL;
	return resolve_plan(spec->paths->plans, spec->plan, spec->paths, error);
}

/* From the sources to the end of the last cell. */
static bool do_all(Work *work, GError **error)
{
	const NightlySpec *spec = work->spec;
	g_autoptr(PlanFile) plan = update_and_resolve(work, error);
	g_autoptr(Estimate) estimate = nightplan_learn(spec->parent);
	g_autofree char *path = night_file(work->path, NIGHT_MATRIX), *sum = NULL;
	g_autoptr(MatrixResult) result = NULL;
	MatrixWork matrix = matrix_work(work, estimate, path);

	sum = plan ? nightplan_choose(spec, plan, work->facts, estimate, spec->budget_ns - spent_ns(work), error)
		   : NULL;
	if (!sum)
		return false;
	work->facts->prepared_ns = spent_ns(work);
	if (!night_keep(work->path, work->facts, error))
		return false;
	log_info("night %s: %s", work->facts->id, sum);
	result = matrixwork_begin(&matrix, plan, error);
	return result != NULL;
}

static MatrixJournal *journal_of(const char *path, GError **error)
{
	g_autoptr(MatrixDir) dir = matrixdir_open(path, false, error);

	return dir ? matrixdir_journal(dir) : NULL;
}

/* What it took before it was cut off, and whether that is all that it had. False: the error is set. */
static bool look_back(Work *work, const char *path, bool *ret_used_up, GError **error)
{
	g_autoptr(MatrixJournal) journal = journal_of(path, error);

	if (!journal)
		return false;
	work->before_ns += journal->spent_ns;
	*ret_used_up = work->before_ns >= work->spec->budget_ns;
	if (*ret_used_up)
		log_warn("its budget was used up before it was cut off: no cell is begun");
	return true;
}

/* Its cells were chosen, and are there to go on with. */
static bool has_cells(const Work *work)
{
	g_autofree char *path = night_file(work->path, NIGHT_MATRIX);

	return work->facts->planned && matrixdir_is(path);
}

static bool go_on(Work *work, GError **error)
{
	g_autofree char *path = night_file(work->path, NIGHT_MATRIX);
	g_autoptr(Estimate) estimate = NULL;
	g_autoptr(MatrixResult) result = NULL;
	MatrixWork matrix;
	bool used_up = false;

	work->before_ns = CLAMP(work->facts->prepared_ns, 0, MATRIX_SPENT_MOST_NS);
	/* one that was cut off while it was made has nothing to go on with, and would be in the way */
	if (!has_cells(work))
		return files_remove_tree(path, error) && do_all(work, error);
	if (!look_back(work, path, &used_up, error) || used_up)
		return used_up;
	estimate = nightplan_learn(work->spec->parent);
	matrix = matrix_work(work, estimate, path);
	result = matrixwork_resume(&matrix, path, error);
	return result != NULL;
}

/* What was found in a night stays; its run directories go, and what the cache holds that nothing uses any more. */
static void drop_old(const NightlySpec *spec)
{
	CleanSpec clean = {
		.cache = spec->paths->cache, .nights = spec->parent, .keep_ns = spec->keep_ns, .cancel = spec->cancel
	};
	/* what is done is done, whether the rest can be or not */
	g_autoptr(GPtrArray) all = clean_make(&clean, NULL);

	for (guint i = 0; all && i < all->len; i++) {
		const Cleaned *one = all->pdata[i];
		g_autofree char *size = units_format_size_about(one->freed);

		if (one->gone)
			log_info("removed, for they are older than is kept: %u %s, %s", one->gone, one->what, size);
	}
}

/* All is run. */
static bool note_end(Work *work, GError **error)
{
	g_autofree char *path = night_file(work->path, NIGHT_MATRIX);
	/* no cell may have been chosen */
	g_autoptr(MatrixJournal) journal = journal_of(path, NULL);

	work->facts->ended = nighttell_now();
	work->facts->spent_ns = spent_ns(work);
	work->facts->built_ns = journal ? journal->built_ns : 0;
	return night_keep(work->path, work->facts, error);
}

/* What follows from what was run. All nights anew: one may have been accepted since the cells were chosen. */
static Nights *finish(Work *work, GError **error)
{
	const NightlySpec *spec = work->spec;
	g_autoptr(Nights) nights = NULL;

	if (!work->facts->ended && !note_end(work, error))
		return NULL;
	nights = nights_load(spec->parent, spec->cancel, error);
	if (!nights)
		return NULL;
	nights->tonight = nights_find(nights, work->facts->id);
	if (!nights->tonight) {
		error_set(error, KHOTEST_ERROR_FAILED, "%s cannot be judged; the warning above says why", work->path);
		return NULL;
	}
	nights->incomplete = !nighttell(spec, work->facts, work->path, nights);
	drop_old(spec);
	return g_steal_pointer(&nights);
}

/* What went wrong is said with how to go on. */
static Nights *end(Work *work, bool done, GError **error)
{
	Nights *nights = done ? finish(work, error) : NULL;

	/* what was not planned yet has nothing to go on with */
	if (!done && !work->facts->planned)
		files_remove_tree(work->path, NULL);
	else if (!nights)
		g_prefix_error(error, "the night %s is not done ('khotest nightly --resume' goes on with it): ",
			       work->facts->id);
	/* a host that cannot is one that could not from the start: nobody may take half a night for a skipped one */
	if (!nights && work->facts->planned && error && g_error_matches(*error, KHOTEST_ERROR, KHOTEST_ERROR_HOST))
		(*error)->code = KHOTEST_ERROR_FAILED;
	return nights;
}

Nights *nightly_run(const NightlySpec *spec, GError **error)
{
	g_auto(Work) work = { .spec = spec, .began_us = g_get_monotonic_time(), .lock = -1 };
	g_autoptr(PlanFile) plan = NULL;

	if (!check_early(spec, error) || !(work.added = nightsources_add(spec, error)) ||
	    !(plan = resolve_plan(spec->paths->plans, spec->plan, spec->paths, error)) || !lock_nights(&work, error) ||
	    !begin(&work, plan->name, error))
		return NULL;
	return end(&work, do_all(&work, error), error);
}

/* Sources, kernels and host are other ones by then, and nobody waits for that night's message any more. */
static bool is_too_old(const NightFacts *facts)
{
	g_autoptr(GDateTime) begun = g_date_time_new_from_iso8601(facts->begun, NULL);
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();

	return begun && g_date_time_difference(now, begun) > RESUME_DAYS * G_TIME_SPAN_DAY;
}

/*
 * The latest night that has something left to do: cells to run, or its message to be handed out. Others may be called
 * by a later date: a clock was wrong.
 */
static bool find_unfinished(Work *work, GError **error)
{
	const char *parent = work->spec->parent;
	g_auto(GStrv) ids = nights_list(parent);

	for (guint i = g_strv_length(ids); i > 0; i--) {
		g_autofree char *path = g_build_filename(parent, ids[i - 1], NULL);
		g_autoptr(GError) local = NULL;
		g_autoptr(NightFacts) facts = night_read(path, &local);

		if (!facts)
			log_warn("the night %s is passed over: %s", path, local->message);
		if (!facts || facts->told)
			continue;
		if (is_too_old(facts)) {
			log_warn("the night %s is passed over: it began more than %d days ago, at %s", facts->id,
				 RESUME_DAYS, facts->begun);
			continue;
		}
		log_info("going on with the night %s", facts->id);
		work->path = g_steal_pointer(&path);
		work->facts = g_steal_pointer(&facts);
		return true;
	}
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "no night in %s has something left to do: 'khotest nightly' begins one", parent);
}

Nights *nightly_resume(const NightlySpec *spec, GError **error)
{
	NightlySpec as_begun = *spec;
	g_auto(Work) work = { .spec = &as_begun, .began_us = g_get_monotonic_time(), .lock = -1 };

	if (!check_early(spec, error) || !lock_nights(&work, error) || !find_unfinished(&work, error))
		return NULL;
	if (!as_begun.plan)
		as_begun.plan = work.facts->plan_asked ? work.facts->plan_asked : work.facts->plan;
	/* a plan chooses trees, and so programs: whoever wrote that file may not be who goes on */
	if (!spec->plan && !work.facts->ended && !has_cells(&work) && strchr(as_begun.plan, '/')) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "the night %s was cut off before there was a matrix of its cells; if its plan is yours, give "
			  "it again: --resume --plan %s",
			  work.facts->id, as_begun.plan);
		return NULL;
	}
	if (!as_begun.budget_ns)
		as_begun.budget_ns = work.facts->budget_ns > 0 ? work.facts->budget_ns : NIGHTLY_BUDGET_NS;
	work.facts->budget_ns = as_begun.budget_ns;
	return end(&work, work.facts->ended || go_on(&work, error), error);
}
