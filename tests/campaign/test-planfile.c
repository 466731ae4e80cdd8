// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <campaign/planfile.h>

#include <string.h>

/* Knows the kernels "1" and "2"; every series expects PASS but "bad". */
static bool check(Cell *cell, gpointer data, const char **ret_key, GError **error)
{
	*ret_key = "kernels";
	if (cell->chain) {
		cell->expect = g_strdup(CELL_EXPECT_RUN);
		return true;
	}
	if (strcmp(cell->kernel, "1") != 0 && strcmp(cell->kernel, "2") != 0)
		return error_set(error, KHOTEST_ERROR_INPUT, "there is no kernel '%s'", cell->kernel);
	cell->expect = g_strdup(strcmp(cell->series, "bad") == 0 ? "FAIL" : "PASS");
	cell->expect_reason = strcmp(cell->series, "bad") == 0 ? g_strdup("scratch-not-cma") : NULL;
	return true;
}

static PlanFile *parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	PlanFile *plan = planfile_parse("/x/some.plan", text, -1, check, NULL, &error);

	g_assert_no_error(error);
	return plan;
}

static const Cell *cell_at(const PlanFile *plan, guint i)
{
	g_assert_cmpuint(i, <, plan->cells->len);
	return plan->cells->pdata[i];
}

#define HEAD "[plan]\nsummary=a question\n"
#define BLOCK HEAD "[b]\nkernels=1\nseries=good\nmemory=1G\n"

static void test_defaults(void)
{
	g_autoptr(PlanFile) plan = parse(BLOCK);
	const Cell *cell = cell_at(plan, 0);

	g_assert_cmpstr(plan->name, ==, "some");
	g_assert_cmpstr(plan->summary, ==, "a question");
	g_assert_cmpstr(plan->text, ==, BLOCK);
	g_assert_cmpuint(plan->cells->len, ==, 1);
	g_assert_cmpstr(cell->id, ==, "b/1/good/1G/1n/2p");
	g_assert_cmpstr(cell->profile, ==, "check");
	g_assert_cmpstr(cell->mode, ==, "wall");
	g_assert_cmpuint(cell->guest.cpus, ==, 2);
	g_assert_cmpuint(cell->hops, ==, 2);
	g_assert_cmpuint(cell->guest.memory_bytes, ==, 1u << 30);
	g_assert_null(cell->guest.scratch);
	g_assert_null(cell->append);
	g_assert_false(cell->alone);
}

static void test_product(void)
{
	g_autoptr(PlanFile) plan = parse(HEAD "[a]\nkernels=1;2;\nseries= good ; bad\nmemory=1G;2G\nnuma=1;2\ncpus=4\n"
					      "scratch=default;16M,32M,16M\nrepeats=2\nappend=x=y z\ntiming=yes\n"
					      "[c]\nkernels=1\nseries=good\nmemory=1.5G\nmode=counted\nhops=1\n"
					      "profile=timing\n");
	g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
	const Cell *last = cell_at(plan, plan->cells->len - 1);

	g_assert_cmpuint(plan->cells->len, ==, 2 * 2 * 2 * 2 * 2 * 2 + 1);
	for (guint i = 0; i < plan->cells->len; i++)
		g_hash_table_add(ids, cell_at(plan, i)->id);
	g_assert_cmpuint(g_hash_table_size(ids), ==, plan->cells->len);
	g_assert_cmpstr(cell_at(plan, 0)->id, ==, "a/1/good/1G/1n/4p");
	g_assert_cmpstr(cell_at(plan, 1)->id, ==, "a/1/good/1G/1n/4p/#2");
	g_assert_cmpstr(cell_at(plan, 4)->guest.scratch, ==, "16M,32M,16M");
	g_assert_cmpstr(cell_at(plan, 63)->id, ==, "a/2/bad/2G/2n/4p/16M,32M,16M/#2");
	g_assert_cmpstr(cell_at(plan, 63)->append, ==, "x=y z");
	g_assert_true(cell_at(plan, 63)->alone);
	g_assert_cmpstr(last->mode, ==, "counted");
	g_assert_cmpuint(last->guest.cpus, ==, 1);
	g_assert_cmpuint(last->hops, ==, 1);
}

/* All that 'khotest run' can be asked for. */
static void test_whole(void)
{
	g_autoptr(PlanFile) plan =
		parse(HEAD "[a]\nkernels=1\nseries=good\nnuma=768M,cpus=0+256M;0,cpus=1+1G\naccel=auto;tcg\n"
			   "prefault=no;yes\nmemory-dir=/big\nappend=a;b\n"
			   "[t]\nkernels=1\ntree=/src/linux@v7.1;/src/other\nseries=none\nmemory=1G\n"
			   "config=default;HZ=250 DEBUG_VM=n\nfragments=hugetlb /f/mine.config\n");
	const Cell *first = cell_at(plan, 0), *last = cell_at(plan, 7), *tree = cell_at(plan, 9);

	g_assert_cmpuint(plan->cells->len, ==, 2 * 2 * 2 + 2 * 2);
	/* the nodes say how much memory there is */
	g_assert_cmpuint(first->guest.memory_bytes, ==, 1u << 30);
	g_assert_cmpuint(machine_nodes(&first->guest), ==, 2);
	g_assert_cmpstr(first->guest.numa[0], ==, "768M,cpus=0");
	g_assert_cmpstr(first->id, ==, "a/1/good/1G/768M,cpus=0+256M/2p");
	g_assert_null(first->guest.accelerator);
	g_assert_false(first->guest.prefault);
	g_assert_cmpstr(first->guest.memory_dir, ==, "/big");
	g_assert_cmpstr(first->append, ==, "a;b");
	g_assert_cmpstr(last->id, ==, "a/1/good/1G/0,cpus=1+1G/2p/tcg/prefault");
	g_assert_cmpstr(last->guest.accelerator, ==, "tcg");
	g_assert_true(last->guest.prefault);
	g_assert_cmpstr(tree->tree, ==, "/src/linux@v7.1");
	g_assert_cmpstr(tree->config[1], ==, "DEBUG_VM=n");
	g_assert_cmpstr(tree->fragments[1], ==, "/f/mine.config");
	g_assert_cmpstr(tree->id, ==, "t/linux@v7.1/none/1G/1n/2p/hugetlb,mine.config,HZ=250,DEBUG_VM=n");
	g_assert_false(cell_same_kernel(cell_at(plan, 8), tree));
	g_assert_true(cell_same_kernel(first, last));
}

/* What runs in user space, and what is asked, are part of what a cell is. */
static void test_payloads(void)
{
	g_autoptr(PlanFile) plan = parse(BLOCK "payloads=default;memfd /p/mine\nchecks=default;harm payloads\n");
	const Cell *plain = cell_at(plan, 0), *full = cell_at(plan, 3);

	g_assert_cmpuint(plan->cells->len, ==, 4);
	g_assert_null(plain->payloads[0]);
	g_assert_null(plain->checks[0]);
	g_assert_cmpstr(full->payloads[1], ==, "/p/mine");
	g_assert_cmpstr(full->checks[0], ==, "harm");
	g_assert_true(g_str_has_suffix(full->id, "/memfd,mine,check=harm,check=payloads"));
	g_assert_false(cell_same_row(plain, full));
	g_assert_true(cell_same_kernel(plain, full));
}

/* What a matrix keeps of a cell is all of it. */
static void test_kept(void)
{
	g_autoptr(PlanFile) plan =
		parse(HEAD "[t]\nkernels=1\ntree=/src/linux\nseries=good\nconfig=HZ=250\naccel=tcg\n"
			   "fragments=hugetlb\nnuma=768M,cpus=0+256M\nprefault=yes\nscratch=64M,64M,64M\n"
			   "memory-dir=/big\nappend=x\nhops=3\ntiming=yes\nrepeats=2\n");
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *text = NULL;
	g_autoptr(JsonObject) object = NULL;
	g_autoptr(Cell) back = NULL;
	g_autoptr(JsonBuilder) again = json_builder_new();
	g_autofree char *same = NULL;

	cell_put(cell_at(plan, 1), b);
	text = json_text(b, false);
	object = json_parse_object(text, -1, "text", NULL);
	back = cell_get(object, NULL);
	g_assert_nonnull(back);
	cell_put(back, again);
	same = json_text(again, false);
	g_assert_cmpstr(same, ==, text);
	g_assert_cmpuint(back->repeat, ==, 2);
	g_assert_cmpstr(back->config[0], ==, "HZ=250");
	g_assert_true(back->guest.prefault);
}

static void check_expect(const char *keys, const char *good, const char *bad)
{
	g_autofree char *text = g_strconcat(HEAD "[b]\nkernels=1\nseries=good;bad\nmemory=1G\n", keys, NULL);
	g_autoptr(PlanFile) plan = parse(text);
	g_autofree char *first = cell_expectation(cell_at(plan, 0));
	g_autofree char *second = cell_expectation(cell_at(plan, 1));

	g_assert_cmpstr(first, ==, good);
	g_assert_cmpstr(second, ==, bad);
}

static void test_expectations(void)
{
	check_expect("", "PASS", "FAIL scratch-not-cma");
	check_expect("expect=FAIL guest-panic\n", "FAIL guest-panic", "FAIL guest-panic");
	check_expect("expect.bad=PASS\n", "PASS", "PASS");
	check_expect("expect=FAIL any\nexpect.good=FAIL  guest-hang\n", "FAIL guest-hang", "FAIL");
}

/* Both ways, and the reason counts. */
static void test_meets(void)
{
	static const char *const none[] = { NULL };
	static const char *const two[] = { "guest-panic", "scratch-not-cma", NULL };
	Cell pass = { .expect = (char *)"PASS" };
	Cell fail = { .expect = (char *)"FAIL", .expect_reason = (char *)"scratch-not-cma" };
	Cell other = { .expect = (char *)"FAIL", .expect_reason = (char *)"guest-hang" };
	Cell any = { .expect = (char *)"FAIL" };

	g_assert_true(cell_meets(&pass, "PASS", none, false));
	g_assert_false(cell_meets(&pass, "FAIL", two, false));
	g_assert_true(cell_meets(&fail, "FAIL", two, false));
	g_assert_false(cell_meets(&fail, "PASS", none, false));
	g_assert_false(cell_meets(&other, "FAIL", two, false));
	g_assert_true(cell_meets(&any, "FAIL", two, false));
	g_assert_false(cell_meets(&any, "ERROR", two, false));
}

static const struct {
	const char *name, *text, *says;
} wrong[] = {
	{ "no-file", "not a key file", "/x/some.plan: line 1: 'not a key file' is neither [BLOCK] nor KEY=VALUE" },
	{ "no-end", HEAD "[b\nkernels=1\n", "/x/some.plan: line 3: '[b' is neither" },
	{ "no-block", "\nsummary=x\n[plan]\n", "line 2: 'summary=x' stands before the first [BLOCK]" },
	{ "no-value", BLOCK "repeats\n", "line 7: 'repeats' is neither" },
	{ "byte-order", "\xef\xbb\xbf" BLOCK, "line 1: it begins with a byte order mark" },
	{ "block-twice", BLOCK "[b]\n", "line 7: the block [b] is there twice, the first time in line 3" },
	{ "key-twice", BLOCK "memory=2G\n", "line 7: the key memory is there twice, the first time in line 6" },
	{ "no-summary", "[b]\nkernels=1\nseries=good\nmemory=1G\n", "summary= is missing" },
	{ "plan-key", "[plan]\nsummary=x\nname=y\n", "[plan] name= is not known" },
	{ "no-cells", HEAD, "no cells" },
	{ "sweep", "[plan]\nsummary=x\nsweep=cpus\n[memory-1]\nkernels=1\nseries=good\nmemory=1G\n",
	  "the block [memory-1] is no value of it" },
	{ "no-kernels", HEAD "[b]\nseries=good\nmemory=1G\n", "[b] needs kernels=" },
	{ "no-memory", HEAD "[b]\nkernels=1\nseries=good\n", "[b] needs memory=" },
	{ "kernel", HEAD "[b]\nkernels=3\nseries=good\nmemory=1G\n", "line 4: [b] kernels=3: there is no kernel '3'" },
	{ "key", BLOCK "repeat=2\n",
	  "line 7: [b] repeat=2: that key is not known, did you mean repeats; possible are " },
	{ "size", HEAD "[b]\nkernels=1\nseries=good\nmemory=1G;blue\n", "'blue' is not a size" },
	{ "zero", HEAD "[b]\nkernels=1\nseries=good\nmemory=0\n", "needs memory" },
	{ "twice", HEAD "[b]\nkernels=1\nseries=good\nmemory=1G;1024M\n", "has the cell 1/good/1G/1n/2p twice" },
	{ "check", BLOCK "checks=harmm\n", "[b] checks=harmm" },
	{ "number", BLOCK "cpus=two\n", "line 7: [b] cpus=two: 'two' is no number of CPUs" },
	{ "no-cpu", BLOCK "cpus=0\n", "[b] cpus=0" },
	{ "repeats", BLOCK "repeats=1;2\n", "takes one number" },
	{ "repeats-many", BLOCK "repeats=1001\n", "line 7: [b] repeats=1001: a number from 1 to 1000 is possible" },
	{ "numa-word", BLOCK "# more\nnuma=1;1G,nodes=3+0\n",
	  "line 8: [b] numa=1;1G,nodes=3+0: --numa 1G,nodes=3: write " },
	{ "numa-nothing", BLOCK "numa=0+0\n", "line 7: [b] numa=0+0: --numa: one of the nodes must have memory" },
	{ "memory-of-count", HEAD "[b]\nkernels=1\nseries=good\nnuma=768M+256M;2\n", "line 3: [b] needs memory=" },
	{ "prefault", BLOCK "prefault=perhaps\n", "line 7: [b] prefault=perhaps: 'perhaps': no and yes are possible" },
	{ "none-without-tree", HEAD "[b]\nkernels=1\nseries=none\nmemory=1G\n",
	  "line 5: [b] series=none: only a tree=" },
	{ "profile", BLOCK "profile=fast\n", "check and timing are possible" },
	{ "mode", BLOCK "mode=count\n", "wall and counted are possible" },
	{ "counted", BLOCK "mode=counted\ncpus=2\n", "mode=counted has one CPU" },
	{ "chain-and-kernels", BLOCK "chain=1,2\n", "[b] kernels=1: chain= names each kernel itself" },
	{ "chain-and-hops", HEAD "[b]\nchain=1,2\nmemory=1G\nhops=3\n", "line 6: [b] hops=3: chain= names" },
	{ "then-alone", BLOCK "then=1\n", "[b] then=1: it is one more kernel behind those of chain=" },
	{ "chain-none", HEAD "[b]\nchain=1,\nmemory=1G\n", "[b] chain=1,: --chain: '' names no kernel" },
	{ "expect", BLOCK "expect=MAYBE\n", "it must say PASS, or FAIL" },
	{ "expect-empty", BLOCK "expect=\n", "it must say PASS, or FAIL" },
	{ "expect-pass-why", BLOCK "expect=PASS guest-panic\n", "it must say PASS, or FAIL" },
	{ "expect-fail", BLOCK "expect=FAIL\n", "it must say PASS, or FAIL and the id of one reason" },
	{ "expect-two", BLOCK "expect=FAIL a b\n", "it must say PASS, or FAIL" },
	{ "expect-reason", BLOCK "expect=FAIL guest-panics\n", "no verdict has that reason" },
	{ "expect-series", BLOCK "expect.godo=PASS\n", "series= of this block has only good" },
};

static void test_wrong(gconstpointer data)
{
	gsize i = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) error = NULL;

	g_assert_null(planfile_parse("/x/some.plan", wrong[i].text, -1, check, NULL, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_true(g_str_has_prefix(error->message, "/x/some.plan: "));
	if (!strstr(error->message, wrong[i].says))
		g_error("'%s' lacks '%s'", error->message, wrong[i].says);
}

static void check_filter(const char *filter, guint left, const char *says)
{
	const char *const filters[] = { filter, NULL };
	g_autoptr(PlanFile) plan = parse(HEAD "[b]\nkernels=1\nseries=good;bad\nmemory=1G;8G;100G\nnuma=1;2\n"
					      "[c]\nkernels=2\nseries=good\nmemory=1G\n");
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(planfile_filter(plan, filters, &error), ==, left > 0);
	if (left)
		g_assert_cmpuint(plan->cells->len, ==, left);
	else
		g_assert_nonnull(strstr(error->message, says));
}

/* Chains, each with each of the kernels behind it; what they expect is for the run to say. */
static void test_chain(void)
{
	static const char *const none[] = { NULL };
	g_autoptr(PlanFile) plan = parse(HEAD "[p]\nchain=1/good;2[a=1]\nthen=1;2/bad\nmemory=1G\n"
					      "[q]\nchain=1,2,1/good\nmemory=1G\nexpect=PASS\n");
	const Cell *cell = cell_at(plan, 3), *whole = cell_at(plan, 4);
	g_autoptr(GPtrArray) parts = cell_parts(cell);
	g_autofree char *expectation = cell_expectation(cell);

	g_assert_cmpuint(plan->cells->len, ==, 5);
	g_assert_cmpstr(cell_at(plan, 0)->id, ==, "p/1/good,1/1G/1n/2p");
	g_assert_cmpstr(cell->id, ==, "p/2[a=1],2/bad/1G/1n/2p");
	g_assert_cmpstr(cell->chain, ==, "2[a=1],2/bad");
	g_assert_cmpuint(cell->hops, ==, 2);
	g_assert_cmpuint(parts->len, ==, 2);
	g_assert_cmpstr(((Cell *)parts->pdata[0])->series, ==, "stock");
	g_assert_cmpstr(((Cell *)parts->pdata[1])->series, ==, "bad");
	g_assert_null(((Cell *)parts->pdata[1])->chain);
	g_assert_cmpstr(expectation, ==, "by ABI");
	g_assert_true(cell_meets(cell, "FAIL", none, true));
	g_assert_false(cell_meets(cell, "PASS", none, false));
	g_assert_cmpuint(whole->hops, ==, 3);
	g_assert_cmpstr(whole->expect, ==, "PASS");
}

static void test_filter(void)
{
	const char *const both[] = { "memory=8G;1024M", "series=bad", NULL };
	g_autoptr(PlanFile) plan = parse(HEAD "[b]\nkernels=1\nseries=good;bad\nmemory=1G;8G;100G\n");

	g_assert_true(planfile_filter(plan, both, NULL));
	g_assert_cmpuint(plan->cells->len, ==, 2);
	/* in the order of the plan, not of the filter */
	g_assert_cmpstr(cell_at(plan, 0)->id, ==, "b/1/bad/1G/1n/2p");
	check_filter("memory=1G;8G", 9, NULL);
	check_filter("memory=1G;1024M", 5, NULL);
	check_filter("block=c", 1, NULL);
	check_filter("numa=2", 6, NULL);
	check_filter("memory=2G", 0, "no cell of plan some has memory '2G'");
	check_filter("memory", 0, "KEY=VALUE");
	check_filter("color=red", 0, "are possible");
	check_filter("prefault=no", 13, NULL);
	check_filter("prefault=yes", 0, "no cell of plan some has prefault 'yes'");
	check_filter("append=x", 0, "are possible");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/planfile/defaults", test_defaults);
	g_test_add_func("/planfile/product", test_product);
	g_test_add_func("/planfile/whole", test_whole);
	g_test_add_func("/planfile/payloads", test_payloads);
	g_test_add_func("/planfile/kept", test_kept);
	g_test_add_func("/planfile/expectations", test_expectations);
	g_test_add_func("/planfile/meets", test_meets);
	g_test_add_func("/planfile/chain", test_chain);
	g_test_add_func("/planfile/filter", test_filter);
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autofree char *path = g_strdup_printf("/planfile/wrong/%s", wrong[i].name);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_wrong);
	}
	return g_test_run();
}
