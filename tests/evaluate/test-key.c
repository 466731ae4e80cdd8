// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What makes two runs comparable, and how a difference is named, on copies of a
 * recording that are changed in one thing each.
 * Arguments: a recording, and another machine's.
 */
#include <base/files.h>
#include <base/spawn.h>
#include <evaluate/key.h>

#include <string.h>

/* The kernel of its first hop, to be changed. */
static PlanHop *kernel_of(const Result *result)
{
	return result->plan->hops->pdata[0];
}

static const char *recording, *other;

typedef struct {
	char *folder;
	char *paths[2]; /* two copies of the recording */
} Pair;

static void set_up(Pair *pair, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	pair->folder = g_dir_make_tmp("khotest-key-XXXXXX", &error);
	for (int i = 0; i < 2; i++) {
		const char *const argv[] = { "cp", "-R", recording, NULL, NULL };
		g_autofree const char **copy = g_memdup2(argv, sizeof(argv));

		pair->paths[i] = g_build_filename(pair->folder, i ? "b" : "a", NULL);
		copy[3] = pair->paths[i];
		spawn_check(copy, NULL, NULL, NULL, &error);
		g_assert_no_error(error);
	}
}

static void tear_down(Pair *pair, gconstpointer data)
{
	g_assert_true(files_remove_tree(pair->folder, NULL));
	g_free(pair->folder);
	g_free(pair->paths[0]);
	g_free(pair->paths[1]);
}

static void put(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static Result *load(const char *path)
{
	g_autoptr(GError) error = NULL;
	Result *result = result_load(path, &error);

	g_assert_no_error(error);
	return result;
}

/* What the keys say of two results; "same" if nothing. Digests must agree with that. */
static char *difference(const Result *x, const Result *y)
{
	g_autoptr(GPtrArray) first = result_key(x), second = result_key(y);
	g_autofree char *one = key_digest(first), *two = key_digest(second);
	char *text = key_difference(first, second);

	g_assert_cmpint(strcmp(one, two) == 0, ==, text == NULL);
	return text ? text : g_strdup("same");
}

static void assert_difference(const Result *x, const Result *y, const char *expected)
{
	g_autofree char *text = difference(x, y);

	g_assert_cmpstr(text, ==, expected);
}

/* The same of the pair, as its files are by now. */
static void assert_pair(const Pair *pair, const char *expected)
{
	g_autoptr(Result) x = load(pair->paths[0]), y = load(pair->paths[1]);

	assert_difference(x, y, expected);
}

static bool by_host(const Result *x, const Result *y)
{
	g_autoptr(GPtrArray) first = result_key(x), second = result_key(y);

	g_assert_true(key_differs_by_host(first, second) == key_differs_by_host(second, first));
	return key_differs_by_host(first, second);
}

/* What the host is, and what was asked for: a run that differs by the first alone was asked for with the same words. */
static void test_host(Pair *pair, gconstpointer data)
{
	g_autoptr(Result) x = load(pair->paths[0]), y = load(pair->paths[1]);

	g_assert_false(by_host(x, y));
	y->qemu = "99.0.0";
	g_assert_true(by_host(x, y));
	/* words of an emulated CPU go with the accelerator; others are asked for */
	g_free(((PlanHop *)y->plan->hops->pdata[0])->cmdline);
	((PlanHop *)y->plan->hops->pdata[0])->cmdline = g_strdup("quiet");
	g_assert_false(by_host(x, y));
	g_free(y->plan->accelerator);
	y->plan->accelerator = g_strdup("kvm");
	g_assert_true(by_host(x, y));
	g_strfreev(y->plan->guest.devices);
	y->plan->guest.devices = g_strsplit("intel-iommu", "+", -1);
	g_assert_false(by_host(x, y));
	g_clear_pointer(&y->plan->guest.devices, g_strfreev);
	y->plan->guest.cpus++;
	g_assert_false(by_host(x, y));
}

static void test_parts(Pair *pair, gconstpointer data)
{
	g_autoptr(Result) x = load(recording), far = load(other), y = load(pair->paths[0]);
	g_autofree char *text = difference(x, far);

	assert_pair(pair, "same");
	g_assert_nonnull(strstr(text, "memory: 4G and 100G"));
	g_assert_nonnull(strstr(text, "nodes: "));
	g_assert_null(
		strstr(text, "kernel configuration: ")); /* central and unfixed: nothing but what series are about */
	/* the version and the series are what is compared */
	for (guint i = 0; i < y->plan->hops->len; i++) {
		PlanHop *hop = y->plan->hops->pdata[i];

		g_free(hop->series);
		hop->series = g_strdup("another");
	}
	g_free(kernel_of(y)->release);
	kernel_of(y)->release = g_strdup("7.3.4-another");
	assert_difference(x, y, "same");
	y->plan->guest.cpus = 64;
	assert_difference(x, y, "guest CPUs: 2 and 64");
}

/* Each version of the emulator makes machines of its own, whose instructions are not another's. */
static void test_emulator(Pair *pair, gconstpointer data)
{
	g_autoptr(Result) x = load(pair->paths[0]), y = load(pair->paths[1]);

	for (int i = 0; i < 2; i++) {
		Result *result = i ? y : x;

		g_free(result->plan->mode);
		result->plan->mode = g_strdup("counted");
		result->qemu = i ? "QEMU 10.0.13" : "QEMU 7.2.22";
	}
	assert_difference(x, y, "emulator: QEMU 7.2.22 and QEMU 10.0.13");
}

/* When and from where the guest has its memory. */
static void test_memory(Pair *pair, gconstpointer data)
{
	g_autoptr(Result) x = load(pair->paths[0]), y = load(pair->paths[1]);

	y->plan->guest.memory_dir = g_strdup("/var/tmp");
	assert_difference(x, y, "guest memory: on touch and on touch, in a file");
	x->plan->guest.memory_dir = g_strdup("/elsewhere");
	assert_difference(x, y, "same");
	y->plan->guest.prefault = true;
	assert_difference(x, y, "guest memory: on touch, in a file and given before the start, in a file");
	y->plan->guest.prefault = false;
	g_strfreev(y->plan->guest.devices);
	y->plan->guest.devices = g_strsplit("intel-iommu", " ", -1);
	assert_difference(x, y, "devices: none and intel-iommu");
	assert_difference(y, x, "devices: intel-iommu and none");
	assert_difference(y, y, "same");
}

static void add_payload(Result *result, const char *name)
{
	PayloadPlan *payload = g_new0(PayloadPlan, 1);

	payload->name = g_strdup(name);
	g_ptr_array_add(result->plan->payloads, payload);
}

/* What runs in user space takes time and memory of the kernel. Parts that not each key has are told by their names. */
static void test_payloads(Pair *pair, gconstpointer data)
{
	g_autoptr(Result) x = load(pair->paths[0]), y = load(pair->paths[1]);

	add_payload(y, "pressure");
	assert_difference(x, y, "payloads: none and pressure");
	assert_difference(y, x, "payloads: pressure and none");
	g_strfreev(x->plan->guest.devices);
	x->plan->guest.devices = g_strsplit("intel-iommu", " ", -1);
	assert_difference(x, y, "devices: intel-iommu and none; payloads: none and pressure");
	assert_difference(y, x, "payloads: pressure and none; devices: none and intel-iommu");
	add_payload(x, "pressure");
	assert_difference(x, y, "devices: intel-iommu and none");
	g_clear_pointer(&x->plan->guest.devices, g_strfreev);
	assert_difference(x, y, "same");
	add_payload(x, "vma");
	x->plan->break_what = g_strdup("data");
	assert_difference(x, y, "payloads: pressure vma, break data and pressure");
}

/* Of the configuration as built, what is known to matter; and each symbol by its name. */
static void test_built(Pair *pair, gconstpointer data)
{
	put(pair->paths[0], "kernel.config",
	    "CONFIG_HZ=250\nCONFIG_DEFERRED_STRUCT_PAGE_INIT=y\nCONFIG_PADATA=y\n"
	    "CONFIG_LOCALVERSION=\"-a\"\nCONFIG_HAVE_FUTEX_ROBUST_UNLOCK=y\n");
	put(pair->paths[1], "kernel.config",
	    "CONFIG_LOCALVERSION=\"-b\"\n# CONFIG_KASAN is not set\nCONFIG_KFENCE=n\nCONFIG_HZ=250\n");
	assert_pair(pair, "same");
	put(pair->paths[1], "kernel.config", "CONFIG_KASAN=y\nCONFIG_HZ=1000\n");
	assert_pair(pair, "kernel configuration: HZ=250 against 1000, KASAN not set against y");
	/* one that says nothing: then what the kernel itself shows */
	put(pair->paths[1], "kernel.config", "");
	assert_pair(pair, "kernel configuration: 64BIT not set against y, SMP not set against y, NR_CPUS not set "
			  "against 256, NUMA not set against y, and 21 more");
	put(pair->paths[1], "kernel.config",
	    "CONFIG_NUMA=y\nCONFIG_DEBUG_VM=y\nCONFIG_KASAN=y\nCONFIG_HZ=1000\nCONFIG_PREEMPT=y\nCONFIG_KFENCE=y\n");
	assert_pair(pair, "kernel configuration: HZ=250 against 1000, NUMA not set against y, DEBUG_VM not set "
			  "against y, KASAN not set against y, and 2 more");
}

/* A finished image without /proc/config.gz may be anything: it is like itself only. */
static void test_unknown_configuration(Pair *pair, gconstpointer data)
{
	g_autoptr(Result) x = load(recording), y = load(recording), z = load(recording);

	g_clear_pointer(&((Hop *)result_said(x, 0))->config, g_hash_table_unref);
	assert_difference(x, y, "kernel configuration: not known of the first");
	g_clear_pointer(&((Hop *)result_said(y, 0))->config, g_hash_table_unref);
	assert_difference(x, y, "same");
	g_clear_pointer(&((Hop *)result_said(z, 0))->config, g_hash_table_unref);
	for (guint i = 0; i < z->plan->hops->len; i++) {
		PlanHop *hop = z->plan->hops->pdata[i];

		g_free(hop->sha256);
		hop->sha256 = g_strdup("00112233445566778899");
	}
	assert_difference(x, z, "kernel configuration: not known of either");
}

/* What was asked for is kept in the plan; a plan from before that says nothing of it. */
static void test_asked(Pair *pair, gconstpointer data)
{
	g_autoptr(Result) x = load(recording), y = load(recording);

	assert_difference(x, y, "same");
	g_strfreev(kernel_of(x)->config_asked);
	kernel_of(x)->config_asked = g_strsplit("CONFIG_BPF=n CONFIG_HZ=250 CONFIG_LOG_BUF_SHIFT=18", " ", -1);
	assert_difference(x, y, "configuration asked for: not known of the second");
	assert_difference(y, x, "configuration asked for: not known of the first");
	g_strfreev(kernel_of(y)->config_asked);
	kernel_of(y)->config_asked = g_strsplit("CONFIG_HZ=250 CONFIG_LOG_BUF_SHIFT=20", " ", -1);
	assert_difference(x, y, "configuration asked for: BPF=n against not set, LOG_BUF_SHIFT=18 against 20");
	g_strfreev(kernel_of(y)->config_asked);
	kernel_of(y)->config_asked = g_strdupv(kernel_of(x)->config_asked);
	assert_difference(x, y, "same");
}

/* What the banner says is in the key, without the release, who built it, and when. */
static void test_compiler(Pair *pair, gconstpointer data)
{
	static const char banner[] =
		"Linux version 7.1.13-x (me@here) (gcc (Debian 13.1-2) 13.1, GNU ld (x) 2.41) #7 SMP";
	g_autoptr(Result) x = load(recording), y = load(recording);
	GPtrArray *lines = ((Hop *)result_said(y, 0))->log->lines;

	for (guint i = 0; i < lines->len; i++) {
		KernelLogLine *line = lines->pdata[i];

		if (!g_str_has_prefix(line->text, "Linux version "))
			continue;
		g_free(line->text);
		line->text = g_strdup(banner);
		assert_difference(x, y,
				  "compiler: gcc (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) "
				  "2.40 and gcc (Debian 13.1-2) 13.1, GNU ld (x) 2.41");
		*strrchr(line->text, ')') = '\0'; /* cut off: not known, and not half of it */
	}
	assert_difference(
		x, y, "compiler: gcc (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40 and -");
}

static void test_command_line(Pair *pair, gconstpointer data)
{
	static const struct {
		const char *a, *b, *text;
	} cases[] = {
		{ "kho=on tsc_early_khz=1000 khotest.hop=0 khotest.nonces=a,b",
		  "kho=on tsc_early_khz=1001 khotest.hop=0 khotest.nonces=c,d", "same" },
		{ "kho=on  panic=0", "kho=on panic=0", "same" },
		{ "kho=on", "kho=on initcall_debug", "command line: initcall_debug not set against set" },
		{ "kho=on initcall_debug", "kho=on", "command line: initcall_debug against not set" },
		{ "kho=on panic=0 kho_scratch=200%", "kho=on panic=0 kho_scratch=1G,2G,3G",
		  "command line: kho_scratch=200% against 1G,2G,3G" },
		{ "console=ttyS0 console=tty0", "console=ttyS0", "command line: console=tty0 against not set" },
		{ "panic=0 panic=1", "panic=1 panic=0", "command line: the same words in another order" },
		{ "a b c d e f", "g",
		  "command line: a against not set, b against not set, c against not set, d against "
		  "not set, and 3 more" },
	};
	g_autoptr(Result) x = load(recording), y = load(recording);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_free(kernel_of(x)->cmdline);
		kernel_of(x)->cmdline = g_strdup(cases[i].a);
		g_free(kernel_of(y)->cmdline);
		kernel_of(y)->cmdline = g_strdup(cases[i].b);
		assert_difference(x, y, cases[i].text);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*run)(Pair *, gconstpointer);
	} tests[] = {
		{ "/key/parts", test_parts },
		{ "/key/emulator", test_emulator },
		{ "/key/host", test_host },
		{ "/key/memory", test_memory },
		{ "/key/payloads", test_payloads },
		{ "/key/configuration/built", test_built },
		{ "/key/configuration/unknown", test_unknown_configuration },
		{ "/key/configuration/asked", test_asked },
		{ "/key/compiler", test_compiler },
		{ "/key/command-line", test_command_line },
	};

	g_test_init(&argc, &argv, NULL);
	recording = argv[1];
	other = argv[2];
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Pair, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
