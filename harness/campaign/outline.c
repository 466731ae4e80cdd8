// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/outline.h>

#include <base/units.h>
#include <evaluate/about.h>
#include <run/fragments.h>

#include <string.h>

static void put(GString *out, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void put(GString *out, const char *name, const char *format, ...)
{
	va_list args;

	g_string_append_printf(out, "%-10s  ", name);
	va_start(args, format);
	g_string_append_vprintf(out, format, args);
	va_end(args);
	g_string_append_c(out, '\n');
}

/* What a kernel is made of. hop: the first that has it. */
static void put_kernel(GString *out, const PreparedKernel *one, const PlanHop *kernel)
{
	const Series *series = one->series;
	g_autofree char *fragments = NULL;

	put(out, "kernel", "%s, which %s", kernel->name, one->outlook);
	if (kernel->source)
		put(out, "source", "%s", kernel->source);
	if (kernel->commit)
		put(out, "commit", "%s%s", kernel->commit, kernel->dirty ? ", and changes that are not committed" : "");
	if (!series)
		return;
	put(out, "series", "%s%s%s", series->name, series->summary ? ": " : "", series->summary ? series->summary : "");
	for (guint i = 0; i < series->patches->len; i++)
		put(out, i ? "" : "patches", "%s", (const char *)series->patches->pdata[i]);
	fragments = fragments_text(kernel->profile, series, one->request.fragments, one->request.config);
	put(out, "fragments", "%s", fragments);
}

static void put_kernels(GString *out, const Prepared *prepared)
{
	guint shown = 0;

	/* they are in the order in which they come first */
	for (guint i = 0; i < plan_hops(prepared->plan); i++)
		if (g_array_index(prepared->of_hop, guint, i) == shown) {
			put_kernel(out, prepared_kernel(prepared, i), plan_hop(prepared->plan, i));
			shown++;
		}
}

/* One line a hop where kernels are not alike: which it is, what is its own, and what should become of the handover. */
static void put_chain(GString *out, const Prepared *prepared)
{
	const Plan *plan = prepared->plan;

	for (guint i = 0; prepared->links && i < plan_hops(plan); i++) {
		const PlanHop *hop = plan_hop(plan, i);
		const ChainLink *link = prepared->links->pdata[i];
		g_autofree char *name = chainlink_text(link), *abi = hop->abi ? g_strjoinv(" ", hop->abi) : NULL;

		put(out, i ? "" : "chain", "%s%s%s%s; %s%s%s", name, link->append ? " [" : "",
		    link->append ? link->append : "", link->append ? "]" : "", abi ? abi : "ABI not known",
		    i && hop->handover ? "; handover to it: " : "", i && hop->handover ? hop->handover : "");
	}
}

static void put_machine(GString *out, const Prepared *prepared, VmHost *host)
{
	const Plan *plan = prepared->plan;
	g_autofree char *machine = result_machine(plan);

	put(out, "machine", "%s, %s, %s%s%s", machine, vmhost_qemu_version(host), plan->machine,
	    plan->guest.memory_dir ? ", its memory in a file below " : "",
	    plan->guest.memory_dir ? plan->guest.memory_dir : "");
	for (guint i = 0; machine_nodes(&plan->guest) > 1 && i < machine_nodes(&plan->guest); i++) {
		const MachineNode *node = machine_node(&plan->guest, i);
		g_autofree char *size = units_format_size(node->bytes);

		put(out, "", "node %u: %s, %s%s", i, size, *node->cpus ? "CPUs " : "no CPU", node->cpus);
	}
	if (plan->accelerator_why)
		put(out, "", "%s, since %s", plan->accelerator, plan->accelerator_why);
}

static char *to_text(const Prepared *prepared, VmHost *host)
{
	const Plan *plan = prepared->plan;
	g_autofree char *timeout = units_format_duration(plan->timeout_ns);
	g_autofree char *silence = units_format_duration(plan->silence_ns);
	g_autofree char *output = g_canonicalize_filename(prepared->output, NULL);
	guint hops = plan_hops(plan);
	GString *out = g_string_new(NULL);

	put_kernels(out, prepared);
	put_chain(out, prepared);
	put_machine(out, prepared, host);
	put(out, "arguments", "%s", plan_hop(plan, 0)->cmdline);
	put(out, "kernels", "%u, one after the other%s", hops, hops == 1 ? ": nothing is handed over" : "");
	put(out, "deadlines", "%s for the whole run, %s of silence", timeout, silence);
	put(out, "expected", "%s%s%s", plan->expect, plan->expect_reason ? " " : "",
	    plan->expect_reason ? plan->expect_reason : "");
	put(out, "results", "%s", output);
	return g_string_free(out, FALSE);
}

char *outline_run(const Paths *paths, const RunRequest *request, bool json, GError **error)
{
	g_autoptr(Prepared) prepared = request_resolve(request, paths, error);
	g_autoptr(VmHost) host = NULL;

	if (!prepared || !request_check(request, paths, prepared, error))
		return NULL;
	host = vmhost_open(request->connect, paths->runtime, paths->cache, request->cancel, error);
	if (!host)
		return NULL;
	return json ? plan_to_json(prepared->plan) : to_text(prepared, host);
}
