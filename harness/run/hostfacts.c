// SPDX-License-Identifier: GPL-2.0-or-later
#include <arch/arch.h>
#include <base/json.h>
#include <run/hostfacts.h>

#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#define NS_PER_S 1000000000ll
#define TSC_SPAN_NS 50000000
/* More than lies between two looks at clocks that go at one pace. */
#define TSC_APART_NS 1000000
#define TSC_TRIES 3

/* Value of "KEY<separator>value" in a file such as /proc/meminfo, trimmed. Caller frees; NULL if not there. */
static char *file_value(const char *path, const char *key, char separator)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return NULL;
	lines = g_strsplit_set(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		gsize length = strlen(key);

		if (!g_str_has_prefix(*line, key))
			continue;
		while (g_ascii_isspace((*line)[length]))
			length++;
		if ((*line)[length] == separator)
			return g_strstrip(g_strdup(*line + length + 1));
	}
	return NULL;
}

static gint64 meminfo_bytes(const char *key)
{
	g_autofree char *value = file_value("/proc/meminfo", key, ':');

	return value ? g_ascii_strtoll(value, NULL, 10) * 1024 : -1;
}

/* A file that holds one number; -1 if it does not ("max") or is not there. */
static gint64 number_file(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *text = NULL;
	char *end = NULL;
	gint64 value;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return -1;
	value = g_ascii_strtoll(text, &end, 10);
	return end == text ? -1 : value;
}

/*
 * What a memory cgroup leaves us: its limit less what is used, page cache that
 * can be dropped not counted as used (Documentation/admin-guide/cgroup-v2.rst).
 */
static gint64 cgroup_left(const char *folder, const char *limit_name, const char *usage_name)
{
	gint64 limit = number_file(folder, limit_name);
	gint64 usage = number_file(folder, usage_name);
	g_autofree char *stat = g_build_filename(folder, "memory.stat", NULL);
	g_autofree char *cache = file_value(stat, "inactive_file", ' ');

	/* version 1 writes "no limit" as a number near 2^63 */
	if (limit < 0 || usage < 0 || limit > G_MAXINT64 / 2)
		return -1;
	return MAX(0, limit - usage + (cache ? g_ascii_strtoll(cache, NULL, 10) : 0));
}

static gint64 cgroup_available(void)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	gint64 least = -1;

	if (!g_file_get_contents("/proc/self/cgroup", &text, NULL, NULL))
		return -1;
	lines = g_strsplit_set(g_strstrip(text), "\n", -1);
	for (char **line = lines; *line; line++) {
		g_auto(GStrv) part = g_strsplit(*line, ":", 3);
		bool v2 = g_str_has_prefix(*line, "0::");
		g_autofree char *folder = NULL;

		if (g_strv_length(part) != 3 ||
		    (!v2 && !g_strv_contains((const char *const[]){ "memory", NULL }, part[1])))
			continue;
		folder = g_build_filename("/sys/fs/cgroup", v2 ? "" : "memory", part[2], NULL);
		while (strlen(folder) >= strlen("/sys/fs/cgroup")) {
			gint64 left = v2 ? cgroup_left(folder, "memory.max", "memory.current")
					 : cgroup_left(folder, "memory.limit_in_bytes", "memory.usage_in_bytes");
			char *up = g_path_get_dirname(folder);

			if (left >= 0 && (least < 0 || left < least))
				least = left;
			g_free(folder);
			folder = up;
		}
	}
	return least;
}

static gint64 clock_ns(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static TscReading read_tsc(void)
{
	const Arch *arch = arch_default();

	return (TscReading){ arch->host_ticks ? arch->host_ticks() : 0, clock_ns(CLOCK_MONOTONIC),
			     clock_ns(CLOCK_BOOTTIME) };
}

/* The host was suspended: the counter has run on meanwhile, or has begun anew. */
static bool has_slept(const TscReading *from, const TscReading *to)
{
	return to->tsc < from->tsc || to->boot_ns - from->boot_ns > to->ns - from->ns + TSC_APART_NS;
}

void hostfacts_measure_tsc(HostFacts *facts)
{
	TscReading *from = &facts->tsc_from;

	for (int i = 0; from->tsc && i < TSC_TRIES; i++) {
		gint64 left = TSC_SPAN_NS - (clock_ns(CLOCK_MONOTONIC) - from->ns);
		TscReading now;

		if (left > 0)
			g_usleep((gulong)left / 1000);
		now = read_tsc();
		if (!has_slept(from, &now)) {
			facts->tsc_khz = (gint64)((double)(now.tsc - from->tsc) * 1e6 / (double)(now.ns - from->ns));
			return;
		}
		*from = now;
	}
}

HostFacts *hostfacts_read(void)
{
	HostFacts *facts = g_new0(HostFacts, 1);
	g_autofree char *load = NULL;
	g_autofree char *name = NULL;
	struct utsname uts;
	cpu_set_t set;

	facts->cpu_model = file_value("/proc/cpuinfo", "model name", ':');
	facts->cpus = sched_getaffinity(0, sizeof(set), &set) == 0 ? (guint)CPU_COUNT(&set) : g_get_num_processors();
	facts->kernel = uname(&uts) == 0 ? g_strdup(uts.release) : NULL;
	name = file_value("/etc/os-release", "PRETTY_NAME", '=');
	facts->distribution = name ? g_shell_unquote(name, NULL) : NULL;
	facts->memory_total = meminfo_bytes("MemTotal");
	facts->memory_available = meminfo_bytes("MemAvailable");
	facts->cgroup_available = cgroup_available();
	facts->load = g_file_get_contents("/proc/loadavg", &load, NULL, NULL) ? g_ascii_strtod(load, NULL) : -1;
	facts->tsc_khz = -1;
	facts->tsc_from = read_tsc();
	return facts;
}

void hostfacts_free(HostFacts *facts)
{
	if (!facts)
		return;
	g_free(facts->cpu_model);
	g_free(facts->kernel);
	g_free(facts->distribution);
	g_free(facts);
}

char *hostfacts_to_json(const HostFacts *facts, const char *qemu, const char *libvirt)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_string(b, "cpu_model", facts->cpu_model);
	json_put_int(b, "cpus", facts->cpus);
	json_put_string(b, "kernel", facts->kernel);
	json_put_string(b, "distribution", facts->distribution);
	json_put_int_or_null(b, "memory_total_bytes", facts->memory_total);
	json_put_int_or_null(b, "memory_available_bytes", facts->memory_available);
	json_put_int_or_null(b, "cgroup_available_bytes", facts->cgroup_available);
	json_builder_set_member_name(b, "load");
	json_builder_add_double_value(b, facts->load);
	json_put_int_or_null(b, "tsc_khz", facts->tsc_khz);
	json_put_string(b, "qemu", qemu);
	json_put_string(b, "libvirt", libvirt);
	json_builder_end_object(b);
	return json_text(b, true);
}
