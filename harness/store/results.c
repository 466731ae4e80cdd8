// SPDX-License-Identifier: GPL-2.0-or-later
#include <store/results.h>

#include <string.h>

#define STAMP "%Y%m%d-%H%M%S"
#define STAMP_LENGTH (sizeof("20261128-111213") - 1)

char *results_stamp(void)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();

	return g_date_time_format(now, STAMP);
}

char *results_name(const char *parent, const char *words)
{
	g_autofree char *stamp = results_stamp();
	g_autofree char *name = g_strdup_printf("%s-%s-%04x", stamp, words, g_random_int_range(0, 0x10000));

	g_strcanon(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+", '_');
	return g_build_filename(parent, name, NULL);
}

gint64 results_begun(const char *name)
{
	g_autofree char *stamp = g_strndup(name, STAMP_LENGTH);
	g_autofree char *iso = NULL;
	g_autoptr(GDateTime) time = NULL;

	if (strlen(stamp) < STAMP_LENGTH || stamp[8] != '-' || (name[STAMP_LENGTH] && name[STAMP_LENGTH] != '-'))
		return -1;
	iso = g_strdup_printf("%.8sT%.6sZ", stamp, stamp + 9);
	time = g_date_time_new_from_iso8601(iso, NULL);
	return time ? g_date_time_to_unix(time) : -1;
}
