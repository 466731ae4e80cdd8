// SPDX-License-Identifier: GPL-2.0-or-later
#include "running.h"
#include "wayin.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/units.h>
#include <run/execute.h>
#include <run/marks.h>
#include <run/pace.h>
#include <run/reproduce.h>
#include <run/topology.h>
#include <store/filesums.h>

#include <glib/gstdio.h>

/* However short a run may be: a busy host starts an emulator in some seconds, and that is none of the guest's time. */
#define ANSWER_LEAST_NS (30 * G_GINT64_CONSTANT(1000000000))

/* Where instructions are read; none where there is nothing to count, or no symbols to find the places by. */
static GArray *find_marks(const Prepared *prepared)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(VmMark));
	guint kernels = plan_is_mixed(prepared->plan) ? plan_hops(prepared->plan) : 1;

	for (guint i = 0; plan_is_counted(prepared->plan) && i < kernels; i++) {
		const char *symbols = prepared_kernel(prepared, i)->kernel->symbols;
		g_autofree char *map = NULL, *missing = NULL;
		g_autoptr(GArray) marks = NULL;

		if (!symbols || !g_file_get_contents(symbols, &map, NULL, NULL))
			log_warn("there is no System.map for kernel %u: only its own clock will count, not its phases",
				 i + 1);
		marks = marks_find(map ? map : "", &missing);
		if (map && *missing)
			log_warn("kernel %u has no %s: what lies between will not be known", i + 1, missing);
		/* what comes after one that cannot be seen would be taken for its */
		if (!marks->len) {
			g_array_set_size(all, 0);
			return all;
		}
		for (guint m = 0; m < marks->len; m++)
			g_array_index(marks, VmMark, m).kernel = i;
		g_array_append_vals(all, marks->data, marks->len);
	}
	return all;
}

static char *run_label(const Plan *plan)
{
	g_autofree char *memory = units_format_size(plan->guest.memory_bytes);
	g_autofree char *kernel = g_path_get_basename(plan_hop(plan, 0)->name), *chain = plan_kernels(plan, "+");
	char *label = plan_is_mixed(plan) ? g_strdup_printf("%.100s-%s", chain, memory)
					  : g_strdup_printf("%s-%s-%s", kernel, plan_hop(plan, 0)->series, memory);

	return g_strcanon(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", '_');
}

/* Unique on this host for as long as anybody could meet it. */
static char *make_domain_name(const RunDir *dir)
{
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, dir->path, -1);

	return g_strdup_printf("khotest-%.16s", digest);
}

/* Symbols, configuration and layout of each kernel. */
static bool keep_kernels(const Prepared *prepared, RunDir *dir, GError **error)
{
	for (guint i = 0; i < plan_hops(prepared->plan); i++) {
		const PlanHop *hop = plan_hop(prepared->plan, i);
		const Kernel *kernel = prepared_kernel(prepared, i)->kernel;
		g_autofree char *layout = kernel->layout ? rundir_layout(kernel->sha256) : NULL;

		if (!rundir_keep(dir, layout, kernel->layout, error) ||
		    !rundir_keep(dir, hop->symbols, kernel->symbols, error) ||
		    !rundir_keep(dir, hop->config, kernel->config, error))
			return false;
	}
	return true;
}

/* What is known before the machine starts. */
static bool write_preface(const Prepared *prepared, VmHost *host, const VmSpec *spec, RunDir *dir, GError **error)
{
	g_autofree char *plan = plan_to_json(prepared->plan);
	g_autofree char *facts =
		hostfacts_to_json(prepared->host, vmhost_qemu_version(host), vmhost_libvirt_version(host));
	g_autofree char *xml = domainxml_build(spec);
	g_autofree char *script = reproduce_script(prepared->plan, spec);
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *wall = g_date_time_format_iso8601(now);
	g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, plan, -1);
	JournalEvent begin = journal_event(JOURNAL_BEGIN, running_now());

	begin.wall = wall;
	begin.plan = sum;
	return rundir_write(dir, RUNDIR_PLAN, plan, error) && journal_write(dir, &begin, error) &&
	       rundir_write(dir, RUNDIR_HOST, facts, error) && rundir_write(dir, RUNDIR_DOMAIN_XML, xml, error) &&
	       rundir_write(dir, RUNDIR_REPRODUCE, script, error) && keep_kernels(prepared, dir, error);
}

/* Where even that cannot be written, nothing can. */
static void write_failure(RunDir *dir, const GError *why)
{
	JournalEvent event = journal_event(JOURNAL_ERROR, running_now());

	event.text = why->message;
	event.host_cannot = g_error_matches(why, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
	journal_write(dir, &event, NULL);
}

bool run_execute(const Prepared *prepared, VmHost *host, GCancellable *cancel, RunDir **ret_dir, GError **error)
{
	const Plan *plan = prepared->plan;
	const WayIn *way = &prepared->way_in;
	g_autofree char *label = run_label(plan);
	g_autofree char *memory = units_format_size(plan->guest.memory_bytes);
	g_autofree char *kernels = plan_kernels(plan, ", ");
	g_autoptr(RunDir) dir = rundir_create(prepared->output, label, error);
	g_autofree char *console = dir ? rundir_file(dir, RUNDIR_CONSOLE) : NULL;
	g_autofree char *channel = dir ? g_build_filename(dir->path, "channel", NULL) : NULL;
	g_autofree char *name = dir ? make_domain_name(dir) : NULL;
	g_autofree char *debug_socket = name ? vmhost_socket_path(host, name) : NULL;
	g_autofree char *shell_name = name ? g_strdup_printf("%s-shell", name) : NULL;
	g_autofree char *shell_socket = name ? vmhost_socket_path(host, shell_name) : NULL;
	g_autoptr(GArray) marks = find_marks(prepared), stops = NULL;
	VmSpec spec = {
		.arch = arch_default(),
		.name = name,
		.emulator = vmhost_emulator(host),
		.machine = plan->machine,
		.guest = plan->guest,
		.phys_bits = topology_phys_bits(plan),
		.kernel = plan_hop(plan, 0)->image,
		.initrd = plan->initramfs,
		.cmdline = plan_hop(plan, 0)->cmdline,
		.console = console,
		.channel = channel,
		.counted = plan_is_counted(plan),
		.debug_socket = plan_is_counted(plan) || way->gdb || way->keep ? debug_socket : NULL,
		.shell_socket = way->shell ? shell_socket : NULL,
		.attended = way->gdb || way->keep,
		.limit_ns = MAX(plan->timeout_ns, ANSWER_LEAST_NS),
		.cancel = cancel,
	};
	Running run = { .plan = plan,
			.dir = dir,
			.way_in = way,
			.debug_socket = debug_socket,
			.step = { .last_hop = (int)plan_hops(plan) - 1 } };

	*ret_dir = NULL;
	stops = dir ? wayin_stops(prepared, error) : NULL;
	if (!stops || !accel_parse(plan->accelerator, &spec.accel, error) ||
	    !write_preface(prepared, host, &spec, dir, error))
		return false;
	run.recorder = recorder_new(dir, error);
	if (!run.recorder)
		return false;
	run.frames = frames_new(watch_frame, &run);
	log_progress_begin("%s, %s under %s", kernels, memory, plan->accelerator);
	run.shell_socket = spec.shell_socket;
	run.steps_limited = !prepared->timeout_given && !plan->payloads->len && !plan_is_counted(plan);
	watch_machine(&run, host, &spec, marks, stops, cancel);
	/* its frames are records by now */
	g_unlink(channel);
	log_progress_end("%s", run.error ? cancel_outcome(cancel, false) : end_cause_name(run.cause));
	/* on a host that had to do with others too its processors were no slower */
	if (run.boot_cpu_ns && !plan_is_counted(plan))
		pace_learn(prepared->cache, plan->accelerator, &plan->guest, run.boot_cpu_ns);
	frames_free(run.frames);
	if (!recorder_close(run.recorder, run.error ? NULL : &run.error))
		run.cause = END_UNKNOWN;
	g_free(run.hook);
	g_free(run.detail);
	if (!run.error)
		filesums_write(dir, running_now(), &run.error);
	if (run.error) {
		write_failure(dir, run.error);
		g_propagate_error(error, run.error);
		*ret_dir = g_steal_pointer(&dir);
		return false;
	}
	*ret_dir = g_steal_pointer(&dir);
	/* whoever interrupts a run that is over has its verdict all the same */
	return run.stayed || run.cause != END_INTERRUPTED || !cancel_check(cancel, error);
}
