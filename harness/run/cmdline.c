// SPDX-License-Identifier: GPL-2.0-or-later
#include <run/cmdline.h>

#include <arch/arch.h>
#include <base/error.h>
#include <proto/frame.h>

#include <string.h>

/*
 * What every run has on its command line. The last three keep allocations small
 * that grow with memory, or would be made on a machine with devices, and have no
 * part in what is tested: at 100G the two hash tables and the bounce buffer are
 * 160 MB that each kernel clears, and the host must have.
 */
#define CMDLINE_BASE "kho=on panic=0 dhash_entries=65536 ihash_entries=65536 swiotlb=noforce"

/* The earliest lines too, as they are printed: a kernel that dies early says where. */
#define EARLY_CONSOLE " earlycon="

/* an instruction, a nanosecond, a tick of the clock */
#define COUNTED_KHZ 1000000

static bool is_watched(const CmdlineSpec *spec)
{
	return g_strcmp0(spec->profile, "timing") != 0;
}

char *cmdline_make(const CmdlineSpec *spec)
{
	const Arch *arch = arch_default();
	GString *line = g_string_new(NULL);
	g_autofree char *nonces = g_strjoinv(",", (char **)spec->nonces);
	gint64 khz = spec->counted ? COUNTED_KHZ : spec->tsc_khz;

	if (spec->hop)
		g_string_append_printf(line, ARG_HOP "%u " ARG_LAST "%d ", spec->hop,
				       spec->hop + 1 >= g_strv_length((char **)spec->nonces));
	g_string_append_printf(line, "console=%s " CMDLINE_BASE, arch->console);
	if (is_watched(spec))
		g_string_append_printf(line, EARLY_CONSOLE "%s", arch->early_console);
	if (arch->clock_word && khz > 0)
		g_string_append_printf(line, " %s%" G_GINT64_FORMAT "%s", arch->clock_word, khz, arch->emulated_words);
	if (spec->counted)
		g_string_append(line, arch->counted_words);
	if (spec->append && *spec->append)
		g_string_append_printf(line, " %s", spec->append);
	if (spec->break_what)
		g_string_append_printf(line, " " ARG_BREAK "%s", spec->break_what);
	if (spec->shell)
		g_string_append_printf(line, " " ARG_SHELL "%u", spec->shell - 1);
	if (!spec->hop)
		g_string_append(line, " " ARG_HOP "0");
	g_string_append_printf(line, " " ARG_NONCES "%s", nonces);
	if (spec->own && spec->own[spec->hop] && *spec->own[spec->hop])
		g_string_append_printf(line, " " ARG_OWN " %s", spec->own[spec->hop]);
	return g_string_free(line, FALSE);
}

/* What would take the guest out of the harness's hands. */
static bool check_own(const char *append, const char *what, GError **error)
{
	static const char own[] = "khotest.";

	for (const char *at = append; *at; at += strcspn(at, " "), at += strspn(at, " "))
		if (g_str_has_prefix(*at == '"' ? at + 1 : at, own))
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "%s: words that begin with %s are the harness's own: leave out '%.*s'", what,
					 own, (int)strcspn(at, " "), at);
	return true;
}

bool cmdline_check_words(const char *append, const char *what, GError **error)
{
	guint quotes = 0;

	for (const char *at = append; at && *at; at++) {
		guchar c = (guchar)*at;

		quotes += c == '"';
		if (c < ' ' || c == 0x7f)
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "%s: character %u is %s (0x%02x), and a kernel's command line is one line of "
					 "printable characters: part its words with spaces",
					 what, (guint)(at - append) + 1,
					 c == '\n'   ? "a newline"
					 : c == '\t' ? "a tab"
						     : "a control character",
					 c);
		/* one of their bytes may be a blank to the kernel (lib/ctype.c) */
		if (c > 0x7f)
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "%s: character %u is not ASCII (0x%02x), which is all that a kernel's command "
					 "line may have",
					 what, (guint)(at - append) + 1, c);
	}
	if (quotes % 2)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s: a double quote is not closed, so that all that follows would belong to one word, "
				 "the harness's own words too: %s",
				 what, append);
	return !append || check_own(append, what, error);
}

/* The length of a kernel's line, and how much of that are words of its own, where it is not shorter than that so far.
 */
static void find_longer(const CmdlineSpec *spec, guint hop, gsize *length, gsize *own)
{
	CmdlineSpec one = *spec;
	g_autofree char *line = NULL;

	one.hop = hop;
	line = cmdline_make(&one);
	if (strlen(line) < *length)
		return;
	*length = strlen(line);
	*own = spec->own && spec->own[hop] ? strlen(spec->own[hop]) : 0;
}

bool cmdline_check_length(const CmdlineSpec *spec, const char *what, GError **error)
{
	guint hops = g_strv_length((char **)spec->nonces);
	const Arch *arch = arch_default();
	gsize most = hops > 1 ? arch->cmdline_most_loaded : arch->cmdline_most;
	gsize length = 0, theirs = spec->append ? strlen(spec->append) : 0, own = 0;
	g_autoptr(GString) hint = NULL;

	for (guint hop = 0; hop < MAX(hops, 1); hop++)
		find_longer(spec, hop, &length, &own);
	theirs += own;
	if (length <= most)
		return true;
	hint = g_string_new(NULL);
	if (hops > 2)
		g_string_append_printf(hint, "; each kernel less (--hops %u) makes it %u shorter", hops,
				       (guint)strlen(spec->nonces[0]) + 1);
	if (spec->profile && is_watched(spec))
		g_string_append_printf(hint, "; --profile timing makes it %u shorter",
				       (guint)(strlen(EARLY_CONSOLE) + strlen(arch->early_console)));
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "the kernel's command line would have %" G_GSIZE_FORMAT " characters, %" G_GSIZE_FORMAT
			 " of them from %s, and an %s kernel%s takes %" G_GSIZE_FORMAT
			 ": shorten %s by %" G_GSIZE_FORMAT " or more%s",
			 length, theirs, what, arch->title, hops > 1 ? " that is loaded by kexec" : "", most, what,
			 length - most, hint->str);
}
