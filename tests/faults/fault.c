// SPDX-License-Identifier: GPL-2.0-or-later
#include "fault.h"

#include <string.h>

void fault_tell(Fault *fault, const char *format, ...)
{
	va_list args;

	if (fault->story->len)
		g_string_append(fault->story, "; ");
	va_start(args, format);
	g_string_append_vprintf(fault->story, format, args);
	va_end(args);
}

void fault_skip(Fault *fault, const char *format, ...)
{
	va_list args;

	g_free(fault->skipped);
	va_start(args, format);
	fault->skipped = g_strdup_vprintf(format, args);
	va_end(args);
}

void fault_forbid(Fault *fault, const char *word)
{
	g_ptr_array_add(fault->forbidden, (gpointer)word);
}

void fault_forbid_better(Fault *fault, const char *before)
{
	if (strcmp(before, "PASS") != 0)
		fault_forbid(fault, "PASS");
	if (!g_str_has_prefix(before, "FAIL"))
		fault_forbid(fault, "FAIL *");
}

static void complain(Fault *fault, const char *format, va_list args)
{
	if (fault->wrong->len)
		g_string_append(fault->wrong, "; ");
	g_string_append_vprintf(fault->wrong, format, args);
}

void fault_blame(Fault *fault, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(fault, format, args);
	va_end(args);
	fault->word_is_wrong = true;
}

void fault_blame_report(Fault *fault, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(fault, format, args);
	va_end(args);
	fault->unreportable = true;
}

static bool matches(const Fault *fault, const char *word, const char *pattern)
{
	if (strcmp(pattern, WORD_BEFORE) == 0)
		return g_strcmp0(word, fault->before) == 0;
	return g_pattern_match_simple(pattern, word);
}

void fault_take_word(Fault *fault, const char *what, const char *word)
{
	bool right = false;

	fault_tell(fault, "%s: %s", what, word);
	for (const char *const *pattern = fault->kind->right; *pattern; pattern++)
		right |= matches(fault, word, *pattern);
	for (guint i = 0; i < fault->forbidden->len; i++)
		right &= !matches(fault, word, fault->forbidden->pdata[i]);
	if (!right)
		fault_blame(fault, "%s ended with '%s'", what, word);
}

guint fault_number(Fault *fault, guint least, guint most)
{
	return least + (guint)(g_rand_double(fault->rand) * (most - least + 1));
}

void fault_sleep(Fault *fault, guint least_ms, guint most_ms)
{
	guint ms = fault_number(fault, least_ms, most_ms);

	fault_tell(fault, "after %u ms", ms);
	g_usleep((gulong)ms * 1000);
}

static int by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *fault_pick_entry(Fault *fault, const char *folder, bool is_folder)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		char *path = g_build_filename(folder, name, NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR) == is_folder)
			g_ptr_array_add(names, path);
		else
			g_free(path);
	}
	/* the order in which a folder lists is not the seed's */
	g_ptr_array_sort(names, by_text);
	return names->len ? g_strdup(names->pdata[fault_number(fault, 0, names->len - 1)]) : NULL;
}
