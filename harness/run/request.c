// SPDX-License-Identifier: GPL-2.0-or-later
#include "requestkernel.h"
#include "requestpayload.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/units.h>
#include <proto/frame.h>
#include <run/budget.h>
#include <run/cmdline.h>
#include <run/request.h>
#include <run/topology.h>

#include <string.h>

void prepared_free(Prepared *prepared)
{
	if (!prepared)
		return;
	plan_free(prepared->plan);
	hostfacts_free(prepared->host);
	source_free(prepared->source);
	series_free(prepared->series);
	g_free(prepared->config);
	g_free(prepared->symbols);
	g_clear_pointer(&prepared->payloads, g_ptr_array_unref);
	g_free(prepared->append);
	g_strfreev(prepared->fragments);
	g_free(prepared->output);
	kernel_free(prepared->cached);
	g_free(prepared->outlook);
	g_free(prepared);
}

/*
 * 64 random bits in hexadecimal: enough that no two hops of any two runs share one.
 * Where runs must be the same to the last instruction, nothing can be random: they
 * are then different for each hop, and no more.
 */
static char *make_nonce(const char *mode, guint hop)
{
	g_autofree char *digest = NULL;
	g_autofree char *text = g_strdup_printf("hop %u", hop);

	if (strcmp(mode, "counted") != 0)
		return g_strdup_printf("%08x%08x", g_random_int(), g_random_int());
	digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
	return g_strndup(digest, 16);
}

static void add_hops(const RunRequest *request, Plan *plan)
{
	for (guint i = 0; i < request->hops; i++) {
		g_autofree char *nonce = make_nonce(request->mode, i);

		plan_add_hop(plan, nonce);
	}
}

/* Instructions are counted by an emulator that has one processor to count. */
static bool resolve_mode(const RunRequest *request, Plan *plan, GError **error)
{
	plan->mode = g_strdup(request->mode);
	if (strcmp(request->mode, "counted") != 0)
		return true;
	if (g_strcmp0(request->guest.accelerator, "kvm") == 0)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--mode counted is the emulator's: it does not go with --accel kvm");
	if (plan->guest.cpus != 1)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--mode counted has one CPU, not %u: it counts serial work only; give -p 1",
				 plan->guest.cpus);
	return true;
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
static CmdlineSpec cmdline_spec(const Prepared *prepared, const char *const *nonces, gint64 tsc_khz)
{
	const Plan *plan = prepared->plan;

	return (CmdlineSpec){
		.profile = plan_hop(plan, 0)->profile,
		.counted = plan_is_counted(plan),
		.tsc_khz = strcmp(plan->accelerator, "tcg") == 0 ? tsc_khz : 0,
		.append = prepared->append,
		.break_what = plan->break_what,
		.nonces = nonces,
	};
}

/* How each kernel finds its command line, now that the clock was measured. */
static void write_cmdlines(Prepared *prepared)
{
	g_autofree const char **nonces = plan_nonces(prepared->plan);
	CmdlineSpec spec;

	hostfacts_measure_tsc(prepared->host);
	spec = cmdline_spec(prepared, nonces, prepared->host->tsc_khz);
	for (spec.hop = 0; spec.hop < plan_hops(prepared->plan); spec.hop++) {
		PlanHop *hop = prepared->plan->hops->pdata[spec.hop];

		hop->append = g_strdup(prepared->append);
		hop->cmdline = cmdline_make(&spec);
	}
}

/* The rate of the time stamp counter is measured while the kernel is built, and has no more digits than that. */
static bool check_cmdlines(const Prepared *prepared, GError **error)
{
	g_autofree const char **nonces = plan_nonces(prepared->plan);
	CmdlineSpec line = cmdline_spec(prepared, nonces, CMDLINE_TSC_KHZ_MOST);

	return cmdline_check_length(&line, "-a", error);
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

/* What this initramfs sends beside what every one has sent. Caller frees. */
static char **collected(const Kernel *kernel, const Plan *plan)
{
	g_autoptr(GStrvBuilder) records = g_strv_builder_new();

	g_strv_builder_add(records, FRAME_KMSG_REST);
	if (kernel->layout)
		g_strv_builder_add_many(records, FRAME_PAGEBLOCKS, FRAME_PRESERVED, NULL);
	g_strv_builder_add(records, FRAME_SCRATCH_PAGES);
	if (plan->payloads->len)
		g_strv_builder_add(records, FRAME_PAYLOADS);
	return g_strv_builder_end(records);
}

bool request_build(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error)
{
	KernelSpec spec = requestkernel_spec(request, paths, prepared);
	g_autoptr(Kernel) kernel = request->image
					   ? kernel_from_image(arch_default(), request->image, paths->cache, error)
					   : kernel_build(&spec, error);
	InitramfsSpec initramfs_spec = {
		.folder = paths->initramfs,
		.probe = paths->probe,
		.kernel = kernel ? kernel->image : NULL,
		.layout = kernel ? kernel->layout : NULL,
		.payloads = prepared->payloads,
		.symbols = kernel ? kernel->symbols : NULL,
		.cache = paths->cache,
		.cancel = request->cancel,
	};
	g_autoptr(Initramfs) initramfs = kernel && requestpayload_build(request, paths, prepared, error)
						 ? initramfs_build(&initramfs_spec, error)
						 : NULL;
	Plan *plan = prepared->plan;

	if (!initramfs || !check_initramfs(initramfs, plan->guest.memory_bytes, error) ||
	    cancel_check(request->cancel, error))
		return false;
	if (!request->image && !requestkernel_asked(&spec, plan, error))
		return false;
	if (!requestkernel_take(request, kernel, plan, error))
		return false;
	plan->initramfs = g_strdup(initramfs->path);
	plan->initramfs_sha256 = g_strdup(initramfs->sha256);
	plan->collects = collected(kernel, plan);
	prepared->config = g_strdup(kernel->config);
	prepared->symbols = g_strdup(kernel->symbols);
	requestkernel_warn(prepared->append, kernel->config);
	write_cmdlines(prepared);
	return true;
}

bool request_check(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error)
{
	if (!initramfs_tools(error) || !requestkernel_check(request, paths, prepared, error))
		return false;
	if (prepared->cached && !requestkernel_take(request, prepared->cached, prepared->plan, error))
		return false;
	requestkernel_warn(prepared->append, prepared->cached ? prepared->cached->config : NULL);
	write_cmdlines(prepared);
	return true;
}

/* What would be found out only when the kernel is there. */
static bool check_folders(const RunRequest *request, GError **error)
{
	g_autoptr(GError) local = NULL;

	if (!files_can_write(request->output, &local))
		return error_set(error, KHOTEST_ERROR_INPUT, "%s; -o DIR has run directories elsewhere",
				 local->message);
	if (request->guest.memory_dir && !files_can_write(request->guest.memory_dir, error)) {
		g_prefix_error(error, "--memory-dir: ");
		return false;
	}
	return true;
}

Prepared *request_resolve(const RunRequest *request, const Paths *paths, GError **error)
{
	g_autoptr(Prepared) prepared = g_new0(Prepared, 1);
	const Series *series;
	Plan *plan;

	plan = prepared->plan = plan_new();
	prepared->host = hostfacts_read();
	prepared->output = g_strdup(request->output);
	plan->asked = g_strdupv((char **)request->asked);
	plan->machine = g_strdup(arch_default()->machine);
	plan->connect = g_strdup(request->connect);
	plan->checks = g_strdupv((char **)request->checks);
	add_hops(request, plan);

	if (!cmdline_check_words(request->append, "-a", error) ||
	    !requestpayload_resolve(request, paths, prepared, error) ||
	    !requestkernel_resolve(request, paths, prepared, error) || !check_folders(request, error))
		return NULL;
	series = prepared->series;
	/* what a series expects is about what the next kernel gets: a chain of one has none */
	if (request->hops == 1)
		series = NULL;
	plan->expect = g_strdup(series ? series->expect : "PASS");
	plan->expect_reason = g_strdup(series ? series->expect_reason : NULL);

	if (!resolve_guest(request, prepared, error) || !resolve_mode(request, plan, error))
		return NULL;
	if (!resolve_accelerator(plan, error) || !check_cmdlines(prepared, error))
		return NULL;
	plan->timeout_ns = request->timeout_ns ? request->timeout_ns
					       : machine_timeout_ns(&plan->guest, plan_hops(plan)) +
							 requestpayload_time(prepared, plan_hops(plan));
	plan->silence_ns = MIN(plan->timeout_ns, machine_silence_ns(&plan->guest));
	return g_steal_pointer(&prepared);
}
