// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <store/chain.h>
#include <store/plan.h>

#include <string.h>

#define USAGE "each element is KERNEL/SERIES, tree:DIR[@REF] or image:FILE, and may have [WORDS] behind it"

void chainlink_free(gpointer data)
{
	ChainLink *link = data;

	g_free(link->kernel);
	g_free(link->series);
	g_free(link->tree);
	g_free(link->image);
	g_free(link->append);
	g_free(link);
}

/* Where the bracket that begins the text closes; NULL. */
static const char *closing(const char *text)
{
	bool quoted = false;
	guint depth = 0;

	for (; *text; text++) {
		if (*text == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		depth += *text == '[';
		if (*text == ']' && --depth == 0)
			return text;
	}
	return NULL;
}

/* What follows the prefix of a text; NULL if it has another one. */
static const char *behind(const char *text, const char *prefix)
{
	return g_str_has_prefix(text, prefix) ? text + strlen(prefix) : NULL;
}

/* Without what is in brackets. */
static bool set_kernel(ChainLink *link, const char *name, GError **error)
{
	const char *tree = behind(name, "tree:"), *image = behind(name, "image:");
	const char *slash = tree || image ? NULL : strchr(name, '/');

	if (tree)
		link->tree = g_strdup(tree);
	else if (image)
		link->image = g_strdup(image);
	else
		link->kernel = slash ? g_strndup(name, (gsize)(slash - name)) : g_strdup(name);
	if (link->kernel)
		link->series = g_strdup(slash ? slash + 1 : "stock");
	if ((tree && !*tree) || (image && !*image) || (link->kernel && (!*link->kernel || !*link->series)))
		return error_set(error, KHOTEST_ERROR_INPUT, "--chain: '%s' names no kernel: " USAGE, name);
	return true;
}

/* The element at *at, which then is behind it, at a comma or the end. NULL with the error set. */
static ChainLink *take_link(const char **at, GError **error)
{
	gsize length = strcspn(*at, ",[");
	const char *bracket = (*at)[length] == '[' ? *at + length : NULL;
	const char *close = bracket ? closing(bracket) : NULL;
	g_autofree char *name = g_strstrip(g_strndup(*at, length));
	ChainLink *link = g_new0(ChainLink, 1);

	if (close)
		link->append = g_strstrip(g_strndup(bracket + 1, (gsize)(close - bracket - 1)));
	if (bracket && !close)
		error_set(error, KHOTEST_ERROR_INPUT, "--chain: the bracket behind '%s' is not closed: %s", name, *at);
	else if (close && strspn(close + 1, " ") == 0 && close[1] && close[1] != ',')
		error_set(error, KHOTEST_ERROR_INPUT, "--chain: a comma is missing behind '%.*s]'", (int)(close - *at),
			  *at);
	else if (set_kernel(link, name, error)) {
		*at = close ? close + 1 + strspn(close + 1, " ") : *at + length;
		return link;
	}
	chainlink_free(link);
	return NULL;
}

GPtrArray *chain_parse(const char *text, GError **error)
{
	g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func(chainlink_free);

	for (const char *at = text;; at++) {
		ChainLink *link = take_link(&at, error);

		if (!link)
			return NULL;
		g_ptr_array_add(links, link);
		if (links->len > PLAN_HOPS_MOST) {
			error_set(error, KHOTEST_ERROR_INPUT, "--chain: it has more than %d kernels", PLAN_HOPS_MOST);
			return NULL;
		}
		if (!*at)
			return g_steal_pointer(&links);
	}
}

bool chainlink_same(const ChainLink *a, const ChainLink *b)
{
	return g_strcmp0(a->kernel, b->kernel) == 0 && g_strcmp0(a->series, b->series) == 0 &&
	       g_strcmp0(a->tree, b->tree) == 0 && g_strcmp0(a->image, b->image) == 0;
}

char *chainlink_text(const ChainLink *link)
{
	if (link->tree)
		return g_strconcat("tree:", link->tree, NULL);
	if (link->image)
		return g_strconcat("image:", link->image, NULL);
	return g_strdup_printf("%s/%s", link->kernel, link->series);
}

char *chainlink_typed(const ChainLink *link)
{
	g_autofree char *name = chainlink_text(link);

	return link->append ? g_strdup_printf("%s[%s]", name, link->append) : g_steal_pointer(&name);
}

char *chain_text(const GPtrArray *links)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < links->len; i++) {
		g_autofree char *link = chainlink_typed(links->pdata[i]);

		g_string_append_printf(text, "%s%s", i ? "," : "", link);
	}
	return g_string_free(text, FALSE);
}
