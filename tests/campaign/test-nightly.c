// SPDX-License-Identifier: GPL-2.0-or-later
/* Nights as they lie in their folder: which of them count, and which goes on. No machine is started. Argument: a run.
 */
#include "../recorded.h"

#include <base/error.h>
#include <base/files.h>
#include <base/setting.h>
#include <campaign/nightly.h>
#include <store/matrixdir.h>

#include <glib/gstdio.h>
#include <string.h>

#define NS_PER_MIN (60 * G_GINT64_CONSTANT(1000000000))

static char *parent;

static void set_up(void)
{
	parent = g_dir_make_tmp("khotest-nights-XXXXXX", NULL);
}

static void tear_down(void)
{
	g_assert_true(files_remove_tree(parent, NULL));
	g_clear_pointer(&parent, g_free);
}

static char *place(const char *folder, const char *file)
{
	return g_build_filename(parent, folder, file, NULL);
}

static void put(const char *folder, const char *file, const char *text)
{
	g_autofree char *path = place(folder, file), *in = g_path_get_dirname(path);

	g_assert_true(files_mkdirs(in, NULL) && files_write(path, text, strlen(text), NULL));
}

/* A night that began so many hours ago, with nothing in it but its id; more: further members of its night.json. */
static void leave_of(int hours, const char *folder, const char *id, const char *more)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc(), then = g_date_time_add_hours(now, -hours);
	g_autofree char *begun = g_date_time_format_iso8601(then);
	g_autofree char *facts = g_strdup_printf("{\"schema\": 1, \"id\": \"%s\", \"plan\": \"p\", "
						 "\"begun\": \"%s\", \"planned\": true%s}",
						 id, begun, more);

	put(folder, "night.json", facts);
	if (strstr(more, "\"ended\""))
		put(folder, "summary.json", "{\"schema\": 1, \"maker\": \"a test\", \"cells\": []}");
}

static void leave(const char *folder, const char *id, const char *more)
{
	leave_of(1, folder, id, more);
}

#define ENDED ", \"ended\": \"2026-11-28T02:00:00Z\""

/* A copy is no night, whatever it is called. */
static void test_copies(void)
{
	g_autoptr(Nights) nights = NULL;
	g_auto(GStrv) ids = NULL;

	set_up();
	leave("2026-11-28", "2026-11-28", ENDED);
	leave("2026-11-28-02", "2026-11-28-02", ENDED);
	leave("2026-11-29", "2026-11-28", ENDED);
	leave("old-2026-11-28", "2026-11-28", ENDED);
	leave("2026-11-28.bak", "2026-11-28", ENDED);
	ids = nights_list(parent);
	g_assert_cmpuint(g_strv_length(ids), ==, 3);
	nights = nights_load(parent, NULL, NULL);
	g_assert_cmpuint(nights->verdicts->len, ==, 2);
	g_assert_cmpstr(nights_last(nights)->night->facts->id, ==, "2026-11-28-02");
	g_assert_null(nights->tonight);
	tear_down();
}

/* --resume, with --mail if there is somebody; what comes back is to be freed. NULL: there is none to go on with. */
static Nights *resume_for(const char *mail)
{
	g_autofree char *cache = place("cache", NULL);
	const Paths paths = { .cache = cache, .plans = cache, .patches = cache };
	const NightlySpec spec = { .paths = &paths, .parent = parent, .keep_ns = NIGHTLY_KEEP_NS, .mail = mail };
	g_autoptr(GError) error = NULL;
	Nights *nights = nightly_resume(&spec, &error);

	if (error)
		g_test_message("%s", error->message);
	g_assert_true(nights || g_error_matches(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT));
	return nights;
}

static Nights *resume(void)
{
	return resume_for(NULL);
}

static bool is_there(const char *folder, const char *file)
{
	g_autofree char *path = place(folder, file);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

/*
 * One that was killed after its last cell, among others that need nothing: of one the clock was wrong, one is of a
 * khotest that did not note yet that it has told. Its message is made, once.
 */
static void test_untold(void)
{
	g_autoptr(Nights) nights = NULL;

	set_up();
	leave("2026-11-27", "2026-11-27", ENDED);
	put("2026-11-27", "message.txt", "told");
	leave("2026-11-28", "2026-11-28", ENDED ", \"told\": null, \"spent_ns\": 7");
	leave("2099-01-01", "2099-01-01", ENDED ", \"told\": \"2099-01-01T03:00:00Z\"");
	put("2099-01-01", "message.txt", "told");
	nights = resume();
	g_assert_nonnull(nights);
	g_assert_false(nights->incomplete);
	g_assert_cmpstr(nights->tonight->night->facts->id, ==, "2026-11-28");
	g_assert_cmpint(nights->tonight->night->facts->spent_ns, ==, 7);
	g_assert_true(is_there("2026-11-28", "message.txt") && is_there("2026-11-28", "message.json"));
	g_assert_null(resume());
	tear_down();
}

/* Of two that told nobody, the one that began more than two days ago is not taken up. */
static void test_too_old(void)
{
	g_autoptr(Nights) nights = NULL;

	set_up();
	leave_of(47, "2026-11-27", "2026-11-27", ENDED ", \"told\": null");
	leave_of(49, "2026-11-28", "2026-11-28", ENDED ", \"told\": null");
	nights = resume();
	g_assert_nonnull(nights);
	g_assert_cmpstr(nights->tonight->night->facts->id, ==, "2026-11-27");
	g_assert_null(resume());
	g_assert_false(is_there("2026-11-28", "message.txt"));
	tear_down();
}

/* Accepted by somebody who got the mail, while the night is not yet over for the one that sends it. */
static void test_accepted_meanwhile(void)
{
	g_autofree char *path = g_strdup(g_getenv("PATH")), *folder = NULL, *facts = NULL, *first = NULL, *text = NULL;
	g_autoptr(Nights) nights = NULL;

	set_up();
	leave("2026-11-28", "2026-11-28", ENDED ", \"told\": null, \"accepted\": null");
	folder = place("bin", NULL);
	facts = place("2026-11-28", "night.json");
	text = g_strdup_printf("#!/bin/sh\ncat >/dev/null\n"
			       "exec sed -i 's/\"accepted\" *: *null/\"accepted\": \"2026-11-28T03:00:00Z\"/' '%s'\n",
			       facts);
	put("bin", "sendmail", text);
	first = g_strdup_printf("%s/sendmail", folder);
	g_assert_cmpint(g_chmod(first, 0755), ==, 0);
	g_clear_pointer(&first, g_free);
	first = g_strdup_printf("%s:%s", folder, path);
	g_setenv("PATH", first, TRUE);
	nights = resume_for("somebody@example.org");
	g_setenv("PATH", path, TRUE);
	g_assert_nonnull(nights);
	g_clear_pointer(&text, g_free);
	g_assert_true(g_file_get_contents(facts, &text, NULL, NULL));
	g_test_message("%s", text);
	g_assert_nonnull(strstr(text, "2026-11-28T03:00:00Z"));
	g_assert_null(strstr(text, "\"told\" : null"));
	/* it is over */
	g_assert_null(resume());
	tear_down();
}

/* A matrix of one cell, with nothing tried yet. */
static void leave_matrix(const char *folder)
{
	g_autofree char *path = place(folder, "matrix");
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func((GDestroyNotify)cell_free);
	g_autoptr(MatrixDir) dir = NULL;
	Cell *cell = cell_new();

	cell->id = g_strdup("check/7.1/stock/1G");
	cell->block = g_strdup("check");
	cell->kernel = g_strdup("7.1");
	cell->series = g_strdup("stock");
	cell->profile = g_strdup("check");
	cell->mode = g_strdup("wall");
	cell->expect = g_strdup("PASS");
	cell->hops = 2;
	cell->repeat = 1;
	cell->guest.memory_bytes = 1 << 30;
	cell->guest.cpus = 2;
	g_ptr_array_add(cells, cell);
	dir = matrixdir_create(path, &(MatrixPlan){ .name = "p", .text = "", .cells = cells }, NULL);
	g_assert_nonnull(dir);
}

#define AT(event, time) "{\"event\": \"" event "\", \"wall\": \"2026-11-28T" time "Z\"}\n"

/* Cut off twice: what it took until then counts, and nothing of the time in which nobody was at work. */
static void test_spent(void)
{
	g_autoptr(Nights) nights = NULL;
	const NightFacts *facts;

	set_up();
	leave("2026-11-28", "2026-11-28", ", \"budget_ns\": 3600000000000, \"prepared_ns\": 600000000000");
	leave_matrix("2026-11-28");
	put("2026-11-28", "matrix/journal.jsonl",
	    AT("begin", "01:00:00") AT("build", "01:20:00") AT("begin", "09:00:00") AT("build", "09:31:00"));
	nights = resume();
	g_assert_nonnull(nights);
	facts = nights->tonight->night->facts;
	g_assert_cmpint(facts->spent_ns, >=, 61 * NS_PER_MIN);
	g_assert_cmpint(facts->spent_ns, <, 71 * NS_PER_MIN);
	/* no cell was begun: there is no room for one */
	g_assert_nonnull(facts->ended);
	g_assert_cmpuint(nights->tonight->left_out, ==, 1);
	tear_down();
}

/* Killed while its matrix was made, which lacks cells.json: that is begun anew, and not in the way. */
static void test_half_made(void)
{
	g_autofree char *results = NULL;

	set_up();
	results = place("results", NULL);
	setting_default("results", results);
	leave("2026-11-28", "2026-11-28", "");
	put("2026-11-28", "matrix/plan", "");
	put("2026-11-28", "matrix/lock", "");
	/* there is no such plan: it comes no further than that */
	g_assert_null(resume());
	g_assert_false(is_there("2026-11-28", "matrix"));
	g_assert_true(is_there("2026-11-28", "night.json"));
	/* nor by a plan that lies anywhere, which the night of somebody else may name: nothing of it is read */
	leave("2026-11-28", "2026-11-28", ", \"plan_asked\": \"/x/p.plan\"");
	put("2026-11-28", "matrix/plan", "");
	g_assert_null(resume());
	g_assert_true(is_there("2026-11-28", "matrix"));
	tear_down();
}

/* A night of one cell with two attempts, whose runs are there. */
static void leave_judged(const char *folder, const char *summary)
{
	g_autofree char *runs = place(folder, "matrix/runs"), *first = NULL, *second = NULL;

	leave(folder, folder, ENDED);
	put(folder, "summary.json", summary);
	put(folder, "matrix/plan", "[plan]\n");
	put(folder, "matrix/cells.json",
	    "{\"schema\": 2, \"plan\": \"p\", \"summary\": \"s\", \"asked\": [\"khotest\", \"nightly\"], \"cells\": [{"
	    "\"id\": \"c\", \"block\": \"b\", \"kernel\": \"7.1\", \"series\": \"central\", \"profile\": \"check\", "
	    "\"mode\": \"wall\", \"expect\": \"PASS\", \"hops\": 2, \"repeat\": 1, \"alone\": true, "
	    "\"guest\": {\"memory_bytes\": 1073741824, \"cpus\": 2}}]}");
	put(folder, "matrix/journal.jsonl",
	    "{\"event\": \"attempt\", \"cell\": \"c\", \"run\": \"r1\", \"outcome\": \"ERROR\", \"wall_ns\": 1}\n"
	    "{\"event\": \"attempt\", \"cell\": \"c\", \"run\": \"r2\", \"outcome\": \"PASS\", \"wall_ns\": 1}\n");
	g_assert_true(files_mkdirs(runs, NULL));
	first = recorded_copy(runs, "r1");
	second = recorded_copy(runs, "r2");
}

static void take_away(const char *folder, const char *run)
{
	g_autofree char *path = place(folder, run);

	g_assert_true(files_remove_tree(path, NULL));
}

/* A look at a night writes its summary only where it takes nothing away: what it says, and of how many nights. */
static void test_summaries(void)
{
	static const char *const kept = "{\"schema\": 1, \"maker\": \"another\", \"cells\": [{\"cell\": \"c\", "
					"\"kernel\": \"7.1\", \"series\": \"central\", \"state\": \"as expected\", "
					"\"verdict\": \"PASS\"}]}",
				 *const newer = "{\"schema\": 99}", *const damaged = "{\"schema\"";
	static const struct {
		const char *summary, *gone;
		bool written, counts;
	} cases[] = {
		{ kept, NULL, true, true },
		{ kept, "matrix/runs/r1", false, true },
		{ kept, "matrix/runs/r2", false, true },
		{ kept, "matrix", false, true },
		{ newer, NULL, true, true },
		{ newer, "matrix/runs", false, false },
		{ damaged, NULL, true, true },
		{ damaged, "matrix/runs", false, false },
		{ damaged, "matrix/runs/r2", false, false },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Nights) nights = NULL;
		g_autofree char *path = NULL, *now = NULL;
		const NightVerdict *last;

		set_up();
		leave_judged("2026-11-28", cases[i].summary);
		if (cases[i].gone)
			take_away("2026-11-28", cases[i].gone);
		nights = nights_load(parent, NULL, NULL);
		g_assert_cmpuint(nights->verdicts->len, ==, cases[i].counts);
		last = nights_last(nights);
		if (last)
			g_assert_cmpuint(night_count(last->night, CELL_MET), ==, 1);
		path = place("2026-11-28", "summary.json");
		g_assert_true(g_file_get_contents(path, &now, NULL, NULL));
		g_assert_true((strcmp(now, cases[i].summary) != 0) == cases[i].written);
		tear_down();
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 2);
	recorded_path = argv[1];
	g_test_add_func("/nightly/summaries", test_summaries);
	g_test_add_func("/nightly/copies", test_copies);
	g_test_add_func("/nightly/untold", test_untold);
	g_test_add_func("/nightly/too-old", test_too_old);
	g_test_add_func("/nightly/accepted-meanwhile", test_accepted_meanwhile);
	g_test_add_func("/nightly/spent", test_spent);
	g_test_add_func("/nightly/half-made", test_half_made);
	return g_test_run();
}
