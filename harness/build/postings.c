// SPDX-License-Identifier: GPL-2.0-or-later
#include "postings.h"

#include <string.h>

static void posting_free(gpointer data)
{
	Posting *posting = data;

	g_ptr_array_unref(posting->mails);
	g_free(posting);
}

void postings_free(Postings *postings)
{
	g_ptr_array_unref(postings->mails);
	g_ptr_array_unref(postings->all);
	g_hash_table_unref(postings->by_id);
	g_hash_table_unref(postings->groups);
	g_free(postings);
}

/* ---- which mails are one thread ---- */

/* The top of the group, under which all that were passed on the way are put: the next time it is one step. */
static const char *group_of(GHashTable *groups, const char *id)
{
	const char *top = id, *above;

	while ((above = g_hash_table_lookup(groups, top)))
		top = above;
	for (; id != top; id = above) {
		above = g_hash_table_lookup(groups, id);
		g_hash_table_insert(groups, (gpointer)id, (gpointer)top);
	}
	return top;
}

static void join(GHashTable *groups, const char *a, const char *b)
{
	const char *first = group_of(groups, a), *second = group_of(groups, b);

	if (strcmp(first, second) != 0)
		g_hash_table_insert(groups, (gpointer)second, (gpointer)first);
}

/* The same mail through two lists is one: the first of them stays. */
static void index_mails(Postings *thread, const GPtrArray *mails)
{
	for (guint i = 0; i < mails->len; i++) {
		Mail *mail = mails->pdata[i];

		if (mail->id && g_hash_table_contains(thread->by_id, mail->id))
			continue;
		if (mail->id)
			g_hash_table_insert(thread->by_id, mail->id, mail);
		for (char **ref = mail->refs; *ref; ref++)
			join(thread->groups, mail->refs[0], mail->id ? mail->id : *ref);
		for (char **ref = mail->refs; *ref; ref++)
			join(thread->groups, mail->refs[0], *ref);
		g_ptr_array_add(thread->mails, mail);
	}
}

static const Mail *parent_of(const Postings *thread, const Mail *mail)
{
	return mail->parent ? g_hash_table_lookup(thread->by_id, mail->parent) : NULL;
}

static bool is_connected(const Postings *thread, const Mail *a, const Mail *b)
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
static const Mail *top_of(const Postings *thread, const Mail *mail)
{
	const Mail *above;
	guint steps = 0;

	/* a loop of mails that answer each other is possible, if somebody made it */
	while ((above = parent_of(thread, mail)) && is_like(above, mail) && steps++ < thread->mails->len)
		mail = above;
	return mail;
}

Mail *posting_find(const Posting *posting, int number)
{
	for (guint i = 0; i < posting->mails->len; i++)
		if (((Mail *)posting->mails->pdata[i])->number == number)
			return posting->mails->pdata[i];
	return NULL;
}

bool posting_is_complete(const Posting *posting)
{
	for (int number = 1; posting->numbered && number <= posting->top->total; number++)
		if (!posting_find(posting, number))
			return false;
	return true;
}

static Posting *posting_new(const Postings *thread, Mail *mail, const Mail *top)
{
	Posting *posting = g_new0(Posting, 1);

	posting->mails = g_ptr_array_new();
	posting->top = top;
	posting->numbered = mail->total >= 0;
	posting->line = thread->all->len;
	g_ptr_array_add(posting->mails, mail);
	g_ptr_array_add(thread->all, posting);
	return posting;
}

/* Those that are sent as answers to one mail belong together. A number that is there already begins another posting. */
static void add_mail(const Postings *thread, Mail *mail)
{
	const Mail *top = top_of(thread, mail);

	for (guint i = 0; mail->total >= 0 && i < thread->all->len; i++) {
		Posting *posting = thread->all->pdata[i];

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

	if (!from->numbered || !into->numbered || !is_like(into->top, from->top) || posting_is_complete(into) ||
	    (threaded && g_strcmp0(into->top->from, from->top->from) != 0))
		return false;
	for (guint i = 0; i < from->mails->len; i++)
		if (posting_find(into, ((Mail *)from->mails->pdata[i])->number))
			return false;
	return true;
}

static bool merge_one(const Postings *thread, guint which)
{
	Posting *from = thread->all->pdata[which];

	for (guint i = 0; i < which; i++) {
		Posting *into = thread->all->pdata[i];

		if (!can_merge(into, from))
			continue;
		for (guint m = 0; m < from->mails->len; m++)
			g_ptr_array_add(into->mails, from->mails->pdata[m]);
		g_ptr_array_remove_index(thread->all, which);
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

static bool answers_series(const Postings *thread, const Mail *mail)
{
	const Mail *above = mail;

	for (guint steps = 0; (above = parent_of(thread, above)) && steps < thread->mails->len; steps++)
		if (is_patch(above) && above->total > 1)
			return true;
	return false;
}

static void make_postings(Postings *thread)
{
	for (guint i = 0; i < thread->mails->len; i++)
		if (is_patch(thread->mails->pdata[i]))
			add_mail(thread, thread->mails->pdata[i]);
	for (guint i = 1; i < thread->all->len;)
		if (!merge_one(thread, i))
			i++;
	for (guint i = 0; i < thread->all->len; i++) {
		Posting *posting = thread->all->pdata[i];

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
static bool is_version_of(const Postings *thread, const Posting *a, const Posting *b)
{
	if (share_title(a, b))
		return true;
	return a->top->version != b->top->version && is_connected(thread, a->top, b->top) &&
	       g_strcmp0(a->top->from, b->top->from) == 0;
}

static void draw_lines(Postings *thread)
{
	for (guint i = 0; i < thread->all->len; i++)
		for (guint j = i + 1; j < thread->all->len; j++) {
			const Posting *a = thread->all->pdata[i], *b = thread->all->pdata[j];
			guint from = b->line, to = a->line;

			if (from == to || a->answer || b->answer || !is_version_of(thread, a, b))
				continue;
			for (guint k = 0; k < thread->all->len; k++)
				if (((Posting *)thread->all->pdata[k])->line == from)
					((Posting *)thread->all->pdata[k])->line = to;
		}
}

Postings *postings_of(const GPtrArray *mails)
{
	Postings *postings = g_new(Postings, 1);

	*postings = (Postings){
		.mails = g_ptr_array_new(),
		.all = g_ptr_array_new_with_free_func(posting_free),
		.by_id = g_hash_table_new(g_str_hash, g_str_equal),
		.groups = g_hash_table_new(g_str_hash, g_str_equal),
	};
	index_mails(postings, mails);
	make_postings(postings);
	draw_lines(postings);
	return postings;
}
