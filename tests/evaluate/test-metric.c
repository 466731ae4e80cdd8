// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Figures of a run, and where they are shown. Arguments: a recording that passes.
 */
#include "../recorded.h"

#include <base/files.h>
#include <base/json.h>
#include <evaluate/metric.h>
#include <evaluate/notes.h>
#include <math.h>
#include <report/run.h>
#include <string.h>

static void test_metrics(void)
{
	g_autoptr(Result) result = recorded_result(recorded_path);
	g_autoptr(Counts) counts = counts_new();
	g_autoptr(GError) error = NULL;
	const Metric *init = metric_find("init2");
	guint n;
	const Metric *all = metrics_all(&n);

	for (guint i = 0; i < n; i++)
		g_assert_true(metric_find(all[i].id) == &all[i]);
	g_assert_null(metric_find("init9"));
	g_assert_null(metric_named("init9", &error));
	g_assert_nonnull(strstr(error->message, "'khotest help figures' lists all"));
	g_assert_cmpint(metric_value(init, result), ==, hop_of(result, 1)->boot_to_init_ns);
	g_assert_cmpint(metric_value(init, result), >, 0);
	g_assert_cmpint(metric_value(metric_find("blackout"), result), ==, result_blackout(result, 1));
	g_assert_cmpint(metric_value(metric_find("insn2.to_init"), result), ==, -1);
	counts_add(counts, COUNT_ENTRY, "at", 1000);
	counts_add(counts, COUNT_INIT, "at", 5000);
	recorded_counts(result, counts);
	g_assert_cmpint(metric_value(metric_find("insn1.to_init"), result), ==, 4000);
	g_assert_cmpint(metric_value(metric_find("insn1.late"), result), ==, -1);
	g_assert_cmpint(metric_value(metric_find("insn2.to_init"), result), ==, -1);
}

/* What scratch costs: of the regions, of the machine's memory, and of the pageblocks that are CMA. */
static void test_scratch(void)
{
	g_autoptr(Result) result = recorded_result(recorded_path);
	GArray *scratch = hop_of(result, 1)->scratch;
	Oracle *oracle = hop_of(result, 1)->oracle;
	gint64 bytes = 0;
	g_autofree char *share = NULL, *size = NULL, *less = NULL;

	for (guint i = 0; i < scratch->len; i++)
		bytes += (gint64)g_array_index(scratch, ScratchRegion, i).bytes;
	g_assert_cmpint(value_of(result, "scratch2"), ==, bytes);
	g_assert_cmpint(value_of(result, "unpinnable2"), ==, (gint64)(oracle->found * oracle->block_bytes));
	g_assert_cmpint(value_of(result, "unpinnable2"), >=, bytes);

	/* CMA that is neither is no less in the way; what is not CMA is not */
	oracle->found -= 2;
	oracle->excess = 1;
	g_assert_cmpint(value_of(result, "unpinnable2"), ==, (gint64)((oracle->found + 1) * oracle->block_bytes));
	result->plan->guest.memory_bytes = (guint64)bytes * 8;
	g_assert_cmpint(value_of(result, "scratch-share2"), ==, FIGURE_PPM / 8);
	share = metric_format(metric_find("scratch-share2"), FIGURE_PPM / 8);
	g_assert_cmpstr(share, ==, "12.50%");
	size = metric_format(metric_find("scratch2"), 3 << 20);
	less = metric_format(metric_find("scratch2"), -(3 << 20));
	g_assert_cmpstr(size, ==, "3M");
	g_assert_cmpstr(less, ==, "-3M");
	g_assert_cmpstr(metric_clock(metric_find("scratch2")), ==, "memory");
	g_assert_cmpstr(metric_clock(metric_find("init2")), ==, "guest");
	g_assert_cmpstr(metric_clock(metric_find("insn2.to_init")), ==, "counted");

	/* without regions, without what the types of pageblocks are known by, without a size of the machine */
	g_clear_pointer(&hop_of(result, 1)->scratch, g_array_unref);
	g_assert_cmpint(value_of(result, "scratch2"), ==, -1);
	g_assert_cmpint(value_of(result, "scratch-share2"), ==, -1);
	g_clear_pointer(&hop_of(result, 1)->oracle, oracle_free);
	g_assert_cmpint(value_of(result, "unpinnable2"), ==, -1);
	result->plan->guest.memory_bytes = 0;
	g_assert_cmpint(value_of(result, "scratch-share1"), ==, -1);
}

/* Where instructions are counted neither clock gives a time. */
static void test_counted(void)
{
	g_autofree char *folder = g_dir_make_tmp("comparison-XXXXXX", NULL);
	g_autofree char *path = recorded_copy(folder, "counted");
	g_autofree char *file = g_build_filename(path, "plan.json", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GString) plan = NULL;
	g_autoptr(Result) result = NULL;
	const HostUse much = { 10000000, 1 };
	guint n;
	const Metric *all = metrics_all(&n);

	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	plan = g_string_new(text);
	g_assert_cmpuint(g_string_replace(plan, "\"profile\"", "\"mode\" : \"counted\", \"profile\"", 0), ==, 1);
	g_assert_true(files_write(file, plan->str, plan->len, NULL));
	result = recorded_result(path);
	for (guint i = 0; i < n; i++)
		if (all[i].clock)
			g_assert_cmpint(metric_value(&all[i], result), ==, -1);
	g_assert_cmpint(metric_value(metric_find("scratch1"), result), >, 0);
	g_assert_cmpint(result_silence(result, 1), ==, -1);
	g_assert_null(result->timeline);
	g_assert_cmpint(result->wall_ns, >, 0);
	/* nor have they anything to say about times */
	g_assert_false(hostuse_matters(&much, result->plan));
	g_free(result->plan->mode);
	result->plan->mode = g_strdup("wall");
	g_assert_true(hostuse_matters(&much, result->plan));
	g_assert_true(files_remove_tree(folder, NULL));
}

static void test_later(void)
{
	static const char *const ids[] = { "init.later", "memmap.later", "free.later", "deferred.later",
					   "blackout.later" };
	g_autoptr(Result) result = recorded_result(recorded_path);
	Phase *memmap;

	for (gsize i = 0; i < G_N_ELEMENTS(ids); i++)
		g_assert_cmpint(value_of(result, ids[i]), ==, -1);
	recorded_more(result, 5);
	hop_of(result, 1)->boot_to_init_ns = 9000;
	hop_of(result, 2)->boot_to_init_ns = 100;
	hop_of(result, 3)->boot_to_init_ns = 400;
	hop_of(result, 4)->boot_to_init_ns = 200;
	g_assert_cmpint(value_of(result, "init.later"), ==, 200);
	g_assert_cmpint(figure_of(metric_find("init.later")->figure, result, 3), ==, 400);
	g_assert_cmpint(value_of(result, "insn.later.to_init"), ==, -1);
	/* of those that have it */
	hop_of(result, 4)->boot_to_init_ns = -1;
	g_assert_cmpint(value_of(result, "init.later"), ==, 250);
	g_assert_cmpint(value_of(result, "init2"), ==, 9000);
	memmap = (Phase *)phases_find(result_phases(result, 1), "memmap");
	g_assert_cmpint(value_of(result, "memmap2"), ==, phase_ns(memmap));
	g_assert_cmpint(value_of(result, "memmap.later"), ==, phase_ns(memmap));
	g_assert_cmpint(value_of(result, "memmap2"), >, 0);
	recorded_handover(result, 3, -1, 35);
	g_assert_cmpint(value_of(result, "blackout.later"), ==, 35);
	/* the figure is the guest's clock's, and no other's */
	memmap->clock = PHASE_CLOCK_HOST;
	g_assert_cmpint(value_of(result, "memmap2"), ==, -1);
}

/* Of the first line that begins so. */
static void assert_line(const char *text, const char *begin, const char *has)
{
	const char *line = strstr(text, begin);

	g_assert_nonnull(line);
	g_assert_nonnull(g_strstr_len(line, (gssize)strcspn(line, "\n"), has));
}

/* Later kernels have a column where there are such: the median of each phase, and the pageblocks of what went wrong. */
static void test_later_column(void)
{
	g_autoptr(Result) two = recorded_result(recorded_path), five = recorded_result(recorded_path);
	g_autofree char *without = result_to_text(two);
	g_autofree char *with = NULL;
	g_autofree char *wrong = NULL;
	CheckRow *fourth;

	g_assert_nonnull(strstr(without, "phase, and whose clock"));
	g_assert_null(strstr(without, "later kernels"));
	recorded_more(five, 5);
	for (guint hop = 2; hop < 5; hop++) {
		Phase *memmap = (Phase *)phases_find(result_phases(five, hop), "memmap");

		memmap->end_ns = memmap->begin_ns + (hop == 3 ? 700000000 : 123400000 - hop);
	}
	hop_of(five, 2)->boot_to_init_ns = 7770000000;
	hop_of(five, 3)->boot_to_init_ns = 7780000000;
	hop_of(five, 4)->boot_to_init_ns = 9000000000;
	with = result_to_text(five);
	g_assert_nonnull(strstr(with, "later kernels\n"));
	assert_line(with, "memory map allocated and initialised", " 123.4 ms guest");
	assert_line(with, "time to /init, guest clock", " 7.78 s");
	g_assert_null(strstr(with, " kernel)"));
	/* one zone of one kernel */
	fourth = &g_array_index(verdict_rows(five->verdict, 3, check_find(CHECK_PAGEBLOCKS)), CheckRow, 0);
	fourth->found = 3;
	wrong = result_to_text(five);
	assert_line(wrong, "scratch pageblocks CMA, ", "  3 of ");
	assert_line(wrong, "scratch pageblocks CMA, ", "(fourth kernel)");
}

static void test_format(void)
{
	static const struct {
		const char *metric;
		double value;
		const char *text;
	} samples[] = {
		{ "init2", 1.97e9, "1.97 s" },
		{ "init2", -340e6, "-340 ms" },
		{ "init2", 12.34e9, "12.3 s" },
		{ "init2", 4.5e3, "4.50 us" },
		{ "init2", 999.7e6, "1.00 s" },
		{ "init2", 999.4e6, "999 ms" },
		{ "init2", -999.7e6, "-1.00 s" },
		{ "init2", 9.996e9, "10.0 s" },
		{ "init2", 99.96e9, "100 s" },
		{ "init2", 999.6e3, "1.00 ms" },
		{ "init2", 0, "0 s" },
		{ "init2", -1, "-" },
		{ "init2", NAN, "-" },
		{ "insn2.to_init", 12345678, "12345678" },
		{ "insn2.to_init", -1, "-1" },
		{ "insn2.to_init", NAN, "-" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(samples); i++) {
		g_autofree char *text = metric_format(metric_find(samples[i].metric), samples[i].value);

		g_assert_cmpstr(text, ==, samples[i].text);
	}
}

/* An estimate and its interval, which have the same sign whichever way round they are said. */
static void test_interval(void)
{
	static const struct {
		const char *metric;
		Interval interval;
		const char *text, *change;
	} samples[] = {
		{ "init2",
		  { -1.97e9, -2.1e9, -1.81e9, INTERVAL_95 },
		  "-1.97 s [-2.10 s, -1.81 s]",
		  "saves 1.97 s [1.81 s, 2.10 s]" },
		{ "init2",
		  { 3e6, -1e6, 5e6, INTERVAL_95 },
		  "3.00 ms [-1.00 ms, 5.00 ms]",
		  "adds 3.00 ms [-1.00 ms, 5.00 ms]" },
		{ "init2",
		  { -3e6, -5e6, 1e6, INTERVAL_95 },
		  "-3.00 ms [-5.00 ms, 1.00 ms]",
		  "saves 3.00 ms [-1.00 ms, 5.00 ms]" },
		{ "init2",
		  { -3e6, -5e6, -1e6, INTERVAL_RANGE },
		  "-3.00 ms (-5.00 ms to -1.00 ms)",
		  "saves 3.00 ms (1.00 ms to 5.00 ms)" },
		{ "insn2.to_init",
		  { 11543613, 11543613, 11543613, INTERVAL_EXACT },
		  "11543613 (exact)",
		  "adds 11543613 (exact)" },
		{ "init2", { 3e6, NAN, NAN, INTERVAL_NONE }, "3.00 ms", "adds 3.00 ms" },
	};
	const Interval ratio = { 0.7, 0.65, 0.75, INTERVAL_95 }, few = { 0.7, 0.65, 0.75, INTERVAL_RANGE },
		       none = { NAN, NAN, NAN, INTERVAL_NONE };
	g_autofree char *with = ratio_format(&ratio), *range = ratio_format(&few), *unknown = ratio_format(&none);

	for (gsize i = 0; i < G_N_ELEMENTS(samples); i++) {
		const Metric *metric = metric_find(samples[i].metric);
		g_autofree char *text = metric_format_interval(metric, &samples[i].interval);
		g_autofree char *change = metric_format_change(metric, &samples[i].interval, "adds", "saves");

		g_assert_cmpstr(text, ==, samples[i].text);
		g_assert_cmpstr(change, ==, samples[i].change);
	}
	g_assert_cmpstr(with, ==, "0.700 [0.650, 0.750]");
	g_assert_cmpstr(range, ==, "0.700 (0.650 to 0.750)");
	g_assert_cmpstr(unknown, ==, "-");
}

#define HOST(number, place, faults, rss)                                                                               \
	"{\"event\":\"host\",\"ns\":1,\"hop\":" #number ",\"at\":\"" #place "\",\"minflt\":" #faults                   \
	",\"rss_bytes\":" #rss "}\n"

static void test_host_use(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("khotest-host-XXXXXX", &error);
	g_autofree char *known = recorded_copy(folder, "known");
	g_autoptr(Result) without = recorded_result(recorded_path), with = NULL;
	g_autofree char *none = hostuse_note(without);
	g_autofree char *note = NULL, *in_file = NULL;

	g_assert_cmpint(result_use(without, 1).faults, ==, -1);
	g_assert_null(none);
	recorded_append(known, "journal.jsonl",
			HOST(0, start, 100, 1000000) HOST(0, hello, 150, 2000000) HOST(0, leaving, 160, 2500000)
				HOST(1, hello, 20160, 70000000) HOST(0, hello, 50000, 80000000)
					HOST(1, done, 20170, null));
	with = recorded_result(known);
	g_assert_cmpint(result_use(with, 0).faults, ==, 50);
	g_assert_cmpint(result_use(with, 1).faults, ==, 20000);
	g_assert_cmpint(result_use(with, 1).bytes, ==, 67500000);
	g_assert_cmpint(result_use(with, 2).faults, ==, -1);
	/* 4G have a map of 64M, 16384 pages */
	note = hostuse_note(with);
	g_assert_nonnull(strstr(note, "while the second kernel booted the host gave out 64M of memory"));
	g_assert_nonnull(strstr(note, "(20000 page faults)"));
	g_assert_true(hostuse_matters(&(HostUse){ 12288, 0 }, with->plan));
	g_assert_false(hostuse_matters(&(HostUse){ 12287, 0 }, with->plan));
	/* how much that is cannot be told where the host may have written it back meanwhile */
	with->plan->guest.memory_dir = g_strdup("/var/tmp");
	in_file = hostuse_note(with);
	g_assert_nonnull(strstr(in_file, "took 20000 page faults for guest memory, which is in a file"));
	with->plan->guest.prefault = true;
	g_assert_false(hostuse_matters(&(HostUse){ 12288, 0 }, with->plan));
	g_assert_true(files_remove_tree(folder, &error));
}

/* CPU time goes from the journal to the verdict; a counted guest's clock stands still while it waits. */
static void test_starved(void)
{
	static const char host[] = "{\"event\":\"host\",\"ns\":1,\"hop\":1,\"at\":\"done\",\"cpu_ns\":5600000000,"
				   "\"waited_ns\":16400000000}\n";
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("khotest-host-XXXXXX", &error);
	g_autofree char *starved = recorded_copy(folder, "starved"), *counted = recorded_copy(folder, "counted");
	g_autofree char *plan = g_build_filename(counted, "plan.json", NULL), *text = NULL, *changed = NULL;
	g_autoptr(Result) before = recorded_result(recorded_path), after = NULL, by_count = NULL;
	guint all = before->verdict->notes->len;
	GPtrArray *notes;

	recorded_append(starved, "journal.jsonl", host);
	after = recorded_result(starved);
	notes = after->verdict->notes;
	g_assert_cmpuint(notes->len, ==, all + 1);
	g_assert_nonnull(strstr(notes->pdata[all], "could have run for 16.4 s more than the 5.6 s that they did"));

	recorded_append(counted, "journal.jsonl", host);
	g_assert_true(g_file_get_contents(plan, &text, NULL, &error));
	g_assert_cmpint(text[0], ==, '{');
	changed = g_strconcat("{\"mode\": \"counted\",", text + 1, NULL);
	g_assert_true(g_file_set_contents(plan, changed, -1, &error));
	by_count = recorded_result(counted);
	g_assert_cmpuint(by_count->verdict->notes->len, ==, all);
	g_assert_true(files_remove_tree(folder, &error));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	recorded_path = argv[1];
	g_test_add_func("/metric/values", test_metrics);
	g_test_add_func("/metric/scratch", test_scratch);
	g_test_add_func("/metric/counted", test_counted);
	g_test_add_func("/metric/later", test_later);
	g_test_add_func("/metric/later-column", test_later_column);
	g_test_add_func("/metric/format", test_format);
	g_test_add_func("/metric/interval", test_interval);
	g_test_add_func("/host-use/journal", test_host_use);
	g_test_add_func("/host-use/starved", test_starved);
	return g_test_run();
}
