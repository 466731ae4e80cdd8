// SPDX-License-Identifier: GPL-2.0-or-later
/* Source archives that are cut or corrupted: where they come from, half-way, and in the cache. */
#include "tool.h"

#include <base/files.h>

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define BYTES (2 << 20)

/* A project folder with one kernel, whose archive is random bytes. */
typedef struct {
	char *project, *cache, *archive, *cached, *partial;
	char *env_project, *env_cache;
	char *data;
} Site;

static void write_file(const char *path, const char *data, gsize length)
{
	g_autofree char *folder = g_path_get_dirname(path);

	g_assert_true(files_mkdirs(folder, NULL) && files_write_fast(path, data, length, NULL));
}

static void site_open(Fault *fault, Site *site, bool url)
{
	g_autofree char *source = NULL, *sum = NULL, *text = NULL, *name = NULL;

	site->data = g_malloc(BYTES);
	for (gsize i = 0; i < BYTES / sizeof(guint32); i++)
		((guint32 *)(gpointer)site->data)[i] = g_rand_int(fault->rand);
	sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)site->data, BYTES);
	site->project = g_build_filename(fault->folder, "project", NULL);
	site->cache = g_build_filename(fault->folder, "cache", NULL);
	site->archive = g_build_filename(fault->folder, "linux-1.1.3.tar", NULL);
	name = g_strdup_printf("linux-1.1.3-%.12s.tar", sum);
	site->cached = g_build_filename(site->cache, "khotest", "sources", name, NULL);
	site->partial = g_build_filename(site->cache, "khotest", "sources", "partial", name, NULL);
	site->env_project = g_strdup_printf("KHOTEST_SOURCE=%s", site->project);
	site->env_cache = g_strdup_printf("XDG_CACHE_HOME=%s", site->cache);
	source = g_build_filename(site->project, "patches", "1.1", "source", NULL);
	text = g_strdup_printf("[kernel]\nversion=1.1.3\n[p]\nkind=%s\nwhere=%s%s\nsha256=%s\n", url ? "url" : "file",
			       url ? "file://" : "", site->archive, sum);
	write_file(source, text, strlen(text));
	write_file(site->archive, site->data, BYTES);
}

static void site_clear(Site *site)
{
	g_free(site->project);
	g_free(site->cache);
	g_free(site->archive);
	g_free(site->cached);
	g_free(site->partial);
	g_free(site->env_project);
	g_free(site->env_cache);
	g_free(site->data);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Site, site_clear)

static Tool *begin(Fault *fault, const Site *site)
{
	const char *const words[] = { "fetch", "1.1", NULL };
	const char *const env[] = { site->env_project, site->env_cache, "KHOTEST_SOURCES=", NULL };

	return tool_start(fault, NULL, words, env);
}

/* What it ends with must be that, and with 0 the archive is in the cache, whole. */
static void fetch(Fault *fault, const Site *site, int expected)
{
	g_autoptr(Tool) tool = begin(fault, site);
	g_autofree char *err = NULL, *data = NULL;
	gsize length = 0;

	tool_wait(tool, 60);
	err = tool_complained(tool);
	fault_tell(fault, "fetch: exit %d", tool->status);
	if (tool->status != expected)
		fault_blame(fault, "fetch ended with %d, and should with %d: %s", tool->status, expected, err);
	if (tool->status != 0 && strlen(err) < 10)
		fault_blame(fault, "it did not say why");
	if (tool->status == 0 && (!g_file_get_contents(site->cached, &data, &length, NULL) || length != BYTES ||
				  memcmp(data, site->data, BYTES) != 0))
		fault_blame(fault, "what is in the cache is not the archive");
}

/* Cut, or some of its bytes are others. true: it is another content. */
static void spoil(Fault *fault, const Site *site, const char *path)
{
	g_autofree char *data = g_memdup2(site->data, BYTES);
	gsize length = BYTES;

	if (fault_number(fault, 0, 2) == 0) {
		length = fault_number(fault, 0, BYTES - 1);
	} else {
		gsize at = fault_number(fault, 0, BYTES - 1), end = at + fault_number(fault, 1, 5000);

		for (gsize i = at; i < MIN(BYTES, end); i++)
			data[i] = (char)~data[i];
	}
	fault_tell(fault, "%s %s", length < BYTES ? "cut" : "corrupted",
		   path == site->archive ? "archive" : "cached file");
	write_file(path, data, length);
}

static void inject_archive(Fault *fault)
{
	g_auto(Site) site = { 0 };
	bool url = fault_number(fault, 0, 1);

	site_open(fault, &site, url);
	spoil(fault, &site, site.archive);
	fetch(fault, &site, 99);
	write_file(site.archive, site.data, BYTES);
	fetch(fault, &site, 0);
}

static void inject_cached(Fault *fault)
{
	g_auto(Site) site = { 0 };
	g_autofree char *stamp = NULL;

	site_open(fault, &site, fault_number(fault, 0, 1));
	fetch(fault, &site, 0);
	if (fault_number(fault, 0, 3) == 0) {
		stamp = g_strconcat(site.cached, ".verified", NULL);
		fault_tell(fault, "its stamp too");
		write_file(stamp, "0 0 0.0\n", 8);
	}
	spoil(fault, &site, site.cached);
	fetch(fault, &site, 0);
}

static void inject_partial(Fault *fault)
{
	g_auto(Site) site = { 0 };
	g_autofree char *data = NULL;
	gsize length = fault_number(fault, 0, BYTES + 1000);

	site_open(fault, &site, true);
	data = g_malloc0(BYTES + 1000);
	memcpy(data, site.data, BYTES);
	if (fault_number(fault, 0, 1) && length) {
		data[fault_number(fault, 0, (guint)length - 1)] ^= 1;
		fault_tell(fault, "spoiled");
	}
	fault_tell(fault, "%zu bytes were there", length);
	write_file(site.partial, data, length);
	fetch(fault, &site, 0);
}

static void inject_killed(Fault *fault)
{
	g_auto(Site) site = { 0 };
	g_autoptr(Tool) tool = NULL;

	site_open(fault, &site, fault_number(fault, 0, 1));
	tool = begin(fault, &site);
	fault_sleep(fault, 0, 120);
	if (!tool_has_ended(tool))
		kill(tool->pid, fault_number(fault, 0, 1) ? SIGKILL : SIGTERM);
	tool_wait(tool, 30);
	fetch(fault, &site, 0);
}

static void inject_two(Fault *fault)
{
	g_auto(Site) site = { 0 };
	g_autoptr(Tool) tool = NULL;

	site_open(fault, &site, fault_number(fault, 0, 1));
	tool = begin(fault, &site);
	fault_sleep(fault, 0, 60);
	fetch(fault, &site, 0);
	tool_wait(tool, 30);
	if (tool->status != 0)
		fault_blame(fault, "the other one ended with %d", tool->status);
}

/* Room for less than an archive is told before anything is fetched. */
static void inject_full(Fault *fault)
{
	g_auto(Site) site = { 0 };
	g_autofree char *small = NULL, *away = NULL;
	guint mib = fault_number(fault, 1, 390);

	site_open(fault, &site, fault_number(fault, 0, 1));
	files_mkdirs(site.cache, NULL);
	small = g_strdup_printf("mount -t tmpfs -o size=%um tmpfs '%s'", mib, site.cache);
	away = g_strdup_printf("mount -o remount,size=900m '%s'", site.cache);
	if (!host_run(fault, small))
		return;
	fault_tell(fault, "%u MiB", mib);
	fetch(fault, &site, 77);
	if (host_run(fault, away))
		fetch(fault, &site, 0);
	g_free(away);
	away = g_strdup_printf("umount -l '%s'", site.cache);
	host_run(fault, away);
}

#define RIGHT                                                                                                          \
	{                                                                                                              \
		"exit 0, and the archive in the cache is whole", "exit 99 while it is not", NULL                       \
	}

const Kind kinds_fetch[] = {
	{ "archive-spoiled", false, 40, "the archive is cut or corrupted where it comes from: refused, and then taken",
	  RIGHT, inject_archive },
	{ "archive-cached", false, 40, "the archive is cut or corrupted in the cache: fetched again", RIGHT,
	  inject_cached },
	{ "archive-partial", false, 40,
	  "a download had begun, was cut at a random byte, or is corrupted: fetched whole", RIGHT, inject_partial },
	{ "fetch-killed", false, 30, "khotest fetch is killed at a random moment: the next one has the archive", RIGHT,
	  inject_killed },
	{ "fetch-two", false, 20, "two of them at once: both have the archive", RIGHT, inject_two },
	{ "fetch-full",
	  false,
	  15,
	  "the cache's disk is too small, and then it is not",
	  { "exit 77", "exit 0 when there is room", NULL },
	  inject_full },
	{ NULL },
};
