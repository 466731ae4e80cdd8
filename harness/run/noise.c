// SPDX-License-Identifier: GPL-2.0-or-later
#include <run/noise.h>

#include <string.h>
#include <unistd.h>

#define NS_PER_S 1000000000ll

/* "some avg10=0.12 avg60=0.05 avg300=0.01 total=123456" */
static gint64 parse_pressure(const char *text)
{
	const char *some = text ? strstr(text, "some ") : NULL;
	const char *total = some ? strstr(some, "total=") : NULL;

	return total ? g_ascii_strtoll(total + strlen("total="), NULL, 10) : -1;
}

/* "cpu  user nice system idle iowait irq softirq steal guest guest_nice", in ticks; guest time is part of user. */
static void parse_stat(const char *text, Noise *noise)
{
	gint64 tick_ns = NS_PER_S / sysconf(_SC_CLK_TCK);
	gint64 field[8];
	const char *at = text;

	if (!at || !g_str_has_prefix(at, "cpu "))
		return;
	at += strlen("cpu ");
	for (gsize i = 0; i < G_N_ELEMENTS(field); i++) {
		char *end;

		field[i] = g_ascii_strtoll(at, &end, 10);
		if (end == at)
			return;
		at = end;
	}
	noise->busy_ns = (field[0] + field[1] + field[2] + field[5] + field[6]) * tick_ns;
	noise->steal_ns = field[7] * tick_ns;
}

/* "cpu MHz		: 2596.126", one for each CPU */
static gint64 parse_cpuinfo(const char *text)
{
	double sum = 0;
	guint n = 0;

	for (const char *at = text; at && (at = strstr(at, "cpu MHz")); at++) {
		const char *colon = strchr(at, ':');

		if (!colon)
			break;
		sum += g_ascii_strtod(colon + 1, NULL);
		n++;
	}
	return n ? (gint64)(sum * 1000 / n) : -1;
}

void noise_parse(const char *pressure, const char *stat, const char *loadavg, const char *cpuinfo, Noise *ret_noise)
{
	*ret_noise = (Noise){ .pressure_us = parse_pressure(pressure),
			      .steal_ns = -1,
			      .busy_ns = -1,
			      .load = loadavg ? g_ascii_strtod(loadavg, NULL) : -1,
			      .khz = parse_cpuinfo(cpuinfo) };
	parse_stat(stat, ret_noise);
}

/* -1 where no CPU has a governor, as in most virtual machines. */
static gint64 scaled_khz(void)
{
	gint64 sum = 0, n = 0;

	for (guint cpu = 0; cpu < g_get_num_processors(); cpu++) {
		g_autofree char *path = g_strdup_printf("/sys/devices/system/cpu/cpu%u/cpufreq/scaling_cur_freq", cpu);
		g_autofree char *text = NULL;

		if (!g_file_get_contents(path, &text, NULL, NULL))
			continue;
		sum += g_ascii_strtoll(text, NULL, 10);
		n++;
	}
	return n ? sum / n : -1;
}

void noise_read(Noise *ret_noise)
{
	static const char *const paths[] = { "/proc/pressure/cpu", "/proc/stat", "/proc/loadavg", "/proc/cpuinfo" };
	char *text[G_N_ELEMENTS(paths)] = { NULL };
	gint64 khz = scaled_khz();

	for (gsize i = 0; i < G_N_ELEMENTS(paths); i++)
		g_file_get_contents(paths[i], &text[i], NULL, NULL);
	noise_parse(text[0], text[1], text[2], text[3], ret_noise);
	if (khz >= 0)
		ret_noise->khz = khz;
	for (gsize i = 0; i < G_N_ELEMENTS(paths); i++)
		g_free(text[i]);
}

bool noise_journal(RunDir *dir, gint64 host_ns, GError **error)
{
	JsonBuilder *line = rundir_journal_begin(host_ns, "noise");
	Noise noise;

	noise_read(&noise);
	json_put_int_or_null(line, "cpu_pressure_us", noise.pressure_us);
	json_put_int_or_null(line, "steal_ns", noise.steal_ns);
	json_put_int_or_null(line, "busy_ns", noise.busy_ns);
	json_builder_set_member_name(line, "load");
	if (noise.load < 0)
		json_builder_add_null_value(line);
	else
		json_builder_add_double_value(line, noise.load);
	json_put_int_or_null(line, "khz", noise.khz);
	json_put_int(line, "cpus", sysconf(_SC_NPROCESSORS_ONLN));
	return rundir_journal_end(dir, line, error);
}
