// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/fdttext.h>
#include <measure/kernellog.h>
#include <measure/layoutvalue.h>
#include <measure/logbuffer.h>
#include <measure/postmortem.h>

#include <base/systemmap.h>
#include <proto/frame.h>

#include <string.h>

#define BANNER_MOST 160u
#define LINE_MOST 4096u
#define FRAMES_MOST 48u
#define CPUS_MOST 512u
#define NODES_MOST 1024u
#define REGIONS_MOST 1024u
/* kho_in: the address of the tree is among its first words, the first from 6.19 on (kernel/liveupdate/kexec_handover.c)
 */
#define KHO_IN_WORDS 3u

/* A kernel that was found in memory. */
typedef struct {
	const PostmortemSource *source;
	const PostmortemKernel *kernel;
	guint64 offset;
	GHashTable *names; /* address -> what it is called: CPUs that wait all wait in the same place */
} Found;

static bool read_text(const PostmortemSource *source, guint64 address, char *text, gsize most)
{
	/* it may end before the page that is not there */
	for (gsize length = 0; length + 1 < most; length++) {
		if (!source->read(address + length, text + length, 1, source->user))
			return false;
		if (!text[length])
			return true;
	}
	text[most - 1] = '\0';
	return true;
}

/* The address of a symbol in memory; 0 if the kernel has none of that name. */
static guint64 symbol(const Found *found, const char *name)
{
	guint64 address = systemmap_find(found->kernel->map, name, NULL);

	return address ? address + found->offset : 0;
}

static bool word_at(const Found *found, const char *name, guint64 *ret)
{
	guint64 address = symbol(found, name);

	return address && found->source->read(address, ret, sizeof(*ret), found->source->user);
}

/* ---- which kernel it is ---- */

/* The first address that is mapped where kernels may be; 0: none is. */
static guint64 find_image(const PostmortemSource *source)
{
	const ArchAutopsy *autopsy = &source->arch->autopsy;
	guint8 byte;

	for (guint64 at = 0; at < autopsy->image_span; at += autopsy->image_step)
		if (source->read(autopsy->image_least + at, &byte, 1, source->user))
			return autopsy->image_least + at;
	return 0;
}

/* Whether the memory at that place begins with this kernel. */
static bool is_there(const PostmortemSource *source, const PostmortemKernel *kernel, guint64 image, Found *ret)
{
	guint64 text = kernel->map ? systemmap_find(kernel->map, "_text", NULL) : 0;
	char banner[BANNER_MOST];
	gsize length = strlen(KERNEL_BANNER), release = strlen(kernel->release ? kernel->release : "");

	if (!text)
		return false;
	*ret = (Found){ source, kernel, image - (text & ~(source->arch->autopsy.image_step - 1)), NULL };
	return read_text(source, symbol(ret, "linux_banner"), banner, sizeof(banner)) &&
	       strncmp(banner, KERNEL_BANNER, length) == 0 && release &&
	       strncmp(banner + length, kernel->release, release) == 0 && banner[length + release] == ' ';
}

/* Kernels that are alike lie at the same place: only their command lines tell them apart. */
static char *read_command_line(const Found *found)
{
	char line[LINE_MOST] = "";
	guint64 saved = 0;

	/* the second is where the first is copied from (init/main.c), and is given back with the rest of __init */
	if (word_at(found, "saved_command_line", &saved) && saved &&
	    read_text(found->source, saved, line, sizeof(line)) && *line)
		return g_strdup(line);
	if (read_text(found->source, symbol(found, "boot_command_line"), line, sizeof(line)) && *line)
		return g_strdup(line);
	return NULL;
}

/* The hop that a command line is of; -1: it is not of this run. */
static int hop_of(const PostmortemSource *source, const char *line)
{
	const char *hop = strstr(line, ARG_HOP), *nonces = strstr(line, ARG_NONCES);
	guint64 number = hop ? g_ascii_strtoull(hop + strlen(ARG_HOP), NULL, 10) : G_MAXUINT64;

	return nonces && number < source->n_kernels && source->kernels[number].nonce &&
			       strstr(nonces, source->kernels[number].nonce)
		       ? (int)number
		       : -1;
}

/* What the CPUs do where no kernel is mapped. */
static char *describe_bare(const PostmortemSource *source, const Postmortem *postmortem)
{
	const PostmortemCpu *first = postmortem->cpus->len ? postmortem->cpus->pdata[0] : NULL;

	if (!first)
		return g_strdup("the monitor showed no registers");
	return g_strdup_printf("no kernel is mapped yet: CPU 0 is at 0x%" G_GINT64_MODIFIER
			       "x, in code that runs before a kernel does, such as that which unpacks it",
			       first->cpu.pc);
}

static bool find_kernel(const PostmortemSource *source, Postmortem *postmortem, Found *ret)
{
	guint64 image = find_image(source);
	bool any_map = false;

	/* the awaited one first: it is what the question is about */
	for (guint i = 0; image && i < source->n_kernels; i++) {
		guint candidate = i == 0 ? source->hop : i - (i <= source->hop);

		any_map |= source->kernels[candidate].map != NULL;
		if (!is_there(source, &source->kernels[candidate], image, ret))
			continue;
		postmortem->offset = (gint64)ret->offset;
		postmortem->moved = ret->offset != 0;
		postmortem->command_line = read_command_line(ret);
		postmortem->hop = postmortem->command_line ? hop_of(source, postmortem->command_line) : -1;
		if (postmortem->hop < 0)
			postmortem->why = g_strdup("its command line is not one of this run, or is not there yet");
		return true;
	}
	postmortem->why = !image    ? describe_bare(source, postmortem)
			  : any_map ? g_strdup("the kernel in memory is none of this run, or is not whole")
				    : g_strdup("there is no System.map of the kernel: an image was given");
	return false;
}

/* ---- what is in it ---- */

static void read_log(const Found *found, Postmortem *postmortem)
{
	const char *why;
	g_autofree char *text = logbuffer_read(found->kernel->layout, symbol(found, "prb"), found->source->read,
					       found->source->user, &why);

	if (text)
		postmortem->log = kernellog_parse(text, strlen(text), NULL);
	if (!postmortem->log)
		postmortem->no_log = g_strdup(why ? why : "the log in memory cannot be understood");
}

static ArchUnwind unwind_tables(const Found *found)
{
	ArchUnwind tables = {
		.text = { { symbol(found, "_stext"), symbol(found, "_etext") },
			  { symbol(found, "_sinittext"), symbol(found, "_einittext") } },
		.orc_ip = symbol(found, "__start_orc_unwind_ip"),
		.orc_ip_end = symbol(found, "__stop_orc_unwind_ip"),
		.orc = symbol(found, "__start_orc_unwind"),
		.understood = found->kernel->layout != NULL,
	};
	const char *const *names = found->source->arch->autopsy.numbers;

	for (guint i = 0; names[i] && tables.understood; i++)
		tables.understood = layoutvalue_get(found->kernel->layout, names[i], &tables.numbers[i]);
	return tables;
}

static char *find_name(const Found *found, const ArchFrame *frame)
{
	/* what is called last in a function returns to the next one */
	guint64 address = frame->pc - found->offset - (frame->exact ? 0 : 1);
	g_autofree char *name = systemmap_at(found->kernel->map, address);
	char *plus = name ? strrchr(name, '+') : NULL;

	if (!plus)
		return g_strdup_printf("0x%" G_GINT64_MODIFIER "x", frame->pc);
	return g_strdup_printf("%.*s+0x%" G_GINT64_MODIFIER "x", (int)(plus - name), name,
			       g_ascii_strtoull(plus + strlen("+0x"), NULL, 16) + (frame->exact ? 0 : 1));
}

static char *name_of(const Found *found, const ArchFrame *frame)
{
	guint64 key = frame->pc ^ (frame->exact ? 0 : G_GUINT64_CONSTANT(1) << 63);
	const char *known = g_hash_table_lookup(found->names, &key);

	if (!known) {
		known = find_name(found, frame);
		g_hash_table_insert(found->names, g_memdup2(&key, sizeof(key)), (gpointer)known);
	}
	return g_strdup(known);
}

static void read_frames(const Found *found, const ArchUnwind *tables, PostmortemCpu *cpu)
{
	const PostmortemSource *source = found->source;

	if (!cpu->cpu.user)
		source->arch->autopsy.unwind(&cpu->cpu, tables, source->read, source->user, FRAMES_MOST, cpu->frames);
	g_strfreev(cpu->names);
	cpu->names = g_new0(char *, cpu->frames->len + 1);
	for (guint i = 0; i < cpu->frames->len; i++)
		cpu->names[i] = name_of(found, &g_array_index(cpu->frames, ArchFrame, i));
}

/* kho_scratch, kho_scratch_cnt: include/linux/kexec_handover.h */
static void read_scratch(const Found *found, Postmortem *postmortem)
{
	guint64 at, size, addr_at, bytes_at, cnt_at = symbol(found, "kho_scratch_cnt");
	const LayoutWish wishes[] = {
		{ "scratch_size", &size }, { "scratch_addr", &addr_at }, { "scratch_bytes", &bytes_at }, { NULL, NULL }
	};
	const PostmortemSource *source = found->source;
	g_autoptr(GArray) regions = g_array_new(FALSE, FALSE, sizeof(ScratchRegion));
	guint32 count;

	if (!found->kernel->layout || !layoutvalue_get_all(found->kernel->layout, wishes) ||
	    !word_at(found, "kho_scratch", &at) || !cnt_at ||
	    !source->read(cnt_at, &count, sizeof(count), source->user) || count > REGIONS_MOST)
		return;
	for (guint32 i = 0; at && i < count; i++) {
		ScratchRegion region;

		if (!source->read(at + i * size + addr_at, &region.phys, sizeof(region.phys), source->user) ||
		    !source->read(at + i * size + bytes_at, &region.bytes, sizeof(region.bytes), source->user))
			return;
		g_array_append_val(regions, region);
	}
	postmortem->scratch = g_steal_pointer(&regions);
}

/* node_data[] (arch/x86/mm/numa.c or mm/numa.c), and of each node first_deferred_pfn (include/linux/mmzone.h) */
static void read_nodes(const Found *found, Postmortem *postmortem)
{
	guint64 nodes, offset, table = symbol(found, "node_data");
	const PostmortemSource *source = found->source;

	if (!table || !found->kernel->layout || !layoutvalue_get(found->kernel->layout, "nodes_most", &nodes) ||
	    !layoutvalue_get(found->kernel->layout, "node_first_deferred_pfn", &offset))
		return;
	postmortem->nodes = g_array_new(FALSE, FALSE, sizeof(PostmortemNode));
	for (guint i = 0; i < MIN(nodes, NODES_MOST); i++) {
		PostmortemNode node = { .node = i };
		guint64 at;

		if (source->read(table + i * sizeof(at), &at, sizeof(at), source->user) && at &&
		    source->read(at + offset, &node.pfn, sizeof(node.pfn), source->user))
			g_array_append_val(postmortem->nodes, node);
	}
}

static void read_tree(const Found *found, Postmortem *postmortem)
{
	guint64 table = symbol(found, "kho_in"), at;
	const PostmortemSource *source = found->source;

	for (guint i = 0; table && !postmortem->fdt && i < KHO_IN_WORDS; i++) {
		guint8 head[8];
		gsize size;
		g_autofree guint8 *tree = NULL;

		if (!source->read(table + i * sizeof(at), &at, sizeof(at), source->user) || !at ||
		    !source->read_physical(at, head, sizeof(head), source->user))
			continue;
		size = fdttext_size(head);
		tree = g_malloc(size + 1);
		if (!size || !source->read_physical(at, tree, size, source->user))
			continue;
		postmortem->fdt_phys = at;
		postmortem->fdt = fdttext_make(tree, size);
	}
}

static void cpu_free(gpointer data)
{
	PostmortemCpu *cpu = data;

	g_array_unref(cpu->frames);
	g_strfreev(cpu->names);
	g_free(cpu);
}

static GPtrArray *make_cpus(const PostmortemSource *source)
{
	GPtrArray *cpus = g_ptr_array_new_with_free_func(cpu_free);
	g_autoptr(GArray) all = source->arch->autopsy.cpus(source->registers ? source->registers : "");

	for (guint i = 0; i < MIN(all->len, CPUS_MOST); i++) {
		PostmortemCpu *cpu = g_new0(PostmortemCpu, 1);

		cpu->cpu = g_array_index(all, ArchCpu, i);
		cpu->frames = g_array_new(FALSE, FALSE, sizeof(ArchFrame));
		cpu->names = g_new0(char *, 1);
		g_ptr_array_add(cpus, cpu);
	}
	return cpus;
}

Postmortem *postmortem_make(const PostmortemSource *source)
{
	Postmortem *postmortem = g_new0(Postmortem, 1);
	ArchUnwind tables;
	Found found;

	postmortem->hop = -1;
	postmortem->cpus = make_cpus(source);
	if (!find_kernel(source, postmortem, &found)) {
		postmortem->no_log = g_strdup(postmortem->why);
		return postmortem;
	}
	read_log(&found, postmortem);
	read_scratch(&found, postmortem);
	read_nodes(&found, postmortem);
	read_tree(&found, postmortem);
	found.names = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	tables = unwind_tables(&found);
	for (guint i = 0; i < postmortem->cpus->len; i++)
		read_frames(&found, &tables, postmortem->cpus->pdata[i]);
	g_hash_table_unref(found.names);
	return postmortem;
}

void postmortem_free(Postmortem *postmortem)
{
	if (!postmortem)
		return;
	g_free(postmortem->why);
	g_ptr_array_unref(postmortem->cpus);
	kernellog_free(postmortem->log);
	g_free(postmortem->no_log);
	g_clear_pointer(&postmortem->scratch, g_array_unref);
	g_clear_pointer(&postmortem->nodes, g_array_unref);
	g_free(postmortem->fdt);
	g_free(postmortem->command_line);
	g_free(postmortem);
}
