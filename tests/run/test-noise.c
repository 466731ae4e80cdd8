// SPDX-License-Identifier: GPL-2.0-or-later
/* What the host's files say about noise. */
#include <run/noise.h>
#include <unistd.h>

static void test_parse(void)
{
	gint64 tick = 1000000000 / sysconf(_SC_CLK_TCK);
	const NoiseTexts texts = {
		.cpu_pressure = "some avg10=96.47 avg60=62.19 avg300=48.06 total=6443274422\n"
				"full avg10=0.00 avg60=0.00 avg300=0.00 total=17\n",
		.memory_pressure = "some avg10=0.00 avg60=0.00 avg300=0.00 total=78\n",
		.io_pressure = "some avg10=0.12 avg60=0.05 avg300=0.01 total=98765\n",
		.stat = "cpu  1000 20 300 4000 50 6 70 88 9 1\ncpu0 1 1 1 1 1 1 1 1 1 1\n",
		.loadavg = "4.18 3.85 6.95 7/126 20606\n",
		.cpuinfo = "processor\t: 0\ncpu MHz\t\t: 2000.500\nprocessor\t: 1\ncpu MHz\t\t: 3000.500\n",
	};
	HostNoise noise;

	noise_parse(&texts, &noise);
	g_assert_cmpint(noise.cpu_us, ==, 6443274422);
	g_assert_cmpint(noise.memory_us, ==, 78);
	g_assert_cmpint(noise.io_us, ==, 98765);
	g_assert_cmpint(noise.busy_ns, ==, 1396 * tick);
	g_assert_cmpint(noise.steal_ns, ==, 88 * tick);
	g_assert_cmpfloat(noise.load, ==, 4.18);
	g_assert_cmpint(noise.khz, ==, 2500500);
}

static void test_missing(void)
{
	HostNoise noise;

	noise_parse(&(NoiseTexts){ NULL }, &noise);
	g_assert_cmpint(noise.cpu_us, ==, -1);
	g_assert_cmpint(noise.memory_us, ==, -1);
	g_assert_cmpint(noise.io_us, ==, -1);
	g_assert_cmpint(noise.busy_ns, ==, -1);
	g_assert_cmpint(noise.steal_ns, ==, -1);
	g_assert_cmpfloat(noise.load, ==, -1);
	g_assert_cmpint(noise.khz, ==, -1);
	/* an old kernel's line that ends before steal, and files of another kind */
	noise_parse(&(NoiseTexts){ .cpu_pressure = "full total=1\n",
				   .stat = "cpu  1 2 3 4 5 6 7\n",
				   .loadavg = "",
				   .cpuinfo = "model name\t: x\n" },
		    &noise);
	g_assert_cmpint(noise.cpu_us, ==, -1);
	g_assert_cmpint(noise.steal_ns, ==, -1);
	g_assert_cmpint(noise.khz, ==, -1);
}

/* Where this runs there is a /proc/stat, and its counters do not run backwards. */
static void test_here(void)
{
	HostNoise first, second;

	noise_read(&first);
	noise_read(&second);
	g_assert_cmpint(first.busy_ns, >, 0);
	g_assert_cmpint(second.busy_ns, >=, first.busy_ns);
	g_assert_cmpint(noise_copy_ns(), >, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/noise/parse", test_parse);
	g_test_add_func("/noise/missing", test_missing);
	g_test_add_func("/noise/here", test_here);
	return g_test_run();
}
