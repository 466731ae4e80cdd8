// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/cmdlineoption.h>

#include <string.h>

/*
 * Where each is taken: the file of the kernel (7.1) that has its early_param(),
 * __setup() or module_param(), and what its Makefile builds that file for. Options
 * that cannot be asked for are named by what selects them: CRASH_RESERVE by
 * CRASH_DUMP.
 */
static const CmdlineOption options[] = {
	/* kernel/crash_reserve.c */
	{ "crashkernel=", "CRASH_DUMP", "crash" },
	/* kernel/dma/contiguous.c */
	{ "cma=", "CMA DMA_CMA", "cma" },
	{ "cma_pernuma=", "CMA DMA_CMA DMA_NUMA_CMA", "cma" },
	{ "numa_cma=", "CMA DMA_CMA DMA_NUMA_CMA", "cma" },
	/* mm/hugetlb.c, mm/hugetlb_cma.c, mm/hugetlb_vmemmap.c */
	{ "hugepages=", "HUGETLBFS", "hugetlb" },
	{ "hugepagesz=", "HUGETLBFS", "hugetlb" },
	{ "default_hugepagesz=", "HUGETLBFS", "hugetlb" },
	{ "hugetlb_free_vmemmap=", "HUGETLBFS", "hugetlb" },
	{ "hugetlb_cma=", "HUGETLBFS CMA", "hugetlb" },
	{ "hugetlb_cma_only=", "HUGETLBFS CMA", "hugetlb" },
	/* arch/x86/mm/numa.c: "numa=off" it takes always */
	{ "numa=fake=", "NUMA_EMU", "numa-emu" },
	/* mm/memory_hotplug.c */
	{ "movable_node", "MEMORY_HOTPLUG", "hotplug" },
	{ "memhp_default_state=", "MEMORY_HOTPLUG", "hotplug" },
	{ "memory_hotplug.", "MEMORY_HOTPLUG", "hotplug" },
	/* mm/slub.c; slub_ is the old spelling */
	{ "slab_debug", "SLUB_DEBUG", "slub-debug" },
	{ "slub_debug", "SLUB_DEBUG", "slub-debug" },
	/* mm/page_owner.c, mm/page_ext.c, mm/page_table_check.c */
	{ "page_owner", "PAGE_OWNER", "page-owner" },
	{ "early_page_ext", "PAGE_EXTENSION", "page-debug" },
	{ "page_table_check", "PAGE_TABLE_CHECK", "page-debug" },
	/* mm/debug_page_alloc.c, mm/page_poison.c, mm/memtest.c, mm/shuffle.c */
	{ "debug_pagealloc", "DEBUG_PAGEALLOC", "page-debug" },
	{ "debug_guardpage_minorder=", "DEBUG_PAGEALLOC", "page-debug" },
	{ "page_poison", "PAGE_POISONING", "page-debug" },
	{ "memtest", "MEMTEST", "page-debug" },
	{ "page_alloc.shuffle", "SHUFFLE_PAGE_ALLOCATOR", "page-debug" },
	/* mm/kmemleak.c, mm/kfence/, lib/alloc_tag.c */
	{ "kmemleak", "DEBUG_KMEMLEAK", "kmemleak" },
	{ "kfence.", "KFENCE", "kfence" },
	{ "sysctl.vm.mem_profiling", "MEM_ALLOC_PROFILING", "mem-profiling" },
	/* kernel/liveupdate/: every kernel of ours has these options, as far as its version knows them */
	{ "kho", "KEXEC_HANDOVER", NULL },
	{ "kho_scratch=", "KEXEC_HANDOVER", NULL },
	{ "kho_bootmem=", "KEXEC_HANDOVER", NULL }, /* what kho_scratch= is called from 7.4 on */
	{ "liveupdate", "KEXEC_HANDOVER LIVEUPDATE", NULL },
};

const CmdlineOption *cmdline_option_list(gsize *ret_count)
{
	*ret_count = G_N_ELEMENTS(options);
	return options;
}

/* lib/cmdline.c, parse_args(), and kernel/params.c, parameq(): '-' and '_' are the same in a name. */
static char plain(char c)
{
	return (char)(c == '-' ? '_' : c);
}

/* A name that ends in '=' or '.' takes what follows; any other has a value behind '=' or none. */
static bool begins(const char *word, const char *name)
{
	gsize length = strlen(name);

	for (gsize i = 0; i < length; i++)
		if (plain(word[i]) != plain(name[i]))
			return false;
	return name[length - 1] == '=' || name[length - 1] == '.' || !word[length] || word[length] == '=';
}

/* What a word needs, as it was typed or as the kernel's log quotes it ("cma=64M"). NULL: nothing that is known. */
static const CmdlineOption *find_option(const char *word)
{
	/* the kernel takes the quotes off, and so may whoever quotes its log */
	if (*word == '"')
		word++;
	for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
		if (begins(word, options[i].word))
			return &options[i];
	return NULL;
}

bool cmdline_option_for(const char *word, const char **ret_options)
{
	const CmdlineOption *option = find_option(word);

	*ret_options = option ? option->options : NULL;
	return option != NULL;
}

char *cmdline_option_advice(const char *word)
{
	const CmdlineOption *option = find_option(word);
	g_auto(GStrv) names = option ? g_strsplit(option->options, " ", -1) : NULL;
	GString *text;

	if (!option)
		return NULL;
	text = g_string_new("it needs");
	for (guint i = 0; names[i]; i++)
		g_string_append_printf(text, "%s CONFIG_%s=y", i == 0 ? "" : names[i + 1] ? "," : " and", names[i]);
	g_string_append(text, " in the kernel");
	if (option->fragment)
		g_string_append_printf(text, ": add -f %s", option->fragment);
	return g_string_free(text, FALSE);
}

char **cmdline_words(const char *line)
{
	g_autoptr(GStrvBuilder) words = g_strv_builder_new();
	const char *at = line;

	/* lib/cmdline.c, next_arg() */
	while (*(at += strspn(at, " \t\n"))) {
		g_autofree char *word = NULL;
		const char *start = at;
		bool quoted = false;

		for (; *at && (quoted || !strchr(" \t\n", *at)); at++)
			if (*at == '"')
				quoted = !quoted;
		word = g_strndup(start, (gsize)(at - start));
		g_strv_builder_add(words, word);
	}
	return g_strv_builder_end(words);
}

bool cmdline_has_kho(const char *line, bool otherwise)
{
	g_auto(GStrv) words = cmdline_words(line ? line : "");
	bool on = otherwise;

	for (char **word = words; *word; word++) {
		const char *value = *word + strlen("kho=");

		if (!g_str_has_prefix(*word, "kho=") || !*value)
			continue;
		if (strchr("yYtT1", *value) || g_ascii_strncasecmp(value, "on", 2) == 0)
			on = true;
		else if (strchr("nNfF0", *value) || g_ascii_strncasecmp(value, "of", 2) == 0)
			on = false;
	}
	return on;
}

bool cmdline_has(const char *line, const char *word)
{
	g_auto(GStrv) words = line ? cmdline_words(line) : NULL;

	return words && g_strv_contains((const char *const *)words, word);
}

static bool is_on(const char *dot_config, const char *option)
{
	g_autofree char *line = g_strdup_printf("CONFIG_%s=y", option);
	gsize length = strlen(line);

	for (const char *at = dot_config; (at = strstr(at, line)); at += length)
		if ((at == dot_config || at[-1] == '\n') && (!at[length] || at[length] == '\n'))
			return true;
	return false;
}

static bool is_met(const CmdlineOption *option, const char *dot_config)
{
	g_auto(GStrv) names = g_strsplit(option->options, " ", -1);

	for (char **name = names; *name; name++)
		if (!is_on(dot_config, *name))
			return false;
	return true;
}

char **cmdline_option_unmet(const char *line, const char *dot_config)
{
	g_auto(GStrv) words = cmdline_words(line);
	g_autoptr(GStrvBuilder) unmet = g_strv_builder_new();

	for (char **word = words; *word; word++) {
		const CmdlineOption *option = find_option(*word);

		if (option && !is_met(option, dot_config))
			g_strv_builder_add(unmet, *word);
	}
	return g_strv_builder_end(unmet);
}
