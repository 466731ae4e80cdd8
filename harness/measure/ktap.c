// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/ktap.h>

#include "scan.h"

#include <string.h>

/* More than any test has levels. */
#define LEVELS_MOST 8
/* Bytes of a name: all below a test take its name before their own. */
#define NAME_MOST 240u

static const char *const state_names[] = {
	[KTAP_OK] = "ok",
	[KTAP_FAILED] = "failed",
	[KTAP_SKIPPED] = "skipped",
};

/* A parse on its way. What is printed may be of several programs, one behind the other: each is a stream. */
typedef struct {
	Ktap *ktap;
	bool has_plan;	      /* of the stream */
	guint planned, found; /* of it, at the outermost level */
	GPtrArray *lines;     /* since the last result */
	/* For each level: how many tests there were when its last result ended. Those behind it are below the next one.
	 */
	guint ended[LEVELS_MOST];
} Parser;

/* A line "ok 3 - name # SKIP why", taken apart. */
typedef struct {
	guint level;
	KtapState state;
	char *name;
	char *why;
} ResultLine;

static GPtrArray *new_lines(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

static void test_free(gpointer data)
{
	KtapTest *test = data;

	g_free(test->name);
	g_free(test->why);
	g_ptr_array_unref(test->lines);
	g_free(test);
}

void ktap_free(Ktap *ktap)
{
	if (!ktap)
		return;
	g_ptr_array_unref(ktap->tests);
	g_ptr_array_unref(ktap->rest);
	g_free(ktap->bailed);
	g_free(ktap);
}

const char *ktap_state_name(KtapState state)
{
	return state_names[state];
}

guint ktap_count(const Ktap *ktap, KtapState state)
{
	guint n = 0;

	for (guint i = 0; i < ktap->tests->len; i++)
		n += ((const KtapTest *)ktap->tests->pdata[i])->state == state;
	return n;
}

void ktap_add(Ktap *ktap, char *name, KtapState state, const char *why, GPtrArray *lines)
{
	KtapTest *test = g_new(KtapTest, 1);

	*test = (KtapTest){ name, state, g_strdup(why), lines };
	g_ptr_array_add(ktap->tests, test);
}

/* The part of a name behind '#', if it is a directive; the name ends before it. */
static void take_directive(char *name, ResultLine *line)
{
	char *hash = strchr(name, '#'), *words;

	if (!hash)
		return;
	words = hash + 1 + strspn(hash + 1, " ");
	if (g_ascii_strncasecmp(words, "skip", 4) == 0) {
		words += strcspn(words, " ");
		line->state = KTAP_SKIPPED;
		line->why = g_strdup(g_strstrip(words));
	} else if (g_ascii_strncasecmp(words, "todo", 4) == 0 || g_ascii_strncasecmp(words, "xfail", 5) == 0) {
		/* a failure that is expected is none */
		line->state = KTAP_OK;
	} else if (g_ascii_strncasecmp(words, "timeout", 7) == 0 || g_ascii_strncasecmp(words, "error", 5) == 0) {
		line->state = KTAP_FAILED;
	} else {
		return;
	}
	*hash = '\0';
}

static bool parse_result(const char *text, ResultLine *ret_line)
{
	gsize indent = strspn(text, " ");
	const char *at = text + indent;
	g_autofree char *name = NULL;
	guint64 number = 0;

	*ret_line = (ResultLine){ .level = MIN((guint)indent / 2, LEVELS_MOST - 1), .state = KTAP_OK };
	if (scan_literal(&at, "not ok"))
		ret_line->state = KTAP_FAILED;
	else if (!scan_literal(&at, "ok"))
		return false;
	if (*at && *at != ' ')
		return false;
	at += strspn(at, " ");
	scan_u64(&at, 10, &number);
	at += strspn(at, " ");
	if (scan_literal(&at, "- "))
		at += strspn(at, " ");
	name = g_strdup(at);
	take_directive(name, ret_line);
	g_strstrip(name);
	if (strlen(name) > NAME_MOST)
		name[NAME_MOST] = '\0';
	ret_line->name = *name ? g_steal_pointer(&name) : g_strdup_printf("%" G_GUINT64_FORMAT, number);
	return true;
}

/* Gives those below a result its name, and says whether any of them is there, and has failed. */
static bool adopt(Parser *parser, const ResultLine *line, bool *ret_failed)
{
	GPtrArray *tests = parser->ktap->tests;
	guint first = parser->ended[line->level];

	*ret_failed = false;
	for (guint i = first; i < tests->len; i++) {
		KtapTest *test = tests->pdata[i];
		g_autofree char *name = g_steal_pointer(&test->name);

		test->name = g_strdup_printf("%s: %s", line->name, name);
		*ret_failed |= test->state == KTAP_FAILED;
	}
	return first < tests->len;
}

/* What comes from here on is of another stream. */
static void end_stream(Parser *parser)
{
	Ktap *ktap = parser->ktap;

	if (parser->has_plan) {
		ktap->planned += parser->planned;
		ktap->lost += parser->planned > parser->found ? parser->planned - parser->found : 0;
	}
	parser->has_plan = false;
	parser->planned = parser->found = 0;
}

static void take_result(Parser *parser, ResultLine *line)
{
	bool failed, above = adopt(parser, line, &failed);

	/* one more than were planned is the first of the next program */
	if (line->level == 0 && parser->has_plan && parser->found == parser->planned)
		end_stream(parser);
	parser->found += line->level == 0;
	/* what stands below it has said it already */
	if (!above || (line->state == KTAP_FAILED && !failed)) {
		ktap_add(parser->ktap, g_steal_pointer(&line->name), line->state, line->why, parser->lines);
		parser->lines = new_lines();
	}
	for (guint level = line->level; level < LEVELS_MOST; level++)
		parser->ended[level] = parser->ktap->tests->len;
	g_free(line->name);
	g_free(line->why);
}

static bool take_frame(Parser *parser, const char *text)
{
	const char *at = text + strspn(text, " ");

	if (!*at)
		return true;
	if (!g_str_has_prefix(at, "KTAP version") && !g_str_has_prefix(at, "TAP version"))
		return false;
	if (at == text)
		end_stream(parser);
	return true;
}

/*
 * "1..5", "1..0 # SKIP why"; only the outermost counts. It stands before the results, or behind them; one of more than
 * there are behind them is that of the next program.
 */
static bool take_plan(Parser *parser, const char *text)
{
	const char *at = text + strspn(text, " ");
	guint64 planned;

	if (!scan_literal(&at, "1..") || !scan_u64(&at, 10, &planned) || planned > G_MAXUINT)
		return false;
	if (*text == ' ')
		return true;
	if (parser->has_plan || planned > parser->found)
		end_stream(parser);
	if (!planned) {
		ResultLine line = { 0, KTAP_SKIPPED, g_strdup("all"), NULL };
		g_autofree char *words = g_strdup(at);

		take_directive(words, &line);
		line.state = KTAP_SKIPPED;
		take_result(parser, &line);
		parser->found--;
	}
	parser->planned = (guint)planned;
	parser->has_plan = true;
	if (parser->found)
		end_stream(parser);
	return true;
}

Ktap *ktap_parse(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	Ktap *ktap = g_new0(Ktap, 1);
	Parser parser = { .ktap = ktap, .lines = new_lines() };

	ktap->tests = g_ptr_array_new_with_free_func(test_free);
	for (char **line = lines; *line; line++) {
		ResultLine result;
		const char *at = g_strchomp(*line);

		if (take_frame(&parser, at) || take_plan(&parser, at))
			continue;
		if (parse_result(at, &result))
			take_result(&parser, &result);
		else if (scan_literal(&at, "Bail out!") && !ktap->bailed)
			ktap->bailed = g_strdup(g_strchug((char *)at));
		else
			g_ptr_array_add(parser.lines, g_strdup(*line));
	}
	end_stream(&parser);
	ktap->rest = parser.lines;
	return ktap;
}
