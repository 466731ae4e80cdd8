// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/files.h>
#include <store/console.h>
#include <store/journal.h>

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void add_hop(Plan *plan, const char *nonce, const char *cmdline)
{
	PlanHop *hop = plan_add_hop(plan, nonce);

	hop->name = g_strdup("7.1");
	hop->series = g_strdup("unfixed");
	hop->sha256 = g_strdup("ab12");
	hop->symbols = rundir_symbols(hop->sha256);
	hop->cmdline = g_strdup(cmdline);
	hop->config_asked = g_strsplit("CONFIG_DEBUG_VM=n CONFIG_HZ=250", " ", -1);
}

static Plan *sample_plan(void)
{
	Plan *plan = plan_new();

	plan->asked = g_strsplit("khotest run -m 100G", " ", -1);
	add_hop(plan, "aa", "hop=0");
	add_hop(plan, "bb", "hop=1");
	plan->expect = g_strdup("FAIL");
	plan->mode = g_strdup("counted");
	plan->guest.memory_bytes = 100ull << 30;
	plan->guest.cpus = 2;
	plan->guest.prefault = true;
	plan->timeout_ns = 300000000000;
	machine_add_node(&plan->guest, 50ull << 30, "0");
	machine_add_node(&plan->guest, 50ull << 30, NULL);
	return plan;
}

static void test_plan(void)
{
	g_autoptr(Plan) plan = sample_plan();
	g_autofree char *json = plan_to_json(plan);
	g_autoptr(GError) error = NULL;
	g_autoptr(Plan) back = plan_from_json(json, -1, &error);
	g_autofree const char **nonces = NULL;
	g_autofree char *again = NULL;

	g_assert_no_error(error);
	again = plan_to_json(back);
	g_assert_cmpstr(again, ==, json);
	g_assert_cmpuint(back->guest.memory_bytes, ==, 100ull << 30);
	g_assert_null(back->expect_reason);
	g_assert_true(back->guest.prefault);
	g_assert_cmpuint(plan_hops(back), ==, 2);
	g_assert_cmpstr(plan_hop(back, 1)->name, ==, "7.1");
	g_assert_cmpstr(plan_hop(back, 1)->cmdline, ==, "hop=1");
	g_assert_cmpstr(plan_hop(back, 1)->symbols, ==, "kernels/ab12/System.map");
	g_assert_cmpstr(plan_hop(back, 0)->config_asked[1], ==, "CONFIG_HZ=250");
	nonces = plan_nonces(back);
	g_assert_cmpstr(nonces[0], ==, "aa");
	g_assert_cmpstr(nonces[1], ==, "bb");
	g_assert_null(nonces[2]);
	g_assert_cmpuint(back->guest.nodes->len, ==, 2);
	/* of a kernel that is in no repository of the user's there is nothing to say */
	g_assert_null(strstr(json, "dirty"));
	g_assert_null(plan_hop(back, 0)->commit);
}

/* A chain whose kernels are not alike: what each has comes back, and what is not known stays unknown. */
static void test_chain(void)
{
	g_autoptr(Plan) plan = sample_plan();
	PlanHop *first = plan->hops->pdata[0], *second = plan->hops->pdata[1];
	g_autofree char *same = plan_kernels(plan, ", "), *json = NULL, *again = NULL, *kernels = NULL, *one = NULL;
	g_autoptr(Plan) back = NULL;
	g_autoptr(GError) error = NULL;

	first->profile = g_strdup("check");
	g_assert_false(plan_is_mixed(plan));
	g_assert_cmpstr(same, ==, "7.1");
	g_free(second->name);
	g_free(second->sha256);
	second->name = g_strdup("image");
	second->sha256 = g_strdup("cd34");
	second->handover = g_strdup(HANDOVER_REFUSED);
	first->abi = g_strsplit("kho-v3 luo-v1", " ", -1);
	first->config = rundir_config(first->sha256);
	second->lacks = g_strsplit("pageblocks", " ", -1);
	plan->collects = g_strsplit("kmsg-rest pageblocks", " ", -1);
	json = plan_to_json(plan);
	back = plan_from_json(json, -1, &error);
	g_assert_no_error(error);
	again = plan_to_json(back);
	g_assert_cmpstr(again, ==, json);
	g_assert_true(plan_is_mixed(back));
	kernels = plan_kernels(back, ", ");
	one = plan_kernel(back, 1);
	g_assert_cmpstr(kernels, ==, "7.1/unfixed, image");
	g_assert_cmpstr(one, ==, "image");
	g_assert_cmpstr(plan_hop(back, 0)->abi[1], ==, "luo-v1");
	g_assert_null(plan_hop(back, 1)->abi);
	g_assert_cmpstr(plan_hop(back, 0)->config, ==, "kernels/ab12/config");
	g_assert_cmpstr(plan_hop(back, 1)->handover, ==, HANDOVER_REFUSED);
	g_assert_null(plan_hop(back, 0)->handover);
	g_assert_true(plan_collects(back, 0, "pageblocks"));
	g_assert_false(plan_collects(back, 1, "pageblocks"));
	g_assert_true(plan_collects(back, 1, "kmsg-rest"));
	g_assert_false(plan_collects(NULL, 0, "kmsg-rest"));
}

/* Of what is not there nothing is known, and nobody has to ask first. */
static void test_plan_no_hop(void)
{
	g_autoptr(Plan) plan = sample_plan();
	g_autofree const char **none = plan_nonces(NULL);

	g_assert_null(plan_hop(plan, 2)->name);
	g_assert_null(plan_hop(NULL, 0)->name);
	g_assert_cmpuint(plan_hops(NULL), ==, 0);
	g_assert_null(none[0]);
}

/* One kernel for all hops, and only the first one's command line. */
static void test_plan_schema_1(void)
{
	static const char json[] =
		"{\"schema\":1,\"kernel_name\":\"7.1\",\"kernel_sha256\":\"ab\",\"series\":\"central\",\"profile\":"
		"\"check\","
		"\"kernel_commit\":\"12\",\"kernel_dirty\":true,\"config_asked\":[\"CONFIG_HZ=250\"],\"append\":\"a="
		"b\","
		"\"cmdline\":\"khotest.hop=0\",\"nonces\":[\"aa\",\"bb\"],\"memory_bytes\":1073741824,\"cpus\":2,"
		"\"prefault\":true,\"machine\":\"q35\",\"nodes\":[{\"memory_bytes\":1073741824,\"cpus\":\"0-1\"}]}";
	g_autoptr(GError) error = NULL;
	g_autoptr(Plan) plan = plan_from_json(json, -1, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(plan_hops(plan), ==, 2);
	for (guint i = 0; i < 2; i++) {
		const PlanHop *hop = plan_hop(plan, i);

		g_assert_cmpstr(hop->name, ==, "7.1");
		g_assert_cmpstr(hop->sha256, ==, "ab");
		g_assert_cmpstr(hop->series, ==, "central");
		g_assert_cmpstr(hop->profile, ==, "check");
		g_assert_cmpstr(hop->commit, ==, "12");
		g_assert_true(hop->dirty);
		g_assert_cmpstr(hop->config_asked[0], ==, "CONFIG_HZ=250");
		g_assert_cmpstr(hop->append, ==, "a=b");
		g_assert_cmpstr(hop->cmdline, ==, i ? NULL : "khotest.hop=0");
		g_assert_cmpstr(hop->nonce, ==, i ? "bb" : "aa");
		g_assert_null(hop->symbols);
	}
	g_assert_cmpstr(plan->machine, ==, "q35");
	g_assert_cmpuint(plan->guest.cpus, ==, 2);
	g_assert_true(plan->guest.prefault);
	g_assert_cmpuint(plan->guest.nodes->len, ==, 1);
}

static void test_plan_of_a_tree(void)
{
	g_autoptr(Plan) plan = sample_plan();
	g_autofree char *json = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Plan) back = NULL;
	PlanHop *kernel;

	kernel = plan->hops->pdata[0];
	kernel->commit = g_strdup("0123456789abcdef0123456789abcdef01234567");
	kernel->version = g_strdup("v7.1-3-g0123456789ab-dirty");
	kernel->dirty = true;
	json = plan_to_json(plan);
	back = plan_from_json(json, -1, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(plan_hop(back, 0)->commit, ==, kernel->commit);
	g_assert_cmpstr(plan_hop(back, 0)->version, ==, kernel->version);
	g_assert_true(plan_hop(back, 0)->dirty);
	g_assert_null(plan_hop(back, 1)->commit);
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
		{ "{\"schema\": 2, \"guest\": {\"memory_bytes\": 1073741824}, \"hops\": []}", KHOTEST_ERROR_FAILED },
		{ "{\"schema\": 2, \"guest\": {\"memory_bytes\": 1073741824}, \"hops\": [{\"name\": \"7.1\"}]}",
		  KHOTEST_ERROR_FAILED },
		{ "{\"schema\": 99}", KHOTEST_ERROR_INPUT },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(plan_from_json(bad[i].json, -1, &error));
		g_assert_error(error, KHOTEST_ERROR, bad[i].code);
	}
}

/* A path that leads out of the run directory is as if the plan had none. */
static void test_plan_outside(void)
{
	static const struct {
		const char *path;
		bool taken;
	} cases[] = {
		{ "kernels/ab12/config", true }, { "a..b/...", true }, { "../secret/config", false },
		{ "kernels/../../x", false },	 { "..", false },      { "/etc/passwd", false },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Plan) plan = sample_plan(), back = NULL;
		PlanHop *hop = plan->hops->pdata[0];
		g_autofree char *json = NULL;

		g_free(hop->symbols);
		hop->symbols = g_strdup(cases[i].path);
		hop->config = g_strdup(cases[i].path);
		json = plan_to_json(plan);
		back = plan_from_json(json, -1, NULL);
		g_assert_cmpstr(plan_hop(back, 0)->symbols, ==, cases[i].taken ? cases[i].path : NULL);
		g_assert_cmpstr(plan_hop(back, 0)->config, ==, cases[i].taken ? cases[i].path : NULL);
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

/* A line of the journal that was changed is known for it; one that was torn, in the end, is not. */
static void test_journal_damaged(void)
{
	static const char *const changes[][2] = { { "\"crashed\"", "\"cramped\"" },
						  { "\"hop\":1", "\"hop\":0" },
						  { "{\"ns\"", "x\"ns\"" } };
	g_autofree char *parent = g_dir_make_tmp("khotest-store-XXXXXX", NULL);
	g_autoptr(RunDir) run = rundir_create(parent, "label", NULL);
	g_autofree char *path = rundir_file(run, RUNDIR_JOURNAL), *text = NULL;
	g_autoptr(Journal) cleared = NULL;
	JournalEvent event = journal_event(JOURNAL_END, 42);
	gsize length;

	event.cause = "crashed";
	event.hop = 1;
	g_assert_true(journal_write(run, &event, NULL) && journal_write(run, &event, NULL));
	g_assert_true(g_file_get_contents(path, &text, &length, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_auto(GStrv) parts = g_strsplit(text, changes[i][0], 2);
		g_autofree char *changed = g_strjoinv(changes[i][1], parts);
		g_autoptr(Journal) journal = journal_parse(changed);

		g_assert_cmpuint(journal->damaged, ==, 1);
		g_assert_cmpuint(journal->events->len, ==, 1);
	}
	for (gsize kept = length / 2 + 1; kept < length - 1; kept++) {
		g_autofree char *torn = g_strndup(text, kept);
		g_autoptr(Journal) journal = journal_parse(torn);

		g_assert_cmpuint(journal->damaged, ==, 0);
		g_assert_cmpuint(journal->events->len, ==, 1);
	}
	/* a block that never came to the disk */
	memset(text, '\0', length / 2);
	g_assert_true(g_file_set_contents(path, text, (gssize)length, NULL));
	cleared = journal_read(run);
	g_assert_cmpuint(cleared->damaged, ==, 1);
	/* what comes behind it is read */
	g_assert_cmpuint(cleared->events->len, ==, 1);
	g_assert_true(files_remove_tree(parent, NULL));
}

/* A hop that no run can have is damage: the harness's own ends with the longest chain, and a guest's word has four
 * digits. */
static void test_journal_hop(void)
{
	static const struct {
		const char *event, *hop;
		guint damaged;
	} cases[] = {
		{ "end", "0", 0 },	 { "end", "64", 0 },	     { "end", "-1", 0 },	  { "end", "65", 1 },
		{ "end", "-2", 1 },	 { "end", "2147483647", 1 }, { "end", "99999999999", 1 }, { "record", "65", 0 },
		{ "record", "9999", 0 }, { "record", "10000", 1 },   { "host", "2147483647", 1 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text =
			g_strdup_printf("{\"ns\":1,\"event\":\"%s\",\"hop\":%s}\n", cases[i].event, cases[i].hop);
		g_autoptr(Journal) journal = journal_parse(text);

		g_assert_cmpuint(journal->damaged, ==, cases[i].damaged);
		g_assert_cmpuint(journal->events->len, ==, 1 - cases[i].damaged);
	}
}

/* Where there is room for half a line only, the next one that fits is whole all the same. */
static void test_journal_full(void)
{
	g_autofree char *parent = g_dir_make_tmp("khotest-store-XXXXXX", NULL), *path = NULL;
	g_autoptr(RunDir) run = rundir_create(parent, "label", NULL);
	JournalEvent event = journal_event(JOURNAL_END, 42), little = journal_event(JOURNAL_MACHINE, 43);
	struct rlimit before, limit;
	g_autoptr(Journal) journal = NULL;
	g_autoptr(GError) error = NULL;
	GStatBuf info;

	signal(SIGXFSZ, SIG_IGN);
	g_assert_true(journal_write(run, &event, NULL));
	path = rundir_file(run, RUNDIR_JOURNAL);
	g_assert_cmpint(g_stat(path, &info), ==, 0);
	getrlimit(RLIMIT_FSIZE, &before);
	limit = (struct rlimit){ (rlim_t)info.st_size + 120, before.rlim_max };
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
	g_assert_false(journal_write(run, &event, &error));
	g_assert_nonnull(error);
	g_assert_true(journal_write(run, &little, NULL));
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
	journal = journal_read(run);
	g_assert_cmpuint(journal->events->len, ==, 2);
	g_assert_cmpuint(journal->damaged, ==, 0);
	g_assert_true(files_remove_tree(parent, NULL));
}

/* What was removed is not made again, and names that are a folder for one record are no other one's. */
static void test_place(void)
{
	g_autofree char *parent = g_dir_make_tmp("khotest-store-XXXXXX", NULL);
	g_autoptr(RunDir) run = rundir_create(parent, "label", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(rundir_check(run, &error));
	g_assert_true(rundir_has_place(run, 0, "proc/iomem"));
	g_assert_true(rundir_write_record(run, 0, "proc/iomem", "x", 1, &error));
	g_assert_true(rundir_has_place(run, 0, "proc/iomem"));
	g_assert_true(rundir_has_place(run, 1, "proc"));
	g_assert_false(rundir_has_place(run, 0, "proc"));
	g_assert_false(rundir_has_place(run, 0, "proc/iomem/x"));
	g_assert_false(rundir_has_place(run, 0, "proc/iomem/x/y"));
	g_assert_true(files_remove_tree(run->path, NULL));
	g_assert_false(rundir_write_record(run, 0, "proc/iomem", "x", 1, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_false(g_file_test(run->path, G_FILE_TEST_EXISTS));
	g_assert_true(files_remove_tree(parent, NULL));
}

/* Once for a kernel, and no room is taken for it where a link will do. */
static void test_rundir_symbols(void)
{
	g_autofree char *parent = g_dir_make_tmp("khotest-store-XXXXXX", NULL);
	g_autofree char *from = g_build_filename(parent, "map", NULL), *kept = NULL, *text = NULL;
	g_autoptr(Plan) plan = sample_plan();
	g_autoptr(GError) error = NULL;
	g_autoptr(RunDir) run = rundir_create(parent, "label", &error);
	GStatBuf info;

	g_assert_true(files_write(from, "text", 4, &error));
	for (guint i = 0; i < plan_hops(plan); i++)
		g_assert_true(rundir_keep(run, plan_hop(plan, i)->symbols, from, &error));
	/* an image has none */
	g_assert_true(rundir_keep(run, plan_hop(NULL, 0)->symbols, NULL, &error));
	g_assert_null(rundir_read_symbols(run, plan_hop(NULL, 0)));
	text = rundir_read_symbols(run, plan_hop(plan, 1));
	g_assert_cmpstr(text, ==, "text");
	kept = g_build_filename(run->path, "kernels/ab12/System.map", NULL);
	g_assert_cmpint(g_stat(kept, &info), ==, 0);
	g_assert_cmpuint(info.st_nlink, ==, 2);
	/* it is not taken for a record */
	g_assert_cmpuint(rundir_hops(run), ==, 0);
	g_assert_true(files_remove_tree(parent, &error));
}

/* A pipe in place of a file, to which nobody ever writes: it is as if it were not there, and nobody waits for it. */
static void test_rundir_pipe(void)
{
	g_autofree char *parent = g_dir_make_tmp("khotest-store-XXXXXX", NULL), *plan = NULL, *log = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(RunDir) run = rundir_create(parent, "label", NULL);
	g_autoptr(Console) console = NULL;
	g_autoptr(GBytes) bytes = NULL;

	plan = rundir_file(run, RUNDIR_PLAN);
	log = rundir_file(run, RUNDIR_CONSOLE);
	g_remove(plan);
	g_remove(log);
	g_assert_cmpint(mkfifo(plan, 0600), ==, 0);
	g_assert_cmpint(mkfifo(log, 0600), ==, 0);
	g_assert_null(rundir_read(run, RUNDIR_PLAN));
	console = console_read(run);
	g_assert_cmpuint(console->lines.len, ==, 0);
	bytes = files_read(log, &error);
	g_assert_null(bytes);
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_true(files_remove_tree(parent, NULL));
}

/* In place of name in the run directory, a link. */
static void put_link(const RunDir *run, const char *name, const char *target)
{
	g_autofree char *path = g_build_filename(run->path, name, NULL), *folder = g_path_get_dirname(path);

	g_assert_true(files_mkdirs(folder, NULL));
	g_assert_true(files_remove_tree(path, NULL));
	g_assert_cmpint(symlink(target, path), ==, 0);
}

static void check_outside(const RunDir *run)
{
	static const RunFile files[] = { RUNDIR_PLAN,  RUNDIR_JOURNAL, RUNDIR_CONSOLE, RUNDIR_CONSOLE_TIMES,
					 RUNDIR_LINES, RUNDIR_MEMORY,  RUNDIR_RESULT,  RUNDIR_CONFIG };
	g_autofree char *secret = g_build_filename(run->path, "../secret", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = rundir_file(run, files[i]), *name = g_path_get_basename(path), *text = NULL;
		g_autoptr(GBytes) bytes = NULL;

		put_link(run, name, i % 2 ? "../secret" : secret);
		text = rundir_text(run, files[i]);
		bytes = rundir_read(run, files[i]);
		g_assert_null(text);
		g_assert_null(bytes);
	}
}

/* What somebody put into a run directory does not choose which other files are read: they are as if not there. */
static void test_rundir_outside(void)
{
	g_autofree char *parent = g_dir_make_tmp("khotest-store-XXXXXX", NULL);
	g_autofree char *secret = g_build_filename(parent, "secret", NULL),
			*folder = g_build_filename(parent, "1", NULL);
	g_autofree char *record = g_build_filename(folder, "hello", NULL);
	g_autoptr(RunDir) run = rundir_create(parent, "label", NULL);
	g_autoptr(Console) console = NULL;
	g_autoptr(Journal) journal = NULL;
	PlanHop hop = { .symbols = (char *)"kernels/a/System.map", .config = (char *)"../secret" };

	g_assert_true(files_write(secret, "secret\n", 7, NULL));
	g_assert_true(files_mkdirs(folder, NULL) && files_write(record, "secret\n", 7, NULL));
	check_outside(run);
	console = console_read(run);
	g_assert_cmpuint(console->lines.len, ==, 0);
	journal = journal_read(run);
	g_assert_cmpuint(journal->damaged, ==, 0);
	put_link(run, "hops/0/hello", secret);
	put_link(run, "hops/1", folder);
	put_link(run, "kernels/a/System.map", secret);
	put_link(run, "kernels/a/layout", secret);
	g_assert_null(rundir_read_record(run, 0, "hello"));
	g_assert_null(rundir_read_record(run, 1, "hello"));
	g_assert_null(rundir_read_record(run, 1, "../../../secret"));
	g_assert_null(rundir_read_symbols(run, &hop));
	g_assert_null(rundir_read_layout(run, &hop));
	g_assert_null(rundir_read_config(run, &hop));
	put_link(run, "hops", parent);
	g_assert_cmpuint(rundir_hops(run), ==, 0);
	g_assert_true(files_remove_tree(parent, NULL));
}

/* Links within it are none of that, nor is one that leads to the run directory itself. */
static void test_rundir_inside(void)
{
	g_autofree char *parent = g_dir_make_tmp("khotest-store-XXXXXX", NULL);
	g_autofree char *link = g_build_filename(parent, "LAST", NULL), *text = NULL;
	g_autoptr(RunDir) made = rundir_create(parent, "label", NULL), run = NULL;
	g_autoptr(Console) console = NULL;
	g_autoptr(GBytes) record = NULL;

	g_assert_cmpint(symlink(made->path, link), ==, 0);
	g_assert_true(rundir_write(made, RUNDIR_CONSOLE, "one\ntwo\n", NULL));
	g_assert_true(rundir_write_record(made, 0, "hello", "x", 1, NULL));
	put_link(made, "lines.txt", "console.log");
	run = rundir_open(link, NULL);
	console = console_read(run);
	g_assert_cmpuint(console->lines.len, ==, 2);
	g_assert_cmpstr(console_line(&console->lines, 1), ==, "two");
	text = rundir_text(run, RUNDIR_LINES);
	g_assert_cmpstr(text, ==, "one\ntwo\n");
	record = rundir_read_record(run, 0, "hello");
	g_assert_nonnull(record);
	g_assert_cmpuint(rundir_hops(run), ==, 1);
	g_assert_true(files_remove_tree(parent, NULL));
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
	g_test_add_func("/store/journal-damaged", test_journal_damaged);
	g_test_add_func("/store/journal-hop", test_journal_hop);
	g_test_add_func("/store/journal-full", test_journal_full);
	g_test_add_func("/store/place", test_place);
	g_test_add_func("/plan/round-trip", test_plan);
	g_test_add_func("/plan/round-trip-of-a-chain", test_chain);
	g_test_add_func("/plan/round-trip-of-a-tree", test_plan_of_a_tree);
	g_test_add_func("/plan/no-hop", test_plan_no_hop);
	g_test_add_func("/plan/schema-1", test_plan_schema_1);
	g_test_add_func("/plan/without-mode", test_plan_without_mode);
	g_test_add_func("/plan/bad", test_plan_bad);
	g_test_add_func("/plan/outside", test_plan_outside);
	g_test_add_func("/rundir/round-trip", test_rundir);
	g_test_add_func("/rundir/symbols", test_rundir_symbols);
	g_test_add_func("/rundir/pipe", test_rundir_pipe);
	g_test_add_func("/rundir/outside", test_rundir_outside);
	g_test_add_func("/rundir/inside", test_rundir_inside);
	g_test_add_func("/rundir/bad", test_rundir_bad);
	return g_test_run();
}
