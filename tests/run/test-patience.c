// SPDX-License-Identifier: GPL-2.0-or-later
/* Which deadline of a run is the next: what ends it, and what the progress line says until then. */
#include "patience.h"

#define S G_GINT64_CONSTANT(1000000000)
#define NONE PATIENCE_KINDS

/* In seconds: what has gone, and the limit. */
static const struct {
	struct {
		int gone, limit;
	} of[PATIENCE_KINDS];
	PatienceKind next;
	int left;
	const char *text;
} rows[] = {
	{ { { 0, 0 } }, NONE, 0, "" },
	/* all is well */
	{ { [PATIENCE_RUN] = { 10, 600 }, [PATIENCE_STEP] = { 10, 90 }, [PATIENCE_SILENCE] = { 2, 45 } },
	  PATIENCE_SILENCE,
	  43,
	  "" },
	/* silence, and what ends it sooner */
	{ { [PATIENCE_RUN] = { 10, 600 }, [PATIENCE_STEP] = { 10, 90 }, [PATIENCE_SILENCE] = { 8, 45 } },
	  PATIENCE_SILENCE,
	  37,
	  ", silent for 8 of 45 s" },
	{ { [PATIENCE_IDLE] = { 7, 30 }, [PATIENCE_SILENCE] = { 8, 45 } },
	  PATIENCE_IDLE,
	  23,
	  ", silent and idle for 7 of 30 s" },
	{ { [PATIENCE_IDLE] = { 7, 30 }, [PATIENCE_OOPS] = { 8, 10 }, [PATIENCE_SILENCE] = { 8, 45 } },
	  PATIENCE_OOPS,
	  2,
	  ", silent for 8 of 10 s after an oops" },
	{ { [PATIENCE_IDLE] = { 31, 30 }, [PATIENCE_SILENCE] = { 32, 45 } },
	  PATIENCE_IDLE,
	  -1,
	  ", silent and idle for 31 of 30 s" },
	{ { [PATIENCE_OOPS] = { 11, 10 }, [PATIENCE_SILENCE] = { 11, 45 } },
	  PATIENCE_OOPS,
	  -1,
	  ", silent for 11 of 10 s after an oops" },
	{ { [PATIENCE_SILENCE] = { 46, 45 } }, PATIENCE_SILENCE, -1, ", silent for 46 of 45 s" },
	/* a guest that goes on talking */
	{ { [PATIENCE_RUN] = { 10, 600 }, [PATIENCE_STEP] = { 59, 90 }, [PATIENCE_SILENCE] = { 0, 45 } },
	  PATIENCE_STEP,
	  31,
	  ", 31 s left of the step's 90 s" },
	{ { [PATIENCE_STEP] = { 91, 90 }, [PATIENCE_SILENCE] = { 0, 45 } },
	  PATIENCE_STEP,
	  -1,
	  ", 0 s left of the step's 90 s" },
	/* steps have no limit with --timeout, with payloads and where instructions are counted */
	{ { [PATIENCE_RUN] = { 570, 600 }, [PATIENCE_SILENCE] = { 0, 45 } },
	  PATIENCE_RUN,
	  30,
	  ", 30 s left of the run's 600 s" },
	{ { [PATIENCE_RUN] = { 500, 600 } }, PATIENCE_RUN, 100, "" },
	{ { [PATIENCE_RUN] = { 601, 600 }, [PATIENCE_STEP] = { 80, 90 } },
	  PATIENCE_RUN,
	  -1,
	  ", 0 s left of the run's 600 s" },
	/* the run ends before the silence does */
	{ { [PATIENCE_RUN] = { 590, 600 }, [PATIENCE_SILENCE] = { 8, 45 } },
	  PATIENCE_RUN,
	  10,
	  ", 10 s left of the run's 600 s" },
	/* what has panicked is a panic, whatever else has run out */
	{ { [PATIENCE_PANIC] = { 1, 2 }, [PATIENCE_SILENCE] = { 1, 45 } },
	  PATIENCE_PANIC,
	  1,
	  ", panicked, waited for 1 of 2 s" },
	{ { [PATIENCE_PANIC] = { 3, 2 }, [PATIENCE_RUN] = { 700, 600 } },
	  PATIENCE_PANIC,
	  -1,
	  ", panicked, waited for 3 of 2 s" },
	{ { [PATIENCE_STEP] = { 91, 90 }, [PATIENCE_SILENCE] = { 60, 45 } },
	  PATIENCE_STEP,
	  -1,
	  ", 0 s left of the step's 90 s" },
	/* time in which the emulator is stopped counts for nothing else */
	{ { [PATIENCE_RUN] = { 10, 600 }, [PATIENCE_SILENCE] = { 3, 45 }, [PATIENCE_STOPPED] = { 12, 45 } },
	  PATIENCE_STOPPED,
	  33,
	  ", emulator stopped for 12 of 45 s" },
};

static void test_next(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Patience patience = { 0 };
		g_autofree char *text = NULL;

		for (PatienceKind kind = 0; kind < PATIENCE_KINDS; kind++) {
			patience.of[kind].gone_ns = rows[i].of[kind].gone * S;
			patience.of[kind].limit_ns = rows[i].of[kind].limit * S;
		}
		text = patience_text(&patience);
		g_test_message("row %zu", i);
		g_assert_cmpint(patience_next(&patience), ==, rows[i].next);
		if (rows[i].next != NONE)
			g_assert_cmpint(patience_left(&patience, rows[i].next), ==, rows[i].left * S);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/patience/next", test_next);
	return g_test_run();
}
