// SPDX-License-Identifier: GPL-2.0-or-later
#include "applyerror.h"
#include "git.h"
#include "mail.h"

#include <build/series.h>

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>

#include <string.h>
#include <unistd.h>

/*
 * What "git am" does, one step at a time (mailsplit, mailinfo, apply, commit),
 * but in an index of its own: the working copy changes once, from the old state
 * to the new, so that it never stands half-way through a series and files that
 * are the same before and after keep their times.
 */
typedef struct {
	const char *tree;
	char *git_dir;
	char *scratch; /* folder for mails, and the index */
	char *index;
	char *base_text; /* "Linux 7.1.13", for messages */
	char *head;	 /* commit so far */
	GCancellable *cancel;
} Apply;

static void apply_clear(Apply *apply)
{
	if (apply->scratch)
		files_remove_tree(apply->scratch, NULL);
	g_free(apply->git_dir);
	g_free(apply->scratch);
	g_free(apply->index);
	g_free(apply->base_text);
	g_free(apply->head);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Apply, apply_clear)

static char *header_value(const char *info, const char *name)
{
	g_auto(GStrv) lines = g_strsplit_set(info, "\n", -1);

	for (char **line = lines; *line; line++)
		if (g_str_has_prefix(*line, name))
			return g_strdup(*line + strlen(name));
	return g_strdup("");
}

/* Whether git can make something of who wrote it and when: a mail may say anything. */
static bool is_identity(const Git *git, GCancellable *cancel)
{
	int status = -1;

	return git_try(git, GIT_ARGS("var", "GIT_AUTHOR_IDENT"), NULL, cancel, &status, NULL, NULL, NULL) &&
	       status == 0;
}

/* Commits what the index holds now, with the mail's author, date and words. */
static bool commit(Apply *apply, const char *info, const char *message_file, const char *fallback, GError **error)
{
	g_autofree char *subject = header_value(info, "Subject: ");
	g_autofree char *author = header_value(info, "Author: ");
	g_autofree char *email = header_value(info, "Email: ");
	g_autofree char *date = header_value(info, "Date: ");
	g_autofree char *author_env = g_strconcat("GIT_AUTHOR_NAME=", author, NULL);
	g_autofree char *email_env = g_strconcat("GIT_AUTHOR_EMAIL=", email, NULL);
	g_autofree char *date_env = g_strconcat("GIT_AUTHOR_DATE=", date, NULL);
	const char *const env[] = { author_env, email_env, date_env, NULL };
	Git git = { .dir = apply->git_dir,
		    .work = apply->tree,
		    .index = apply->index,
		    .env = *author && *email && *date ? env : NULL };
	g_autofree char *body = NULL, *tree_id = NULL, *head = NULL;

	if (!g_file_get_contents(message_file, &body, NULL, NULL))
		body = g_strdup("");
	if (git.env && !is_identity(&git, apply->cancel)) {
		log_warn("'%s' is applied without its author and date: git takes no '%s <%s> %s'",
			 *subject ? subject : fallback, author, email, date);
		git.env = NULL;
	}
	if (!git_run(&git, GIT_ARGS("write-tree"), apply->cancel, &tree_id, error) ||
	    !git_run(&git,
		     GIT_ARGS("commit-tree", "-p", apply->head, "-m", *subject ? subject : fallback, "-m",
			      *g_strstrip(body) ? body : "(no message)", tree_id),
		     apply->cancel, &head, error))
		return false;
	g_free(apply->head);
	apply->head = g_steal_pointer(&head);
	return true;
}

/* One mail, or a bare diff. name: of the patch file, for messages. */
static bool apply_mail(Apply *apply, const char *mail, const char *name, GError **error)
{
	g_autofree char *message = g_build_filename(apply->scratch, "message", NULL);
	g_autofree char *patch = g_build_filename(apply->scratch, "patch", NULL);
	g_autofree char *info = NULL, *said = NULL, *patch_text = NULL, *why = NULL;
	g_autoptr(GBytes) input = files_read(mail, error);
	Git git = { .dir = apply->git_dir, .work = apply->tree, .index = apply->index };
	int status;

	if (!input)
		return false;
	if (!git_try(&git, GIT_ARGS("mailinfo", message, patch), input, apply->cancel, &status, &info, &said, error))
		return false;
	if (status == 0)
		g_file_get_contents(patch, &patch_text, NULL, NULL);
	if (!patch_text || !mail_has_diff(patch_text))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s holds no patch: a mail or diff as git format-patch makes it is wanted", name);
	g_clear_pointer(&said, g_free);
	if (!git_try(&git, GIT_ARGS("apply", "--cached", "--whitespace=nowarn", patch), NULL, apply->cancel, &status,
		     NULL, &said, error))
		return false;
	if (status == 0)
		return commit(apply, info, message, name, error);
	why = applyerror_explain(said, patch_text);
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "%s does not apply to %s: %s. Rebase it on that, or give the tree it was made for with --tree",
			 name, apply->base_text, why);
}

/* The file, or a copy without CR at the ends of lines if its first line has one: then the mail has it, not the patch.
 */
static char *with_unix_lines(const Apply *apply, const char *path, GError **error)
{
	g_autofree char *copy = g_build_filename(apply->scratch, "unix-lines", NULL), *text = NULL;
	g_autoptr(GBytes) bytes = files_read(path, error);
	gsize length, kept;

	if (!bytes)
		return NULL;
	length = g_bytes_get_size(bytes);
	text = g_malloc(length + 1);
	memcpy(text, g_bytes_get_data(bytes, NULL), length);
	text[length] = '\0';
	kept = mail_strip_cr(text, length);
	if (kept == length)
		return g_strdup(path);
	return files_write_fast(copy, text, kept, error) ? g_steal_pointer(&copy) : NULL;
}

static bool apply_file(Apply *apply, const char *path, GError **error)
{
	g_autofree char *name = g_path_get_basename(path);
	g_autofree char *mails = g_build_filename(apply->scratch, "mails", NULL);
	g_autofree char *output = g_strconcat("-o", mails, NULL);
	g_autofree char *count = NULL, *said = NULL, *plain = NULL;
	Git git = { .dir = apply->git_dir, .work = apply->tree };
	int status;

	if (!files_remove_tree(mails, error) || !files_mkdirs(mails, error) ||
	    !(plain = with_unix_lines(apply, path, error)))
		return false;
	if (!git_try(&git, GIT_ARGS("mailsplit", "--keep-cr", "-b", output, "--", plain), NULL, apply->cancel, &status,
		     &count, &said, error))
		return false;
	if (status != 0)
		return error_set(error, KHOTEST_ERROR_INPUT, "cannot read %s as mail: %s", path, g_strstrip(said));
	for (guint i = 1; i <= g_ascii_strtoull(count, NULL, 10); i++) {
		g_autofree char *number = g_strdup_printf("%04u", i);
		g_autofree char *mail = g_build_filename(mails, number, NULL);
		g_autofree char *shown = i > 1 || strcmp(g_strstrip(count), "1") != 0
						 ? g_strdup_printf("mail %u of %s", i, name)
						 : g_strdup_printf("patch %s", name);

		if (!apply_mail(apply, mail, shown, error))
			return false;
	}
	return true;
}

/* The series on top of base, as a commit. folder: for mails and the index, below .git, of nobody else's. */
static bool make_commit(Apply *apply, const Series *series, const char *base, const char *folder, GError **error)
{
	Git scratch, whole;

	apply->git_dir = g_build_filename(apply->tree, ".git", NULL);
	apply->scratch = g_build_filename(apply->git_dir, folder, NULL);
	apply->index = g_build_filename(apply->scratch, "index", NULL);
	apply->head = g_strdup(base);
	scratch = (Git){ .dir = apply->git_dir, .work = apply->tree, .index = apply->index };
	whole = (Git){ .dir = apply->git_dir, .work = apply->tree };
	if (!files_remove_tree(apply->scratch, error) || !files_mkdirs(apply->scratch, error) ||
	    !git_run(&whole, GIT_ARGS("log", "-1", "--format=%s", base), apply->cancel, &apply->base_text, error))
		return false;
	if (series->patches->len > 0 && !git_run(&scratch, GIT_ARGS("read-tree", base), apply->cancel, NULL, error))
		return false;
	for (guint i = 0; i < series->patches->len; i++)
		if (!apply_file(apply, series->patches->pdata[i], error))
			return false;
	return true;
}

char *series_commit(const Series *series, const char *tree, const char *base, GCancellable *cancel, GError **error)
{
	g_auto(Apply) apply = { .tree = tree, .cancel = cancel };
	g_autofree char *folder = g_strdup_printf("khotest-check-%d-%08x", (int)getpid(), g_random_int());

	return make_commit(&apply, series, base, folder, error) ? g_steal_pointer(&apply.head) : NULL;
}

bool series_check(const Series *series, const char *tree, const char *base, GCancellable *cancel, GError **error)
{
	g_autofree char *commit = series_commit(series, tree, base, cancel, error);

	return commit;
}

bool series_apply(const Series *series, const char *tree, const char *base, GCancellable *cancel, GError **error)
{
	g_auto(Apply) apply = { .tree = tree, .cancel = cancel };
	Git whole;

	if (!make_commit(&apply, series, base, "khotest-apply", error))
		return false;
	whole = (Git){ .dir = apply.git_dir, .work = tree };
	log_detail("%s + %s is commit %.12s", apply.base_text, series->name, apply.head);
	/* the caller holds the tree's lock */
	git_remove_stale(apply.git_dir, GIT_ARGS("index.lock", "HEAD.lock"));
	return git_run(&whole,
		       GIT_ARGS("-c", "checkout.workers=0", "checkout", "-q", "--force", "--detach", apply.head),
		       cancel, NULL, error);
}
