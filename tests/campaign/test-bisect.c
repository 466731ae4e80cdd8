// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bisections over real git repositories and real mboxes, with recorded runs in place of machines. Arguments: a
 * recording that passes and one that fails with scratch-not-cma.
 */
#include "../recorded.h"
#include "fakeexecutor.h"

#include <base/error.h>
#include <base/files.h>
#include <base/json.h>
#include <base/spawn.h>
#include <campaign/bisect.h>
#include <report/bisection.h>

#include <string.h>
#include <unistd.h>

static const char *recordings[2];

typedef struct {
	char *folder, *tree, *cache;
	GHashTable *numbers; /* id of a commit: its number, from 0 on */
	GPtrArray *ids;
	guint first_bad;	      /* all from this number on are bad */
	guint broken_from, broken_to; /* these do not build */
	guint cancel_at;	      /* that run is cut off; 0: none */
	guint host_from, host_to;     /* these the host cannot run */
	const char *unjudged;	      /* it runs them, but comes to no verdict for that reason */
	guint other_from;	      /* from this number on the host has another emulator; 0: never */
	guint64 memory;		      /* that was asked for last */
	guint stay_number;	      /* runs of this number fail only every second time */
	guint runs;
	const double *figure; /* of instructions, by number; NULL: none */
	guint noise;
	GCancellable *cancel;
} Repository;

static char *run_git(Repository *r, const char *command)
{
	g_autofree char *all = g_strdup_printf("cd '%s' && %s", r->tree, command);
	const char *const argv[] = { "sh", "-euc", all, NULL };
	g_autoptr(GError) error = NULL;
	char *out = NULL;

	g_assert_true(spawn_check(argv, NULL, NULL, &out, &error));
	g_assert_no_error(error);
	return out;
}

static void learn(Repository *r, const char *command)
{
	g_autofree char *out = run_git(r, command);
	g_auto(GStrv) lines = g_strsplit(g_strchomp(out), "\n", -1);

	for (guint i = 0; lines[i]; i++) {
		g_ptr_array_add(r->ids, g_strdup(lines[i]));
		g_hash_table_insert(r->numbers, g_strdup(lines[i]), GUINT_TO_POINTER(i));
	}
}

static void set_up(Repository *r, gconstpointer data)
{
	g_autofree char *out = NULL;

	r->folder = g_dir_make_tmp("khotest-bisect-XXXXXX", NULL);
	r->tree = g_build_filename(r->folder, "tree", NULL);
	r->cache = g_build_filename(r->folder, "cache", NULL);
	r->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	r->ids = g_ptr_array_new_with_free_func(g_free);
	r->cancel = g_cancellable_new();
	g_assert_true(files_mkdirs(r->tree, NULL));
	g_assert_true(files_mkdirs(r->cache, NULL));
	/* 65 commits in a row, "v0" to "v64" */
	out = run_git(r, "git init -q -b main . && i=0; while [ $i -le 64 ]; do echo \"commit refs/heads/main\n"
			 "committer a <a@b> $((1700000000 + i)) +0000\ndata <<E\nchange $i\nE\nM 644 inline file\ndata "
			 "<<E\n$i\nE\n"
			 "reset refs/tags/v$i\nfrom refs/heads/main\n\"; i=$((i + 1)); done | git fast-import --quiet");
	learn(r, "git rev-list --reverse main");
	g_assert_cmpuint(r->ids->len, ==, 65);
}

static void tear_down(Repository *r, gconstpointer data)
{
	g_assert_true(files_remove_tree(r->folder, NULL));
	g_hash_table_unref(r->numbers);
	g_ptr_array_unref(r->ids);
	g_object_unref(r->cancel);
	g_free(r->folder);
	g_free(r->tree);
	g_free(r->cache);
}

/* Of a commit, "DIR@ID", or of so many patches, ".../NAME-N". */
static guint number_of(const Repository *r, const RunRequest *request)
{
	if (request->tree)
		return GPOINTER_TO_UINT(g_hash_table_lookup(r->numbers, strchr(request->tree, '@') + 1));
	return (guint)atoi(strrchr(request->series, '-') + 1);
}

static void count(Result *result, double instructions)
{
	g_autoptr(Counts) counts = counts_new();

	for (guint hop = 0; hop < 2; hop++) {
		counts_add(counts, COUNT_ENTRY, "at", 100000000 * (gint64)hop);
		counts_add(counts, COUNT_INIT, "at", 100000000 * (gint64)hop + (gint64)instructions);
	}
	recorded_counts(result, counts);
}

/* Where who goes on finds it. */
static void leave_run(const RunRequest *request, const char *name, const char *recording)
{
	g_autofree char *path = g_build_filename(request->output, name, NULL);

	unlink(path);
	g_assert_cmpint(symlink(recording, path), ==, 0);
}

/* As if it had run there, and with a configuration of its own. */
static void change_key(Result *result, bool other)
{
	if (!result->config)
		result->config = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_hash_table_insert(result->config, g_strdup("CONFIG_HZ"), g_strdup(other ? "999" : "998"));
	if (other)
		result->qemu = "QEMU 10.0.2";
}

static void leave_unjudged(Verdict *verdict, const char *id)
{
	Reason *reason = g_new0(Reason, 1);

	reason->id = id;
	reason->text = g_strdup("for that");
	g_ptr_array_set_size(verdict->reasons, 0);
	g_ptr_array_add(verdict->reasons, reason);
	verdict->kind = VERDICT_ERROR;
}

static RunOutcome *answer(const RunRequest *request, guint started, gpointer data)
{
	Repository *r = data;
	guint number = number_of(r, request);
	RunOutcome *outcome = g_new0(RunOutcome, 1);
	bool bad = number >= r->first_bad;

	r->runs++;
	r->memory = request->guest.memory_bytes;
	if (r->cancel_at && r->runs == r->cancel_at) {
		g_cancellable_cancel(r->cancel);
		error_set(&outcome->error, KHOTEST_ERROR_CANCELLED, "interrupted");
		return outcome;
	}
	if (number >= r->broken_from && number < r->broken_to) {
		error_set(&outcome->error, KHOTEST_ERROR_FAILED, "lib/sort.c:1: error: this is no C\nand more");
		return outcome;
	}
	if (!r->unjudged && number >= r->host_from && number < r->host_to) {
		error_set(&outcome->error, KHOTEST_ERROR_HOST, "100G are not free on this host");
		return outcome;
	}
	if (r->stay_number && number == r->stay_number)
		bad = started % 2 == 0;
	outcome->run = g_strdup_printf("run-%u", started);
	outcome->result = result_load(recordings[r->figure ? 0 : bad], NULL);
	g_assert_nonnull(outcome->result);
	leave_run(request, outcome->run, recordings[r->figure ? 0 : bad]);
	if (r->other_from)
		change_key(outcome->result, number >= r->other_from);
	if (r->unjudged && number >= r->host_from && number < r->host_to)
		leave_unjudged(outcome->result->verdict, r->unjudged);
	outcome->outcome = outcome->result->verdict->kind;
	if (r->figure)
		count(outcome->result, r->figure[number]);
	return outcome;
}

static BisectSpec spec_of(Repository *r, const char *good, const char *bad, Paths *paths)
{
	static const char *const asked[] = { "khotest", "bisect", NULL };

	*paths = (Paths){ .cache = r->cache, .patches = r->folder };
	return (BisectSpec){ .paths = paths,
			     .request = { .asked = asked, .kernel = "7.1", .cancel = r->cancel },
			     .dir = r->tree,
			     .repeat = 1,
			     .good = good,
			     .bad = bad,
			     .parent = r->folder };
}

/* Runs it; what it prints is looked at too. */
static Bisection *bisect(Repository *r, BisectSpec *spec, char **ret_path, GError **error)
{
	g_autoptr(Executor) executor = fakeexecutor_new(answer, r, r->cancel);
	Bisection *bisection;

	spec->executor = executor;
	bisection = bisect_run(spec, ret_path, error);
	if (bisection) {
		g_autofree char *text = bisection_to_text(bisection), *json = bisection_to_json(bisection);
		g_autoptr(JsonObject) object = json_parse_object(json, -1, "bisection", NULL);

		g_test_message("%s", text);
		g_assert_nonnull(object);
		g_assert_nonnull(strstr(text, bisection->sure ? "the first bad" : "is one of these"));
	}
	return bisection;
}

/* Each of 64 may be the first bad one; none takes more than 7 places besides the ends. */
static void test_commits(Repository *r, gconstpointer data)
{
	static const guint firsts[] = { 1, 2, 31, 32, 33, 41, 63, 64 };

	for (gsize i = 0; i < G_N_ELEMENTS(firsts); i++) {
		Paths paths;
		BisectSpec spec = spec_of(r, "v0", "main", &paths);
		g_autofree char *path = NULL, *name = g_strdup_printf("%s/b%zu", r->folder, i);
		g_autoptr(GError) error = NULL;
		g_autoptr(Bisection) found = NULL;
		const BisectLook *look;
		g_autofree char *title = g_strdup_printf("change %u", firsts[i]);

		spec.path = name;
		r->first_bad = firsts[i];
		found = bisect(r, &spec, &path, &error);
		g_assert_no_error(error);
		g_assert_true(found->sure);
		g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[firsts[i]]);
		g_assert_cmpstr(found->good, ==, r->ids->pdata[firsts[i] - 1]);
		/* the bad end and six places; and the good end if nothing else shows what is good */
		g_assert_cmpuint(found->steps->len, <=, firsts[i] == 1 ? 8 : 7);
		look = g_hash_table_lookup(found->looks, found->suspects->pdata[0]);
		g_assert_cmpstr(look->title, ==, title);
		g_assert_cmpstr(look->files[0], ==, "file");
	}
}

/* Those that do not build are passed over; next to the first bad one they leave a doubt, which is said. */
static void test_skip(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = spec_of(r, "v0", "v64", &paths);
	g_autofree char *path = NULL, *other_path = NULL, *other = g_strconcat(r->folder, "/other", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL, doubt = NULL;

	r->first_bad = 41;
	r->broken_from = 30;
	r->broken_to = 35;
	found = bisect(r, &spec, &path, &error);
	g_assert_no_error(error);
	g_assert_true(found->sure);
	g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[41]);

	r->broken_from = 39;
	r->broken_to = 42;
	spec.path = other;
	doubt = bisect(r, &spec, &other_path, &error);
	g_assert_no_error(error);
	g_assert_false(doubt->sure);
	/* 39, 40 and 41 cannot be told, and 42 is known to be bad */
	g_assert_cmpuint(doubt->suspects->len, ==, 4);
	g_assert_cmpstr(doubt->suspects->pdata[0], ==, r->ids->pdata[42]);
	g_assert_cmpstr(doubt->good, ==, r->ids->pdata[38]);
}

/* A branch that was merged: the fault is on it. */
static void test_merge(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = spec_of(r, "v60", "topic", &paths);
	g_autofree char *path = NULL, *out = NULL, *id = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	out = run_git(r, "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a;"
			 "t=v64^{tree}; s=v60; for i in 1 2 3 4; do s=$(git commit-tree -p $s -m side$i $t); done;"
			 "m=$(git commit-tree -p v64 -p $s -m merge $t); git update-ref refs/heads/topic $m;"
			 "git update-ref refs/heads/side $s");
	id = run_git(r, "git rev-parse side~1");
	g_strchomp(id);
	/* good: all but the last two of the branch, and the merge */
	g_hash_table_remove_all(r->numbers);
	g_ptr_array_set_size(r->ids, 0);
	learn(r, "git rev-list --reverse side~2; git rev-list --reverse v60..v64; git rev-list --reverse side~2..side; "
		 "git rev-parse topic");
	r->first_bad = GPOINTER_TO_UINT(g_hash_table_lookup(r->numbers, id));
	found = bisect(r, &spec, &path, &error);
	g_assert_no_error(error);
	g_assert_true(found->sure);
	g_assert_cmpstr(found->suspects->pdata[0], ==, id);
}

static void expect_error_of(Repository *r, BisectSpec *spec, KhotestError code, const char *says)
{
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_null(bisect(r, spec, &path, &error));
	g_test_message("%s", error->message);
	g_assert_error(error, KHOTEST_ERROR, (gint)code);
	g_assert_nonnull(strstr(error->message, says));
	if (path)
		g_assert_true(files_remove_tree(path, NULL));
}

static void expect_error(Repository *r, BisectSpec *spec, const char *says)
{
	expect_error_of(r, spec, KHOTEST_ERROR_INPUT, says);
}

/* Before anything is made: who mends the words finds no folder in the way. */
static void expect_refused(Repository *r, BisectSpec *spec, const char *says)
{
	g_autofree char *path = g_build_filename(r->folder, "refused", NULL);

	spec->path = path;
	expect_error(r, spec, says);
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	spec->path = NULL;
}

static void test_refused(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec none = spec_of(r, "v0", "nonesuch", &paths), turned = spec_of(r, "v64", "v0", &paths);
	BisectSpec same = spec_of(r, "v3", "v3", &paths), both = spec_of(r, "v0", "v64", &paths);
	BisectSpec one = spec_of(r, "v0", NULL, &paths);

	expect_refused(r, &none, "has no commit 'nonesuch'");
	expect_refused(r, &turned, "v64 is not in the history of v0");
	expect_refused(r, &same, "has to come before");
	expect_refused(r, &one, "needs a good and a bad commit");
	r->first_bad = 0;
	expect_error(r, &both, "the good end, ");
	r->first_bad = 100;
	expect_error(r, &both, "the bad end, ");
	r->first_bad = 10;
	both.rule.bad_if = "guest-panic";
	expect_error(r, &both, "is not bad: FAIL scratch-not-cma");
	both.rule.bad_if = "scratch-not-cma";
	/* the answer rests on the good end, and that cannot be built */
	r->broken_to = 1;
	r->first_bad = 1;
	expect_error_of(r, &both, KHOTEST_ERROR_FAILED, "could not be judged: lib/sort.c:1: error: this is no C");
}

/* Cut off in the middle, and gone on with: nothing is run again but what was cut off. */
static void test_resume(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = spec_of(r, "v0", "v64", &paths);
	g_autofree char *path = NULL, *again = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	r->first_bad = 41;
	r->cancel_at = 5;
	g_assert_null(bisect(r, &spec, &path, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	g_assert_nonnull(strstr(error->message, "--resume"));
	g_clear_error(&error);
	g_assert_nonnull(path);
	r->cancel_at = 0;
	r->runs = 0;
	g_cancellable_reset(r->cancel);
	spec.resume = true;
	spec.path = path;
	found = bisect(r, &spec, &again, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[41]);
	g_assert_cmpuint(found->steps->len, ==, 4 + r->runs);
}

/* What the host could not run is tried again by who goes on; and it goes no further where the host runs nothing. */
static void test_host(Repository *r, gconstpointer data)
{
	for (guint unjudged = 0; unjudged < 2; unjudged++) {
		Paths paths;
		BisectSpec spec = spec_of(r, "v0", "v64", &paths);
		g_autofree char *path = NULL, *again = NULL, *name = g_strdup_printf("%s/h%u", r->folder, unjudged);
		g_autoptr(GError) error = NULL;
		g_autoptr(Bisection) found = NULL;

		spec.path = name;
		r->first_bad = 41;
		r->unjudged = unjudged ? "emulator-stuck" : NULL;
		r->host_from = 20;
		r->host_to = 60;
		r->runs = 0;
		g_assert_null(bisect(r, &spec, &path, &error));
		g_test_message("%s", error->message);
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
		g_assert_nonnull(strstr(error->message, "--resume"));
		g_assert_nonnull(strstr(error->message, "3 places in a row"));
		g_assert_nonnull(strstr(error->message, unjudged ? "ERROR" : "100G are not free"));
		g_assert_cmpuint(r->runs, ==, 4);
		g_clear_error(&error);
		r->host_to = 0;
		spec.resume = true;
		spec.path = path;
		found = bisect(r, &spec, &again, &error);
		g_assert_no_error(error);
		g_assert_true(found->sure);
		g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[41]);
		g_assert_cmpuint(found->steps->len, ==, 7);
	}
}

/* A commit with which no run comes to a verdict is gone round, as one that does not build. */
static void test_own_error(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = spec_of(r, "v0", "v64", &paths);
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	r->first_bad = 41;
	r->unjudged = "word-ignored";
	r->host_from = 28;
	r->host_to = 36;
	found = bisect(r, &spec, &path, &error);
	g_assert_no_error(error);
	g_assert_true(found->sure);
	g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[41]);
}

/* What fails only now and then is good once, and bad if it is asked often enough. */
static void test_repeat(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = spec_of(r, "v0", "v64", &paths);
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	r->first_bad = 33;
	r->stay_number = 32;
	spec.repeat = 3;
	found = bisect(r, &spec, &path, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[32]);
	g_assert_cmpuint(bisect_step_at(found->steps, r->ids->pdata[31])->runs->len, ==, 3);
	g_assert_cmpuint(bisect_step_at(found->steps, r->ids->pdata[64])->runs->len, ==, 1);
}

/* A slow-down of 3% among changes of nothing: by counts, one run a commit. */
static void test_figure(Repository *r, gconstpointer data)
{
	double figure[65];
	Paths paths;
	BisectSpec spec = spec_of(r, "v0", "v64", &paths), flat;
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(figure); i++)
		figure[i] = 62000000 + i * 17 + (i >= 23 ? 1860000 : 0);
	r->figure = figure;
	spec.rule = (BisectRule){ .metric = metric_find("insn2.to_init"), .threshold = 0.01 };
	flat = spec;
	found = bisect(r, &spec, &path, &error);
	g_assert_no_error(error);
	g_assert_true(found->sure);
	g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[23]);
	g_assert_cmpuint(r->runs, ==, found->steps->len);
	g_assert_true(files_remove_tree(path, NULL));
	/* too little to look for */
	for (guint i = 0; i < G_N_ELEMENTS(figure); i++)
		figure[i] = 62000000 + i;
	expect_error(r, &flat, "less than 1% apart");
}

/* Commits may change the kernel's configuration, and nothing else: their figures would say nothing of the kernel. */
static void test_other_machine(Repository *r, gconstpointer data)
{
	double figure[65];
	Paths paths;
	BisectSpec spec = spec_of(r, "v0", "v64", &paths);
	g_autofree char *path = NULL, *again = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(figure); i++)
		figure[i] = i >= 23 ? 64000000 : 62000000;
	r->figure = figure;
	r->other_from = 64;
	spec.rule = (BisectRule){ .metric = metric_find("insn2.to_init"), .threshold = 0.01 };
	g_assert_null(bisect(r, &spec, &path, &error));
	g_test_message("%s", error->message);
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "figures of different things cannot be compared"));
	g_assert_nonnull(strstr(error->message, "and QEMU 10.0.2"));
	g_assert_null(strstr(error->message, "HZ"));
	g_clear_error(&error);
	/* the good end is there: what goes on has to be like it */
	spec.resume = true;
	spec.path = path;
	r->other_from = 1;
	g_assert_null(bisect(r, &spec, &again, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_clear_pointer(&again, g_free);
	g_clear_error(&error);
	r->other_from = 100;
	found = bisect(r, &spec, &again, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[23]);
}

/* How large the machine is says the first run, where nobody does: the others have the same, also later. */
static void test_memory(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = spec_of(r, "v0", "v64", &paths);
	g_autofree char *path = NULL, *again = NULL;
	g_autoptr(GError) error = NULL;

	r->first_bad = 41;
	r->cancel_at = 2;
	g_assert_null(bisect(r, &spec, &path, &error));
	g_assert_cmpuint(r->memory >> 30, ==, 100);
	g_clear_error(&error);
	r->cancel_at = 1;
	r->runs = 0;
	r->memory = 0;
	g_cancellable_reset(r->cancel);
	spec.resume = true;
	spec.path = path;
	g_assert_null(bisect(r, &spec, &again, &error));
	g_assert_cmpuint(r->memory >> 30, ==, 100);
	/* who asks for some has that */
	g_cancellable_reset(r->cancel);
	g_clear_pointer(&again, g_free);
	g_clear_error(&error);
	r->runs = 0;
	spec.request.guest.memory_bytes = 8ull << 30;
	g_assert_null(bisect(r, &spec, &again, &error));
	g_assert_cmpuint(r->memory >> 30, ==, 8);
}

/* Patches of an mbox, of which each number is a series. */
static void test_patches(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = spec_of(r, NULL, NULL, &paths), few = spec_of(r, "3", "9", &paths);
	g_autofree char *path = NULL, *out = NULL, *mbox = g_build_filename(r->folder, "fix.mbox", NULL),
			*series = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;
	const BisectLook *look;

	out = run_git(r, "git format-patch --stdout v0..v5 > ../fix.mbox");
	spec.dir = few.dir = NULL;
	spec.patches = few.patches = mbox;
	r->first_bad = 4;
	found = bisect(r, &spec, &path, &error);
	g_assert_no_error(error);
	g_assert_true(found->sure);
	g_assert_true(g_str_has_suffix(path, "-0-5"));
	g_assert_cmpstr(found->suspects->pdata[0], ==, "4");
	g_assert_cmpstr(found->good, ==, "3");
	look = g_hash_table_lookup(found->looks, "4");
	g_assert_cmpstr(look->title, ==, "[PATCH] change 4");
	series = g_build_filename(path, "series", "fix-3", "0003.patch", NULL);
	g_assert_true(g_file_test(series, G_FILE_TEST_EXISTS));
	expect_refused(r, &few, "has 5 patches");
}

/* Patches that were changed meanwhile are others: what was tried says nothing of them. */
static void test_other_patches(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = spec_of(r, NULL, NULL, &paths);
	g_autofree char *path = NULL, *out = NULL, *again = NULL, *mbox = g_build_filename(r->folder, "fix.mbox", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	out = run_git(r, "git format-patch --stdout v0..v5 > ../fix.mbox; sed 's/change 2/change two/' ../fix.mbox > "
			 "../other.mbox; cp ../fix.mbox ../same.mbox");
	spec.dir = NULL;
	spec.patches = mbox;
	r->first_bad = 4;
	r->cancel_at = 2;
	g_assert_null(bisect(r, &spec, &path, &error));
	g_clear_error(&error);
	g_cancellable_reset(r->cancel);
	r->cancel_at = 0;
	spec.resume = true;
	spec.path = path;
	g_free(run_git(r, "cp ../other.mbox ../fix.mbox"));
	g_assert_null(bisect(r, &spec, &again, &error));
	g_test_message("%s", error->message);
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "patch 2 of "));
	g_assert_nonnull(strstr(error->message, "bisect it anew"));
	g_clear_error(&error);
	g_free(run_git(r, "cp ../same.mbox ../fix.mbox"));
	found = bisect(r, &spec, &again, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(found->suspects->pdata[0], ==, "4");
}

/* On which side of the middle, by time: too few never tell, and noise across the middle neither, nor one of seven. */
static void test_side(void)
{
	static const BisectScale slower = { 100, 110, 105, false }, faster = { 110, 100, 105, false };
	g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
	static const double high[] = { 109, 110, 111, 110, 112, 109, 110, 111 };
	static const double one_across[] = { 109, 110, 111, 110, 112, 109, 104.9, 110 };
	static const double both[] = { 99, 111, 103, 106, 100, 110, 104, 107 };

	for (guint i = 0; i < 5; i++)
		g_array_append_val(values, high[i]);
	g_assert_cmpint(bisectscale_side(&slower, values), ==, BISECT_SKIP);
	g_array_append_vals(values, high + 5, 3);
	g_assert_cmpint(bisectscale_side(&slower, values), ==, BISECT_BAD);
	g_assert_cmpint(bisectscale_side(&faster, values), ==, BISECT_GOOD);
	g_array_set_size(values, 0);
	g_array_append_vals(values, both, 8);
	g_assert_cmpint(bisectscale_side(&slower, values), ==, BISECT_SKIP);
	g_array_set_size(values, 0);
	g_array_append_vals(values, one_across, 7);
	g_assert_cmpint(bisectscale_side(&slower, values), ==, BISECT_SKIP);
	g_array_append_vals(values, one_across + 7, 1);
	g_assert_cmpint(bisectscale_side(&slower, values), ==, BISECT_BAD);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 3);
	recordings[0] = argv[1];
	recordings[1] = argv[2];
#define ADD(name, function) g_test_add("/bisect/" name, Repository, NULL, set_up, function, tear_down)
	ADD("commits", test_commits);
	ADD("skip", test_skip);
	ADD("merge", test_merge);
	ADD("refused", test_refused);
	ADD("resume", test_resume);
	ADD("host", test_host);
	ADD("own-error", test_own_error);
	ADD("repeat", test_repeat);
	ADD("figure", test_figure);
	ADD("other-machine", test_other_machine);
	ADD("memory", test_memory);
	ADD("patches", test_patches);
	ADD("other-patches", test_other_patches);
	g_test_add_func("/bisect/side", test_side);
	return g_test_run();
}
