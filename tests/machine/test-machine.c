// SPDX-License-Identifier: GPL-2.0-or-later
/* The guest in words, in JSON, and as options. */
#include <base/error.h>
#include <machine/machineword.h>

#include <string.h>

#define GIB (G_GUINT64_CONSTANT(1) << 30)

static void set(Machine *machine, const char *key, const char *word)
{
	g_autoptr(GError) error = NULL;
	bool ok = machineword_set(machine, key, word, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

static void test_words(void)
{
	/* what a word comes out as; NULL: as it went in */
	static const char *const words[][3] = {
		{ "memory", "1G", "1073741824" },
		{ "cpus", "4", NULL },
		{ "numa", "2", NULL },
		{ "numa", "1", NULL },
		{ "scratch", "64M,256M,128M", NULL },
		{ "scratch", "default", NULL },
		{ "scratch", "20%", NULL },
		{ "scratch", "0,1g,4096", NULL },
		{ "prefault", "yes", NULL },
		{ "prefault", "no", NULL },
		{ "memory-dir", "/big/", "/big" },
		{ "accel", "tcg", NULL },
		{ "accel", "auto", NULL },
		{ "device", "intel-iommu", NULL },
		{ "device", "none", NULL },
		{ "numa", "768M,cpus=0+256M", NULL },
	};
	Machine machine = { 0 };

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		g_autofree char *back = NULL;

		set(&machine, words[i][0], words[i][1]);
		back = machineword_get(&machine, words[i][0]);
		g_assert_cmpstr(back, ==, words[i][2] ? words[i][2] : words[i][1]);
	}
	machine_clear(&machine);
}

static void test_wrong(void)
{
	static const char *const wrong[][3] = {
		{ "memory", "blue", "'blue' is not a size" },
		{ "memory", "0", "needs memory" },
		{ "cpus", "two", "'two' is no number" },
		{ "cpus", "0", "'0' is no number" },
		{ "prefault", "1", "no and yes are possible" },
		{ "scratch", "64M", "'64M' is nothing that kho_scratch=" },
		{ "scratch", "", "nothing that" },
		{ "scratch", "%", "nothing that" },
		{ "scratch", "1M,2M,3X", "nothing that" },
		{ "scratch", "1M,2M,3M,", "nothing that" },
		{ "scratch", "1M,,3M", "nothing that" },
		{ "scratch", "20%%", "nothing that" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		Machine machine = { 0 };
		g_autoptr(GError) error = NULL;

		g_assert_false(machineword_set(&machine, wrong[i][0], wrong[i][1], &error));
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
		g_assert_nonnull(strstr(error->message, wrong[i][2]));
		machine_clear(&machine);
	}
}

static Machine sample(void)
{
	Machine machine = { 0 };

	set(&machine, "memory", "1G");
	set(&machine, "cpus", "2");
	set(&machine, "numa", "768M,cpus=0+256M");
	set(&machine, "scratch", "64M,256M,128M");
	set(&machine, "prefault", "yes");
	set(&machine, "memory-dir", "/big");
	set(&machine, "device", "intel-iommu");
	set(&machine, "accel", "tcg");
	return machine;
}

static char *json_of(const Machine *machine)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	machine_put(machine, b);
	json_builder_end_object(b);
	return json_text(b, false);
}

static void test_json(void)
{
	Machine machine = sample(), back, copy;
	g_autofree char *text = NULL, *again = NULL, *copied = NULL;
	g_autoptr(JsonObject) object = NULL;

	machine_add_node(&machine, 768 << 20, "0");
	machine_add_node(&machine, 256 << 20, NULL);
	text = json_of(&machine);
	object = json_parse_object(text, -1, "text", NULL);
	back = machine_get(object);
	again = json_of(&back);
	g_assert_cmpstr(again, ==, text);
	g_assert_cmpuint(machine_nodes(&back), ==, 2);
	g_assert_cmpstr(machine_node(&back, 1)->cpus, ==, "");
	copy = machine_copy(&machine);
	machine_clear(&machine);
	copied = json_of(&copy);
	g_assert_cmpstr(copied, ==, text);
	machine_clear(&back);
	machine_clear(&copy);
}

/* A cell of schema 1 said how many nodes, and of a plan nodes are worked out. */
static void test_schema_1(void)
{
	static const struct {
		const char *json;
		guint nodes;
		const char *numa;
	} cases[] = {
		{ "{\"memory_bytes\":1073741824,\"cpus\":2,\"nodes\":2}", 2, "2" },
		{ "{\"memory_bytes\":1073741824,\"cpus\":2,\"nodes\":1}", 1, "1" },
		{ "{\"memory_bytes\":1073741824,\"cpus\":2,\"nodes\":[{\"memory_bytes\":1073741824,\"cpus\":\"0-1\"}]}",
		  1, "1" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(JsonObject) object = json_parse_object(cases[i].json, -1, "text", NULL);
		Machine machine = machine_get(object);
		g_autofree char *numa = machineword_get(&machine, "numa");

		g_assert_cmpuint(machine.memory_bytes, ==, GIB);
		g_assert_cmpuint(machine.cpus, ==, 2);
		g_assert_cmpuint(machine_nodes(&machine), ==, cases[i].nodes);
		g_assert_cmpstr(numa, ==, cases[i].numa);
		machine_clear(&machine);
	}
}

/* A plan of somebody else's may have anything where nodes are. */
static void test_odd(void)
{
	static const char *const odd[] = { "{\"nodes\":[1,\"x\",null,[]]}", "{\"nodes\":\"many\",\"devices\":1}",
					   "{\"memory_bytes\":-5,\"cpus\":99999999999,\"numa\":{},\"nodes\":{}}" };

	for (gsize i = 0; i < G_N_ELEMENTS(odd); i++) {
		g_autoptr(JsonObject) object = json_parse_object(odd[i], -1, "text", NULL);
		Machine machine = machine_get(object);
		g_autofree char *shape = machineword_shape(&machine, " ");

		g_assert_nonnull(shape);
		machine_clear(&machine);
	}
}

static void test_texts(void)
{
	Machine plain = { .memory_bytes = GIB, .cpus = 2 }, full = sample();
	g_autofree char *one = machineword_shape(&plain, "/"), *all = machineword_shape(&full, " "), *two = NULL;
	g_autofree char *joined = NULL;
	g_autoptr(GPtrArray) options = g_ptr_array_new_with_free_func(g_free);

	g_assert_cmpstr(one, ==, "1n/2p");
	g_assert_cmpstr(all, ==, "768M,cpus=0+256M 2p 64M,256M,128M tcg intel-iommu prefault");
	set(&plain, "numa", "2");
	two = machineword_shape(&plain, " ");
	g_assert_cmpstr(two, ==, "2n 2p");
	machineword_options(&full, options);
	g_ptr_array_add(options, NULL);
	joined = g_strjoinv(" ", (char **)options->pdata);
	g_assert_cmpstr(joined, ==,
			"--memory=1G --cpus=2 --numa=768M,cpus=0 --numa=256M --prefault --memory-dir=/big "
			"--device=intel-iommu --accel=tcg");
	machine_clear(&plain);
	machine_clear(&full);
}

/* More time for more memory, and no silence as long as all of it. */
static void test_deadlines(void)
{
	const Machine small = { .memory_bytes = GIB }, large = { .memory_bytes = 100 * GIB };

	g_assert_cmpint(machine_timeout_ns(&small, 1), ==, G_GINT64_CONSTANT(181000000000));
	g_assert_cmpint(machine_timeout_ns(&large, 2), ==, G_GINT64_CONSTANT(280000000000));
	g_assert_cmpint(machine_timeout_ns(&small, 50), ==, 25 * G_GINT64_CONSTANT(181000000000));
	g_assert_cmpint(machine_silence_ns(&small), ==, G_GINT64_CONSTANT(45000000000));
	g_assert_cmpint(machine_silence_ns(&large), ==, G_GINT64_CONSTANT(95000000000));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/machine/words", test_words);
	g_test_add_func("/machine/wrong", test_wrong);
	g_test_add_func("/machine/json", test_json);
	g_test_add_func("/machine/schema-1", test_schema_1);
	g_test_add_func("/machine/odd", test_odd);
	g_test_add_func("/machine/texts", test_texts);
	g_test_add_func("/machine/deadlines", test_deadlines);
	return g_test_run();
}
