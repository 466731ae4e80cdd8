// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/files.h>
#include <base/units.h>
#include <build/initramfs.h>
#include <report/table.h>
#include <run/budget.h>
#include <run/pace.h>

#include <stdio.h>

#define PROBE_DEADLINE_NS 5000000000ll

/* How much a finding matters: a host that lacks something cannot run; a limit only shapes what runs. */
typedef enum {
	FINDING_OK,
	FINDING_LIMIT,
	FINDING_MISSING,
} Weight;

static const char *const finding_names[] = { "ok", "limit", "MISSING" };

static void add(Table *table, Weight *worst, const char *what, Weight finding, char *text)
{
	char *cells[] = { g_strdup(what), g_strdup(finding_names[finding]), text };

	table_add(table, g_memdup2(cells, sizeof(cells)));
	*worst = MAX(*worst, finding);
}

/* The message of an error, for a table cell. */
static char *say(GError *error)
{
	char *text = g_strdup(error->message);

	g_error_free(error);
	return text;
}

static void check_machine(Cli *cli, Table *table, Weight *worst)
{
	GError *error = NULL;
	g_autoptr(VmHost) host =
		vmhost_open(VMHOST_EMBEDDED, cli->paths.runtime, cli->paths.cache, cli->cancel, &error);

	if (!host)
		add(table, worst, "QEMU through libvirt", FINDING_MISSING, say(error));
	else
		add(table, worst, "QEMU through libvirt", FINDING_OK,
		    g_strdup_printf("%s (%s), %s", vmhost_qemu_version(host), vmhost_emulator(host),
				    vmhost_libvirt_version(host)));
}

static bool check_kvm(Table *table, Weight *worst)
{
	char *why = NULL;
	bool runs = accel_probe_kvm(PROBE_DEADLINE_NS, &why);

	if (runs)
		add(table, worst, "KVM", FINDING_OK, g_strdup("runs a guest"));
	else
		add(table, worst, "KVM", FINDING_LIMIT, g_strdup_printf("%s: runs go under TCG", why));
	g_free(why);
	return runs;
}

static void check_memory(Table *table, Weight *worst, const HostFacts *facts)
{
	gint64 available = budget_available(facts);
	guint64 largest = available < 0 ? 0 : budget_largest(available);
	g_autofree char *have = units_format_size_about((guint64)MAX(available, 0));
	g_autofree char *fits = units_format_size(largest);

	if (available < 0)
		add(table, worst, "memory", FINDING_LIMIT, g_strdup("how much is free is not known"));
	else
		add(table, worst, "memory", largest >= REQUEST_MEMORY_DEFAULT ? FINDING_OK : FINDING_LIMIT,
		    g_strdup_printf("%s free: guests up to -m %s", have, fits));
}

/* How fast guests run here, which deadlines go by. */
static void check_pace(Cli *cli, Table *table, Weight *worst, const char *accelerator)
{
	Pace pace = pace_read(cli->paths.cache, accelerator);
	g_autofree char *what = g_strdup_printf("pace, %s", accelerator);

	if (pace.runs)
		add(table, worst, what, FINDING_OK,
		    g_strdup_printf(
			    "a boot takes %.2f of the processor time that deadlines are made for, by the last %u "
			    "runs here; deadlines are multiplied by %.2f",
			    pace.factor, pace.runs, (double)pace_scale(1000, pace.factor) / 1000));
	else
		add(table, worst, what, FINDING_OK, g_strdup("not known yet: the first run here measures it"));
}

static void check_program(Table *table, Weight *worst, const char *program, const char *package, const char *for_what)
{
	g_autofree char *path = initramfs_find(program, package, NULL);

	if (path)
		add(table, worst, program, FINDING_OK, g_strdup(path));
	else
		add(table, worst, program, FINDING_MISSING,
		    g_strdup_printf("%s: install package %s", for_what, package));
}

/* Most sources come through apt, so that a host without it can do something. */
static void check_curl(Table *table, Weight *worst)
{
	g_autofree char *path = g_find_program_in_path("curl");

	if (path)
		add(table, worst, "curl", FINDING_OK, g_strdup(path));
	else
		add(table, worst, "curl", FINDING_LIMIT,
		    g_strdup("sources that Debian's archive has dropped cannot be fetched: install package curl"));
}

static void check_cache(Cli *cli, Table *table, Weight *worst)
{
	const char *cache = cli->paths.cache;
	g_autofree char *left = units_format_size_about(files_free_bytes(cache));
	GError *disk = NULL;

	if (budget_check_disk(cache, BUDGET_CACHE, &disk))
		add(table, worst, "cache", FINDING_OK, g_strdup_printf("%s, %s free", cache, left));
	else
		add(table, worst, "cache", FINDING_LIMIT, say(disk));
}

int verb_doctor(Cli *cli, int argc, char **argv, GError **error)
{
	static const char *const headers[] = { "", "", "", NULL };
	const GOptionEntry none[] = { { NULL, 0, 0, 0, NULL, NULL, NULL } };
	g_autoptr(HostFacts) facts = NULL;
	g_autoptr(Table) table = NULL;
	g_autofree char *text = NULL;
	GError *tools = NULL;
	Weight worst = FINDING_OK;
	bool kvm;

	if (!options_parse_entries(none, NULL, "Says what this host can do, and what is missing.", argc, argv, NULL,
				   error))
		return EXIT_ERROR;
	facts = hostfacts_read();
	table = table_new(headers);
	add(table, &worst, "host", FINDING_OK,
	    g_strdup_printf("%s, %u CPUs, Linux %s, %s", facts->cpu_model ? facts->cpu_model : "CPU unknown",
			    facts->cpus, facts->kernel,
			    facts->distribution ? facts->distribution : "distribution unknown"));
	check_machine(cli, table, &worst);
	kvm = check_kvm(table, &worst);
	check_memory(table, &worst, facts);
	check_pace(cli, table, &worst, kvm ? "kvm" : "tcg");
	check_cache(cli, table, &worst);
	check_program(table, &worst, "busybox", "busybox-static", "the guest's shell");
	check_curl(table, &worst);
	check_program(table, &worst, "kexec", "kexec-tools", "loads the next kernel in the guest");
	if (kernel_tools(&tools))
		add(table, &worst, "kernel tools", FINDING_OK, g_strdup("all there"));
	else
		add(table, &worst, "kernel tools", FINDING_MISSING, say(tools));
	text = table_to_text(table);
	cli_print(text);
	return worst == FINDING_MISSING ? EXIT_SKIP : EXIT_PASS;
}
