// SPDX-License-Identifier: GPL-2.0-or-later
#include "expectation.h"
#include "requestchain.h"
#include "requestkernel.h"
#include "requestpayload.h"
#include "scratchword.h"
#include "wayin.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/units.h>
#include <build/kernelabi.h>
#include <measure/reason.h>
#include <proto/frame.h>
#include <run/budget.h>
#include <run/cmdline.h>
#include <run/deadline.h>
#include <run/pace.h>
#include <run/request.h>
#include <run/topology.h>

#include <string.h>

PreparedKernel *prepared_kernel(const Prepared *prepared, guint hop)
{
	return prepared->kernels->pdata[g_array_index(prepared->of_hop, guint, hop)];
}

Prepared *prepared_new(void)
{
	Prepared *prepared = g_new0(Prepared, 1);

	prepared->plan = plan_new();
	prepared->kernels = g_ptr_array_new_with_free_func((GDestroyNotify)requestkernel_free);
	prepared->of_hop = g_array_new(FALSE, TRUE, sizeof(guint));
	return prepared;
}

void prepared_free(Prepared *prepared)
{
	if (!prepared)
		return;
	plan_free(prepared->plan);
	hostfacts_free(prepared->host);
	g_ptr_array_unref(prepared->kernels);
	g_array_unref(prepared->of_hop);
	g_clear_pointer(&prepared->links, g_ptr_array_unref);
	g_clear_pointer(&prepared->payloads, g_ptr_array_unref);
	g_free(prepared->append);
	g_strfreev(prepared->fragments);
	g_free(prepared->output);
	g_free(prepared->cache);
	g_free(prepared);
}

bool request_check_series(const Series *series, GError **error)
{
	g_autofree char *why = series->expect_reason ? reason_refusal(series->expect_reason) : NULL;

	return !why || error_set(error, KHOTEST_ERROR_INPUT, "the series %s, '# expect: %s %s': %s", series->name,
				 series->expect, series->expect_reason, why);
}

bool request_check_mode(const char *mode, const Machine *guest, GError **error)
{
	if (strcmp(mode, "counted") != 0)
		return true;
	if (g_strcmp0(guest->accelerator, "kvm") == 0)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--mode counted is the emulator's: it does not go with --accel kvm");
	if (guest->cpus != 1)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--mode counted has one CPU, not %u: it counts serial work only; give -p 1",
				 guest->cpus);
	return true;
}

static bool resolve_mode(const RunRequest *request, Plan *plan, GError **error)
{
	plan->mode = g_strdup(request->mode);
	return request_check_mode(plan->mode, &plan->guest, error);
}

/* -m not given: what the main job is about, or the largest guest that fits, said aloud. */
static guint64 default_memory(const HostFacts *host, bool prefault)
{
	gint64 available = budget_available(host);
	guint64 largest = available < 0 ? REQUEST_MEMORY_DEFAULT
			  : prefault	? budget_largest_prefault(available)
					: budget_largest(available);

	if (largest >= REQUEST_MEMORY_DEFAULT || largest == 0)
		return REQUEST_MEMORY_DEFAULT;
	log_warn("a 100G guest does not fit into this host's memory; using the largest that does: -m %" G_GUINT64_FORMAT
		 "G",
		 largest >> 30);
	return largest;
}

/* A file's pages can be written out, so that the disk is what has to have room for them. */
static bool check_memory(const Prepared *prepared, GError **error)
{
	const Machine *guest = &prepared->plan->guest;
	guint64 bytes = guest->memory_bytes;

	if (guest->memory_dir)
		return budget_check_disk(guest->memory_dir,
					 guest->prefault ? bytes + BUDGET_FIXED : budget_predict(bytes), error);
	return guest->prefault ? budget_check_prefault(prepared->host, bytes, error)
			       : budget_check_memory(prepared->host, bytes, error);
}

static bool resolve_guest(const RunRequest *request, Prepared *prepared, GError **error)
{
	Machine *guest = &prepared->plan->guest;
	guint64 numa_bytes = 0;

	*guest = machine_copy(&request->guest);
	if (!topology_numa_bytes(guest, &numa_bytes, error))
		return false;
	if (!guest->memory_bytes && !numa_bytes)
		guest->memory_bytes = default_memory(prepared->host, guest->prefault);
	return topology_resolve(guest, error) && check_memory(prepared, error) &&
	       requestpayload_check_memory(prepared, error) &&
	       budget_check_disk(request->output, BUDGET_RUN_DIR, error);
}

/* kvm or tcg, and why not what was asked for. */
static bool resolve_accelerator(Plan *plan, GError **error)
{
	const char *asked = plan_is_counted(plan)     ? accel_name(ACCEL_TCG)
			    : plan->guest.accelerator ? plan->guest.accelerator
						      : accel_name(ACCEL_AUTO);
	Accel accel;

	if (!accel_parse(asked, &accel, error) || !accel_resolve(accel, &accel, &plan->accelerator_why, error))
		return false;
	plan->accelerator = g_strdup(accel_name(accel));
	return true;
}

/* tsc_khz: what the guest is told where it has to be told, in kHz. */
static CmdlineSpec cmdline_spec(const Prepared *prepared, const char *const *nonces, const char *const *own,
				gint64 tsc_khz)
{
	const Plan *plan = prepared->plan;

	return (CmdlineSpec){
		.profile = plan_hop(plan, 0)->profile,
		.counted = plan_is_counted(plan),
		.tsc_khz = strcmp(plan->accelerator, "tcg") == 0 ? tsc_khz : 0,
		.append = prepared->append,
		.break_what = plan->break_what,
		.shell = prepared->way_in.shell,
		.nonces = nonces,
		.own = own,
	};
}

/* By what all of the kernels call it, where that is known of all: words go from kernel to kernel as they are. */
static void settle_scratch_word(Prepared *prepared)
{
	guint known = 0, bootmem = 0;
	char *settled;

	for (guint i = 0; i < plan_hops(prepared->plan); i++) {
		const char *const *abi = (const char *const *)plan_hop(prepared->plan, i)->abi;

		known += abi != NULL;
		bootmem += abi && g_strv_contains(abi, KERNELABI_BOOTMEM);
	}
	if (known < plan_hops(prepared->plan) || (bootmem && bootmem < known))
		return;
	settled = scratchword_settle(prepared->append, bootmem > 0);
	g_free(prepared->append);
	prepared->append = settled;
}

/* How each kernel finds its command line, now that the clock was measured. */
static void write_cmdlines(Prepared *prepared)
{
	g_autofree const char **nonces = plan_nonces(prepared->plan);
	g_autofree const char **own = requestchain_words(prepared);
	CmdlineSpec spec;

	settle_scratch_word(prepared);
	hostfacts_measure_tsc(prepared->host);
	spec = cmdline_spec(prepared, nonces, own, prepared->host->tsc_khz);
	for (spec.hop = 0; spec.hop < plan_hops(prepared->plan); spec.hop++) {
		PlanHop *hop = prepared->plan->hops->pdata[spec.hop];

		hop->append = requestchain_append(prepared, own[spec.hop]);
		hop->cmdline = cmdline_make(&spec);
	}
}

/* The rate of the time stamp counter is measured while the kernel is built, and has no more digits than that. */
static bool check_cmdlines(const RunRequest *request, const Prepared *prepared, GError **error)
{
	g_autofree const char **nonces = plan_nonces(prepared->plan);
	g_autofree const char **own = requestchain_words(prepared);
	CmdlineSpec line = cmdline_spec(prepared, nonces, own, CMDLINE_TSC_KHZ_MOST);

	return cmdline_check_length(&line, request->chain ? "-a and --chain" : "-a", error);
}

/* unpacked once and packed again for the next hop, in each kernel, while the loaded next one waits in memory too */
static bool check_initramfs(const Initramfs *initramfs, guint64 memory_bytes, GError **error)
{
	g_autofree char *size = units_format_size_about(initramfs->bytes);
	g_autofree char *memory = units_format_size(memory_bytes);

	if (initramfs->bytes * 4 <= memory_bytes / 2)
		return true;
	return error_set(
		error, KHOTEST_ERROR_INPUT,
		"the initramfs takes %s, which four times over is more than half of -m %s: give the guest more memory",
		size, memory);
}

/* What kernels send beside what every initramfs has sent, and which of them cannot send what. */
static void note_collected(Plan *plan)
{
	static const char *const of_layout[] = { FRAME_PAGEBLOCKS, FRAME_PRESERVED, NULL };
	g_autoptr(GStrvBuilder) records = g_strv_builder_new();
	guint layouts = 0;

	for (guint i = 0; i < plan_hops(plan); i++)
		layouts += plan_hop(plan, i)->layout != NULL;
	for (guint i = 0; layouts && i < plan_hops(plan); i++)
		if (!plan_hop(plan, i)->layout)
			((PlanHop *)plan->hops->pdata[i])->lacks = g_strdupv((char **)of_layout);
	g_strv_builder_add(records, FRAME_KMSG_REST);
	if (layouts)
		g_strv_builder_add_many(records, FRAME_PAGEBLOCKS, FRAME_PRESERVED, NULL);
	g_strv_builder_add(records, FRAME_SCRATCH_PAGES);
	if (plan->payloads->len)
		g_strv_builder_add(records, FRAME_PAYLOADS);
	plan->collects = g_strv_builder_end(records);
}

static Initramfs *build_initramfs(const Paths *paths, GCancellable *cancel, const Prepared *prepared, GError **error)
{
	g_autofree const char **own = requestchain_words(prepared);
	g_autofree InitramfsHop *hops = g_new0(InitramfsHop, plan_hops(prepared->plan));
	InitramfsSpec spec = {
		.folder = paths->initramfs,
		.probe = paths->probe,
		.hops = hops,
		.n_hops = plan_hops(prepared->plan),
		.payloads = prepared->payloads,
		.cache = paths->cache,
		.cancel = cancel,
	};

	for (guint i = 0; i < spec.n_hops; i++) {
		const PlanHop *hop = plan_hop(prepared->plan, i);
		const Kernel *kernel = prepared_kernel(prepared, i)->kernel;

		hops[i] = (InitramfsHop){ .image = hop->image,
					  .layout = hop->layout,
					  .symbols = kernel ? kernel->symbols : NULL,
					  .append = own[i] };
	}
	return initramfs_build(&spec, error);
}

bool request_build(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error)
{
	g_autoptr(Initramfs) initramfs = requestkernel_build(paths, request->cancel, prepared, error) &&
							 requestpayload_build(request, paths, prepared, error)
						 ? build_initramfs(paths, request->cancel, prepared, error)
						 : NULL;
	Plan *plan = prepared->plan;

	if (!initramfs || !check_initramfs(initramfs, plan->guest.memory_bytes, error) ||
	    cancel_check(request->cancel, error))
		return false;
	plan->initramfs = g_strdup(initramfs->path);
	plan->initramfs_sha256 = g_strdup(initramfs->sha256);
	note_collected(plan);
	expectation_set(prepared);
	write_cmdlines(prepared);
	return true;
}

bool request_check(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error)
{
	if (!initramfs_tools(error) || !requestkernel_check(paths, prepared, error))
		return false;
	expectation_set(prepared);
	write_cmdlines(prepared);
	return true;
}

/* The description of a machine is XML, and names files that are in these. */
static bool check_names(const RunRequest *request, const Paths *paths, GError **error)
{
	const struct {
		const char *what, *path;
	} folders[] = {
		{ "-o", request->output },
		{ "--memory-dir", request->guest.memory_dir },
		{ "the cache (KHOTEST_CACHE)", paths->cache },
		{ "the folder for sockets (XDG_RUNTIME_DIR)", paths->runtime },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *path = folders[i].path ? g_canonicalize_filename(folders[i].path, NULL) : NULL;
		g_autofree char *shown = path ? g_utf8_make_valid(path, -1) : NULL;

		if (path && !g_utf8_validate(path, -1, NULL))
			return error_set(
				error, KHOTEST_ERROR_INPUT,
				"%s: the name of %s is not in UTF-8, and libvirt takes no other: give a folder "
				"whose name is",
				folders[i].what, shown);
	}
	return true;
}

/* What would be found out only when the kernel is there. */
static bool check_folders(const RunRequest *request, const Paths *paths, GError **error)
{
	g_autoptr(GError) local = NULL;

	if (!check_names(request, paths, error))
		return false;
	if (!files_can_write(request->output, &local))
		return error_set(error, KHOTEST_ERROR_INPUT, "%s; -o DIR has run directories elsewhere",
				 local->message);
	if (request->guest.memory_dir && !files_can_write(request->guest.memory_dir, error)) {
		g_prefix_error(error, "--memory-dir: ");
		return false;
	}
	return true;
}

/* As fast as this host is known to be; a user's word counts as it is. */
static void settle_deadlines(const RunRequest *request, Prepared *prepared)
{
	Plan *plan = prepared->plan;
	double factor = pace_read(prepared->cache, plan->accelerator).factor;
	gint64 own_ns = deadline_ns(&plan->guest, plan_hops(plan), factor, prepared->payloads);

	plan->pace_ppm = (gint64)(factor * 1e6);
	prepared->timeout_given = request->timeout_ns > 0;
	plan->timeout_ns = request->timeout_ns ? request->timeout_ns : own_ns;
	plan->silence_ns = MIN(plan->timeout_ns, pace_scale(machine_silence_ns(&plan->guest), factor));
}

Prepared *request_resolve(const RunRequest *request, const Paths *paths, GError **error)
{
	g_autoptr(Prepared) prepared = prepared_new();
	Plan *plan = prepared->plan;

	prepared->host = hostfacts_read();
	prepared->output = g_strdup(request->output);
	prepared->cache = g_strdup(paths->cache);
	plan->asked = g_strdupv((char **)request->asked);
	plan->machine = g_strdup(arch_default()->machine);
	plan->connect = g_strdup(request->connect);
	plan->checks = g_strdupv((char **)request->checks);
	if (!cmdline_check_words(request->append, "-a", error) || !requestchain_resolve(request, prepared, error) ||
	    !requestpayload_resolve(request, paths, prepared, error) ||
	    !requestkernel_resolve(paths, prepared, error) || !check_folders(request, paths, error))
		return NULL;
	expectation_set(prepared);

	if (!resolve_guest(request, prepared, error) || !resolve_mode(request, plan, error))
		return NULL;
	if (!wayin_resolve(&request->way_in, plan, &prepared->way_in, error) || !resolve_accelerator(plan, error) ||
	    !check_cmdlines(request, prepared, error))
		return NULL;
	settle_deadlines(request, prepared);
	return g_steal_pointer(&prepared);
}
