// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A run directory is judged and reported in a child, by the functions that khotest itself calls: a crash is then known
 * for one, and it takes a small part of the time.
 */
#include "tool.h"

#include <evaluate/result.h>
#include <page/html.h>
#include <report/run.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_US (60 * G_USEC_PER_SEC)

static const int statuses[] = { [VERDICT_PASS] = 0, [VERDICT_FAIL] = 1, [VERDICT_SKIP] = 77, [VERDICT_ERROR] = 99 };

bool xml_is_sound(const char *text, GError **error)
{
	const GMarkupParser parser = { 0 };
	g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, NULL, NULL);

	return g_markup_parse_context_parse(context, text, -1, error) &&
	       g_markup_parse_context_end_parse(context, error);
}

bool page_is_whole(const char *text)
{
	const char *end = text ? g_strrstr(text, "</html>") : NULL;

	return end && strspn(end + strlen("</html>"), "\n") == strlen(end) - strlen("</html>") &&
	       g_utf8_validate(text, -1, NULL);
}

/* In the child. The word, or what is wrong with a report, after "broken". */
static char *judge(const char *rundir, bool page_too)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	Result *result = result_load(rundir, &error);
	g_autofree char *json = NULL, *junit = NULL, *page = NULL, *text = NULL;

	if (!result)
		return g_strdup(strlen(error->message) > 10 ? "exit 99" : "broken: no reason given");
	g_ptr_array_add(results, result);
	json = result_to_json(result);
	junit = result_to_junit(result);
	text = result_to_text(result); /* a look at it is not worth much: print.c cleans it */
	page = page_too ? html_of_results(results) : NULL;
	if (!xml_is_sound(junit, &error))
		return g_strdup_printf("broken junit: %s", error->message);
	if (page_too && !page_is_whole(page))
		return g_strdup("broken page");
	return word_of_result(json, statuses[result->verdict->kind]);
}

/* Until the child closes its end, or too long. */
static char *read_word(int fd, pid_t pid)
{
	gint64 give_up = g_get_monotonic_time() + LIMIT_US;
	GString *word = g_string_new(NULL);
	char buffer[512];
	int status;
	ssize_t n;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (g_get_monotonic_time() > give_up)
			kill(pid, SIGKILL);
		g_usleep(500);
	}
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		g_string_append_len(word, buffer, n);
	if (WIFSIGNALED(status))
		g_string_printf(word, "broken: judging ended with %s", g_strsignal(WTERMSIG(status)));
	return g_string_free(word, FALSE);
}

char *judge_in_child(const char *rundir, bool page_too)
{
	g_autofree char *word = NULL;
	char *got;
	int ends[2];
	pid_t pid;

	g_assert_cmpint(pipe(ends), ==, 0);
	fflush(NULL);
	pid = fork();
	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		word = judge(rundir, page_too);
		/* fits into the pipe */
		_exit(write(ends[1], word, MIN(strlen(word), 4000)) < 0);
	}
	close(ends[1]);
	got = read_word(ends[0], pid);
	close(ends[0]);
	return got;
}

char *recording_word(const char *recording)
{
	static GHashTable *known;
	char *word;

	if (!known)
		known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	word = g_hash_table_lookup(known, recording);
	if (!word) {
		word = judge_in_child(recording, false);
		g_hash_table_insert(known, g_strdup(recording), word);
	}
	return g_strdup(word);
}
