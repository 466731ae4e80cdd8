// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/payload.h>

#include "scan.h"

#include <base/error.h>
#include <proto/frame.h>

#include <string.h>

/* Exit status of a test that could not be run here (tools/testing/selftests/kselftest.h, KSFT_SKIP). */
#define STATUS_SKIP 4
/* Of many failed or skipped tests so many are named, and of each so many of its last lines. */
#define TESTS_SHOWN 5
#define LINES_SHOWN 4

const char *const payload_hooks[] = { FRAME_PAYLOAD_HOOKS, NULL };

void payloadplan_free(PayloadPlan *plan)
{
	g_free(plan->name);
	g_free(plan->path);
	g_free(plan->sha256);
	g_strfreev(plan->hooks);
	g_free(plan);
}

bool payload_is_due(const char *hook, guint hop, guint hops)
{
	bool last = hop + 1 >= hops;

	if (strcmp(hook, "setup") == 0)
		return hop == 0;
	if (strcmp(hook, "after") == 0)
		return hop > 0;
	if (strcmp(hook, "before") == 0)
		return !last;
	return last;
}

void hookrun_free(HookRun *run)
{
	if (!run)
		return;
	g_free(run->payload);
	g_free(run->hook);
	ktap_free(run->ktap);
	g_free(run);
}

/* A number of a "key=value" line, -1 among them; false if there is none. */
static bool get_number(const char *text, const char *key, gint64 *ret)
{
	g_autofree char *pattern = g_strdup_printf("\n%s=", key);
	const char *line = g_str_has_prefix(text, pattern + 1) ? text - 1 : strstr(text, pattern);
	const char *at = line ? line + strlen(pattern) : NULL;
	guint64 number;

	if (at && g_str_has_prefix(at, "-1\n")) {
		*ret = -1;
		return true;
	}
	if (!at || !scan_u64(&at, 10, &number) || *at != '\n' || number > G_MAXINT64)
		return false;
	*ret = (gint64)number;
	return true;
}

/* What the hook itself has to say if it printed no result. */
static void add_own(HookRun *run)
{
	KtapState state = run->status == STATUS_SKIP ? KTAP_SKIPPED : run->status == 0 ? KTAP_OK : KTAP_FAILED;
	g_autofree char *why = NULL;

	if (run->ktap->tests->len || run->status < 0)
		return;
	if (state == KTAP_SKIPPED && run->ktap->rest->len)
		why = g_strdup(run->ktap->rest->pdata[run->ktap->rest->len - 1]);
	ktap_add(run->ktap, g_strdup(run->hook), state, why, g_steal_pointer(&run->ktap->rest));
	run->ktap->rest = g_ptr_array_new_with_free_func(g_free);
}

/* Of what was cut off its last line may be a part only, and the tests that are missing may be in what is not here. */
static Ktap *parse_cut(const char *output)
{
	const char *last = strrchr(output, '\n');
	g_autofree char *whole = g_strndup(output, last ? (gsize)(last - output) : 0);
	Ktap *ktap = ktap_parse(whole);

	ktap->lost = 0;
	return ktap;
}

static bool parse_end(HookRun *run, const char *end)
{
	const char *output = strstr(end, "\n\n");
	g_autofree char *keys = output ? g_strndup(end, (gsize)(output - end) + 1) : NULL;
	gint64 status, killed, timed_out, stuck, cut;

	if (!keys || !get_number(keys, "status", &status) || !get_number(keys, "signal", &killed) ||
	    !get_number(keys, "timed_out", &timed_out) || !get_number(keys, "stuck", &stuck) ||
	    !get_number(keys, "cut", &cut) || !get_number(keys, "begin_ns", &run->begin_ns) ||
	    !get_number(keys, "end_ns", &run->end_ns) || status > G_MAXINT || killed > G_MAXINT)
		return false;
	run->ended = true;
	run->status = (int)status;
	run->signal = (int)killed;
	run->timed_out = timed_out > 0;
	run->stuck = stuck > 0;
	run->cut = cut > 0;
	run->ktap = run->cut ? parse_cut(output + 2) : ktap_parse(output + 2);
	add_own(run);
	return true;
}

HookRun *hookrun_parse(const char *payload, const char *hook, const char *begin, const char *end, GError **error)
{
	HookRun *run = g_new0(HookRun, 1);

	run->payload = g_strdup(payload);
	run->hook = g_strdup(hook);
	run->status = -1;
	run->begin_ns = run->end_ns = -1;
	run->host_cpu_ns = run->host_waited_ns = -1;
	if (begin && !end)
		get_number(begin, "boottime_ns", &run->begin_ns);
	if (end && !parse_end(run, end))
		error_set(error, KHOTEST_ERROR_FAILED, "does not say how the hook ended");
	else if (run->ktap && run->ktap->tests->len > KTAP_TESTS_MOST)
		error_set(error, KHOTEST_ERROR_FAILED, "cannot be read: more than %u results of tests",
			  KTAP_TESTS_MOST);
	else
		return run;
	hookrun_free(run);
	return NULL;
}

HookOutcome hookrun_outcome(const HookRun *run)
{
	if (!run->ended)
		return HOOK_UNENDED;
	if (run->timed_out)
		return HOOK_HUNG;
	if (run->signal)
		return HOOK_KILLED;
	if (ktap_count(run->ktap, KTAP_FAILED) || run->ktap->lost || run->ktap->bailed ||
	    (run->status != 0 && run->status != STATUS_SKIP))
		return HOOK_FAILED;
	return HOOK_OK;
}

/* "sparse (offset 4096: found 0x12, expected 0x34 | ...)" */
static void add_failed(GString *text, const KtapTest *test)
{
	guint from = test->lines->len > LINES_SHOWN ? test->lines->len - LINES_SHOWN : 0;

	g_string_append_printf(text, "%s%s", text->len ? "; " : "", test->name);
	for (guint i = from; i < test->lines->len; i++) {
		const char *line = test->lines->pdata[i];

		line += strspn(line, "# ");
		g_string_append_printf(text, "%s%s", i > from ? " | " : " (", line);
	}
	if (test->lines->len)
		g_string_append_c(text, ')');
}

/* Calls for the first tests in that state, and says how many more there are. */
static void name_tests(GString *text, const Ktap *ktap, KtapState state,
		       void (*add)(GString *text, const KtapTest *test))
{
	guint n = 0;

	for (guint i = 0; i < ktap->tests->len; i++) {
		const KtapTest *test = ktap->tests->pdata[i];

		if (test->state == state && n++ < TESTS_SHOWN)
			add(text, test);
	}
	if (n > TESTS_SHOWN)
		g_string_append_printf(text, "; and %u more", n - TESTS_SHOWN);
}

char *hookrun_trouble(const HookRun *run)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint lost = run->ktap ? run->ktap->lost : 0;

	if (hookrun_outcome(run) == HOOK_OK || !run->ended)
		return NULL;
	name_tests(text, run->ktap, KTAP_FAILED, add_failed);
	if (run->ktap->bailed)
		g_string_append_printf(text, "%sit gave up: %s", text->len ? "; " : "", run->ktap->bailed);
	if (lost)
		g_string_append_printf(text, "%s%u of %u tests were not reported", text->len ? "; " : "", lost,
				       run->ktap->planned);
	if (!text->len && run->status < 0 && !run->signal && !run->timed_out)
		g_string_append(text, "it could not be started: the kernel made no process for it");
	if (!text->len && run->status > 0)
		g_string_append_printf(text, "no test failed, but its exit status is %d", run->status);
	for (guint i = run->ktap->rest->len > LINES_SHOWN ? run->ktap->rest->len - LINES_SHOWN : 0;
	     i < run->ktap->rest->len; i++)
		g_string_append_printf(text, "%s%s", text->len ? " | " : "", (char *)run->ktap->rest->pdata[i]);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void add_skipped(GString *text, const KtapTest *test)
{
	g_string_append_printf(text, "%s%s%s%s", text->len ? "; " : "", test->name, test->why ? ": " : "",
			       test->why ? test->why : "");
}

char *hookrun_skipped(const HookRun *run)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (!run->ktap || !ktap_count(run->ktap, KTAP_SKIPPED))
		return NULL;
	name_tests(text, run->ktap, KTAP_SKIPPED, add_skipped);
	return g_string_free(g_steal_pointer(&text), FALSE);
}
