// SPDX-License-Identifier: GPL-2.0-or-later
#include "thread.h"

#include <base/error.h>

#include <string.h>

/* How many titles a message shows of the many that a file may have. */
#define SHOWN_MOST 6

/* What was sent at one go: a series with one version, or one patch. Its mails are the thread's. */
typedef struct {
	GPtrArray *mails; /* Mail, cover included, in the order of the file */
	const Mail *top;  /* the cover, or the first */
	bool numbered;
	bool answer; /* one patch that somebody sent as an answer to a series */
	guint line;  /* which series it is a version of: the same for all of them */
} Posting;

typedef struct {
	const GPtrArray *mails; /* Mail */
	GHashTable *by_id;	/* of those */
	GHashTable *groups;	/* id -> id: which mails are one thread */
	GPtrArray *postings;	/* Posting */
	const ThreadChoice *choice;
	const char *where;
	GPtrArray *notes;
} Thread;

static void posting_free(gpointer data)
{
	Posting *posting = data;

	g_ptr_array_unref(posting->mails);
	g_free(posting);
}

static void thread_clear(Thread *thread)
{
	g_clear_pointer(&thread->by_id, g_hash_table_unref);
	g_clear_pointer(&thread->groups, g_hash_table_unref);
	g_clear_pointer(&thread->postings, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Thread, thread_clear)

static void note(const Thread *thread, char *text)
{
	g_ptr_array_add(thread->notes, text);
}

/* ---- which mails are one thread ---- */

static const char *group_of(GHashTable *groups, const char *id)
{
	const char *above;

	while ((above = g_hash_table_lookup(groups, id)))
		id = above;
	return id;
}

static void join(GHashTable *groups, const char *a, const char *b)
{
	const char *first = group_of(groups, a), *second = group_of(groups, b);

	if (strcmp(first, second) != 0)
		g_hash_table_insert(groups, (gpointer)second, (gpointer)first);
}

/* The same mail through two lists is one: the first of them stays. */
static GPtrArray *index_mails(Thread *thread)
{
	GPtrArray *once = g_ptr_array_new();

	for (guint i = 0; i < thread->mails->len; i++) {
		Mail *mail = thread->mails->pdata[i];

		if (mail->id && g_hash_table_contains(thread->by_id, mail->id))
			continue;
		if (mail->id)
			g_hash_table_insert(thread->by_id, mail->id, mail);
		for (char **ref = mail->refs; *ref; ref++)
			join(thread->groups, mail->refs[0], mail->id ? mail->id : *ref);
		for (char **ref = mail->refs; *ref; ref++)
			join(thread->groups, mail->refs[0], *ref);
		g_ptr_array_add(once, mail);
	}
	return once;
}

static const Mail *parent_of(const Thread *thread, const Mail *mail)
{
	return mail->parent ? g_hash_table_lookup(thread->by_id, mail->parent) : NULL;
}

static bool is_connected(const Thread *thread, const Mail *a, const Mail *b)
{
	const char *one = a->id ? a->id : a->refs[0], *other = b->id ? b->id : b->refs[0];

	return one && other && strcmp(group_of(thread->groups, one), group_of(thread->groups, other)) == 0;
}

/* ---- postings ---- */

/* Some of it may be words about patches: those that are none have no number and no diff. */
static bool is_patch(const Mail *mail)
{
	return !mail->reply && mail->tagged && (mail->diff || mail->total >= 0);
}

/* Sent together, as far as the subject tells. */
static bool is_like(const Mail *a, const Mail *b)
{
	return is_patch(a) && is_patch(b) && a->total >= 0 && a->total == b->total && a->version == b->version &&
	       a->resend == b->resend;
}

/* The mail of the same posting that was sent first: patches answer the cover letter, or each the one before it. */
static const Mail *top_of(const Thread *thread, const Mail *mail)
{
	const Mail *above;
	guint steps = 0;

	/* a loop of mails that answer each other is possible, if somebody made it */
	while ((above = parent_of(thread, mail)) && is_like(above, mail) && steps++ < thread->mails->len)
		mail = above;
	return mail;
}

static Mail *posting_find(const Posting *posting, int number)
{
	for (guint i = 0; i < posting->mails->len; i++)
		if (((Mail *)posting->mails->pdata[i])->number == number)
			return posting->mails->pdata[i];
	return NULL;
}

static bool is_complete(const Posting *posting)
{
	for (int number = 1; posting->numbered && number <= posting->top->total; number++)
		if (!posting_find(posting, number))
			return false;
	return true;
}

static Posting *posting_new(const Thread *thread, Mail *mail, const Mail *top)
{
	Posting *posting = g_new0(Posting, 1);

	posting->mails = g_ptr_array_new();
	posting->top = top;
	posting->numbered = mail->total >= 0;
	posting->line = thread->postings->len;
	g_ptr_array_add(posting->mails, mail);
	g_ptr_array_add(thread->postings, posting);
	return posting;
}

/* Those that are sent as answers to one mail belong together. A number that is there already begins another posting. */
static void add_mail(const Thread *thread, Mail *mail)
{
	const Mail *top = top_of(thread, mail);

	for (guint i = 0; mail->total >= 0 && i < thread->postings->len; i++) {
		Posting *posting = thread->postings->pdata[i];

		if (posting->top == top && posting->numbered && !posting_find(posting, mail->number)) {
			g_ptr_array_add(posting->mails, mail);
			return;
		}
	}
	posting_new(thread, mail, top);
}

/*
 * Mails without a thread, as git format-patch and b4 leave them, belong together by what their subjects say. Where they
 * do have threads, only those of one sender do.
 */
static bool can_merge(const Posting *into, const Posting *from)
{
	bool threaded = into->top->refs[0] || from->top->refs[0];

	if (!from->numbered || !into->numbered || !is_like(into->top, from->top) || is_complete(into) ||
	    (threaded && g_strcmp0(into->top->from, from->top->from) != 0))
		return false;
	for (guint i = 0; i < from->mails->len; i++)
		if (posting_find(into, ((Mail *)from->mails->pdata[i])->number))
			return false;
	return true;
}

static bool merge_one(const Thread *thread, guint which)
{
	Posting *from = thread->postings->pdata[which];

	for (guint i = 0; i < which; i++) {
		Posting *into = thread->postings->pdata[i];

		if (!can_merge(into, from))
			continue;
		for (guint m = 0; m < from->mails->len; m++)
			g_ptr_array_add(into->mails, from->mails->pdata[m]);
		g_ptr_array_remove_index(thread->postings, which);
		return true;
	}
	return false;
}

/* The cover is what a series is called by, and without one its first patch. */
static void settle_top(Posting *posting)
{
	for (guint i = 0; i < posting->mails->len; i++) {
		const Mail *mail = posting->mails->pdata[i];

		if (i == 0 || mail->number < posting->top->number)
			posting->top = mail;
	}
}

static bool answers_series(const Thread *thread, const Mail *mail)
{
	const Mail *above = mail;

	for (guint steps = 0; (above = parent_of(thread, above)) && steps < thread->mails->len; steps++)
		if (is_patch(above) && above->total > 1)
			return true;
	return false;
}

static void make_postings(Thread *thread)
{
	for (guint i = 0; i < thread->mails->len; i++)
		if (is_patch(thread->mails->pdata[i]))
			add_mail(thread, thread->mails->pdata[i]);
	for (guint i = 1; i < thread->postings->len;)
		if (!merge_one(thread, i))
			i++;
	for (guint i = 0; i < thread->postings->len; i++) {
		Posting *posting = thread->postings->pdata[i];

		settle_top(posting);
		posting->line = i;
		posting->answer = posting->top->total < 0 && answers_series(thread, posting->top);
	}
}

/* ---- which of them are versions of one series ---- */

static bool share_title(const Posting *a, const Posting *b)
{
	for (guint i = 0; i < a->mails->len; i++)
		for (guint j = 0; j < b->mails->len; j++)
			if (g_ascii_strcasecmp(((Mail *)a->mails->pdata[i])->title,
					       ((Mail *)b->mails->pdata[j])->title) == 0)
				return true;
	return false;
}

/* A new version may have new titles; then it is its sender's, in the same thread, and not of the same number. */
static bool is_version_of(const Thread *thread, const Posting *a, const Posting *b)
{
	if (share_title(a, b))
		return true;
	return a->top->version != b->top->version && is_connected(thread, a->top, b->top) &&
	       g_strcmp0(a->top->from, b->top->from) == 0;
}

static void draw_lines(Thread *thread)
{
	for (guint i = 0; i < thread->postings->len; i++)
		for (guint j = i + 1; j < thread->postings->len; j++) {
			const Posting *a = thread->postings->pdata[i], *b = thread->postings->pdata[j];
			guint from = b->line, to = a->line;

			if (from == to || a->answer || b->answer || !is_version_of(thread, a, b))
				continue;
			for (guint k = 0; k < thread->postings->len; k++)
				if (((Posting *)thread->postings->pdata[k])->line == from)
					((Posting *)thread->postings->pdata[k])->line = to;
		}
}

/* ---- the choice ---- */

static bool has_words(const Posting *posting, const char *words)
{
	g_autofree char *wanted = g_utf8_casefold(words, -1);

	for (guint i = 0; i < posting->mails->len; i++) {
		const Mail *mail = posting->mails->pdata[i];
		g_autofree char *title = g_utf8_casefold(mail->title, -1);

		if (strstr(title, wanted) || g_strcmp0(mail->id, words) == 0)
			return true;
	}
	return false;
}

/* "'[PATCH v2 0/3] kho: ...' (mail 4)", of each. Caller frees. */
static char *name_postings(const GPtrArray *postings)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (guint i = 0; i < MIN(postings->len, SHOWN_MOST); i++) {
		const Posting *posting = postings->pdata[i];

		g_string_append_printf(out, "%s'%s' (mail %u%s%s)", i ? ", " : "", posting->top->subject,
				       posting->top->position, posting->top->from ? ", from " : "",
				       posting->top->from ? posting->top->from : "");
	}
	if (postings->len > SHOWN_MOST)
		g_string_append_printf(out, ", and %u more", postings->len - SHOWN_MOST);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Those that could be meant. */
static GPtrArray *filter(const Thread *thread, GError **error)
{
	g_autoptr(GPtrArray) left = g_ptr_array_new();
	g_autoptr(GPtrArray) answers = g_ptr_array_new();
	g_autofree char *all = NULL;

	for (guint i = 0; i < thread->postings->len; i++) {
		Posting *posting = thread->postings->pdata[i];

		if (thread->choice->version && posting->top->version != thread->choice->version)
			continue;
		if (thread->choice->words && !has_words(posting, thread->choice->words))
			continue;
		/* by name one can have that too */
		g_ptr_array_add(posting->answer && !thread->choice->words ? answers : left, posting);
	}
	if (!left->len) {
		all = name_postings(thread->postings);
		error_set(error, KHOTEST_ERROR_INPUT, "%s has no series like that: there is %s", thread->where, all);
		return NULL;
	}
	if (answers->len) {
		all = name_postings(answers);
		note(thread, g_strdup_printf("what others sent as an answer is left out: %s. To have one, name it, "
					     "with words of its title behind a '#'",
					     all));
	}
	return g_steal_pointer(&left);
}

/* Newer, or else sent again. 0: neither. */
static int compare_age(const Posting *a, const Posting *b)
{
	if (a->top->version != b->top->version)
		return a->top->version > b->top->version ? 1 : -1;
	if (a->top->resend != b->top->resend)
		return a->top->resend ? 1 : -1;
	return (int)is_complete(a) - (int)is_complete(b);
}

/* Of one series the newest version. NULL: two are equally new. */
static const Posting *newest(const Thread *thread, GPtrArray *postings, GError **error)
{
	const Posting *best = postings->pdata[0];
	g_autoptr(GPtrArray) others = g_ptr_array_new();
	g_autofree char *names = NULL;

	for (guint i = 1; i < postings->len; i++)
		if (compare_age(postings->pdata[i], best) > 0)
			best = postings->pdata[i];
	for (guint i = 0; i < postings->len; i++) {
		if (postings->pdata[i] == best)
			continue;
		g_ptr_array_add(others, postings->pdata[i]);
		if (compare_age(postings->pdata[i], best) == 0) {
			names = name_postings(postings);
			error_set(error, KHOTEST_ERROR_INPUT,
				  "%s has the same version twice: %s. Name one by its Message-ID behind a '#', or take "
				  "the mails that are not wanted out of it",
				  thread->where, names);
			return NULL;
		}
	}
	if (others->len) {
		names = name_postings(others);
		note(thread, g_strdup_printf("taken is '%s', and not %s", best->top->subject, names));
	}
	return best;
}

/* Patches without a number, as "git format-patch -N --stdout" has them: git am takes one after the other. */
static bool is_plain_queue(const GPtrArray *postings)
{
	for (guint i = 0; i < postings->len; i++) {
		const Posting *posting = postings->pdata[i];

		if (posting->numbered)
			return false;
		for (guint j = i + 1; j < postings->len; j++)
			if (((Posting *)postings->pdata[j])->line == posting->line)
				return false;
	}
	return postings->len > 1;
}

static GPtrArray *whole_queue(const Thread *thread, const GPtrArray *postings)
{
	GPtrArray *out = g_ptr_array_new();

	for (guint i = 0; i < postings->len; i++)
		g_ptr_array_add(out, ((Posting *)postings->pdata[i])->mails->pdata[0]);
	note(thread,
	     g_strdup_printf("its %u patches have no numbers: they are taken in the order of the file", out->len));
	return out;
}

static const Posting *one_posting(const Thread *thread, GPtrArray *postings, GError **error)
{
	g_autofree char *names = NULL;

	for (guint i = 1; i < postings->len; i++)
		if (((Posting *)postings->pdata[i])->line != ((Posting *)postings->pdata[0])->line) {
			names = name_postings(postings);
			error_set(
				error, KHOTEST_ERROR_INPUT,
				"%s has more than one series: %s. Name the one that is wanted behind a '#': words of "
				"its title, or a version such as v2; '#all' takes every patch in the order of the file",
				thread->where, names);
			return NULL;
		}
	return newest(thread, postings, error);
}

static bool is_wanted(const ThreadChoice *choice, int number)
{
	for (guint i = 0; choice->numbers && i < choice->numbers->len; i++)
		if (g_array_index(choice->numbers, int, i) == number)
			return true;
	return !choice->numbers;
}

static bool complain_missing(const Thread *thread, const Posting *posting, const char *missing, guint count,
			     GError **error)
{
	g_autoptr(GPtrArray) others = g_ptr_array_new();
	g_autofree char *names = NULL;

	for (guint i = 0; i < thread->postings->len; i++) {
		Posting *other = thread->postings->pdata[i];

		if (other != posting && other->line == posting->line)
			g_ptr_array_add(others, other);
	}
	names = name_postings(others);
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "%s of '%s' %s not in %s: get the whole thread, or say behind a '#' which patches to take, as "
			 "in '#%d'%s%s",
			 missing, posting->top->subject, count == 1 ? "is" : "are", thread->where,
			 MAX(1, ((Mail *)posting->mails->pdata[posting->mails->len - 1])->number),
			 others->len ? "; there is also " : "", names);
}

/* Its patches, as they are numbered. */
static GPtrArray *take_numbered(const Thread *thread, const Posting *posting, GError **error)
{
	g_autoptr(GPtrArray) out = g_ptr_array_new();
	g_autoptr(GString) missing = g_string_new(NULL);
	int total = posting->top->total, last = total;
	guint count = 0;

	/* "6/5" comes as an afterthought, and goes on top; with '#' more can be asked for than there is */
	while (posting_find(posting, last + 1))
		last++;
	if (last > total)
		note(thread, g_strdup_printf("patches behind %d/%d are taken too", total, total));
	for (guint i = 0; thread->choice->numbers && i < thread->choice->numbers->len; i++)
		last = MAX(last, g_array_index(thread->choice->numbers, int, i));
	for (int number = 1; number <= last; number++) {
		Mail *mail = posting_find(posting, number);

		if (!is_wanted(thread->choice, number))
			continue;
		if (mail)
			g_ptr_array_add(out, mail);
		else if (count++ < SHOWN_MOST)
			g_string_append_printf(missing, "%s%d/%d", count > 1 ? ", " : "", number, total);
	}
	if (count > SHOWN_MOST)
		g_string_append_printf(missing, " and %u more", count - SHOWN_MOST);
	return count ? complain_missing(thread, posting, missing->str, count, error), NULL : g_steal_pointer(&out);
}

/* Every patch in the order of the file. */
static GPtrArray *take_all(const Thread *thread)
{
	GPtrArray *out = g_ptr_array_new();

	for (guint i = 0; i < thread->mails->len; i++) {
		Mail *mail = thread->mails->pdata[i];

		if (mail->diff && !mail->reply && mail->number != 0)
			g_ptr_array_add(out, mail);
	}
	return out;
}

/* Nothing calls itself a patch: what has a diff in it and is no answer is one, in its order. */
static GPtrArray *take_untagged(const Thread *thread, GError **error)
{
	g_autoptr(GPtrArray) out = take_all(thread);

	if (!out->len) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s has no patch among its %u mails: mails as git send-email sends them, or git format-patch "
			  "makes them, are wanted",
			  thread->where, thread->mails->len);
		return NULL;
	}
	if (thread->choice->all)
		note(thread, g_strdup_printf("all %u patches are taken, in the order of the file", out->len));
	else if (out->len > 1)
		note(thread, g_strdup_printf("its %u patches have no numbers: they are taken in the order of the file",
					     out->len));
	return g_steal_pointer(&out);
}

static GPtrArray *choose(Thread *thread, const char **ret_title, guint *ret_version, GError **error)
{
	g_autoptr(GPtrArray) left = NULL;
	const Posting *posting;

	if (thread->choice->all || !thread->postings->len)
		return take_untagged(thread, error);
	left = filter(thread, error);
	if (!left)
		return NULL;
	if (is_plain_queue(left))
		return whole_queue(thread, left);
	posting = one_posting(thread, left, error);
	if (!posting)
		return NULL;
	*ret_title = posting->top->title;
	*ret_version = posting->top->version;
	if (posting->numbered)
		return take_numbered(thread, posting, error);
	return g_ptr_array_copy(posting->mails, NULL, NULL);
}

GPtrArray *thread_choose(const GPtrArray *mails, const ThreadChoice *choice, const char *where, GPtrArray *notes,
			 const char **ret_title, guint *ret_version, GError **error)
{
	g_auto(Thread) thread = {
		.mails = mails,
		.by_id = g_hash_table_new(g_str_hash, g_str_equal),
		.groups = g_hash_table_new(g_str_hash, g_str_equal),
		.postings = g_ptr_array_new_with_free_func(posting_free),
		.choice = choice,
		.where = where,
		.notes = notes,
	};
	g_autoptr(GPtrArray) once = index_mails(&thread), out = NULL;

	thread.mails = once;
	*ret_title = NULL;
	*ret_version = 0;
	make_postings(&thread);
	draw_lines(&thread);
	out = choose(&thread, ret_title, ret_version, error);
	if (out && !*ret_title)
		*ret_title = ((Mail *)out->pdata[0])->title;
	return g_steal_pointer(&out);
}
