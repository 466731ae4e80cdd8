// SPDX-License-Identifier: GPL-2.0-or-later
#include "requestchain.h"

#include <run/cmdline.h>

#include <string.h>

/*
 * 64 random bits in hexadecimal: enough that no two hops of any two runs share one.
 * Where runs must be the same to the last instruction, nothing can be random: they
 * are then different for each hop, and no more.
 */
static char *make_nonce(const char *mode, guint hop)
{
	g_autofree char *digest = NULL;
	g_autofree char *text = g_strdup_printf("hop %u", hop);

	if (strcmp(mode, "counted") != 0)
		return g_strdup_printf("%08x%08x", g_random_int(), g_random_int());
	digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
	return g_strndup(digest, 16);
}

/* One more hop, of the kernel with that number. */
static void add_hop(const RunRequest *request, guint kernel, Prepared *prepared)
{
	g_autofree char *nonce = make_nonce(request->mode, plan_hops(prepared->plan));

	plan_add_hop(prepared->plan, nonce);
	g_array_append_val(prepared->of_hop, kernel);
}

/* One more kernel; NULL: the request's own. */
static void add_kernel(const RunRequest *request, const ChainLink *link, Prepared *prepared)
{
	PreparedKernel *kernel = g_new0(PreparedKernel, 1);

	kernel->request = *request;
	if (link) {
		kernel->request.kernel = link->kernel ? link->kernel : request->kernel;
		kernel->request.series = link->series;
		kernel->request.tree = link->tree;
		kernel->request.image = link->image;
	}
	g_ptr_array_add(prepared->kernels, kernel);
}

/* Which kernel that of a link is; one more where none before it is the same. */
static guint kernel_of(const RunRequest *request, guint n, Prepared *prepared)
{
	for (guint i = 0; i < n; i++)
		if (chainlink_same(prepared->links->pdata[i], prepared->links->pdata[n]))
			return g_array_index(prepared->of_hop, guint, i);
	add_kernel(request, prepared->links->pdata[n], prepared);
	return prepared->kernels->len - 1;
}

static void add_words(PreparedKernel *kernel, const char *words)
{
	g_autofree char *before = kernel->append;

	kernel->append = before && words ? g_strdup_printf("%s %s", before, words) : g_strdup(before ? before : words);
}

bool requestchain_resolve(const RunRequest *request, Prepared *prepared, GError **error)
{
	if (!request->chain) {
		add_kernel(request, NULL, prepared);
		for (guint i = 0; i < request->hops; i++)
			add_hop(request, 0, prepared);
		return true;
	}
	prepared->links = chain_parse(request->chain, error);
	for (guint i = 0; prepared->links && i < prepared->links->len; i++) {
		const ChainLink *link = prepared->links->pdata[i];

		if (!cmdline_check_words(link->append, "--chain", error))
			return false;
		add_hop(request, kernel_of(request, i, prepared), prepared);
	}
	return prepared->links != NULL;
}

void requestchain_settle(Prepared *prepared)
{
	for (guint i = 0; i < prepared->kernels->len; i++) {
		PreparedKernel *kernel = prepared->kernels->pdata[i];

		kernel->request.fragments = (const char *const *)prepared->fragments;
		kernel->append = g_strdup(prepared->append);
	}
	for (guint i = 0; prepared->links && i < prepared->links->len; i++)
		add_words(prepared_kernel(prepared, i), ((const ChainLink *)prepared->links->pdata[i])->append);
}

const char **requestchain_words(const Prepared *prepared)
{
	guint hops = plan_hops(prepared->plan);
	const char **words = g_new0(const char *, hops + 1);

	for (guint i = 0; prepared->links && i < hops; i++)
		words[i] = ((const ChainLink *)prepared->links->pdata[i])->append;
	return words;
}

char *requestchain_append(const Prepared *prepared, const char *own)
{
	if (!own || !*own || !prepared->append)
		return g_strdup(own && *own ? own : prepared->append);
	return g_strdup_printf("%s %s", prepared->append, own);
}
