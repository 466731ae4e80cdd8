// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Builds that are killed, that run out of disk, or that come after the clock was set back; and two at once. A tree
 * stands for a kernel's that is built in a second: its image is what its parts say, and so it shows what went into it.
 */
#include "tool.h"

#include <base/files.h>

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>

#define PARTS 6

/* arch/x86_64/bzimage.c says where an image has its magic, and its version */
static const char makefile[] =
	"VERSION = 9\nPATCHLEVEL = 9\nSUBLEVEL = 9\nEXTRAVERSION =\n"
	"allnoconfig:\n\tcp '$(KCONFIG_ALLCONFIG)' '$(KCONFIG_CONFIG)'\n"
	"bzImage:\n\tmkdir -p $(O)/arch/x86/boot $(O)/include/config\n\t+$(MAKE) -f parts.mk O=$(O)\n"
	"\tprintf '9.9.9%s\\n' '$(LOCALVERSION)' > $(O)/include/config/kernel.release\n"
	"\tprintf 'ffffffff81000000 T _text\\n' > $(O)/System.map\n"
	"\ttouch $(O)/vmlinux\n"
	"%.s:\n\tprintf '.ascii \"->page_shift 12 x\"\\n' > $(M)/$@\n";
static const char parts[] =
	"objects := $(foreach n,1 2 3 4 5 6,$(O)/part$(n).o)\n"
	"image := $(O)/arch/x86/boot/bzImage\nall: $(image)\n"
	"$(O)/part%.o: part%.c\n\t@echo '  CC      $@'\n\t@sleep 0.05\n\t@cp $< $@.tmp\n\t@mv $@.tmp $@\n"
	"$(image): $(objects)\n\t@echo '  LD      $@'\n"
	"\t@(head -c 514 /dev/zero; printf HdrS; head -c 8 /dev/zero; printf '\\100\\0'; head -c 48 /dev/zero;"
	" printf '9.9.9 (k@k) #1\\0'; head -c 400 /dev/zero; cat $(objects)) > $@.tmp\n\t@mv $@.tmp $@\n";

typedef struct {
	char *tree, *cache, *env_cache;
	guint content[PARTS];
} Site;

static void put(const Site *site, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(site->tree, name, NULL);

	g_assert_true(files_write_fast(path, text, strlen(text), NULL));
}

static void put_part(Fault *fault, Site *site, guint part)
{
	g_autofree char *name = g_strdup_printf("part%u.c", part + 1), *text = NULL;

	site->content[part] = fault_number(fault, 0, 999999);
	text = g_strdup_printf("part %u is %u\n", part + 1, site->content[part]);
	put(site, name, text);
}

static void site_open(Fault *fault, Site *site)
{
	site->tree = g_build_filename(fault->folder, "tree", NULL);
	site->cache = g_build_filename(fault->folder, "cache", NULL);
	site->env_cache = g_strdup_printf("XDG_CACHE_HOME=%s", site->cache);
	g_assert_true(files_mkdirs(site->tree, NULL) && files_mkdirs(site->cache, NULL));
	put(site, "Makefile", makefile);
	put(site, "parts.mk", parts);
	put(site, "Kbuild", "");
	put(site, "Kconfig", "");
	for (guint i = 0; i < PARTS; i++)
		put_part(fault, site, i);
}

static void site_clear(Site *site)
{
	g_free(site->tree);
	g_free(site->cache);
	g_free(site->env_cache);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Site, site_clear)

static Tool *begin(Fault *fault, const Site *site)
{
	const char *const words[] = { "build", "--tree", site->tree, "-q", NULL };
	const char *const env[] = { site->env_cache, NULL };

	return tool_start(fault, NULL, words, env);
}

/* It must end well, and what it has built must be this tree. */
static void must_build(Fault *fault, const Site *site, Tool *tool)
{
	g_autofree char *out = NULL, *err = NULL, *image = NULL;
	gsize length = 0;

	tool_wait(tool, 60);
	out = tool_said(tool);
	err = tool_complained(tool);
	fault_tell(fault, "build: exit %d", tool->status);
	if (tool->status != 0) {
		fault_blame(fault, "it ended with %d: %s", tool->status, err);
		return;
	}
	if (!g_file_get_contents(g_strchomp(out), &image, &length, NULL)) {
		fault_blame(fault, "there is no image %s", out);
		return;
	}
	for (guint i = 0; i < PARTS; i++) {
		g_autofree char *text = g_strdup_printf("part %u is %u\n", i + 1, site->content[i]);

		if (!memmem(image, length, text, strlen(text)))
			fault_blame(fault, "the kernel is not that of the tree: part %u is another", i + 1);
	}
}

static void build(Fault *fault, const Site *site)
{
	g_autoptr(Tool) tool = begin(fault, site);

	must_build(fault, site, tool);
}

static void change(Fault *fault, Site *site)
{
	guint part = fault_number(fault, 0, PARTS - 1);

	fault_tell(fault, "part %u changes", part + 1);
	put_part(fault, site, part);
}

static void inject_killed(Fault *fault)
{
	static const int numbers[] = { SIGKILL, SIGKILL, SIGTERM, SIGINT };
	g_auto(Site) site = { 0 };
	guint times = fault_number(fault, 1, 2);

	site_open(fault, &site);
	for (guint i = 0; i < times; i++) {
		g_autoptr(Tool) tool = begin(fault, &site);
		int number = numbers[fault_number(fault, 0, G_N_ELEMENTS(numbers) - 1)];

		fault_sleep(fault, 0, 1200);
		fault_tell(fault, "%s", g_strsignal(number));
		if (!tool_has_ended(tool))
			kill(tool->pid, number);
		tool_wait(tool, 30);
		if (fault_number(fault, 0, 1))
			change(fault, &site);
	}
	build(fault, &site);
}

static void inject_clock(Fault *fault)
{
	g_auto(Site) site = { 0 };
	g_autofree char *command = NULL;
	guint minutes = fault_number(fault, 1, fault_number(fault, 0, 1) ? 60 : 20000);

	site_open(fault, &site);
	build(fault, &site);
	command = g_strdup_printf("find '%s' -exec touch -h -d '+%u minutes' {} +", site.cache, minutes);
	if (!host_run(fault, command))
		return;
	fault_tell(fault, "the clock is set back by %u minutes", minutes);
	change(fault, &site);
	build(fault, &site);
}

static void inject_two(Fault *fault)
{
	g_auto(Site) site = { 0 };
	g_autoptr(Tool) one = NULL, two = NULL;

	site_open(fault, &site);
	one = begin(fault, &site);
	fault_sleep(fault, 0, 500);
	two = begin(fault, &site);
	must_build(fault, &site, one);
	must_build(fault, &site, two);
}

static void inject_full(Fault *fault)
{
	g_auto(Site) site = { 0 };
	g_autoptr(Tool) tool = NULL;
	g_autofree char *fill = NULL, *err = NULL, *ballast = NULL;

	site_open(fault, &site);
	if (mount("tmpfs", site.cache, "tmpfs", 0, "size=820m") < 0) {
		fault_skip(fault, "no file system of a limited size can be mounted");
		return;
	}
	ballast = g_build_filename(site.cache, "ballast", NULL);
	/* what is left of it afterwards: nothing, or some KiB */
	fill = g_strdup_printf("dd if=/dev/zero of='%s' bs=1M || :; truncate -s -%u '%s'", ballast,
			       fault_number(fault, 0, 1) * fault_number(fault, 0, 65536), ballast);
	tool = begin(fault, &site);
	fault_sleep(fault, 0, 600);
	if (host_run(fault, fill)) {
		fault_tell(fault, "the cache's disk is full");
		tool_wait(tool, 60);
		err = tool_complained(tool);
		fault_tell(fault, "build: exit %d", tool->status);
		if (tool->status != 0 && tool->status != 77 && tool->status != 99)
			fault_blame(fault, "it ended with %d", tool->status);
		if (tool->status != 0 && strlen(err) < 10)
			fault_blame(fault, "it did not say why");
		g_unlink(ballast);
		build(fault, &site);
	}
	g_clear_pointer(&tool, tool_free);
	umount2(site.cache, MNT_DETACH);
}

#define RIGHT                                                                                                          \
	{                                                                                                              \
		"exit 0, and the kernel is that of the tree", NULL                                                     \
	}

const Kind kinds_build[] = {
	{ "build-killed", false, 30, "khotest build is ended at a random moment, once or twice: the next one builds",
	  RIGHT, inject_killed },
	{ "build-clock", false, 15, "the clock was set back between two builds of a tree that has changed", RIGHT,
	  inject_clock },
	{ "build-two", false, 15, "two builds of one tree at once", RIGHT, inject_two },
	{ "build-full",
	  false,
	  10,
	  "the cache's disk becomes full during a build, and then has room again",
	  { "exit 77", "exit 99", "exit 0 when there is room", NULL },
	  inject_full },
	{ NULL },
};
