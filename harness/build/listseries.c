// SPDX-License-Identifier: GPL-2.0-or-later
#include "listseries.h"
#include "fetchurl.h"
#include "git.h"
#include "mailbox.h"
#include "thread.h"

#include <base/error.h>
#include <base/files.h>
#include <base/lock.h>
#include <base/log.h>
#include <base/setting.h>
#include <base/spawn.h>
#include <build/commits.h>

#include <glib/gstdio.h>
#include <string.h>

/* What b4 asks an archive for, and how long it may take. */
#define B4_TIMEOUT_NS (300 * G_GINT64_CONSTANT(1000000000))
#define NAME_MOST 32

/* A word, and what stands behind its '#'. */
typedef struct {
	char *what;
	char *choice; /* NULL: nothing */
} Word;

static void word_clear(Word *word)
{
	g_clear_pointer(&word->what, g_free);
	g_clear_pointer(&word->choice, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Word, word_clear)

static void read_word(const char *text, Word *ret_word)
{
	const char *hash = strchr(text, '#');

	if (!hash || g_file_test(text, G_FILE_TEST_EXISTS)) {
		ret_word->what = g_strdup(text);
		return;
	}
	ret_word->what = g_strndup(text, (gsize)(hash - text));
	ret_word->choice = g_strdup(hash + 1);
}

static bool is_address(const char *what)
{
	return g_str_has_prefix(what, "https://") || g_str_has_prefix(what, "http://");
}

/* "DIR@BASE..BRANCH": ret_at is where the '@' is. */
static bool is_range(const char *what, const char **ret_at)
{
	for (const char *at = strchr(what, '@'); at; at = strchr(at + 1, '@')) {
		g_autofree char *folder = g_strndup(what, (gsize)(at - what));

		if (strstr(at, "..") && g_file_test(folder, G_FILE_TEST_IS_DIR)) {
			*ret_at = at;
			return true;
		}
	}
	return false;
}

bool listseries_check_branch(const char *text, GError **error)
{
	const char *unused;

	if (g_file_test(text, G_FILE_TEST_EXISTS) || is_address(text) || is_range(text, &unused))
		return true;
	for (const char *at = strchr(text, '@'); at; at = strchr(at + 1, '@')) {
		g_autofree char *folder = g_strndup(text, (gsize)(at - text));
		g_autofree char *git = g_build_filename(folder, ".git", NULL);

		if (g_file_test(git, G_FILE_TEST_EXISTS))
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "--series %s: a branch is no series: say which of its commits are, as in "
					 "--series %s@BASE..%s, or take the whole of it with --tree %s",
					 text, folder, at + 1, text);
	}
	return true;
}

/* "<ID>", or an ID alone: one '@', and nothing that a path or a sentence has. */
static bool is_message_id(const char *what)
{
	gsize length = strlen(what);

	if (length > 4 && *what == '<' && what[length - 1] == '>')
		return strchr(what, '@') != NULL;
	return g_regex_match_simple("^[^\\s/@<>]+@[^\\s/@<>]+$", what, 0, 0);
}

/* A folder that is for others: with patches, and nothing but patches. */
static bool is_mail_folder(const char *path)
{
	g_autofree char *cur = g_build_filename(path, "cur", NULL), *fresh = g_build_filename(path, "new", NULL),
			*list = g_build_filename(path, "series", NULL);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	bool patches = false, mails = false;
	const char *name;

	if (g_file_test(list, G_FILE_TEST_IS_REGULAR))
		return false;
	if (g_file_test(cur, G_FILE_TEST_IS_DIR) || g_file_test(fresh, G_FILE_TEST_IS_DIR))
		return true;
	while (dir && (name = g_dir_read_name(dir))) {
		patches = patches || g_str_has_suffix(name, ".patch");
		mails = mails || g_str_has_suffix(name, ".eml") || g_str_has_suffix(name, ".mbox") ||
			g_str_has_suffix(name, ".mbx");
	}
	return mails && !patches;
}

static bool is_mail_file(const char *path)
{
	return (!g_str_has_suffix(path, ".patch") && !g_str_has_suffix(path, ".diff")) || mailbox_is_many(path);
}

bool listseries_is(const char *text)
{
	g_auto(Word) word = { 0 };
	const char *at;

	read_word(text, &word);
	if (g_file_test(word.what, G_FILE_TEST_IS_DIR))
		return word.choice || is_mail_folder(word.what);
	if (g_file_test(word.what, G_FILE_TEST_EXISTS))
		return word.choice || is_mail_file(word.what);
	return is_address(word.what) || is_range(word.what, &at) || is_message_id(word.what);
}

char *listseries_name(const char *text)
{
	static const char *const suffixes[] = { ".gz", ".patch", ".mbox", ".mbx", ".diff", ".eml", ".maildir" };
	char *name = g_strdup(text);

	for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++)
		if (g_str_has_suffix(name, suffixes[i]))
			name[strlen(name) - strlen(suffixes[i])] = '\0';
	g_strcanon(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ".", '-');
	if (strlen(name) > NAME_MOST)
		name[NAME_MOST] = '\0';
	return name;
}

/* ---- from the network ---- */

/* A text without the head of a mail is read as one too. */
static bool is_mail(const Mailbox *box)
{
	for (guint i = 0; i < box->mails->len; i++) {
		const Mail *mail = box->mails->pdata[i];

		if (mail->id || mail->diff || *mail->title)
			return true;
	}
	return false;
}

/* A server that wants to know first who is there answers with a page, and says that all is well: it must not stay. */
static bool check_fetched(const char *path, GCancellable *cancel, GError **error)
{
	g_auto(Mailbox) box = { 0 };
	g_autoptr(GError) local = NULL;

	if (mailbox_read(path, &box, cancel, &local) && is_mail(&box))
		return true;
	if (local && !g_error_matches(local, KHOTEST_ERROR, KHOTEST_ERROR_INPUT)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return false;
	}
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "what came is no mail: the address of a thread in an archive such as public-inbox ends with "
			 "/t.mbox.gz. If this one does, look at it with a browser: a page may stand before it");
}

/* Once fetched it stays as it is: a thread that grows must not change what a run of many hours tests. */
static char *fetch(const char *address, const char *cache, GCancellable *cancel, GError **error)
{
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, address, -1);
	g_autofree char *name = g_strdup_printf("%.16s.mbox", hash);
	g_autofree char *folder = g_build_filename(cache, "series", "fetched", NULL);
	g_autofree char *path = g_build_filename(folder, name, NULL), *part = g_strconcat(path, ".part", NULL);
	g_autofree char *lock_path = g_strconcat(path, ".lock", NULL);
	g_autoptr(GError) local = NULL;
	int lock;
	bool ok;

	if (!files_mkdirs(folder, error) ||
	    (lock = lock_wait(lock_path, "another khotest is fetching the same series", cancel, error)) < 0)
		return NULL;
	if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		log_detail("%s was fetched before: remove %s to have it anew", address, path);
		g_close(lock, NULL);
		return g_steal_pointer(&path);
	}
	/* an archive packs a thread anew each time: there is no going on in the middle */
	g_unlink(part);
	ok = fetchurl(address, part, address, cancel, &local) && check_fetched(part, cancel, &local);
	if (ok && g_rename(part, path) != 0)
		ok = error_set(&local, KHOTEST_ERROR_FAILED, "cannot rename %s", part);
	if (!ok)
		g_unlink(part);
	g_close(lock, NULL);
	if (!ok) {
		g_propagate_prefixed_error(error, g_steal_pointer(&local), "cannot fetch %s: ", address);
		return NULL;
	}
	log_info("%s is in %s: remove that to have it anew", address, path);
	return g_steal_pointer(&path);
}

/* The setting, or what b4's own configuration says: "https://HOST/r/%s". NULL: neither. */
static char *archive_prefix(bool setting, GCancellable *cancel)
{
	const char *said = setting_get("list");
	Git git = { .user_config = true };
	g_autofree char *out = NULL;

	if (setting)
		return g_strdup(said);
	return git_run(&git, GIT_ARGS("config", "--get", "b4.midmask"), cancel, &out, NULL) && *out
		       ? g_steal_pointer(&out)
		       : NULL;
}

/* As public-inbox has its addresses: a thread is ID/t.mbox.gz below the list. Caller frees. */
static char *thread_address(const char *prefix, const char *id)
{
	g_autofree char *escaped = g_uri_escape_string(id, "@!$&'()*+,;=:", FALSE);
	g_auto(GStrv) halves = g_strsplit(prefix, "%s", 2);
	const char *slash = halves[0] && !halves[1] && !g_str_has_suffix(prefix, "/") ? "/" : "";

	return g_strconcat(halves[0] ? halves[0] : "", slash, escaped, halves[0] && halves[1] ? halves[1] : "",
			   "/t.mbox.gz", NULL);
}

/* What "b4 am" makes of a Message-ID, as a file of ours. */
static char *fetch_with_b4(const char *id, const char *cache, GCancellable *cancel, GError **error)
{
	const char *const argv[] = { "b4", "am", "--no-cache", "-o", "-", id, NULL };
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, id, -1);
	g_autofree char *name = g_strdup_printf("%.16s.mbox", hash);
	g_autofree char *folder = g_build_filename(cache, "series", "b4", NULL);
	g_autofree char *path = g_build_filename(folder, name, NULL);
	SpawnSpec spec = { .argv = argv, .cancel = cancel, .timeout_ns = B4_TIMEOUT_NS, .keep_output = true };
	g_auto(SpawnResult) result = { 0 };
	bool ok;

	if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		log_detail("%s was fetched before: remove %s to have it anew", id, path);
		return g_steal_pointer(&path);
	}
	if (!files_mkdirs(folder, error))
		return NULL;
	log_progress_begin("b4 fetches %s", id);
	ok = spawn_run(&spec, &result, error);
	log_progress_end("%s", ok && result.status == 0 ? "done" : "failed");
	if (!ok)
		return NULL;
	if (result.status != 0 || result.out_length == 0) {
		error_set(error, KHOTEST_ERROR_FAILED, "b4 could not get %s: %s", id,
			  result.err && *g_strstrip(result.err) ? result.err : "it gave no reason");
		return NULL;
	}
	return files_write(path, result.out, result.out_length, error) ? g_steal_pointer(&path) : NULL;
}

static char *fetch_message(const char *what, const char *cache, GCancellable *cancel, GError **error)
{
	g_autofree char *id = *what == '<' ? g_strndup(what + 1, strlen(what) - 2) : g_strdup(what);
	g_autofree char *b4 = g_find_program_in_path("b4");
	g_autofree char *prefix = archive_prefix(true, cancel), *address = NULL;

	if (!prefix && b4 && *id != '-')
		return fetch_with_b4(id, cache, cancel, error);
	if (!prefix)
		prefix = archive_prefix(false, cancel);
	if (!prefix || !is_address(prefix)) {
		error_set(
			error, KHOTEST_ERROR_INPUT,
			"'%s' is a Message-ID, and no archive is known to ask for it: install b4, or let KHOTEST_LIST "
			"(or b4.midmask of git's configuration) name one, as in KHOTEST_LIST=https://ARCHIVE/LIST/%%s",
			id);
		return NULL;
	}
	address = thread_address(prefix, id);
	return fetch(address, cache, cancel, error);
}

/* ---- from a tree ---- */

/*
 * git makes an empty file of a commit that changes nothing, such as the one in which b4 keeps the cover letter.
 * ret_left: whether there are others.
 */
static bool leave_out_empty(const char *where, const char *folder, bool *ret_left, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
	const char *name;

	*ret_left = false;
	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		GStatBuf at;

		if (g_stat(path, &at) != 0 || at.st_size > 0)
			*ret_left = true;
		else if (g_unlink(path) != 0)
			return error_set(error, KHOTEST_ERROR_FAILED, "cannot remove %s", path);
		else
			log_info("%s: %s: an empty commit, which changes nothing, is left out", where, name);
	}
	return dir != NULL;
}

/* The commits of a range as patches in a folder. No program of that repository's configuration is run. */
static bool format_range(const char *tree, const char *range, const char *folder, GCancellable *cancel, GError **error)
{
	Git git = { .user_config = true };
	g_autofree char *merges = NULL, *count = NULL, *said = NULL, *where = g_strconcat(tree, "@", range, NULL);
	bool left;
	int status;

	if (!git_try(&git, GIT_ARGS("-C", tree, "rev-list", "--count", "--merges", "--end-of-options", range), NULL,
		     cancel, &status, &merges, &said, error))
		return false;
	if (status != 0)
		return error_set(error, KHOTEST_ERROR_INPUT, "%s@%s: git knows no such range of commits: %s", tree,
				 range, g_strstrip(said));
	if (!commits_check_range(tree, range, cancel, error))
		return false;
	if (strcmp(g_strstrip(merges), "0") != 0)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s@%s has %s merges, of which no patches can be made: take --tree %s@BRANCH instead",
				 tree, range, merges, tree);
	if (!git_run(&git,
		     GIT_ARGS("-C", tree, "format-patch", "--pretty=mboxrd", "--zero-commit", "--full-index",
			      "--binary", "--no-renames", "--no-numbered", "--no-attach", "--no-cover-letter",
			      "--no-signature", "--no-thread", "--no-stat", "--no-ext-diff", "--no-textconv",
			      "--no-relative", "--no-notes", "--no-base", "--src-prefix=a/", "--dst-prefix=b/",
			      "--subject-prefix=PATCH", "--suffix=.patch", "-p", "--output-directory", folder,
			      "--end-of-options", range),
		     cancel, &count, error))
		return false;
	if (!*count)
		return error_set(error, KHOTEST_ERROR_INPUT, "%s has no commits in it", where);
	return leave_out_empty(where, folder, &left, error) &&
	       (left || error_set(error, KHOTEST_ERROR_INPUT, "no commit of %s changes anything", where));
}

/* ---- the whole ---- */

static void say_notes(const GPtrArray *notes, const char *where)
{
	for (guint i = 0; i < notes->len; i++) {
		g_autofree char *text = g_strdup_printf("%s: %s", where, (const char *)notes->pdata[i]);

		if (log_is_first(text))
			log_info("%s", text);
	}
}

/* "v3-kho-keep-scratch", or what its file is called where it has one. */
static void name_it(Series *series, const char *title, guint version, bool by_title)
{
	g_autofree char *base = g_path_get_basename(series->path),
			*numbered = g_strdup_printf("v%u-%s", version, title);
	bool later = version > 1;

	series->name = listseries_name(!by_title ? base : later ? numbered : title);
	series->summary = later ? g_strdup_printf("%s (v%u, %u patches)", title, version, series->patches->len)
				: g_strdup_printf("%s (%u patch%s)", title, series->patches->len,
						  series->patches->len == 1 ? "" : "es");
}

static bool take(Series *series, const char *path, const char *where, const ThreadChoice *choice, bool by_title,
		 const char *cache, GCancellable *cancel, GError **error)
{
	g_autofree char *parent = g_build_filename(cache, "series", NULL);
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free), chosen = NULL, patches = NULL;
	g_auto(Mailbox) box = { 0 };
	const char *title;
	guint version;

	if (!mailbox_read(path, &box, cancel, error) ||
	    !(chosen = thread_choose(box.mails, choice, where, notes, &title, &version, error)) ||
	    !(patches = mailbox_keep(chosen, parent, cancel, error)))
		return false;
	say_notes(notes, where);
	g_ptr_array_unref(series->patches);
	series->patches = g_steal_pointer(&patches);
	name_it(series, title, version, by_title);
	return true;
}

static bool take_range(Series *series, const char *what, const char *at, const char *cache, GCancellable *cancel,
		       GError **error)
{
	g_autofree char *tree = g_strndup(what, (gsize)(at - what));
	g_autofree char *folder = g_dir_make_tmp("khotest-range-XXXXXX", NULL);
	const ThreadChoice all = { .all = true };
	bool ok;

	if (!folder)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot make a temporary folder");
	series->path = g_canonicalize_filename(tree, NULL);
	ok = format_range(tree, at + 1, folder, cancel, error) &&
	     take(series, folder, what, &all, true, cache, cancel, error);
	files_remove_tree(folder, NULL);
	return ok;
}

bool listseries_read(Series *series, const char *text, const char *cache, GCancellable *cancel, GError **error)
{
	g_auto(Word) word = { 0 };
	g_auto(ThreadChoice) choice = { 0 };
	g_autofree char *path = NULL;
	const char *at;
	bool local;

	read_word(text, &word);
	if (word.choice && !threadchoice_parse(word.choice, &choice, error))
		return false;
	if (!cache)
		return error_set(error, KHOTEST_ERROR_FAILED, "%s: there is no cache for its patches", text);
	local = g_file_test(word.what, G_FILE_TEST_EXISTS);
	if (!local && word.choice && !is_address(word.what) && is_range(word.what, &at))
		return error_set(error, KHOTEST_ERROR_INPUT, "%s: a range of commits is taken whole, without '#'",
				 text);
	if (!local && !is_address(word.what) && is_range(word.what, &at))
		return take_range(series, word.what, at, cache, cancel, error);
	path = local		       ? g_canonicalize_filename(word.what, NULL)
	       : is_address(word.what) ? fetch(word.what, cache, cancel, error)
				       : fetch_message(word.what, cache, cancel, error);
	if (!path)
		return false;
	series->path = g_strdup(path);
	return take(series, path, word.what, &choice, !local, cache, cancel, error);
}
