// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What differs between KVM and TCG before a machine runs: words on the guest's
 * command line, the CPU, and the script that does the same with nothing but QEMU.
 */
#include <base/files.h>
#include <run/reproduce.h>
#include <run/request.h>
#include <run/topology.h>

#include <string.h>

/* As much of a bzImage as its release is read from: Documentation/arch/x86/boot.rst, kernel_version. */
static char *write_image(const char *folder)
{
	enum { MAGIC = 0x202, VERSION_AT = 0x20e, VERSION = 0x300, SIZE = 0x1000 };
	g_autofree char *image = g_malloc0(SIZE);
	char *path = g_build_filename(folder, "bzImage", NULL);

	memcpy(image + MAGIC, "HdrS", 4);
	image[VERSION_AT] = (char)((VERSION - 0x200) & 0xff);
	image[VERSION_AT + 1] = (char)((VERSION - 0x200) >> 8);
	strcpy(image + VERSION, "7.1.0-test (khotest) #1");
	g_assert_true(files_write(path, image, SIZE, NULL));
	return path;
}

/* A plan as request_resolve() leaves it, for a host of which everything is known. */
static Prepared *prepare(const char *accelerator, gint64 tsc_khz)
{
	Prepared *prepared = prepared_new();
	g_autoptr(GError) error = NULL;

	prepared->plan->accelerator = g_strdup(accelerator);
	prepared->plan->mode = g_strdup("wall");
	prepared->plan->machine = g_strdup("q35");
	plan_add_hop(prepared->plan, "0011223344556677")->profile = g_strdup("check");
	plan_add_hop(prepared->plan, "8899aabbccddeeff")->profile = g_strdup("check");
	prepared->plan->asked = g_strsplit("khotest run", " ", -1);
	prepared->append = g_strdup("nopv");
	prepared->plan->guest.memory_bytes = G_GUINT64_CONSTANT(1) << 40;
	prepared->plan->guest.cpus = 2;
	g_assert_true(topology_resolve(&prepared->plan->guest, &error));
	prepared->host = g_new0(HostFacts, 1);
	prepared->host->tsc_khz = tsc_khz;
	return prepared;
}

static void complete(Prepared *prepared, const char *folder)
{
	g_autofree char *image = write_image(folder);
	g_autofree char *cache = g_build_filename(folder, "cache", NULL);
	const RunRequest request = { .image = image };
	const Paths paths = { .cache = cache };
	g_autoptr(GError) error = NULL;
	bool ok;

	g_ptr_array_add(prepared->kernels, g_memdup2(&(PreparedKernel){ .request = request }, sizeof(PreparedKernel)));
	g_array_set_size(prepared->of_hop, 2);
	ok = request_check(&request, &paths, prepared, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

/* A real CPU says its rate, and KVM hands it on; only an emulated one needs to be told the host's. */
static void test_clock_words(void)
{
	static const struct {
		const char *accelerator;
		gint64 khz;
		const char *word;
	} cases[] = {
		{ "kvm", 2596000, NULL },
		{ "tcg", 2596000, " tsc_early_khz=2596000 " },
		{ "tcg", -1, NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *folder = g_dir_make_tmp("accel-XXXXXX", NULL);
		g_autoptr(Prepared) prepared = prepare(cases[i].accelerator, cases[i].khz);
		const char *line;

		complete(prepared, folder);
		line = plan_hop(prepared->plan, 0)->cmdline;
		g_test_message("%s", line);
		if (cases[i].word)
			g_assert_nonnull(strstr(line, cases[i].word));
		else
			g_assert_null(strstr(line, "tsc_"));
		/* the user's words come after ours, so that they win */
		g_assert_nonnull(strstr(line, " kho=on "));
		g_assert_cmpuint((gsize)strstr(line, " nopv "), >, (gsize)strstr(line, " earlycon=uart8250"));
		g_assert_true(files_remove_tree(folder, NULL));
	}
}

/* The script's CPU and accelerator are those of the domain XML; bits are added to emulated CPUs only. */
static void test_reproduce(void)
{
	static const struct {
		const char *accelerator;
		const char *machine;
		const char *cpu;
	} cases[] = {
		{ "kvm", "-machine q35,accel=kvm,memory-backend=ram ", "-cpu host " },
		{ "tcg", "-machine q35,accel=tcg,memory-backend=ram ", "-cpu max,phys-bits=46 " },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Prepared) prepared = prepare(cases[i].accelerator, -1);
		Plan *plan = prepared->plan;
		PlanHop *kernel = plan->hops->pdata[0];
		VmSpec spec = { .arch = arch_default(),
				.emulator = "/usr/bin/qemu-system-x86_64",
				.phys_bits = topology_phys_bits(plan) };
		g_autofree char *script = NULL;

		kernel->image = g_strdup("/k/bzImage");
		kernel->sha256 = g_strdup("11");
		plan->guest.memory_dir = g_strdup("/my,memory");
		plan->initramfs = g_strdup("/k/initramfs");
		plan->initramfs_sha256 = g_strdup("22");
		kernel->cmdline = g_strdup("console=ttyS0 kho=on");
		g_strfreev(plan->asked);
		plan->asked = g_strdupv((char *[]){ (char *)"khotest", (char *)"-o", (char *)"a\ntouch /tmp/x", NULL });
		script = reproduce_script(plan, &spec);
		g_test_message("%s", script);
		g_assert_nonnull(strstr(script, cases[i].machine));
		g_assert_nonnull(strstr(script, cases[i].cpu));
		g_assert_nonnull(strstr(script, "memory-backend-file,mem-path=/my,,memory,id=ram,"));
		g_assert_nonnull(strstr(script, "'console=ttyS0 kho=on'"));
		/* it is a comment, in all of its lines */
		g_assert_nonnull(strstr(script, "\n#   touch /tmp/x"));
		g_assert_null(strstr(script, "\ntouch"));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/accelerator/clock-words", test_clock_words);
	g_test_add_func("/accelerator/reproduce", test_reproduce);
	return g_test_run();
}
