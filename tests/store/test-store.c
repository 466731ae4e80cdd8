// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/files.h>
#include <store/journal.h>

#include <string.h>
#include <unistd.h>

static Plan *sample_plan(void)
{
	Plan *plan = plan_new();

	plan->asked = g_strsplit("khotest run -m 100G", " ", -1);
	plan->kernel_name = g_strdup("7.1");
	plan->series = g_strdup("unfixed");
	plan->expect = g_strdup("FAIL");
	plan->mode = g_strdup("counted");
	plan->memory_bytes = 100ull << 30;
	plan->cpus = 2;
	plan->prefault = true;
	plan->config_asked = g_strsplit("CONFIG_DEBUG_VM=n CONFIG_HZ=250", " ", -1);
	plan->nonces = g_strsplit("aa bb", " ", -1);
	plan->timeout_ns = 300000000000;
	plan_add_node(plan, 50ull << 30, "0");
	plan_add_node(plan, 50ull << 30, NULL);
	return plan;
}

static void test_plan(void)
{
	g_autoptr(Plan) plan = sample_plan();
	g_autofree char *json = plan_to_json(plan);
	g_autoptr(GError) error = NULL;
	g_autoptr(Plan) back = plan_from_json(json, -1, &error);
	g_autofree char *again = NULL;

	g_assert_no_error(error);
	again = plan_to_json(back);
	g_assert_cmpstr(again, ==, json);
	g_assert_cmpuint(back->memory_bytes, ==, 100ull << 30);
	g_assert_null(back->expect_reason);
	g_assert_true(back->prefault);
	g_assert_cmpstr(back->config_asked[1], ==, "CONFIG_HZ=250");
	g_assert_cmpuint(back->nodes->len, ==, 2);
	/* of a kernel that is in no repository of the user's there is nothing to say */
	g_assert_null(strstr(json, "kernel_dirty"));
	g_assert_null(back->kernel_commit);
}

static void test_plan_of_a_tree(void)
{
	g_autoptr(Plan) plan = sample_plan();
	g_autofree char *json = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Plan) back = NULL;

	plan->kernel_commit = g_strdup("0123456789abcdef0123456789abcdef01234567");
	plan->kernel_version = g_strdup("v7.1-3-g0123456789ab-dirty");
	plan->kernel_dirty = true;
	json = plan_to_json(plan);
	back = plan_from_json(json, -1, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(back->kernel_commit, ==, plan->kernel_commit);
	g_assert_cmpstr(back->kernel_version, ==, plan->kernel_version);
	g_assert_true(back->kernel_dirty);
}

/* Run directories from before there was a choice. */
static void test_plan_without_mode(void)
{
	g_autoptr(Plan) plan = sample_plan();
	g_autofree char *json = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Plan) back = NULL;

	g_clear_pointer(&plan->mode, g_free);
	json = plan_to_json(plan);
	back = plan_from_json(json, -1, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(back->mode, ==, "wall");
}

static void test_plan_bad(void)
{
	static const struct {
		const char *json;
		int code;
	} bad[] = {
		{ "", KHOTEST_ERROR_FAILED },
		{ "[]", KHOTEST_ERROR_FAILED },
		{ "{\"schema\": 1}", KHOTEST_ERROR_FAILED },
		{ "{\"schema\": 99}", KHOTEST_ERROR_INPUT },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(plan_from_json(bad[i].json, -1, &error));
		g_assert_error(error, KHOTEST_ERROR, bad[i].code);
	}
}

static void test_rundir(void)
{
	g_autofree char *parent = g_dir_make_tmp("khotest-store-XXXXXX", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(RunDir) run = rundir_create(parent, "label", &error);
	g_autoptr(RunDir) other = rundir_create(parent, "label", &error);
	g_autoptr(RunDir) back = NULL;
	g_autoptr(GBytes) record = NULL;
	g_autoptr(Journal) journal = NULL;
	g_auto(GStrv) names = NULL;
	JournalEvent event = journal_event(JOURNAL_END, 42);

	g_assert_no_error(error);
	g_assert_cmpstr(run->path, !=, other->path);
	g_assert_true(rundir_write_record(run, 1, "sys/kernel/debug/kho/out/fdt", "\0\1\2", 3, &error));
	g_assert_true(rundir_write_record(run, 0, "empty", NULL, 0, &error));
	event.cause = "done";
	g_assert_true(journal_write(run, &event, &error));
	/* a line torn by the end of the world */
	g_assert_cmpint(write(run->journal_fd, "{\"ns\": 4", 8), ==, 8);

	back = rundir_open(run->path, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(rundir_hops(back), ==, 2);
	record = rundir_read_record(back, 1, "sys/kernel/debug/kho/out/fdt");
	g_assert_cmpmem(g_bytes_get_data(record, NULL), g_bytes_get_size(record), "\0\1\2", 3);
	g_assert_null(rundir_read_record(back, 0, "hello"));
	g_assert_null(rundir_read(back, RUNDIR_PLAN));
	journal = journal_read(back);
	g_assert_cmpuint(journal->events->len, ==, 1);
	g_assert_cmpint(journal_at(journal, 0)->ns, ==, 42);
	g_assert_cmpstr(journal_at(journal, 0)->cause, ==, "done");
	/* what nobody knew is not known to the reader either */
	g_assert_cmpint(journal_at(journal, 0)->peak_rss_bytes, ==, -1);
	g_assert_null(journal_at(journal, 0)->detail);
	g_assert_null(journal_find(journal, JOURNAL_START));
	names = rundir_list(parent);
	g_assert_cmpuint(g_strv_length(names), ==, 2);
	g_assert_true(files_remove_tree(parent, &error));
}

static void test_rundir_bad(void)
{
	g_autofree char *folder = g_dir_make_tmp("khotest-store-XXXXXX", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(rundir_open("/no/such/folder", &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_clear_error(&error);
	g_assert_null(rundir_open(folder, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "is not a run directory"));
	files_remove_tree(folder, NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/plan/round-trip", test_plan);
	g_test_add_func("/plan/round-trip-of-a-tree", test_plan_of_a_tree);
	g_test_add_func("/plan/without-mode", test_plan_without_mode);
	g_test_add_func("/plan/bad", test_plan_bad);
	g_test_add_func("/rundir/round-trip", test_rundir);
	g_test_add_func("/rundir/bad", test_rundir_bad);
	return g_test_run();
}
