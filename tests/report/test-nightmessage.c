// SPDX-License-Identifier: GPL-2.0-or-later
/* The message in all its forms: what is bad first, and nothing that a guest has said leaves its place. */
#include "../nights.h"

#include <base/json.h>
#include <report/night.h>

#include <string.h>

static const TestCell before[] = {
	TEST_PASS("a", NULL),
	TEST_PASS("b", "\"insn2.to_init\": [1000000], \"insn2.late\": [100000], \"insn2.kho\": [10000]"),
	{ .name = NULL },
};

static const TestCell now[] = {
	TEST_FAIL("a", "scratch-not-cma", "scratch pageblocks are not CMA"),
	TEST_PASS("b", "\"insn2.to_init\": [1031000], \"insn2.late\": [131000], \"insn2.kho\": [10000]"),
	{ .name = NULL },
};

static const NightVerdict *bad_night(const TestCell *cells)
{
	return test_judge(
		(Night *[]){ test_night("2026-11-27", NULL, "0123456789abcdef0123", before),
			     test_night("2026-11-28", "0123456789abcdef0123", "fedcba9876543210fedc", cells) },
		2);
}

static void test_subject(void)
{
	g_autofree char *subject = night_subject(bad_night(now));

	g_assert_cmpstr(
		subject, ==,
		"khotest: FAIL 2026-11-28: 1 regression (a label: scratch pageblocks are not CMA), insn2.to_init "
		"+3.1%");
}

/* A night in which there was no time for any cell has seen nothing, good or bad. */
static void test_nothing_judged(void)
{
	TestCell left[] = { { .name = "a", .expected = "PASS", .state = "not run", .verdict = "-" }, { .name = NULL } };
	g_autofree char *subject = night_subject(bad_night(left));

	g_assert_cmpstr(subject, ==, "khotest: SKIP 2026-11-28: no cell was judged");
}

static void test_text(void)
{
	g_autofree char *text = night_to_text(bad_night(now));

	g_assert_true(g_str_has_prefix(text, "khotest: FAIL 2026-11-28: "));
	g_assert_nonnull(strstr(text, "since: next 0123456789ab..fedcba987654, 3 commits\n"));
	g_assert_nonnull(strstr(text,
				"\n  khotest bisect 0123456789abcdef0123 fedcba9876543210fedc --tree '/srv/linux' "
				"--series=stock --memory=1G\n"));
	g_assert_nonnull(strstr(text, " --metric insn2.to_init\n"));
	g_assert_nonnull(strstr(text, "sure: exact"));
	g_assert_nonnull(strstr(text, "100% of it in instructions of deferred init, second kernel\n"));
	g_assert_nonnull(strstr(text, "; 30 min 0 s (kernels: 15 min 0 s), of a budget of 1 h 0 min\n"));
	/* what is bad comes before all else */
	g_assert_cmpint(strstr(text, "\nWorse\n") - text, <, strstr(text, "\nSources\n") - text);
}

static void check_source(const char *was, const char *is, const char *line)
{
	Night *night = test_night("2026-11-27", was, is, before);
	g_autofree char *text = night_to_text(test_judge(&night, 1));

	g_test_message("%s in: %s", line, text);
	g_assert_nonnull(strstr(text, line));
}

/* What is tested, and how it came there. */
static void test_source(void)
{
	check_source(NULL, "0123456789abcdef0123", "\n- next: 0123456789ab, for the first time\n");
	check_source("0123456789abcdef0123", "0123456789abcdef0123", "\n- next: 0123456789ab, as before\n");
	check_source("0123456789abcdef0123", "fedcba9876543210fedc",
		     "\n- next: 0123456789ab to fedcba987654, 3 commits\n");
	check_source(NULL, NULL, "\n- next: not there\n");
}

static void test_json(void)
{
	g_autofree char *text = night_to_json(bad_night(now));
	g_autoptr(JsonObject) object = json_parse_object(text, -1, "the message", NULL);
	JsonObject *slower;

	g_assert_nonnull(object);
	g_assert_cmpstr(json_get_string(object, "verdict"), ==, "FAIL");
	g_assert_cmpstr(json_get_string(object, "last_good"), ==, "2026-11-27");
	g_assert_cmpuint(json_array_get_length(json_get_array(object, "worse")), ==, 2);
	slower = json_array_get_object_element(json_get_array(object, "worse"), 1);
	g_assert_cmpstr(json_get_string(slower, "kind"), ==, "slower");
	g_assert_cmpstr(json_get_string(slower, "interval"), ==, "exact");
	g_assert_cmpfloat_with_epsilon(json_object_get_double_member(slower, "change"), 0.031, 1e-9);
	g_assert_cmpint(json_get_int(json_get_object(slower, "since"), "commits"), ==, 3);
}

/* Two or three regressions of a hundred are told of, the others counted: it is read on a phone. */
static void test_short(void)
{
	g_autoptr(GArray) cells = g_array_new(TRUE, TRUE, sizeof(TestCell));
	g_autofree char *text = NULL;
	const NightVerdict *verdict;

	for (guint i = 0; i < 100; i++) {
		TestCell cell = TEST_FAIL(g_strdup_printf("cell-%02u", i), "guest-panic", "kernel panic");

		g_array_append_val(cells, cell);
	}
	verdict = bad_night((const TestCell *)(gpointer)cells->data);
	text = night_to_text(verdict);
	g_assert_cmpuint(verdict->worse->len, ==, 100);
	g_assert_nonnull(strstr(text, "and 92 more"));
	g_assert_cmpuint(strlen(text), <, 3000);
	for (guint i = 0; i < cells->len; i++)
		g_free((char *)g_array_index(cells, TestCell, i).name);
}

#define HOSTILE                                                                                                        \
	"\r\nBcc: all@example.org\r\n\r\n\x1b[2J<script>alert(1)</script> `rm` [x](http://y) \xff \xc3\xa4 | # **b**"

static const TestCell hostile[] = {
	TEST_FAIL("a", "guest-panic", HOSTILE),
	{ .name = NULL },
};

static void check_no_control(const char *text)
{
	for (const char *at = text; *at; at++)
		g_assert_true((guchar)*at >= 0x20 || *at == '\n');
	g_assert_true(g_utf8_validate(text, -1, NULL));
}

static void test_hostile(void)
{
	const NightVerdict *verdict = bad_night(hostile);
	g_autofree char *text = night_to_text(verdict), *markdown = night_to_markdown(verdict);
	g_autofree char *json = night_to_json(verdict), *subject = night_subject(verdict);
	g_autoptr(JsonObject) object = json_parse_object(json, -1, "the message", NULL);

	g_assert_nonnull(object);
	check_no_control(text);
	check_no_control(markdown);
	check_no_control(subject);
	g_assert_null(strchr(subject, '\n'));
	g_assert_null(strstr(text, "\nBcc"));
	/* each mark is escaped, and brackets that would be a link */
	for (const char *at = strchr(markdown, '<'); at; at = strchr(at + 1, '<'))
		g_assert_cmpint(at[-1], ==, '\\');
	g_assert_null(strstr(markdown, "[x]("));
}

/* Headers up to the empty line, unfolded. */
static char **headers_of(const char *mail)
{
	const char *end = strstr(mail, "\n\n");
	g_autofree char *head = g_strndup(mail, (gsize)(end - mail));
	g_auto(GStrv) parts = g_strsplit(head, "\n ", -1);
	g_autofree char *unfolded = g_strjoinv(" ", parts);

	return g_strsplit(unfolded, "\n", -1);
}

static const char *header(char **headers, const char *name)
{
	const char *found = NULL;

	for (; *headers; headers++)
		if (g_str_has_prefix(*headers, name)) {
			g_assert_null(found);
			found = *headers + strlen(name);
		}
	return found;
}

static char *mail_of(const NightVerdict *verdict)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("+02:00");
	g_autoptr(GDateTime) date = g_date_time_new(zone, 2026, 11, 28, 7, 5, 9);

	return night_to_mail(verdict, &(MailHead){ .to = "mm@example.org",
						   .from = "khotest <ci@host.example.org>",
						   .host = "host.example.org",
						   .date = date });
}

static void test_mail(void)
{
	g_autofree char *mail = mail_of(bad_night(now));
	g_auto(GStrv) headers = headers_of(mail), lines = g_strsplit(mail, "\n", -1);

	g_assert_cmpstr(header(headers, "To: "), ==, "mm@example.org");
	g_assert_cmpstr(header(headers, "From: "), ==, "khotest <ci@host.example.org>");
	g_assert_cmpstr(header(headers, "Date: "), ==, "Sat, 28 Nov 2026 07:05:09 +0200");
	g_assert_true(g_str_has_suffix(header(headers, "Message-ID: "), "@host.example.org>"));
	g_assert_true(
		g_str_has_prefix(header(headers, "Subject: "), "khotest: FAIL 2026-11-28: 1 regression (a label"));
	g_assert_nonnull(header(headers, "Content-Type: "));
	for (char **line = lines; *line; line++)
		g_assert_cmpuint(strlen(*line), <=, 998);
}

static void test_mail_hostile(void)
{
	g_autofree char *mail = mail_of(bad_night(hostile));
	g_auto(GStrv) headers = headers_of(mail);
	const char *subject = header(headers, "Subject: ");

	g_assert_null(header(headers, "Bcc: "));
	g_assert_nonnull(header(headers, "MIME-Version: "));
	/* what is no ASCII is encoded, in words of 75 characters at most */
	g_assert_true(g_str_has_prefix(subject, "=?utf-8?B?"));
	for (const char *at = subject; *at; at++)
		g_assert_cmpint(*at, >, 0);
}

static void check_address(const char *address, bool good)
{
	g_test_message("'%s'", address);
	g_assert_true(mail_check(address, NULL) == good);
}

static void test_address(void)
{
	check_address("mm@example.org", true);
	check_address("root", true);
	check_address("", false);
	check_address("-oQ/tmp", false);
	check_address("a@b\nBcc: c@d", false);
	check_address("a@b, c@d", false);
	check_address("\xc3\xa4@b", false);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/nightmessage/subject", test_subject);
	g_test_add_func("/nightmessage/nothing-judged", test_nothing_judged);
	g_test_add_func("/nightmessage/text", test_text);
	g_test_add_func("/nightmessage/source", test_source);
	g_test_add_func("/nightmessage/json", test_json);
	g_test_add_func("/nightmessage/short", test_short);
	g_test_add_func("/nightmessage/hostile", test_hostile);
	g_test_add_func("/nightmessage/mail", test_mail);
	g_test_add_func("/nightmessage/mail-hostile", test_mail_hostile);
	g_test_add_func("/nightmessage/address", test_address);
	return g_test_run();
}
