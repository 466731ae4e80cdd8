// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/log.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TTY_INTERVAL_US (G_USEC_PER_SEC / 10)
#define PLAIN_INTERVAL_US (10 * G_USEC_PER_SEC)

static LogLevel level = LOG_NORMAL;

/* the one progress line there can be */
static struct {
	char *what;
	gint64 began_us;
	gint64 shown_us;
	bool on_screen;
} progress;

void log_set_level(LogLevel new_level)
{
	level = new_level;
}

static bool on_tty(void)
{
	static int tty = -1;

	if (tty < 0)
		tty = isatty(STDERR_FILENO);
	return tty;
}

static void wipe(void)
{
	if (progress.on_screen)
		fputs("\r\033[K", stderr);
	progress.on_screen = false;
}

static void say(const char *prefix, const char *format, va_list args)
{
	g_autofree char *text = g_strdup_vprintf(format, args);

	wipe();
	fprintf(stderr, "%s%s\n", prefix, text);
	fflush(stderr);
}

#define SAY(min, prefix)                                                                                               \
	do {                                                                                                           \
		va_list args;                                                                                          \
		if (level < (min))                                                                                     \
			return;                                                                                        \
		va_start(args, format);                                                                                \
		say(prefix, format, args);                                                                             \
		va_end(args);                                                                                          \
	} while (0)

void log_info(const char *format, ...)
{
	SAY(LOG_NORMAL, "");
}

void log_detail(const char *format, ...)
{
	SAY(LOG_VERBOSE, "  ");
}

void log_warn(const char *format, ...)
{
	SAY(LOG_QUIET, "warning: ");
}

void log_progress_begin(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_free(progress.what);
	progress.what = g_strdup_vprintf(format, args);
	va_end(args);
	progress.began_us = progress.shown_us = g_get_monotonic_time();
}

void log_progress_update(const char *format, ...)
{
	gint64 now = g_get_monotonic_time();
	g_autofree char *text = NULL;
	va_list args;

	if (level < LOG_NORMAL || !progress.what)
		return;
	if (now - progress.shown_us < (on_tty() ? TTY_INTERVAL_US : PLAIN_INTERVAL_US))
		return;
	progress.shown_us = now;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	wipe();
	fprintf(stderr, "%s: %s, %.0f s", progress.what, text, (double)(now - progress.began_us) / 1e6);
	if (on_tty())
		progress.on_screen = true;
	else
		fputc('\n', stderr);
	fflush(stderr);
}

void log_progress_end(const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	if (!progress.what)
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	wipe();
	if (level >= LOG_NORMAL)
		fprintf(stderr, "%s: %s (%.1f s)\n", progress.what, text,
			(double)(g_get_monotonic_time() - progress.began_us) / 1e6);
	g_clear_pointer(&progress.what, g_free);
}
