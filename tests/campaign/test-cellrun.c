// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line of a cell: what the plan says, what the whole matrix was asked for, and no more. */
#include "cellrun.h"
#include "processes.h"

static void assert_argv(const Cell *cell, const char *memory_dir, gint64 timeout_ns, const char *expected)
{
	CellRun *run = cellrun_new(cell, "runs", memory_dir, timeout_ns);
	g_auto(GStrv) argv = process_argv("khotest", &run->request);
	g_autofree char *joined = g_strjoinv("|", argv);

	g_assert_cmpstr(joined, ==, expected);
	cellrun_free(run);
}

static void test_argv(void)
{
	char *two[] = { (char *)"2", NULL };
	char *uneven[] = { (char *)"768M,cpus=0", (char *)"256M", NULL };
	char *config[] = { (char *)"HZ=250", NULL }, *fragments[] = { (char *)"hugetlb", NULL };
	char *payloads[] = { (char *)"memfd", (char *)"/my/own", NULL }, *checks[] = { (char *)"harm", NULL };
	Cell cell = {
		.kernel = (char *)"7.1",
		.series = (char *)"central",
		.profile = (char *)"check",
		.mode = (char *)"wall",
		.guest = { .memory_bytes = 1 << 30, .cpus = 2 },
		.hops = 2,
	};

	assert_argv(&cell, NULL, 0,
		    "khotest|run|--kernel=7.1|--series=central|--profile=check|--memory=1G|--cpus=2|"
		    "--output=runs|--format=json|--quiet");
	cell.guest.numa = two;
	cell.mode = (char *)"counted";
	cell.hops = 4;
	cell.guest.scratch = (char *)"64M,256M,128M";
	cell.append = (char *)"a=b c";
	assert_argv(&cell, "/var/tmp", G_GINT64_CONSTANT(90) * 1000 * 1000 * 1000,
		    "khotest|run|--kernel=7.1|--series=central|--profile=check|--memory=1G|--cpus=2|"
		    "--numa=2|--memory-dir=/var/tmp|--mode=counted|--hops=4|"
		    "--append=kho_scratch=64M,256M,128M a=b c|--timeout=90s|--output=runs|--format=json|--quiet");
	/* all that a run can be asked for; the cell's own word counts, not that of the whole matrix */
	cell = (Cell){
		.kernel = (char *)"7.1",
		.tree = (char *)"/src/linux@v7.1",
		.series = (char *)CELL_NO_SERIES,
		.profile = (char *)"timing",
		.fragments = fragments,
		.config = config,
		.payloads = payloads,
		.checks = checks,
		.mode = (char *)"wall",
		.guest = { .memory_bytes = 1 << 30,
			   .cpus = 2,
			   .numa = uneven,
			   .prefault = true,
			   .memory_dir = (char *)"/mine",
			   .accelerator = (char *)"tcg" },
		.hops = 2,
	};
	assert_argv(&cell, "/var/tmp", 0,
		    "khotest|run|--kernel=7.1|--tree=/src/linux@v7.1|--fragment=hugetlb|--config=HZ=250|"
		    "--profile=timing|--memory=1G|--cpus=2|--numa=768M,cpus=0|--numa=256M|--prefault|"
		    "--memory-dir=/mine|--accel=tcg|--payload=memfd|--payload=/my/"
		    "own|--check=harm|--output=runs|--format=json|--quiet");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cellrun/argv", test_argv);
	return g_test_run();
}
