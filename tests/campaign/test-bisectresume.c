// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bisections that the host, or somebody, gets in the way of: what is gone on with, and what is not. Arguments: the
 * recordings of bisectrepository.h.
 */
#include "bisectrepository.h"

#include <base/error.h>

#include <string.h>

/* Cut off in the middle, and gone on with: nothing is run again but what was cut off. */
static void test_resume(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = repository_spec(r, "v0", "v64", &paths);
	g_autofree char *path = NULL, *again = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	r->first_bad = 41;
	r->cancel_at = 5;
	g_assert_null(repository_bisect(r, &spec, &path, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	g_assert_nonnull(strstr(error->message, "--resume"));
	g_clear_error(&error);
	g_assert_nonnull(path);
	r->cancel_at = 0;
	r->runs = 0;
	g_cancellable_reset(r->cancel);
	spec.resume = true;
	spec.path = path;
	found = repository_bisect(r, &spec, &again, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[41]);
	g_assert_cmpuint(found->steps->len, ==, 4 + r->runs);
}

/* What the host could not run is tried again by who goes on; and it goes no further where the host runs nothing. */
static void test_host(Repository *r, gconstpointer data)
{
	for (guint unjudged = 0; unjudged < 2; unjudged++) {
		Paths paths;
		BisectSpec spec = repository_spec(r, "v0", "v64", &paths);
		g_autofree char *path = NULL, *again = NULL, *name = g_strdup_printf("%s/h%u", r->folder, unjudged);
		g_autoptr(GError) error = NULL;
		g_autoptr(Bisection) found = NULL;

		spec.path = name;
		r->first_bad = 41;
		r->unjudged = unjudged ? "emulator-stuck" : NULL;
		r->host_from = 20;
		r->host_to = 60;
		r->runs = 0;
		g_assert_null(repository_bisect(r, &spec, &path, &error));
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
		found = repository_bisect(r, &spec, &again, &error);
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
	BisectSpec spec = repository_spec(r, "v0", "v64", &paths);
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	r->first_bad = 41;
	r->unjudged = "word-ignored";
	r->host_from = 28;
	r->host_to = 36;
	found = repository_bisect(r, &spec, &path, &error);
	g_assert_no_error(error);
	g_assert_true(found->sure);
	g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[41]);
}

/* Commits may change the kernel's configuration, and nothing else: their figures would say nothing of the kernel. */
static void test_other_machine(Repository *r, gconstpointer data)
{
	double figure[65];
	Paths paths;
	BisectSpec spec = repository_spec(r, "v0", "v64", &paths);
	g_autofree char *path = NULL, *again = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(figure); i++)
		figure[i] = i >= 23 ? 64000000 : 62000000;
	r->figure = figure;
	r->other_from = 64;
	spec.rule = (BisectRule){ .metric = metric_find("insn2.to_init"), .threshold = 0.01 };
	g_assert_null(repository_bisect(r, &spec, &path, &error));
	g_test_message("%s", error->message);
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
	g_assert_nonnull(strstr(error->message, "figures of different things cannot be compared"));
	g_assert_nonnull(strstr(error->message, "and QEMU 10.0.2"));
	g_assert_null(strstr(error->message, "HZ"));
	g_clear_error(&error);
	/* no end is kept; it is begun again, and cut off behind the bad end: what goes on has to be like that */
	spec.resume = true;
	spec.path = path;
	r->other_from = 100;
	r->runs = 0;
	r->cancel_at = 4;
	g_assert_null(repository_bisect(r, &spec, &again, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	g_clear_pointer(&again, g_free);
	g_clear_error(&error);
	g_cancellable_reset(r->cancel);
	r->cancel_at = 0;
	r->other_from = 1;
	g_assert_null(repository_bisect(r, &spec, &again, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
	g_clear_pointer(&again, g_free);
	g_clear_error(&error);
	r->other_from = 100;
	found = repository_bisect(r, &spec, &again, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(found->suspects->pdata[0], ==, r->ids->pdata[23]);
}

/* How large the machine is says the first run, where nobody does: the others have the same, also later. */
static void test_memory(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = repository_spec(r, "v0", "v64", &paths);
	g_autofree char *path = NULL, *again = NULL;
	g_autoptr(GError) error = NULL;

	r->first_bad = 41;
	r->cancel_at = 2;
	g_assert_null(repository_bisect(r, &spec, &path, &error));
	g_assert_cmpuint(r->memory >> 30, ==, 100);
	g_clear_error(&error);
	r->cancel_at = 1;
	r->runs = 0;
	r->memory = 0;
	g_cancellable_reset(r->cancel);
	spec.resume = true;
	spec.path = path;
	g_assert_null(repository_bisect(r, &spec, &again, &error));
	g_assert_cmpuint(r->memory >> 30, ==, 100);
	/* who asks for some has that */
	g_cancellable_reset(r->cancel);
	g_clear_pointer(&again, g_free);
	g_clear_error(&error);
	r->runs = 0;
	spec.request.guest.memory_bytes = 8ull << 30;
	g_assert_null(repository_bisect(r, &spec, &again, &error));
	g_assert_cmpuint(r->memory >> 30, ==, 8);
}

/* Patches that were changed meanwhile are others: what was tried says nothing of them. */
static void test_other_patches(Repository *r, gconstpointer data)
{
	Paths paths;
	BisectSpec spec = repository_spec(r, NULL, NULL, &paths);
	g_autofree char *path = NULL, *out = NULL, *again = NULL, *mbox = g_build_filename(r->folder, "fix.mbox", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Bisection) found = NULL;

	out = repository_git(
		r, "git format-patch --stdout v0..v5 > ../fix.mbox; sed 's/change 2/change two/' ../fix.mbox > "
		   "../other.mbox; cp ../fix.mbox ../same.mbox");
	spec.dir = NULL;
	spec.patches = mbox;
	r->first_bad = 4;
	r->cancel_at = 2;
	g_assert_null(repository_bisect(r, &spec, &path, &error));
	g_clear_error(&error);
	g_cancellable_reset(r->cancel);
	r->cancel_at = 0;
	spec.resume = true;
	spec.path = path;
	g_free(repository_git(r, "cp ../other.mbox ../fix.mbox"));
	g_assert_null(repository_bisect(r, &spec, &again, &error));
	g_test_message("%s", error->message);
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "patch 2 of "));
	g_assert_nonnull(strstr(error->message, "bisect it anew"));
	g_clear_error(&error);
	g_free(repository_git(r, "cp ../same.mbox ../fix.mbox"));
	found = repository_bisect(r, &spec, &again, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(found->suspects->pdata[0], ==, "4");
}

int main(int argc, char **argv)
{
	static const RepositoryTest tests[] = {
		{ "/bisect/resume", test_resume },
		{ "/bisect/host", test_host },
		{ "/bisect/own-error", test_own_error },
		{ "/bisect/other-machine", test_other_machine },
		{ "/bisect/memory", test_memory },
		{ "/bisect/other-patches", test_other_patches },
		{ NULL, NULL },
	};

	repository_init(argc, argv, tests);
	return g_test_run();
}
