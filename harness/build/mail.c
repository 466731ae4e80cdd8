// SPDX-License-Identifier: GPL-2.0-or-later
#include "mail.h"

#include <string.h>

/* More patches than that nobody sends, and a version is smaller too. */
#define NUMBER_MOST 9999

Mail *mail_new(void)
{
	Mail *mail = g_new0(Mail, 1);

	mail->refs = g_new0(char *, 1);
	mail->version = 1;
	mail->number = mail->total = -1;
	return mail;
}

void mail_free(Mail *mail)
{
	if (!mail)
		return;
	g_free(mail->file);
	g_free(mail->id);
	g_free(mail->parent);
	g_strfreev(mail->refs);
	g_free(mail->from);
	g_free(mail->subject);
	g_free(mail->title);
	g_free(mail);
}

/* The value of a header field with the lines that go on with it; NULL if there is none. Caller frees. */
static char *field(const char *text, const char *name)
{
	gsize length = strlen(name);

	for (const char *line = text; *line && *line != '\n';) {
		const char *end = strchr(line, '\n');
		bool found = g_ascii_strncasecmp(line, name, length) == 0;

		while (end && (end[1] == ' ' || end[1] == '\t'))
			end = strchr(end + 1, '\n');
		if (found)
			return end ? g_strndup(line + length, (gsize)(end - line) - length) : g_strdup(line + length);
		if (!end)
			break;
		line = end + 1;
	}
	return NULL;
}

/* What stands in <>, in its order. */
static void add_ids(GPtrArray *ids, const char *value)
{
	const char *begin = value ? strchr(value, '<') : NULL;

	while (begin) {
		const char *end = strchr(begin, '>');
		char *id;

		if (!end)
			return;
		id = g_strndup(begin + 1, (gsize)(end - begin) - 1);
		if (*id && !g_ptr_array_find_with_equal_func(ids, id, g_str_equal, NULL))
			g_ptr_array_add(ids, id);
		else
			g_free(id);
		begin = strchr(end, '<');
	}
}

void mail_read_head(Mail *mail, const char *text)
{
	g_autofree char *own = field(text, "message-id:"), *reply = field(text, "in-reply-to:"),
			*references = field(text, "references:");
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) mine = g_ptr_array_new_with_free_func(g_free);

	add_ids(mine, own);
	mail->id = mine->len ? g_strdup(mine->pdata[0]) : NULL;
	add_ids(ids, reply);
	if (ids->len)
		mail->parent = g_strdup(ids->pdata[0]);
	add_ids(ids, references);
	if (ids->len && !mail->parent)
		mail->parent = g_strdup(ids->pdata[ids->len - 1]);
	g_ptr_array_add(ids, NULL);
	g_strfreev(mail->refs);
	mail->refs = (char **)g_ptr_array_free(g_steal_pointer(&ids), FALSE);
}

/* All digits, and not too many of them; *end is what is behind them. */
static bool read_number(const char *text, const char **ret_end, int *ret_value)
{
	const char *end = text;
	int value = 0;

	for (; g_ascii_isdigit(*end); end++) {
		value = value * 10 + (*end - '0');
		if (value > NUMBER_MOST)
			return false;
	}
	*ret_end = end;
	*ret_value = value;
	return end > text;
}

/* "v2", and "PATCHv2" or "PATCH-v2" too. */
static bool read_version(const char *word, int *ret_version)
{
	static const char *const before[] = { "patch", "rfc", "resend" };
	const char *end;

	for (gsize i = 0; i < G_N_ELEMENTS(before); i++)
		if (g_ascii_strncasecmp(word, before[i], strlen(before[i])) == 0) {
			word += strlen(before[i]);
			word += *word == '-';
			break;
		}
	return (*word == 'v' || *word == 'V') && read_number(word + 1, &end, ret_version) && !*end && *ret_version > 0;
}

/* One word of what stands in the brackets. */
static void read_word(Mail *mail, const char *word)
{
	const char *end = NULL;
	int number, total;

	if (read_version(word, &number))
		mail->version = (guint)number;
	if (g_ascii_strncasecmp(word, "patch", 5) == 0 || g_ascii_strncasecmp(word, "rfc", 3) == 0 ||
	    g_ascii_strcasecmp(word, "rft") == 0)
		mail->tagged = true;
	if (g_ascii_strcasecmp(word, "resend") == 0 || g_ascii_strcasecmp(word, "repost") == 0)
		mail->tagged = mail->resend = true;
	if (!read_number(word, &end, &number) || *end != '/' || !read_number(end + 1, &end, &total) || *end ||
	    total < 1)
		return;
	mail->tagged = true;
	mail->number = number;
	mail->total = total;
}

/* "Re:" in the languages that mail programs speak, and what was forwarded. */
static bool is_reply(const char *subject)
{
	static const char *const words[] = { "re:", "re[", "aw:", "sv:", "vs:", "antw:", "fwd:", "fw:", "wg:" };

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_ascii_strncasecmp(subject, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

/* Before the brackets stands a word with a colon that is not in the list above: "Отв: [PATCH]". */
static bool has_tag_behind(const char *subject)
{
	g_autofree char *small = g_ascii_strdown(subject, -1);
	const char *tag = strstr(small, "[patch"), *colon = strchr(small, ':');

	return tag && colon && colon < tag;
}

void mail_read_subject(Mail *mail, const char *subject)
{
	const char *at = subject + strspn(subject, " \t");

	g_free(mail->subject);
	g_free(mail->title);
	mail->subject = g_strdup(at);
	mail->reply = is_reply(at) || (*at != '[' && has_tag_behind(at));
	while (!mail->reply && *at == '[') {
		const char *end = strchr(at, ']');
		g_autofree char *inner = end ? g_strndup(at + 1, (gsize)(end - at) - 1) : NULL;
		g_auto(GStrv) words = inner ? g_strsplit_set(inner, " \t,", -1) : NULL;

		if (!end)
			break;
		for (char **word = words; *word; word++)
			read_word(mail, *word);
		at = end + 1 + strspn(end + 1, " \t");
	}
	mail->title = g_strdup(at);
}

bool mail_has_diff(const char *patch)
{
	return g_regex_match_simple("^(diff --git|--- )", patch, G_REGEX_MULTILINE | G_REGEX_RAW, 0);
}

bool mail_is_cover(const char *text)
{
	g_autofree char *subject = field(text, "subject:");
	g_autoptr(Mail) mail = mail_new();

	if (subject)
		mail_read_subject(mail, subject);
	return mail->number == 0 && !mail_has_diff(text);
}

gsize mail_strip_cr(char *text, gsize length)
{
	const char *newline = memchr(text, '\n', length);
	gsize kept = 0;

	if (!newline || newline == text || newline[-1] != '\r')
		return length;
	for (gsize i = 0; i < length; i++)
		if (text[i] != '\r' || i + 1 == length || text[i + 1] != '\n')
			text[kept++] = text[i];
	text[kept] = '\0';
	return kept;
}
