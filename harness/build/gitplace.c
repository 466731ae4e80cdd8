// SPDX-License-Identifier: GPL-2.0-or-later
#include "gitplace.h"

#include <base/error.h>
#include <build/source.h>

#include <string.h>

static const char *const schemes[] = { "https://", "http://", "git://", "ssh://", "file://" };

/* ssh's own "HOST:PATH": git takes it for one if no '/' comes before the ':'. */
static bool is_ssh(const char *where)
{
	gsize host = strcspn(where, ":/");

	return where[host] == ':' && host > 0 && *where != '-' && strncmp(where + host, "::", 2) != 0;
}

static bool has_controls(const char *text)
{
	for (; *text; text++)
		if ((guchar)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

static bool check_where(const char *where, GError **error)
{
	bool known = g_path_is_absolute(where);

	for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++)
		known |= g_str_has_prefix(where, schemes[i]) && where[strlen(schemes[i])];
	known |= !strstr(where, "://") && is_ssh(where);
	if (known && !has_controls(where))
		return true;
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "'%s' is no place of a git repository: it takes https://, http://, git://, ssh://, file://, "
			 "HOST:PATH or an absolute path",
			 where);
}

/* git-check-ref-format(1) */
static bool is_branch(const char *branch)
{
	g_auto(GStrv) parts = g_strsplit(branch, "/", -1);

	if (*branch == '-' || strpbrk(branch, " ~^:?*[\\") || has_controls(branch) || strstr(branch, "..") ||
	    strstr(branch, "@{") || strcmp(branch, "@") == 0 || g_str_has_suffix(branch, "."))
		return false;
	for (char **part = parts; *part; part++)
		if (!**part || **part == '.' || g_str_has_suffix(*part, ".lock"))
			return false;
	return parts[0] != NULL;
}

bool gitplace_check(const char *where, const char *branch, GError **error)
{
	if (!where || !*where)
		return error_set(error, KHOTEST_ERROR_INPUT, "the address of the repository is missing");
	if (!branch || !*branch)
		return error_set(
			error, KHOTEST_ERROR_INPUT,
			"a place of kind=git needs branch=: 'git ls-remote --heads %s' lists those that it has", where);
	if (!is_branch(branch))
		return error_set(error, KHOTEST_ERROR_INPUT, "'%s' cannot be the name of a branch", branch);
	return check_where(where, error);
}

char *gitplace_local(const char *where)
{
	if (g_str_has_prefix(where, "file://"))
		where += strlen("file://");
	return g_path_is_absolute(where) ? g_strdup(where) : NULL;
}

bool gitplace_ssh(const char *where)
{
	return g_str_has_prefix(where, "ssh://") || (!strstr(where, "://") && is_ssh(where));
}

bool source_parse(const char *word, char **ret_name, char **ret_where, char **ret_branch, GError **error)
{
	const char *equals = strchr(word, '='), *hash = equals ? strrchr(equals, '#') : NULL;
	g_autofree char *where = NULL;

	if (!hash || equals == word || hash == equals + 1 || !hash[1])
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "'%s' does not read NAME=URL#BRANCH, as in next=/srv/linux-next.git#master", word);
	where = g_strndup(equals + 1, (gsize)(hash - equals - 1));
	*ret_name = g_strndup(word, (gsize)(equals - word));
	*ret_branch = g_strdup(hash + 1);
	*ret_where = strstr(where, "://") || is_ssh(where) ? g_strdup(where) : g_canonicalize_filename(where, NULL);
	return true;
}
