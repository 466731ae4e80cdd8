// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/log.h>
#include <base/terminal.h>
#include <base/text.h>

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
	g_autofree char *text = g_strdup_vprintf(format, args), *clean = text_clean(text);

	wipe();
	fprintf(stderr, "%s%s\n", prefix, clean);
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

void log_note(const char *format, ...)
{
	SAY(LOG_QUIET, "");
}

void log_detail(const char *format, ...)
{
	SAY(LOG_VERBOSE, "  ");
}

void log_warn(const char *format, ...)
{
	SAY(LOG_QUIET, "warning: ");
}

bool log_is_first(const char *text)
{
	static GHashTable *said;
	static GMutex lock;
	bool first;

	g_mutex_lock(&lock);
	if (!said)
		said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	first = g_hash_table_add(said, g_strdup(text));
	g_mutex_unlock(&lock);
	return first;
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

/*
 * On a terminal in one line of it, which is then rewritten: one that went on to the next
 * would stay there, as often as it is written. Its last column is left free, since
 * some terminals go to the next line once that is taken.
 */
static void show(const char *line, const char *passed)
{
	guint columns = terminal_columns(STDERR_FILENO);
	g_autofree char *fitting = columns ? terminal_fit(line, passed, columns - 1) : NULL, *clean = text_clean(line);

	wipe();
	if (fitting)
		fputs(fitting, stderr);
	else
		fprintf(stderr, "%s%s\n", clean, passed);
	progress.on_screen = fitting != NULL;
	fflush(stderr);
}

void log_progress_update(const char *format, ...)
{
	gint64 now = g_get_monotonic_time();
	g_autofree char *text = NULL, *line = NULL, *passed = NULL;
	va_list args;

	if (level < LOG_NORMAL || !progress.what)
		return;
	if (now - progress.shown_us < (on_tty() ? TTY_INTERVAL_US : PLAIN_INTERVAL_US))
		return;
	progress.shown_us = now;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	line = g_strdup_printf("%s: %s", progress.what, text);
	passed = g_strdup_printf(", %.0f s", (double)(now - progress.began_us) / 1e6);
	show(line, passed);
}

void log_progress_end(const char *format, ...)
{
	g_autofree char *text = NULL, *line = NULL, *clean = NULL;
	va_list args;

	if (!progress.what)
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	line = g_strdup_printf("%s: %s", progress.what, text);
	clean = text_clean(line);
	wipe();
	if (level >= LOG_NORMAL)
		fprintf(stderr, "%s (%.1f s)\n", clean, (double)(g_get_monotonic_time() - progress.began_us) / 1e6);
	g_clear_pointer(&progress.what, g_free);
}
