// SPDX-License-Identifier: GPL-2.0-or-later
/* The message as mail: RFC 5322, with RFC 2047 for a subject that is not ASCII, RFC 3834 for who might answer. */
#include <base/error.h>
#include <report/night.h>

#include <string.h>

#define LINE_MOST 998 /* bytes of a line (RFC 5322, 2.1.1) */
#define FOLD_AT 76    /* where a header is better folded (RFC 5322, 2.1.1; RFC 2047, 2) */
#define WORD_BYTES 45 /* of a header's text, so that its encoded word has 75 characters at most (RFC 2047, 2) */

bool mail_check(const char *address, GError **error)
{
	for (const char *at = address; *at; at++)
		if (!g_ascii_isprint(*at))
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "--mail %s: an address has letters, digits and signs of ASCII only", address);
	if (!*address || *address == '-' || strpbrk(address, " \"<>()[]:;\\,"))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--mail '%s': one plain address is taken, such as mm-nightly@example.org", address);
	return true;
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((guchar)*text >= 0x80 || (guchar)*text < 0x20)
			return false;
	return true;
}

/* Words that do not fit go to the next line, which begins with a blank. */
static void put_folded(GString *out, const char *name, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, " ", -1);
	gsize column = strlen(name) + 1;

	g_string_append_printf(out, "%s:", name);
	for (char **word = words; *word; word++) {
		if (column + 1 + strlen(*word) > FOLD_AT && column > strlen(name) + 1) {
			g_string_append(out, "\n");
			column = 0;
		}
		g_string_append_printf(out, " %s", *word);
		column += 1 + strlen(*word);
	}
	g_string_append_c(out, '\n');
}

/* Encoded words in base64, none of which ends within a character. */
static void put_encoded(GString *out, const char *name, const char *value)
{
	g_string_append_printf(out, "%s:", name);
	for (const char *at = value; *at;) {
		const char *end = at;
		g_autofree char *word = NULL;

		while (*end && g_utf8_next_char(end) - at <= WORD_BYTES)
			end = g_utf8_next_char(end);
		word = g_base64_encode((const guchar *)at, (gsize)(end - at));
		g_string_append_printf(out, "%s =?utf-8?B?%s?=", at == value ? "" : "\n", word);
		at = end;
	}
	g_string_append_c(out, '\n');
}

static void put_header(GString *out, const char *name, const char *value)
{
	if (is_ascii(value))
		put_folded(out, name, value);
	else
		put_encoded(out, name, value);
}

/* Lines that are too long are cut into several, between characters. */
static void put_body(GString *out, const char *body)
{
	gsize column = 0;

	for (const char *at = body; *at; at = g_utf8_next_char(at)) {
		gsize bytes = (gsize)(g_utf8_next_char(at) - at);

		if (*at == '\n')
			column = 0;
		else if (column + bytes > LINE_MOST) {
			g_string_append_c(out, '\n');
			column = bytes;
		} else {
			column += bytes;
		}
		g_string_append_len(out, at, (gssize)bytes);
	}
}

char *night_to_mail(const NightVerdict *verdict, const MailHead *head)
{
	g_autofree char *subject = night_subject(verdict), *body = night_to_text(verdict);
	g_autofree char *date = head->date ? g_date_time_format(head->date, "%s") : NULL;
	GString *out = g_string_new(NULL);

	if (head->from)
		put_header(out, "From", head->from);
	put_header(out, "To", head->to);
	put_header(out, "Subject", subject);
	if (head->date) {
		static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
		static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
						      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
		g_autofree char *time = g_date_time_format(head->date, "%H:%M:%S %z");

		/* not by strftime's names, which are the locale's */
		g_string_append_printf(
			out, "Date: %s, %02d %s %d %s\n", days[g_date_time_get_day_of_week(head->date) - 1],
			g_date_time_get_day_of_month(head->date), months[g_date_time_get_month(head->date) - 1],
			g_date_time_get_year(head->date), time);
		g_string_append_printf(out, "Message-ID: <khotest-%s-%s@%s>\n", verdict->night->facts->id, date,
				       head->host ? head->host : "localhost");
	}
	g_string_append_printf(out, "X-Khotest-Verdict: %s\n", verdict_kind_name(verdict->kind));
	g_string_append(out, "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
			     "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n");
	put_body(out, body);
	return g_string_free(out, FALSE);
}
