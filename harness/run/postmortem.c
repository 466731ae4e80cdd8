// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is read of a machine that failed. postmortem_make() asks for what it needs, and every page that it has asked for
 * is kept: so it can be made again from the run directory alone.
 */
#include "running.h"

#include <base/log.h>
#include <measure/corefile.h>
#include <store/memory.h>

#include <string.h>

/* What is asked of the emulator at once. */
#define CHUNK 65536u
/* A kernel's log has some hundred pages. One that makes more of it is not followed any further. */
#define CHUNKS_MOST 512u
#define PAGES_MOST 4096u

typedef struct {
	Vm *vm;
	const ArchAutopsy *autopsy;
	ArchCpu cpu;	    /* by whose tables addresses are translated */
	GHashTable *chunks; /* physical address -> GBytes; NULL: it cannot be read */
	GHashTable *bare;   /* virtual pages that are not mapped */
	CoreFile *core;
} Look;

static gint64 *key_of(guint64 address)
{
	return g_memdup2(&address, sizeof(address));
}

static void chunk_free(gpointer data)
{
	if (data)
		g_bytes_unref(data);
}

/* Caller does not own it. */
static GBytes *chunk_at(Look *look, guint64 address)
{
	gpointer found = NULL;
	guint8 *data;

	if (g_hash_table_lookup_extended(look->chunks, &address, NULL, &found))
		return found;
	if (g_hash_table_size(look->chunks) >= CHUNKS_MOST)
		return NULL;
	data = g_malloc(CHUNK);
	if (vm_peek(look->vm, address, data, CHUNK))
		found = g_bytes_new_take(g_steal_pointer(&data), CHUNK);
	g_hash_table_insert(look->chunks, key_of(address), found);
	g_free(data);
	return found;
}

/* NULL if there is no memory. Caller unrefs. */
static GBytes *page_at(Look *look, guint64 physical)
{
	guint64 start = physical & ~(guint64)(CHUNK - 1), page = physical & ~(guint64)(COREFILE_PAGE - 1);
	GBytes *chunk = chunk_at(look, start);

	return chunk ? g_bytes_new_from_bytes(chunk, page - start, COREFILE_PAGE) : NULL;
}

/* Of the tables of addresses nothing is kept. */
static bool read_tables(guint64 address, gpointer buffer, gsize length, gpointer user)
{
	g_autoptr(GBytes) page = page_at(user, address);
	gsize from = address & (COREFILE_PAGE - 1);

	if (!page || from + length > COREFILE_PAGE)
		return false;
	memcpy(buffer, (const guint8 *)g_bytes_get_data(page, NULL) + from, length);
	return true;
}

/* Has a page in the core. */
static bool keep_physical(Look *look, guint64 page)
{
	GBytes *bytes = page_at(look, page);

	if (bytes)
		corefile_add(look->core, 0, page, bytes);
	return bytes;
}

static bool keep_virtual(Look *look, guint64 page)
{
	guint64 physical;
	GBytes *bytes = NULL;

	if (g_hash_table_contains(look->bare, &page))
		return false;
	if (look->autopsy->translate(&look->cpu, page, read_tables, look, &physical, NULL))
		bytes = page_at(look, physical);
	if (bytes)
		corefile_add(look->core, page, physical & ~(guint64)(COREFILE_PAGE - 1), bytes);
	else
		g_hash_table_add(look->bare, key_of(page));
	return bytes;
}

/* Has all pages of a stretch in the core, unless they are there. */
static bool keep(Look *look, guint64 address, gsize length, ArchRead have, bool (*keep_page)(Look *, guint64))
{
	guint64 last = (address + length - 1) & ~(guint64)(COREFILE_PAGE - 1);
	guint8 byte;

	for (guint64 page = address & ~(guint64)(COREFILE_PAGE - 1);; page += COREFILE_PAGE) {
		if (!have(page, &byte, 1, look->core) &&
		    (corefile_pages(look->core) >= PAGES_MOST || !keep_page(look, page)))
			return false;
		/* behind the last page of all comes the first */
		if (page == last)
			return true;
	}
}

static bool read_virtual(guint64 address, gpointer buffer, gsize length, gpointer user)
{
	Look *look = user;

	return keep(look, address, length, corefile_read, keep_virtual) &&
	       corefile_read(address, buffer, length, look->core);
}

static bool read_physical(guint64 address, gpointer buffer, gsize length, gpointer user)
{
	Look *look = user;

	return keep(look, address, length, corefile_read_physical, keep_physical) &&
	       corefile_read_physical(address, buffer, length, look->core);
}

/* A CPU that runs the kernel is as good as any; one that runs a program may not see all of the kernel. */
static ArchCpu choose_cpu(const ArchAutopsy *autopsy, const char *registers)
{
	g_autoptr(GArray) cpus = autopsy->cpus(registers);
	ArchCpu chosen = { 0 };

	for (guint i = 0; i < cpus->len; i++) {
		const ArchCpu *cpu = &g_array_index(cpus, ArchCpu, i);

		if (cpu->paging && (!chosen.paging || (chosen.user && !cpu->user)))
			chosen = *cpu;
	}
	return chosen;
}

/* For whoever waits. */
static void tell(const Postmortem *postmortem, const CoreFile *core)
{
	if (postmortem->log)
		log_info("read the log of the kernel that failed from its memory: %u lines, and %u pages in all",
			 postmortem->log->lines->len, corefile_pages(core));
	else
		log_info("the log of the kernel that failed is not in memory: %s", postmortem->no_log);
}

static bool write_core(const Running *run, const CoreFile *core, GError **error)
{
	g_autoptr(GBytes) file = corefile_write(core, arch_default()->autopsy.elf_machine);

	return rundir_write_bytes(run->dir, RUNDIR_MEMORY, file, error);
}

const VmLook *postmortem_look(Running *run)
{
	g_autoptr(GError) error = NULL;

	if (run->looked)
		return &run->look;
	run->looked = true;
	vm_look(run->vm, &run->look);
	if (run->look.said && !rundir_write(run->dir, RUNDIR_MACHINE, run->look.said, &error))
		running_fail(run, g_steal_pointer(&error));
	return &run->look;
}

void postmortem_take(Running *run)
{
	const Arch *arch = arch_default();
	const VmLook *seen;
	g_autoptr(GArray) kernels = NULL;
	g_autoptr(GError) error = NULL;
	Look look = { .vm = run->vm, .autopsy = &arch->autopsy };

	if (!vm_is_there(run->vm))
		return;
	seen = postmortem_look(run);
	if (!seen->frozen || !seen->said)
		return;
	look.cpu = choose_cpu(look.autopsy, seen->said);
	look.chunks = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, chunk_free);
	look.bare = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	look.core = corefile_new();
	kernels = memory_kernels(run->dir, run->plan);
	run->memory = postmortem_make(&(PostmortemSource){ .arch = arch,
							   .registers = seen->said,
							   .read = read_virtual,
							   .read_physical = read_physical,
							   .user = &look,
							   .kernels = (const PostmortemKernel *)(gpointer)kernels->data,
							   .n_kernels = kernels->len,
							   .hop = (guint)run->step.hop });
	tell(run->memory, look.core);
	if (!write_core(run, look.core, &error))
		running_fail(run, g_steal_pointer(&error));
	corefile_free(look.core);
	g_hash_table_unref(look.bare);
	g_hash_table_unref(look.chunks);
}
