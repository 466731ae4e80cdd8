// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/ktap.h>

#include "scan.h"

#include <string.h>

/* More than any test has levels. */
#define LEVELS_MOST 8
/* Bytes of a name: all below a test take its name before their own. */
#define NAME_MOST 240u

/* Lines that are kept: of those before a result, and of all. The first are left out. */
#define LINES_OF_RESULT 4096u
#define LINES_MOST 16384u

static const char *const state_names[] = {
	[KTAP_OK] = "ok",
	[KTAP_FAILED] = "failed",
	[KTAP_SKIPPED] = "skipped",
};

/* What one program printed at one level. */
typedef struct {
	bool has_plan;
	guint planned, found;
} Stream;

/* A parse on its way. What is printed may be of several programs, one behind the other: each is a stream. */
typedef struct {
	Ktap *ktap;
	Stream streams[LEVELS_MOST]; /* that goes on, of each level */
	GPtrArray *lines;	     /* since the last result */
	guint kept;		     /* lines of the results before */
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

static gsize bytes_of_lines(const GPtrArray *lines)
{
	gsize bytes = sizeof(*lines) + 32;

	for (guint i = 0; i < lines->len; i++)
		bytes += strlen(lines->pdata[i]) + 24;
	return bytes;
}

gsize ktap_bytes(const Ktap *ktap)
{
	gsize bytes = bytes_of_lines(ktap->rest);

	for (guint i = 0; i < ktap->tests->len; i++) {
		const KtapTest *test = ktap->tests->pdata[i];

		bytes += sizeof(*test) + strlen(test->name) + 32 + bytes_of_lines(test->lines);
	}
	return bytes;
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

/* Whether what is behind a '#' is a directive. */
static bool take_words(const char *words, ResultLine *line)
{
	words += strspn(words, " ");
	if (g_ascii_strncasecmp(words, "skip", 4) == 0) {
		words += strcspn(words, " ");
		line->state = KTAP_SKIPPED;
		line->why = g_strstrip(g_strdup(words));
	} else if (g_ascii_strncasecmp(words, "todo", 4) == 0 || g_ascii_strncasecmp(words, "xfail", 5) == 0) {
		/* a failure that is expected is none */
		line->state = KTAP_OK;
	} else if (g_ascii_strncasecmp(words, "timeout", 7) == 0 || g_ascii_strncasecmp(words, "error", 5) == 0) {
		line->state = KTAP_FAILED;
	} else {
		return false;
	}
	return true;
}

/*
 * A name may have a '#' of its own, and ends before the first directive. Of a failure only the first '#' can begin one:
 * behind it may be more words of what has failed.
 */
static void take_directive(char *name, ResultLine *line)
{
	char *hash = strchr(name, '#');

	while (hash && !take_words(hash + 1, line))
		hash = line->state == KTAP_FAILED ? NULL : strchr(hash + 1, '#');
	if (hash)
		*hash = '\0';
}

static guint level_of(const char *text)
{
	return MIN((guint)strspn(text, " ") / 2, LEVELS_MOST - 1);
}

static bool parse_result(const char *text, ResultLine *ret_line)
{
	const char *at = text + strspn(text, " ");
	g_autofree char *name = NULL;
	guint64 number = 0;

	*ret_line = (ResultLine){ .level = level_of(text), .state = KTAP_OK };
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

/* What comes from here on is of another stream, at this level and below. */
static void end_streams(Parser *parser, guint level)
{
	Ktap *ktap = parser->ktap;

	for (guint i = level; i < LEVELS_MOST; i++) {
		Stream *stream = &parser->streams[i];
		guint lost = stream->has_plan && stream->planned > stream->found ? stream->planned - stream->found : 0;

		/* those below are parts of one that was announced above */
		ktap->planned += i == 0 ? stream->planned : lost;
		ktap->lost += lost;
		*stream = (Stream){ 0 };
	}
}

static void take_result(Parser *parser, ResultLine *line)
{
	bool failed, above = adopt(parser, line, &failed);
	Stream *stream = &parser->streams[line->level];

	if (line->level + 1 < LEVELS_MOST)
		end_streams(parser, line->level + 1);
	/* one more than were planned is the first of the next program */
	if (stream->has_plan && stream->found == stream->planned)
		end_streams(parser, line->level);
	stream->found++;
	/* what stands below it has said it already */
	if (!above || (line->state == KTAP_FAILED && !failed)) {
		ktap_add(parser->ktap, g_steal_pointer(&line->name), line->state, line->why, parser->lines);
		parser->kept += parser->lines->len;
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
	end_streams(parser, level_of(text));
	return true;
}

/*
 * "1..5", "1..0 # SKIP why". It stands before the results, or behind them; one of more than there are behind them is
 * that of the next program. That all below a test is skipped, that test says too.
 */
static bool take_plan(Parser *parser, const char *text)
{
	guint level = level_of(text);
	Stream *stream = &parser->streams[level];
	const char *at = text + strspn(text, " ");
	guint64 planned;

	if (!scan_literal(&at, "1..") || !scan_u64(&at, 10, &planned) || planned > G_MAXUINT)
		return false;
	/* words that begin so are none */
	if (level > 0 && at[strspn(at, " ")] && at[strspn(at, " ")] != '#')
		return false;
	if (stream->has_plan || planned > stream->found)
		end_streams(parser, level);
	if (!planned && level == 0) {
		ResultLine line = { 0, KTAP_SKIPPED, g_strdup("all"), NULL };
		g_autofree char *words = g_strdup(at);

		take_directive(words, &line);
		line.state = KTAP_SKIPPED;
		take_result(parser, &line);
		stream->found--;
	}
	stream->planned = (guint)planned;
	stream->has_plan = true;
	if (stream->found)
		end_streams(parser, level);
	return true;
}

/* Halves what there is where it is too much: one by one it would be moved with each line. */
static void take_text(Parser *parser, const char *text)
{
	guint most = MIN(LINES_OF_RESULT, LINES_MOST - MIN(parser->kept, LINES_MOST));

	if (parser->lines->len >= most && parser->lines->len)
		g_ptr_array_remove_range(parser->lines, 0, (parser->lines->len + 1) / 2);
	if (most)
		g_ptr_array_add(parser->lines, g_strdup(text));
}

static void take_line(Parser *parser, char *line)
{
	const char *at = g_strchomp(line);
	ResultLine result;

	if (take_frame(parser, at) || take_plan(parser, at))
		return;
	if (parse_result(at, &result))
		take_result(parser, &result);
	else if (scan_literal(&at, "Bail out!") && !parser->ktap->bailed)
		parser->ktap->bailed = g_strdup(g_strchug((char *)at));
	else
		take_text(parser, line);
}

Ktap *ktap_parse(const char *text)
{
	Ktap *ktap = g_new0(Ktap, 1);
	Parser parser = { .ktap = ktap, .lines = new_lines() };

	ktap->tests = g_ptr_array_new_with_free_func(test_free);
	while (*text && ktap->tests->len <= KTAP_TESTS_MOST) {
		gsize length = strcspn(text, "\n");
		g_autofree char *line = g_strndup(text, length);

		take_line(&parser, line);
		text += length + (text[length] == '\n');
	}
	end_streams(&parser, 0);
	ktap->rest = parser.lines;
	return ktap;
}
