// SPDX-License-Identifier: GPL-2.0-or-later
/* What a run works out before it starts: topology, memory budget, and the order of its steps. */
#include <base/error.h>
#include <proto/frame.h>
#include <run/budget.h>
#include <run/steps.h>
#include <run/topology.h>

#include <string.h>

#define GIB (1ull << 30)

static bool resolve(guint64 memory, guint cpus, const char *const *numa, Plan *plan, GError **error)
{
	machine_clear(&plan->guest);
	plan->guest = (Machine){ .memory_bytes = memory, .cpus = cpus, .numa = g_strdupv((char **)numa) };
	return topology_resolve(&plan->guest, error);
}

static void check_node(const Plan *plan, guint i, guint64 bytes, const char *cpus)
{
	const MachineNode *node = machine_node(&plan->guest, i);

	g_assert_cmpuint(node->bytes, ==, bytes);
	g_assert_cmpstr(node->cpus, ==, cpus);
}

static void test_topology(void)
{
	const char *const two[] = { "2", NULL };
	const char *const three[] = { "3", NULL };
	const char *const sizes[] = { "60G,cpus=1", "4G,cpus=0,2", NULL };
	g_autoptr(Plan) plan = plan_new();
	g_autoptr(GError) error = NULL;

	g_assert_true(resolve(100 * GIB, 2, NULL, plan, &error));
	g_assert_cmpuint(plan->guest.nodes->len, ==, 1);
	check_node(plan, 0, 100 * GIB, "0-1");
	g_assert_true(resolve(100 * GIB, 4, two, plan, &error));
	g_assert_cmpuint(plan->guest.nodes->len, ==, 2);
	check_node(plan, 0, 50 * GIB, "0-1");
	check_node(plan, 1, 50 * GIB, "2-3");
	/* nothing is lost to rounding, and a node may be without CPUs */
	g_assert_true(resolve(GIB, 2, three, plan, &error));
	g_assert_cmpuint(machine_node(&plan->guest, 0)->bytes + machine_node(&plan->guest, 1)->bytes +
				 machine_node(&plan->guest, 2)->bytes,
			 ==, GIB);
	check_node(plan, 0, 256 << 20, "");
	g_assert_true(resolve(0, 3, sizes, plan, &error));
	g_assert_cmpuint(plan->guest.memory_bytes, ==, 64 * GIB);
	check_node(plan, 1, 4 * GIB, "0,2");
	/* a node that names no CPUs gets what the others leave, in its turn */
	g_assert_true(resolve(0, 2, (const char *const[]){ "2G,cpus=0-1", "1G", NULL }, plan, &error));
	check_node(plan, 0, 2 * GIB, "0-1");
	check_node(plan, 1, GIB, "");
	g_assert_true(resolve(0, 6, (const char *const[]){ "2G", "1G,cpus=1,3", "1G", NULL }, plan, &error));
	check_node(plan, 0, 2 * GIB, "0,2");
	check_node(plan, 2, GIB, "4-5");
	/* and one may have no memory */
	g_assert_true(resolve(0, 2, (const char *const[]){ "2G", "0", NULL }, plan, &error));
	g_assert_cmpuint(plan->guest.memory_bytes, ==, 2 * GIB);
	check_node(plan, 0, 2 * GIB, "0");
	check_node(plan, 1, 0, "1");
	g_assert_true(resolve(0, 2, (const char *const[]){ "0G,cpus=0-1", "2G", NULL }, plan, &error));
	check_node(plan, 0, 0, "0-1");
	check_node(plan, 1, 2 * GIB, "");
	g_assert_no_error(error);
}

static void test_topology_bad(void)
{
	static const struct {
		guint64 memory;
		guint cpus;
		const char *numa[3];
		const char *says;
	} bad[] = {
		{ 256 << 20, 2, { NULL }, "too small" },
		{ (32 * 1024 + 1) * GIB, 2, { NULL }, "too large" },
		{ GIB + 1, 2, { NULL }, "whole number of MiB" },
		{ GIB, 0, { NULL }, "from 1 to" },
		{ GIB, 2, { "0" }, "from 1 to" },
		{ GIB, 2, { "9" }, "at least 128M" },
		{ 3 * GIB, 2, { "1G", "1G" }, "sum up to 2G" },
		{ 0, 2, { "1G,cpus=0", "1G,cpus=0" }, "two NUMA nodes" },
		{ 0, 2, { "1G,cpus=0", "1G,cpus=5" }, "no CPU 5" },
		{ 0, 2, { "1G,cpus=0", "1G,cpus=" }, "CPU 1 is on none" },
		{ 0, 2, { "1G,cpus=x", "1G" }, "not a list of CPUs" },
		{ 0, 2, { "1G,cpus=,,", "1G" }, "not a list of CPUs" },
		{ 0, 2, { "1G,cpus=0,nonsense", "1G" }, "not a list of CPUs" },
		{ 0, 2, { "1G,cpus=0,,1", "1G,cpus=" }, "not a list of CPUs" },
		{ 0, 2, { "1G,cpus=0-1,", "1G" }, "not a list of CPUs" },
		{ 0, 2, { "1G,cpus=1-0", "1G" }, "not a list of CPUs" },
		{ 0, 2, { "2G,cpus=0-1", "0" }, "neither memory nor CPUs" },
		{ 0, 2, { "2G", "0,cpus=" }, "neither memory nor CPUs" },
		{ 0, 2, { "0", "0" }, "must have memory" },
		{ 0, 2, { "5000000T", "5000000T" }, "the most" },
		{ 0, 2, { "1G,cups=0", "1G" }, "SIZE,cpus=LIST" },
		{ 0, 2, { "blue", "1G" }, "not a size" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(Plan) plan = plan_new();
		g_autoptr(GError) error = NULL;

		g_assert_false(resolve(bad[i].memory, bad[i].cpus, bad[i].numa, plan, &error));
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
		if (!strstr(error->message, bad[i].says))
			g_error("case %" G_GSIZE_FORMAT ": '%s' lacks '%s'", i, error->message, bad[i].says);
	}
}

/* Only an emulated CPU is given more bits, and only where memory needs them. */
static void test_phys_bits(void)
{
	static const struct {
		guint64 memory;
		const char *accelerator;
		guint bits;
	} cases[] = {
		{ 976 * GIB, "tcg", 0 },
		{ 977 * GIB, "tcg", 46 },
		{ 1024 * GIB, "kvm", 0 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Plan) plan = plan_new();
		g_autoptr(GError) error = NULL;

		plan->accelerator = g_strdup(cases[i].accelerator);
		g_assert_true(resolve(cases[i].memory, 2, NULL, plan, &error));
		g_assert_no_error(error);
		g_assert_cmpuint(topology_phys_bits(plan), ==, cases[i].bits);
	}
}

static void test_budget(void)
{
	HostFacts facts = { .memory_available = (gint64)(24 * GIB), .cgroup_available = -1 };
	g_autoptr(GError) error = NULL;
	guint64 largest;

	/* 2 x 64 B for each of 26214400 pages, and 300M */
	g_assert_cmpuint(budget_predict(100 * GIB), ==, 3355443200 + (300 << 20));
	g_assert_true(budget_check_memory(&facts, 512 * GIB, &error));
	g_assert_false(budget_check_memory(&facts, 1000 * GIB, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
	g_clear_error(&error);
	/* what it says would fit does fit, and one GiB more does not */
	largest = budget_largest(budget_available(&facts));
	g_assert_true(budget_check_memory(&facts, largest, &error));
	g_assert_false(budget_check_memory(&facts, largest + GIB, NULL));
	/* a cgroup counts where it is tighter */
	facts.cgroup_available = (gint64)GIB;
	g_assert_false(budget_check_memory(&facts, 100 * GIB, &error));
	g_assert_nonnull(strstr(error->message, "cgroup"));
	g_clear_error(&error);
	facts.memory_available = facts.cgroup_available = -1;
	g_assert_true(budget_check_memory(&facts, 1000 * GIB, &error));
	g_assert_cmpuint(budget_largest(100 << 20), ==, 0);
	g_assert_true(budget_check_disk("/no/such/folder", 1, &error));
	g_assert_false(budget_check_disk("/", G_MAXINT64, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
}

/* All of the guest's memory, not what it touches. */
static void test_budget_prefault(void)
{
	HostFacts facts = { .memory_available = (gint64)(24 * GIB), .cgroup_available = -1 };
	g_autoptr(GError) error = NULL;
	guint64 largest = budget_largest_prefault(budget_available(&facts));

	g_assert_cmpuint(largest, ==, 23 * GIB);
	g_assert_true(budget_check_prefault(&facts, largest, &error));
	g_assert_false(budget_check_prefault(&facts, largest + GIB, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
	g_assert_nonnull(strstr(error->message, "a 24G guest needs about 24.3G of host memory (all of the guest's, by "
						"--prefault + 300M)"));
	g_assert_nonnull(
		strstr(error->message, "The largest guest that fits is -m 23G; larger ones without --prefault"));
	g_clear_error(&error);
	facts.memory_available = (gint64)GIB;
	g_assert_false(budget_check_prefault(&facts, GIB, &error));
	g_assert_nonnull(strstr(error->message, "No guest of a whole GiB fits"));
	g_assert_cmpuint(budget_largest_prefault(100 << 20), ==, 0);
	facts.memory_available = -1;
	g_assert_true(budget_check_prefault(&facts, 1000 * GIB, NULL));
}

typedef struct {
	int hop;
	const char *record;
	StepKind kind;
	int after;
} ScriptLine;

static void follow_script(const ScriptLine *script, gsize n)
{
	Step step = { .last_hop = 1 };

	for (gsize i = 0; i < n; i++) {
		step = step_after(step, script[i].hop, script[i].record);
		g_test_message("%" G_GSIZE_FORMAT ": %s", i, step_name(step.kind));
		g_assert_cmpint(step.kind, ==, script[i].kind);
		g_assert_cmpint(step.hop, ==, script[i].after);
	}
}

static void test_steps(void)
{
	static const ScriptLine whole[] = {
		{ 0, "proc/meminfo", STEP_BOOT, 0 }, /* nothing counts before hello */
		{ 0, FRAME_HELLO, STEP_COLLECT, 0 },	  { 0, FRAME_HELLO, STEP_COLLECT, 0 },
		{ 0, FRAME_MANIFEST, STEP_LOAD, 0 },	  { 2, FRAME_HELLO, STEP_LOAD, 0 }, /* no such hop */
		{ 0, FRAME_KEXEC_LOADED, STEP_LEAVE, 0 }, { 0, FRAME_LEAVING, STEP_BOOT, 1 },
		{ 1, FRAME_HELLO, STEP_COLLECT, 1 },	  { 0, FRAME_LEAVING, STEP_COLLECT, 1 },
		{ 1, FRAME_MANIFEST, STEP_FINISH, 1 },	  { 1, FRAME_DONE, STEP_OVER, 1 },
		{ 1, FRAME_HELLO, STEP_OVER, 1 },
	};
	/* a word that got lost on its way does not hold up those after it */
	static const ScriptLine lost[] = {
		{ 0, FRAME_MANIFEST, STEP_LOAD, 0 },
		{ 0, FRAME_LEAVING, STEP_BOOT, 1 },
		{ 1, FRAME_DONE, STEP_OVER, 1 },
	};
	static const ScriptLine left[] = {
		{ 0, FRAME_HELLO, STEP_COLLECT, 0 },
		{ 1, FRAME_HELLO, STEP_COLLECT, 1 },
	};

	follow_script(whole, G_N_ELEMENTS(whole));
	follow_script(lost, G_N_ELEMENTS(lost));
	follow_script(left, G_N_ELEMENTS(left));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/topology/good", test_topology);
	g_test_add_func("/topology/bad", test_topology_bad);
	g_test_add_func("/topology/phys-bits", test_phys_bits);
	g_test_add_func("/budget/all", test_budget);
	g_test_add_func("/budget/prefault", test_budget_prefault);
	g_test_add_func("/steps/chain", test_steps);
	return g_test_run();
}
