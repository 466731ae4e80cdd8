// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Series as lists deliver them: threads/ has each shape in a file of its own, with patches for a tree that has the
 * numbers from 1 to 20 in "f" and "same" in "g". What is taken of each, in which order, or what is said against it.
 */
#include "git.h"
#include "listseries.h"
#include "sandbox.h"
#include "thread.h"

#include <build/commits.h>
#include <build/series.h>

#include <base/error.h>

#include <string.h>
#include <unistd.h>

/* The commits that a file must come to, oldest first, and the lines that are then no number: what the patches did. */
typedef struct {
	const char *name; /* in threads/, with "#CHOICE" */
	const char *commits;
	const char *words;
} Taken;

#define BOTH "f: change two,f: change nineteen"

static const Taken taken[] = {
	/* cover letter with a range-diff, patches out of order, reviews, answers with patches, a maintainer's robot */
	{ "thread.mbox", BOTH, "two,nineteen,same" },
	{ "thread.mbox.gz", BOTH, "two,nineteen,same" },
	{ "thread.mbox#2", "f: change nineteen", "nineteen,same" },
	{ "thread.mbox#v2#1", "f: change two", "two,same" },
	{ "b4.mbx", BOTH, "two,nineteen,same" },
	{ "versions.mbox", BOTH, "two,nineteen,same" },
	{ "versions.mbox#v2", "f: change two,f: change ten,g: change", "zwei,ten,other" },
	{ "versions.mbox#v1", "f: change two", "zwei,same" },
	{ "deep.mbox", BOTH, "two,nineteen,same" },
	{ "quoted-printable.mbox", BOTH, "two,nineteen,same" },
	{ "base64-crlf.mbox", BOTH, "two,nineteen,same" },
	/* ... with the empty lines of an mbox between the mails, which are not the mails' */
	{ "quoted-printable-crlf.mbox", BOTH, "two,nineteen,same" },
	{ "8bit-crlf.mbox", BOTH, "two,nineteen,same" },
	{ "flowed.mbox", "f: change two", "two,same" },
	{ "flowed.mbox#1", "f: change two", "two,same" },
	{ "folder", BOTH, "two,nineteen,same" },
	{ "maildir", BOTH, "two,nineteen,same" },
	{ "attachment.mbox", "f: change two", "two,same" },
	{ "inline.mbox", "f: change two", "two,same" },
	{ "body-from.mbox", "f: change two", "two,same" },
	{ "interdiff.mbox", "f: change two", "two,same" },
	{ "unnumbered.mbox", BOTH, "two,nineteen,same" },
	{ "unnumbered.mbox#2", "f: change nineteen", "nineteen,same" },
	{ "unnumbered.mbox#all#1-2", BOTH, "two,nineteen,same" },
	{ "untagged.mbox", BOTH, "two,nineteen,same" },
	{ "untagged.mbox#1", "f: change two", "two,same" },
	{ "resend.mbox", BOTH, "two,nineteen,same" },
	{ "answer.mbox", BOTH, "two,nineteen,same" },
	{ "answer.mbox#two: fix", "f: change two: fix", "other" },
	{ "duplicates.mbox", BOTH, "two,nineteen,same" },
	{ "extra.mbox", BOTH ",g: change", "two,nineteen,other" },
	{ "reroll.mbox#v2", BOTH, "two,nineteen,same" },
	{ "two-series.mbox#another thing", "g: change", "other" },
	{ "two-series.mbox#s.0@example.org#v2", BOTH, "two,nineteen,same" },
	{ "two-series.mbox#all", BOTH ",g: change", "two,nineteen,other" },
	{ "two-series.mbox#all#3", "g: change", "other" },
	{ "alternative.mbox#the OTHER way", "f: change ten,g: change", "ten,other" },
	{ "missing.mbox#1", "f: change two", "two,same" },
};

/* ... and what is not taken, with what must be said. */
static const struct {
	const char *name;
	const char *said[6];
} refused[] = {
	{ "missing.mbox", { "2/3, 3/3 of '[PATCH v2 0/3] f: words for numbers' are not in", "missing.mbox", "'#1'" } },
	{ "thread.mbox#1-3", { "3/2 of '[PATCH v2 0/2]", "is not in" } },
	{ "unnumbered.mbox#3", { "unnumbered.mbox has no patch 3", "the order of the file", "it has 2" } },
	{ "untagged.mbox#1-9", { "untagged.mbox has no patch 3", "it has 2" } },
	{ "flowed.mbox#2", { "flowed.mbox has no patch 2", "it has 1" } },
	{ "two-series.mbox", { "more than one series", "f: words for numbers", "g: another thing", "'#'", "v2" } },
	{ "alternative.mbox", { "more than one series", "f: words for numbers", "f: words, the other way", "other@" } },
	{ "two-series.mbox#v9", { "no series like that", "f: words for numbers", "g: another thing" } },
	{ "reroll.mbox", { "1/2 of '[PATCH v3 2/2]", "is not in", "'#2'", "there is also '[PATCH v2 0/2]" } },
	{ "same-twice.mbox", { "the same version twice", "mail 1", "mail 4" } },
	{ "letters.mbox", { "no patch among its 2 mails" } },
	{ "page.mbox", { "a web page", "/t.mbox.gz" } },
	{ "thread.mbox#", { "behind '#'", "v2", "1-3" } },
};

static char *fixture(const char *name)
{
	return g_build_filename(THREADS, name, NULL);
}

/* A tree as the patches are for. */
static char *make_tree(Sandbox *sandbox, char **ret_tree)
{
	*ret_tree = sandbox_path(sandbox, "tree");
	return sandbox_run(sandbox,
			   "rm -rf tree; mkdir tree; cd tree; seq 20 >f; echo same >g; git init -q -b base; git add .;"
			   "git -c user.name=t -c user.email=t@localhost commit -q -m 'Linux 0'; git rev-parse HEAD");
}

static Series *load(Sandbox *sandbox, const char *path, GError **error)
{
	g_autofree char *cache = sandbox_path(sandbox, "cache");

	return series_load(PATCHES, "7.1", path, cache, NULL, error);
}

static void check(Sandbox *sandbox, const char *path, const Taken *wanted)
{
	g_autofree char *tree = NULL;
	g_autofree char *base = make_tree(sandbox, &tree), *commits = NULL, *words = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = load(sandbox, path, &error);

	g_assert_no_error(error);
	series_apply(series, tree, base, NULL, &error);
	g_assert_no_error(error);
	commits = sandbox_run(sandbox, "cd tree; git log --reverse --format=%s HEAD^{/Linux}.. | paste -sd,");
	g_assert_cmpstr(commits, ==, wanted->commits);
	words = sandbox_run(sandbox, "cd tree; cat f g | grep -v '^[0-9]*$' | paste -sd,");
	g_assert_cmpstr(words, ==, wanted->words);
}

static void test_taken(Sandbox *sandbox, gconstpointer data)
{
	for (gsize i = 0; i < G_N_ELEMENTS(taken); i++) {
		g_autofree char *path = fixture(taken[i].name);

		g_test_message("%s", taken[i].name);
		check(sandbox, path, &taken[i]);
	}
}

static void test_refused(Sandbox *sandbox, gconstpointer data)
{
	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autofree char *path = fixture(refused[i].name);
		g_autoptr(GError) error = NULL;

		g_test_message("%s", refused[i].name);
		g_assert_null(load(sandbox, path, &error));
		sandbox_check_error(&error, KHOTEST_ERROR_INPUT, refused[i].said);
	}
}

/* However a mail is encoded, what it comes to is the same patch: by its digest the same kernel. */
static void test_same_digest(Sandbox *sandbox, gconstpointer data)
{
	static const char *const same[] = { "thread.mbox", "thread.mbox.gz", "b4.mbx",	 "versions.mbox",
					    "folder",	   "maildir",	     "deep.mbox" };
	g_autofree char *first = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(same); i++) {
		g_autofree char *path = fixture(same[i]), *digest = NULL;
		g_autoptr(Series) series = load(sandbox, path, NULL);

		digest = series_digest(series, NULL);
		if (!first)
			first = g_strdup(digest);
		g_assert_cmpstr(digest, ==, first);
	}
}

/* Who wrote it, in which letters; bytes that are no text; a '+' behind a name. */
static void test_author_and_bytes(Sandbox *sandbox, gconstpointer data)
{
	static const struct {
		const char *name;
		const char *log;
		const char *look;
	} cases[] = {
		{ "latin1.mbox", "Jörg Müller|f: change two to zwölf", "sed -n 2p f | od -An -tx1 | tr -d ' '" },
		{ "body-from.mbox", "Bob Builder|f: change two", "git log -1 --format=%b | grep -c '^From '" },
		{ "binary.mbox", "Ann Author|add a picture", "stat -c %s pic" },
		{ "quoted-printable.mbox", "Ann Author|f: change nineteen",
		  "git log -2 --format=%b | grep -c 'Größe = 1 €'" },
	};
	static const char *const found[] = { "7a77f66c660a", "2", "768", "2" };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = fixture(cases[i].name), *tree = NULL;
		g_autofree char *base = make_tree(sandbox, &tree), *log = NULL, *look = NULL, *command = NULL;
		g_autoptr(GError) error = NULL;
		g_autoptr(Series) series = load(sandbox, path, &error);

		g_assert_no_error(error);
		series_apply(series, tree, base, NULL, &error);
		g_assert_no_error(error);
		log = sandbox_run(sandbox, "cd tree; git log -1 --format='%an|%s'");
		g_assert_cmpstr(log, ==, cases[i].log);
		command = g_strconcat("cd tree; ", cases[i].look, NULL);
		look = sandbox_run(sandbox, command);
		g_assert_cmpstr(look, ==, found[i]);
	}
}

/* A mail may name any file: one outside of the tree, or in .git, is refused by git, and nothing is written. */
static void test_hostile(Sandbox *sandbox, gconstpointer data)
{
	static const char *const names[] = { "outside.mbox", "gitdir.mbox" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = fixture(names[i]), *tree = NULL, *left = NULL;
		g_autofree char *base = make_tree(sandbox, &tree);
		g_autoptr(GError) error = NULL;
		g_autoptr(Series) series = load(sandbox, path, &error);

		g_assert_no_error(error);
		g_assert_false(series_apply(series, tree, base, NULL, &error));
		sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "invalid path");
		left = sandbox_run(sandbox, "ls -d outside tree/.git/hooks/post-checkout 2>/dev/null | wc -l");
		g_assert_cmpstr(left, ==, "0");
	}
}

/* Each cell of a matrix reads its series: what is to be known of it is said by the first. */
static void test_said_once(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *path = fixture("unnumbered.mbox");

	if (g_test_subprocess()) {
		for (int i = 0; i < 2; i++)
			series_free(load(sandbox, path, NULL));
		return;
	}
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_passed();
	g_test_trap_assert_stderr("*its 2 patches have no numbers*");
	g_test_trap_assert_stderr_unmatched("*no numbers*no numbers*");
}

static void test_name(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *path = fixture("versions.mbox#v2");
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = load(sandbox, path, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(series->name, ==, "versions");
	g_assert_cmpstr(series->summary, ==, "f: more words for numbers (v2, 3 patches)");
	g_assert_cmpstr(series->expect, ==, "PASS");
}

/* A branch as it is, such as "b4 shazam" leaves one. Nothing of the repository's configuration is run for it. */
static void test_range(Sandbox *sandbox, gconstpointer data)
{
	static const Taken wanted = { NULL, BOTH, "two,nineteen,same" };
	static const char *const make =
		"rm -rf mine; git init -q -b main mine; cd mine; git config user.name Ann; git config user.email a@b.c;"
		"seq 20 >f; echo same >g; git add .; git commit -qm 'Linux 0'; git checkout -qb topic;"
		"sed -i 's/^2$/two/' f; git commit -qam 'f: change two'; sed -i 's/^19$/nineteen/' f;"
		"printf 'f: change nineteen\\n\\nFrom 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 "
		"2001\\n'"
		"| git commit -qaF -; echo '* diff=x' >.git/info/attributes;"
		"git config diff.x.textconv 'touch ../ran; cat'; git config diff.x.command 'touch ../ran';"
		"git config format.coverLetter true; git config diff.noprefix true; pwd";
	g_autofree char *mine = sandbox_run(sandbox, make), *range = g_strconcat(mine, "@main..topic", NULL);
	g_autofree char *empty = g_strconcat(mine, "@topic..main", NULL), *none = g_strconcat(mine, "@x..y", NULL);
	g_autofree char *merge = NULL, *merged = g_strconcat(mine, "@main..both", NULL), *ran = NULL;
	g_autofree char *prepared = g_strconcat(mine, "@main..b4/topic", NULL),
			*cover = g_strconcat(prepared, "~2", NULL);
	g_autoptr(GError) error = NULL;

	check(sandbox, range, &wanted);
	ran = sandbox_run(sandbox, "ls | grep -c ran || true");
	g_assert_cmpstr(ran, ==, "0");
	g_assert_null(load(sandbox, empty, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "@topic..main", "no commits");
	g_assert_null(load(sandbox, none, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "@x..y", "no such range");
	/* b4 prep keeps the cover letter in a commit that changes nothing */
	g_free(sandbox_run(sandbox, "cd mine; git checkout -qb b4/topic main; git commit -q --allow-empty -m EDITME;"
				    "git cherry-pick main..topic >../said"));
	check(sandbox, prepared, &wanted);
	g_assert_null(load(sandbox, cover, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "no commit of", "@main..b4/topic~2", "changes anything");
	merge = sandbox_run(sandbox, "cd mine; git checkout -qb both main; git commit -q --allow-empty -m x;"
				     "git merge -q --no-ff -m m topic");
	g_assert_null(load(sandbox, merged, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "1 merges", "--tree");
}

/* Where the history of a clone ends, git takes the whole source for the change of one commit. */
static void test_shallow(Sandbox *sandbox, gconstpointer data)
{
	static const char *const make =
		"git init -q -b main mine; cd mine; git config user.name Ann; git config user.email a@b.c;"
		"echo 1 >f; git add .; git commit -qm one; git tag v1; for n in 2 3 4; do echo $n >f; git commit -qam "
		"$n; "
		"done; cd ..; git clone -q --depth 2 \"file://$PWD/mine\" shallow; cd shallow;"
		"git fetch -q --depth 1 origin tag v1; pwd";
	g_autofree char *dir = sandbox_run(sandbox, make), *broken = g_strconcat(dir, "@v1..main", NULL);
	g_autofree char *whole = g_strconcat(dir, "@main~1..main", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = NULL;
	bool is;

	g_assert_null(load(sandbox, broken, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "/shallow is a shallow clone", "ends above v1",
			     "fetch --unshallow");
	g_assert_false(commits_is_ancestor(dir, "v1", "main", &is, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "/shallow is a shallow clone", "ends above v1",
			     "fetch --unshallow");
	series = load(sandbox, whole, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(series->patches->len, ==, 1);
	g_assert_true(commits_is_ancestor(dir, "main~1", "main", &is, NULL, &error));
	g_assert_true(is);
}

/* A word that looks like a Message-ID, but for the tree that lies there; and with a '/' like nothing at all. */
static void test_branch(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *dir = sandbox_run(sandbox, "git init -q lin; mkdir plain; cd lin; pwd");
	g_autofree char *branch = g_strconcat(dir, "@fix", NULL), *said = g_strconcat(dir, "@BASE..fix", NULL);
	g_autofree char *tree = g_strconcat("--tree ", branch, NULL), *here = g_get_current_dir();
	g_autoptr(GError) error = NULL;

	g_assert_null(load(sandbox, branch, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, said, tree);
	g_assert_cmpint(chdir(sandbox->path), ==, 0);
	g_assert_false(listseries_check_branch("lin@fix", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "lin@BASE..fix", "--tree lin@fix");
	g_assert_true(listseries_check_branch("plain@example.org", &error));
	g_assert_true(listseries_check_branch("lin@main..fix", &error));
	g_assert_cmpint(chdir(here), ==, 0);
}

/* Where git was told no folder, the command has one. */
static void test_git_error(Sandbox *sandbox, gconstpointer data)
{
	const Git git = { .user_config = true };
	g_autoptr(GError) error = NULL;

	g_assert_false(git_run(&git, GIT_ARGS("-C", "/nonexistent", "status"), NULL, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_FAILED, "'git -C /nonexistent status' failed: ");
}

/* A word that is none of all that is still a series that is not there. */
static void test_unknown(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(load(sandbox, "gone.mbox#v2", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "no series 'gone.mbox#v2'", "Message-ID");
}

static void test_subject(void)
{
	static const struct {
		const char *subject;
		bool tagged, reply;
		guint version;
		int number, total;
		const char *title;
	} cases[] = {
		{ "[PATCH] a: b", true, false, 1, -1, -1, "a: b" },
		{ "[PATCH v3 02/10] a: b [c]", true, false, 3, 2, 10, "a: b [c]" },
		{ "[RFC PATCH 0/3] x", true, false, 1, 0, 3, "x" },
		{ "[patchv4 1/2] x", true, false, 4, 1, 2, "x" },
		{ "[PATCH V2,net-next 1/2] x", true, false, 2, 1, 2, "x" },
		{ "[PATCH 6.12 001/200] x", true, false, 1, 1, 200, "x" },
		{ "[PATCH v6.12 1/2] x", true, false, 1, 1, 2, "x" },
		{ "[PATCH] [RFC v2] x", true, false, 2, -1, -1, "x" },
		{ "[linux-mm] [PATCH 1/2] x", true, false, 1, 1, 2, "x" },
		{ "[PATCH 2.5/5] x", true, false, 1, -1, -1, "x" },
		{ "[PATCH 99999999999/1] x", true, false, 1, -1, -1, "x" },
		{ "[syzbot] a crash", false, false, 1, -1, -1, "a crash" },
		{ "[GIT PULL] things", false, false, 1, -1, -1, "things" },
		{ "Re: [PATCH 1/2] x", false, true, 1, -1, -1, "Re: [PATCH 1/2] x" },
		{ "Отв: [PATCH 1/2] x", false, true, 1, -1, -1, "Отв: [PATCH 1/2] x" },
		{ "[PATCH 1/2 without an end", false, false, 1, -1, -1, "[PATCH 1/2 without an end" },
		{ "", false, false, 1, -1, -1, "" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Mail) mail = mail_new();

		mail_read_subject(mail, cases[i].subject);
		g_assert_cmpstr(mail->title, ==, cases[i].title);
		g_assert_cmpint(mail->tagged, ==, cases[i].tagged);
		g_assert_cmpint(mail->reply, ==, cases[i].reply);
		g_assert_cmpuint(mail->version, ==, cases[i].version);
		g_assert_cmpint(mail->number, ==, cases[i].number);
		g_assert_cmpint(mail->total, ==, cases[i].total);
	}
}

static void test_head(void)
{
	g_autoptr(Mail) mail = mail_new();

	mail_read_head(
		mail,
		"Subject: <x@y>\nMessage-Id:\n <1@a>\nREFERENCES: <2@a>\n\t<3@a>\nTo: <4@a>\n\nIn-Reply-To: <5@a>\n");
	g_assert_cmpstr(mail->id, ==, "1@a");
	g_assert_cmpstr(mail->parent, ==, "3@a");
	g_assert_cmpuint(g_strv_length(mail->refs), ==, 2);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	sandbox_add("/threads/taken", test_taken);
	sandbox_add("/threads/refused", test_refused);
	sandbox_add("/threads/same-digest", test_same_digest);
	sandbox_add("/threads/author-and-bytes", test_author_and_bytes);
	sandbox_add("/threads/hostile", test_hostile);
	sandbox_add("/threads/said-once", test_said_once);
	sandbox_add("/threads/name", test_name);
	sandbox_add("/threads/range", test_range);
	sandbox_add("/threads/shallow", test_shallow);
	sandbox_add("/threads/branch", test_branch);
	sandbox_add("/threads/git-error", test_git_error);
	sandbox_add("/threads/unknown", test_unknown);
	g_test_add_func("/threads/subject", test_subject);
	g_test_add_func("/threads/head", test_head);
	return g_test_run();
}
