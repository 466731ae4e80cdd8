// SPDX-License-Identifier: GPL-2.0-or-later
#include "thread.h"

#include <base/error.h>

#include <string.h>

/* More patches than that nobody asks for by number. */
#define NUMBER_MOST 9999

void threadchoice_clear(ThreadChoice *choice)
{
	g_clear_pointer(&choice->words, g_free);
	g_clear_pointer(&choice->numbers, g_array_unref);
}

/* "3" or "1-3". false: it is something else. */
static bool read_range(const char *text, guint64 *ret_first, guint64 *ret_last)
{
	g_auto(GStrv) ends = g_strsplit(text, "-", 2);

	if (!ends[0] || !g_ascii_string_to_unsigned(ends[0], 10, 1, NUMBER_MOST, ret_first, NULL))
		return false;
	*ret_last = *ret_first;
	return !ends[1] || g_ascii_string_to_unsigned(ends[1], 10, *ret_first, NUMBER_MOST, ret_last, NULL);
}

/* "1-3,5", as the numbers that it has. NULL: it is something else. */
static GArray *read_numbers(const char *text)
{
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int));
	g_auto(GStrv) words = g_strsplit(text, ",", -1);

	for (char **word = words; *word; word++) {
		guint64 first, last;

		if (!read_range(*word, &first, &last))
			return NULL;
		for (guint64 number = first; number <= last; number++) {
			int one = (int)number;

			g_array_append_val(numbers, one);
		}
	}
	return numbers->len ? g_steal_pointer(&numbers) : NULL;
}

bool threadchoice_parse(const char *text, ThreadChoice *ret_choice, GError **error)
{
	/* not one part of nothing, but none, is what g_strsplit() makes of "" */
	g_auto(GStrv) parts = g_strsplit(*text ? text : "#", "#", -1);

	for (char **part = parts; *part; part++) {
		GArray *numbers = read_numbers(*part);
		guint64 version;

		if (!**part)
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "behind '#' stands what is wanted of the thread: a version such as v2, "
					 "patches such as 1-3, 'all', or words of a title");
		if (strcmp(*part, "all") == 0) {
			ret_choice->all = true;
		} else if (g_ascii_tolower(**part) == 'v' &&
			   g_ascii_string_to_unsigned(*part + 1, 10, 1, NUMBER_MOST, &version, NULL)) {
			ret_choice->version = (guint)version;
		} else if (numbers) {
			g_clear_pointer(&ret_choice->numbers, g_array_unref);
			ret_choice->numbers = g_steal_pointer(&numbers);
		} else {
			g_free(ret_choice->words);
			ret_choice->words = g_strdup(*part);
		}
		g_clear_pointer(&numbers, g_array_unref);
	}
	return true;
}
