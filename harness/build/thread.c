// SPDX-License-Identifier: GPL-2.0-or-later
#include "thread.h"
#include "postings.h"

#include <base/error.h>

#include <string.h>

/* How many titles a message shows of the many that a file may have. */
#define SHOWN_MOST 6

typedef struct {
	const Postings *postings;
	const ThreadChoice *choice;
	const char *where;
	GPtrArray *notes;
} Thread;

static void note(const Thread *thread, char *text)
{
	g_ptr_array_add(thread->notes, text);
}

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

	for (guint i = 0; i < thread->postings->all->len; i++) {
		Posting *posting = thread->postings->all->pdata[i];

		if (thread->choice->version && posting->top->version != thread->choice->version)
			continue;
		if (thread->choice->words && !has_words(posting, thread->choice->words))
			continue;
		/* by name one can have that too */
		g_ptr_array_add(posting->answer && !thread->choice->words ? answers : left, posting);
	}
	if (!left->len) {
		all = name_postings(thread->postings->all);
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
	return (int)posting_is_complete(a) - (int)posting_is_complete(b);
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

static bool is_wanted(const ThreadChoice *choice, int number)
{
	for (guint i = 0; choice->numbers && i < choice->numbers->len; i++)
		if (g_array_index(choice->numbers, int, i) == number)
			return true;
	return !choice->numbers;
}

/* Of patches that have no numbers those that are asked for, by their places in the file. */
static GPtrArray *take_places(const Thread *thread, const GPtrArray *queue, GError **error)
{
	const GArray *numbers = thread->choice->numbers;
	g_autoptr(GPtrArray) out = g_ptr_array_new();

	for (guint i = 0; numbers && i < numbers->len; i++)
		if (g_array_index(numbers, int, i) > (int)queue->len) {
			error_set(error, KHOTEST_ERROR_INPUT,
				  "%s has no patch %d: counted in the order of the file, it has %u", thread->where,
				  g_array_index(numbers, int, i), queue->len);
			return NULL;
		}
	for (guint i = 0; i < queue->len; i++)
		if (is_wanted(thread->choice, (int)i + 1))
			g_ptr_array_add(out, queue->pdata[i]);
	if (thread->choice->all)
		note(thread, g_strdup_printf("all %u patches are %s, in the order of the file", queue->len,
					     numbers ? "counted" : "taken"));
	else if (queue->len > 1)
		note(thread, g_strdup_printf("its %u patches have no numbers: they are %s in the order of the file",
					     queue->len, numbers ? "counted" : "taken"));
	return g_steal_pointer(&out);
}

static GPtrArray *whole_queue(const Thread *thread, const GPtrArray *postings, GError **error)
{
	g_autoptr(GPtrArray) queue = g_ptr_array_new();

	for (guint i = 0; i < postings->len; i++)
		g_ptr_array_add(queue, ((Posting *)postings->pdata[i])->mails->pdata[0]);
	return take_places(thread, queue, error);
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

static bool complain_missing(const Thread *thread, const Posting *posting, const char *missing, guint count,
			     GError **error)
{
	g_autoptr(GPtrArray) others = g_ptr_array_new();
	g_autofree char *names = NULL;

	for (guint i = 0; i < thread->postings->all->len; i++) {
		Posting *other = thread->postings->all->pdata[i];

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

	for (guint i = 0; i < thread->postings->mails->len; i++) {
		Mail *mail = thread->postings->mails->pdata[i];

		if (mail->diff && !mail->reply && mail->number != 0)
			g_ptr_array_add(out, mail);
	}
	return out;
}

/* Nothing calls itself a patch: what has a diff in it and is no answer is one, in its order. */
static GPtrArray *take_untagged(const Thread *thread, GError **error)
{
	g_autoptr(GPtrArray) all = take_all(thread);

	if (!all->len) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s has no patch among its %u mails: mails as git send-email sends them, or git format-patch "
			  "makes them, are wanted",
			  thread->where, thread->postings->mails->len);
		return NULL;
	}
	return take_places(thread, all, error);
}

static GPtrArray *choose(const Thread *thread, const char **ret_title, guint *ret_version, GError **error)
{
	g_autoptr(GPtrArray) left = NULL;
	const Posting *posting;

	if (thread->choice->all || !thread->postings->all->len)
		return take_untagged(thread, error);
	left = filter(thread, error);
	if (!left)
		return NULL;
	if (is_plain_queue(left))
		return whole_queue(thread, left, error);
	posting = one_posting(thread, left, error);
	if (!posting)
		return NULL;
	*ret_title = posting->top->title;
	*ret_version = posting->top->version;
	if (posting->numbered)
		return take_numbered(thread, posting, error);
	return take_places(thread, posting->mails, error);
}

GPtrArray *thread_choose(const GPtrArray *mails, const ThreadChoice *choice, const char *where, GPtrArray *notes,
			 const char **ret_title, guint *ret_version, GError **error)
{
	g_autoptr(Postings) postings = postings_of(mails);
	const Thread thread = { postings, choice, where, notes };
	g_autoptr(GPtrArray) out = NULL;

	*ret_title = NULL;
	*ret_version = 0;
	out = choose(&thread, ret_title, ret_version, error);
	if (out && !*ret_title)
		*ret_title = ((Mail *)out->pdata[0])->title;
	return g_steal_pointer(&out);
}
