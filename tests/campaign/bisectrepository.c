// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisectrepository.h"

#include "../recorded.h"
#include "fakeexecutor.h"

#include <base/error.h>
#include <base/files.h>
#include <base/json.h>
#include <base/spawn.h>
#include <report/bisection.h>

#include <string.h>
#include <unistd.h>

/* One that passes, and one that fails. */
static const char *recordings[2];

char *repository_git(Repository *r, const char *command)
{
	g_autofree char *all = g_strdup_printf("cd '%s' && %s", r->tree, command);
	const char *const argv[] = { "sh", "-euc", all, NULL };
	g_autoptr(GError) error = NULL;
	char *out = NULL;

	g_assert_true(spawn_check(argv, NULL, NULL, &out, &error));
	g_assert_no_error(error);
	return out;
}

void repository_learn(Repository *r, const char *command)
{
	g_autofree char *out = repository_git(r, command);
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
	out = repository_git(
		r, "git init -q -b main . && i=0; while [ $i -le 64 ]; do echo \"commit refs/heads/main\n"
		   "committer a <a@b> $((1700000000 + i)) +0000\ndata <<E\nchange $i\nE\nM 644 inline file\ndata "
		   "<<E\n$i\nE\n"
		   "reset refs/tags/v$i\nfrom refs/heads/main\n\"; i=$((i + 1)); done | git fast-import --quiet");
	repository_learn(r, "git rev-list --reverse main");
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

void repository_init(int argc, char **argv, const RepositoryTest *tests)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 3);
	recordings[0] = argv[1];
	recordings[1] = argv[2];
	for (; tests->path; tests++)
		g_test_add(tests->path, Repository, NULL, set_up, tests->func, tear_down);
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

/* The host is never quite as fast as before, and becomes slower. */
static void take_time(const Repository *r, Result *result, double ns)
{
	double noise = 0.0004 * (r->runs * r->runs * 7919 % 13 - 6.0);

	hop_of(result, 1)->boot_to_init_ns = (gint64)(ns * (1 + noise + r->drift * r->runs));
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

	reason->known = reason_find(id);
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
	bool bad = number >= r->first_bad, by_figure = r->figure || r->ns;

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
	outcome->result = result_load(recordings[by_figure ? 0 : bad], NULL);
	g_assert_nonnull(outcome->result);
	leave_run(request, outcome->run, recordings[by_figure ? 0 : bad]);
	if (r->other_from)
		change_key(outcome->result, number >= r->other_from);
	if (r->unjudged && number >= r->host_from && number < r->host_to)
		leave_unjudged(outcome->result->verdict, r->unjudged);
	outcome->outcome = outcome->result->verdict->kind;
	if (r->figure)
		count(outcome->result, r->figure[number]);
	if (r->ns)
		take_time(r, outcome->result, r->ns[number]);
	return outcome;
}

BisectSpec repository_spec(Repository *r, const char *good, const char *bad, Paths *paths)
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

Bisection *repository_bisect(Repository *r, BisectSpec *spec, char **ret_path, GError **error)
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
