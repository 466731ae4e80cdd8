// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/side.h>

#include <base/error.h>

#include <string.h>

/* Whether the word, or what is in front of its first slash, is a kernel that there is. */
static bool names_kernel(const char *word, const char *patches)
{
	g_autofree char *kernel = g_strndup(word, strcspn(word, "/"));
	g_autofree char *source = *kernel ? g_build_filename(patches, kernel, "source", NULL) : NULL;

	return source && *kernel != '.' && g_file_test(source, G_FILE_TEST_IS_REGULAR);
}

static ChainLink *parse(const char *word, GError **error)
{
	g_autoptr(GPtrArray) links = chain_parse(word, error);
	const ChainLink *link = links ? links->pdata[0] : NULL;

	if (!links)
		return NULL;
	if (links->len == 1 && !link->append)
		return g_ptr_array_steal_index(links, 0);
	error_set(
		error, KHOTEST_ERROR_INPUT,
		"'%s': a side of a comparison is one kernel, without words of its own (-a gives all of them the same)",
		word);
	return NULL;
}

ChainLink *side_apply(const char *word, const char *patches, RunRequest *request, GError **error)
{
	ChainLink *link;

	if (!g_str_has_prefix(word, "tree:") && !g_str_has_prefix(word, "image:") && !names_kernel(word, patches)) {
		link = g_new0(ChainLink, 1);
		link->series = g_strdup(word);
		request->series = link->series;
		return link;
	}
	link = parse(word, error);
	if (!link)
		return NULL;
	if (link->kernel)
		request->kernel = link->kernel;
	request->series = link->kernel ? link->series : NULL;
	request->tree = link->tree;
	request->image = link->image;
	return link;
}
