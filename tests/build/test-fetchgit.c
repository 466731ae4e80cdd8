// SPDX-License-Identifier: GPL-2.0-or-later
#include "sandbox.h"

#include <base/spawn.h>

#include <gio/gio.h>
#include <signal.h>
#include <string.h>

/* 'khotest fetch --source' and '--update' as people call them, on a project folder that has one release. */

#define COMMIT "git -c user.name=t -c user.email=t@localhost commit -q -a -m"
#define DEADLINE_NS (G_GINT64_CONSTANT(120) * 1000000000)

typedef struct {
	Sandbox sandbox;
	char *env[8];
	SpawnResult said;
} Site;

static void set_up(Site *site, gconstpointer data)
{
	Sandbox *sandbox = &site->sandbox;

	sandbox_set_up(sandbox, NULL);
	sandbox_write(sandbox, "project/patches/7.1/source", "[kernel]\nversion=7.1.13\n");
	site->env[0] = g_strdup_printf("KHOTEST_SOURCE=%s/project", sandbox->path);
	site->env[1] = g_strdup_printf("XDG_CACHE_HOME=%s/cache", sandbox->path);
	site->env[2] = g_strdup_printf("XDG_CONFIG_HOME=%s/config", sandbox->path);
	site->env[3] = g_strdup_printf("GIT_SSH_COMMAND=%s/ssh", sandbox->path);
	site->env[4] = g_strdup("GIT_SSH_VARIANT=ssh");
	site->env[5] = g_strdup("GIT_CONFIG_GLOBAL=/dev/null");
	g_free(sandbox_run(sandbox,
			   "mkdir up; cd up; git init -q -b main;"
			   "printf 'VERSION = 7\\nPATCHLEVEL = 3\\nSUBLEVEL = 0\\nEXTRAVERSION = -rc1\\n' >Makefile;"
			   "echo >Kbuild; echo k >Kconfig; echo 1 >f; git add .;" COMMIT " one;"
			   "git -c user.name=t -c user.email=t@localhost tag -a -m one v7.3-rc1"));
}

static void tear_down(Site *site, gconstpointer data)
{
	spawn_result_clear(&site->said);
	for (char **one = site->env; *one; one++)
		g_free(*one);
	sandbox_tear_down(&site->sandbox, NULL);
}

/* Runs it, and gives the exit status; words: all behind "khotest", with blanks between. */
static int khotest(Site *site, const char *words)
{
	g_autofree char *line = g_strdup_printf("%s %s", g_getenv("KHOTEST"), words);
	g_auto(GStrv) argv = g_strsplit(line, " ", -1);
	SpawnSpec spec = { .argv = (const char *const *)argv,
			   .cwd = site->sandbox.path,
			   .env = (const char *const *)site->env,
			   .timeout_ns = DEADLINE_NS,
			   .keep_output = true };
	g_autoptr(GError) error = NULL;

	spawn_result_clear(&site->said);
	spawn_run(&spec, &site->said, &error);
	g_assert_no_error(error);
	g_test_message("%s: %d\n%s%s", words, site->said.status, site->said.out, site->said.err);
	return site->said.status;
}

static void assert_says(const char *text, const char *wanted)
{
	if (!strstr(text, wanted))
		g_error("'%s' is not in '%s'", wanted, text);
}

static char *head_of(Site *site)
{
	return sandbox_run(&site->sandbox, "git -C up rev-parse --short=12 main");
}

static void test_update(Site *site, gconstpointer data)
{
	g_autofree char *first = head_of(site), *second = NULL, *line = NULL, *list = NULL, *still = NULL;

	g_assert_cmpint(khotest(site, "fetch --source mine=up#main"), ==, 0);
	line = g_strdup_printf("mine: new, %s (7.3.0-rc1, v7.3-rc1)\n", first);
	g_assert_cmpstr(site->said.out, ==, line);
	g_assert_cmpint(khotest(site, "fetch --source mine=up#other"), ==, 99);
	assert_says(site->said.err, "there is a kernel 'mine' already");
	g_assert_cmpint(khotest(site, "list kernels"), ==, 0);
	assert_says(site->said.out, "7.3.0-rc1, v7.3-rc1");
	assert_says(site->said.out, "the tree as it is");
	g_free(sandbox_run(&site->sandbox, "cd up; echo 2 >f;" COMMIT " two; echo 3 >f;" COMMIT " three"));
	second = head_of(site);
	/* a fetch that is no update leaves it */
	g_assert_cmpint(khotest(site, "fetch mine"), ==, 0);
	assert_says(site->said.out, "as it was fetched last");
	g_assert_cmpint(khotest(site, "fetch --update"), ==, 0);
	list = g_strdup_printf("mine: %s..%s, 2 commits (7.3.0-rc1, v7.3-rc1-2-g%s)\n", first, second, second);
	g_assert_cmpstr(site->said.out, ==, list);
	g_assert_cmpint(khotest(site, "fetch --update mine --format json"), ==, 0);
	assert_says(site->said.out, "\"state\" : \"same\"");
	assert_says(site->said.out, "\"commits_added\" : 0");
	g_assert_cmpint(khotest(site, "fetch --update 7.1"), ==, 99);
	assert_says(site->said.err, "stays what it is");
	g_assert_cmpint(khotest(site, "fetch --update nothere"), ==, 99);
	assert_says(site->said.err, "there is no kernel 'nothere'");
	/* whose fault it is: the host's that the place is gone, not that its branch is */
	g_free(sandbox_run(&site->sandbox, "mv up gone"));
	g_assert_cmpint(khotest(site, "fetch --update"), ==, 77);
	still = g_strdup_printf("mine: still %s (7.3.0-rc1, v7.3-rc1-2-g%s); NOT REACHED: ", second, second);
	assert_says(site->said.out, still);
	g_free(sandbox_run(&site->sandbox, "mv gone up; git -C up branch -q -m main trunk"));
	g_assert_cmpint(khotest(site, "fetch --update"), ==, 99);
	assert_says(site->said.out, "REFUSED: ");
	assert_says(site->said.out, "it has: trunk");
}

/*
 * A place that is written wrong, then a branch: the name is free until something was fetched for it. A night says the
 * same of it.
 */
static void test_wrong_place(Site *site, gconstpointer data)
{
	g_autofree char *left = NULL;

	g_assert_cmpint(khotest(site, "fetch --source mine=/tmp/nosuch/up#main"), ==, 77);
	g_assert_cmpint(khotest(site, "fetch --source mine=up#none"), ==, 99);
	g_assert_cmpint(khotest(site, "nightly --source mine=/tmp/nosuch/up#main"), ==, 77);
	g_assert_cmpint(khotest(site, "nightly --source mine=up#none"), ==, 99);
	assert_says(site->said.err, "--source: ");
	g_assert_cmpint(khotest(site, "nightly --source mine=up"), ==, 99);
	assert_says(site->said.err, "NAME=URL#BRANCH");
	left = sandbox_run(&site->sandbox, "find . -name source -path '*mine*'");
	g_assert_cmpstr(left, ==, "");
	g_assert_cmpint(khotest(site, "fetch --source mine=up#main"), ==, 0);
	/* one that is there stays, when its place is away for once */
	g_free(sandbox_run(&site->sandbox, "mv up gone"));
	g_assert_cmpint(khotest(site, "fetch --source mine=up#main"), ==, 77);
	g_assert_cmpint(khotest(site, "fetch mine"), ==, 0);
}

/*
 * What talks to the other side. stuck: the first connection, which asks where the branch is, is whole, and the second
 * ends within the pack, and stands still then. Byte by byte, since dd counts reads, and one from a pipe may bring only
 * a few.
 */
static void write_ssh(Site *site, bool stuck)
{
	g_autofree char *text = g_strdup_printf("#!/bin/sh\n"
						"echo $$ >>%s/ssh.pids\n"
						"for last; do :; done\n"
						"[ %d = 0 ] || [ $(wc -l <%s/ssh.pids) = 1 ] || "
						"{ eval \"$last\" | { dd bs=1 count=1300000 2>/dev/null; while kill -0 "
						"$PPID; do sleep 0.1; done; } 2>/dev/null; exit; }\n"
						"eval \"$last\"\n",
						site->sandbox.path, stuck, site->sandbox.path);

	sandbox_write(&site->sandbox, "ssh", text);
	g_free(sandbox_run(&site->sandbox, "chmod +x ssh; rm -f ssh.pids"));
}

/* Killed while half of a pack was there: no process, no lock, no half a pack stays, and the next one has all of it. */
static void test_killed(Site *site, gconstpointer data)
{
	g_autofree char *source = g_strdup_printf("far=ssh://host%s/up#main", site->sandbox.path), *left = NULL;
	g_autofree char *head = NULL, *words = g_strconcat("fetch --source ", source, NULL);
	const char *const argv[] = { g_getenv("KHOTEST"), "fetch", "--source", source, NULL };
	g_autoptr(GSubprocessLauncher) launcher =
		g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
	g_autoptr(GSubprocess) child = NULL;
	g_autoptr(GError) error = NULL;

	g_free(sandbox_run(&site->sandbox, "cd up; head -c 3000000 /dev/urandom >big; git add big;" COMMIT " big"));
	head = head_of(site);
	write_ssh(site, true);
	for (char **one = site->env; *one; one++) {
		g_auto(GStrv) pair = g_strsplit(*one, "=", 2);

		g_subprocess_launcher_setenv(launcher, pair[0], pair[1], TRUE);
	}
	child = g_subprocess_launcher_spawnv(launcher, argv, &error);
	g_assert_no_error(error);
	g_free(sandbox_run(&site->sandbox,
			   "for i in $(seq 600); do sleep 0.1; "
			   "ls cache/khotest/git/*.git/objects/pack/tmp_* >/dev/null 2>&1 && exit 0; done; "
			   "exit 1"));
	g_subprocess_send_signal(child, SIGKILL);
	g_subprocess_wait(child, NULL, NULL);
	left = sandbox_run(&site->sandbox,
			   "for i in $(seq 100); do n=0; for p in $(cat ssh.pids); do "
			   "kill -0 $p 2>/dev/null && n=1; done; [ $n = 0 ] && exit 0; sleep 0.1; done; "
			   "echo left");
	g_assert_cmpstr(left, ==, "");
	write_ssh(site, false);
	g_assert_cmpint(khotest(site, words), ==, 0);
	assert_says(site->said.out, head);
	g_free(left);
	left = sandbox_run(&site->sandbox, "cd cache/khotest/git/*.git; find . -name '*.lock' -o -name 'tmp_*'; "
					   "git fsck --full >fsck 2>&1 || cat fsck; rm -f fsck");
	g_assert_cmpstr(left, ==, "");
}

/* An ssh of the user's choice is left as it is; without one, it must not ask, and its own reason is told. */
static void test_ssh_asks(Site *site, gconstpointer data)
{
	g_autofree char *path = NULL, *words = NULL;

	sandbox_write(&site->sandbox, "bin/ssh",
		      "#!/bin/sh\n[ \"$1\" = -oBatchMode=yes ] || { sleep 100; exit 1; }\n"
		      "echo 'me@host: Permission denied (publickey).' >&2\nexit 255\n");
	g_free(sandbox_run(&site->sandbox, "chmod +x bin/ssh"));
	path = g_strdup_printf("PATH=%s/bin:%s", site->sandbox.path, g_getenv("PATH"));
	g_free(site->env[3]);
	site->env[3] = g_steal_pointer(&path);
	words = g_strdup_printf("fetch --source far=ssh://host%s/up#main", site->sandbox.path);
	g_assert_cmpint(khotest(site, words), ==, 99);
	assert_says(site->said.out, "me@host: Permission denied (publickey). What ssh asks");
	assert_says(site->said.out, "try 'git ls-remote ssh://host");
	g_assert_null(strstr(site->said.out, "env -u"));
}

/* One that is stuck all the same: it is said what was tried, and not how. */
static void test_ssh_stuck(Site *site, gconstpointer data)
{
	g_autofree char *words = g_strdup_printf("fetch --source far=ssh://host%s/up#main", site->sandbox.path);

	sandbox_write(&site->sandbox, "ssh", "#!/bin/sh\nexec sleep 100\n");
	g_free(sandbox_run(&site->sandbox, "chmod +x ssh"));
	site->env[6] = g_strdup("KHOTEST_STALL=1s");
	g_assert_cmpint(khotest(site, words), ==, 77);
	assert_says(site->said.out, "'git ls-remote ");
	assert_says(site->said.out, "said nothing for 10 s");
	g_assert_null(strstr(site->said.out, "GIT_DIR"));
}

static gpointer fetch_far(gpointer data)
{
	const char *const *words = data;
	SpawnSpec spec = { .argv = words + 1, .cwd = words[0], .timeout_ns = DEADLINE_NS, .keep_output = true };
	g_auto(SpawnResult) result = { 0 };

	g_assert_true(spawn_run(&spec, &result, NULL));
	g_test_message("%s", result.err);
	return GINT_TO_POINTER(result.status);
}

/* Two at once: both have it, and one of them waited. */
static void test_two(Site *site, gconstpointer data)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	GThread *threads[2];

	g_assert_cmpint(khotest(site, "fetch --source mine=up#main"), ==, 0);
	g_free(sandbox_run(&site->sandbox, "cd up; for i in 1 2 3 4; do echo $i >g$i; git add .;" COMMIT " $i; done"));
	g_ptr_array_add(argv, site->sandbox.path);
	g_ptr_array_add(argv, (gpointer) "env");
	for (char **one = site->env; *one; one++)
		g_ptr_array_add(argv, *one);
	g_ptr_array_add(argv, (gpointer)g_getenv("KHOTEST"));
	g_ptr_array_add(argv, (gpointer) "fetch");
	g_ptr_array_add(argv, (gpointer) "--update");
	g_ptr_array_add(argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("harness", fetch_far, argv->pdata);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		g_assert_cmpint(GPOINTER_TO_INT(g_thread_join(threads[i])), ==, 0);
}

/* The place is there, and what it lacks is nothing that waiting brings. */
static void test_partial(Site *site, gconstpointer data)
{
	g_free(sandbox_run(&site->sandbox,
			   "cd up; echo 2 >f;" COMMIT " two; git config uploadpack.allowFilter true; cd ..;"
			   "git clone -q --filter=blob:none \"file://$PWD/up\" part; rm -rf up"));
	g_assert_cmpint(khotest(site, "fetch --source mine=part#main"), ==, 99);
	assert_says(site->said.out, "REFUSED: ");
	assert_says(site->said.out, "is a partial clone");
	assert_says(site->said.out, "fetch --refetch --no-filter");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/fetchgit/update", Site, NULL, set_up, test_update, tear_down);
	g_test_add("/fetchgit/wrong-place", Site, NULL, set_up, test_wrong_place, tear_down);
	g_test_add("/fetchgit/partial", Site, NULL, set_up, test_partial, tear_down);
	g_test_add("/fetchgit/killed", Site, NULL, set_up, test_killed, tear_down);
	g_test_add("/fetchgit/ssh-asks", Site, NULL, set_up, test_ssh_asks, tear_down);
	g_test_add("/fetchgit/ssh-stuck", Site, NULL, set_up, test_ssh_stuck, tear_down);
	g_test_add("/fetchgit/two", Site, NULL, set_up, test_two, tear_down);
	return g_test_run();
}
