// SPDX-License-Identifier: GPL-2.0-or-later
/* The words of a command line, into the places where a verb has its options. */
#include "cli.h"

#include <base/error.h>

#include <string.h>

#define NOT_GIVEN G_MININT

static struct {
	OptionsLook func;
	gpointer data;
} look;

void options_look(OptionsLook func, gpointer data)
{
	look.func = func;
	look.data = data;
}

/* A number of 0 is one that was not given. While options are parsed it is another one, so that 0 can be refused. */
static void mark_numbers(const GOptionEntry *entries, int from, int to)
{
	for (; entries->long_name; entries++)
		if (entries->arg == G_OPTION_ARG_INT && *(int *)entries->arg_data == from)
			*(int *)entries->arg_data = to;
}

static bool check_numbers(const GOptionEntry *entries, GError **error)
{
	for (; entries->long_name; entries++) {
		int number = entries->arg == G_OPTION_ARG_INT ? *(int *)entries->arg_data : 1;

		if (number < 1 && number != NOT_GIVEN)
			return error_set(error, KHOTEST_ERROR_INPUT, "--%s %d: it must be at least 1",
					 entries->long_name, number);
	}
	return true;
}

static bool has_empty(const GOptionEntry *entry)
{
	char *one[] = { NULL, NULL }, **words = one;

	if (entry->arg == G_OPTION_ARG_STRING || entry->arg == G_OPTION_ARG_FILENAME)
		one[0] = *(char **)entry->arg_data;
	else if (entry->arg == G_OPTION_ARG_STRING_ARRAY || entry->arg == G_OPTION_ARG_FILENAME_ARRAY)
		words = *(char ***)entry->arg_data;
	return words && g_strv_contains((const char *const *)words, "");
}

/* A variable of a script that is not set; what was meant by it is not what is done without the option. */
static bool check_words(const GOptionEntry *entries, GError **error)
{
	for (; entries->long_name; entries++)
		/* no more arguments for the kernel are none */
		if (strcmp(entries->long_name, "append") != 0 && has_empty(entries))
			return error_set(error, KHOTEST_ERROR_INPUT, "--%s is empty: give %s, or leave it out",
					 entries->long_name, entries->arg_description);
	return true;
}

bool options_parse_entries(const GOptionEntry *entries, const char *usage, const char *summary, int argc, char **argv,
			   char ***ret_rest, GError **error)
{
	g_autoptr(GOptionContext) context = g_option_context_new(usage);
	g_auto(GStrv) words = g_new0(char *, argc + 1);
	g_autoptr(GError) local = NULL;

	if (look.func) {
		look.func(&(VerbTable){ argv[0], usage, summary, entries }, look.data);
		return error_set(error, KHOTEST_ERROR_INPUT, "the options were only looked at");
	}
	for (int i = 0; i < argc; i++)
		words[i] = i ? g_strdup(argv[i]) : g_strdup_printf("khotest %s", argv[0]); /* as --help shows it */
	/* 'khotest help run' shows the options of run */
	g_set_prgname(words[0]);
	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_summary(context, summary);
	mark_numbers(entries, 0, NOT_GIVEN);
	if (!g_option_context_parse_strv(context, &words, &local))
		return error_set(error, KHOTEST_ERROR_INPUT, "%s; 'khotest %s --help' lists the options",
				 local->message, argv[0]);
	if (!check_numbers(entries, error) || !check_words(entries, error))
		return false;
	mark_numbers(entries, NOT_GIVEN, 0);
	if (ret_rest)
		*ret_rest = g_strdupv(words + 1);
	else if (words[0] && words[1])
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "'%s' is not expected here; 'khotest %s --help' shows the usage", words[1], argv[0]);
	return true;
}
