// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/corefile.h>

#include <base/error.h>

#include <elf.h>
#include <string.h>

/* What a guest's kernel takes of memory for its log and its tables of frames is some MiB. */
#define PAGES_MOST 65000u

typedef struct {
	guint64 virtual, physical;
	GBytes *bytes;
} Page;

struct CoreFile {
	GHashTable *by_virtual, *by_physical; /* borrow their keys and values from pages */
	GPtrArray *pages;		      /* Page, in the order in which they were read */
};

static void page_free(gpointer data)
{
	Page *page = data;

	g_bytes_unref(page->bytes);
	g_free(page);
}

CoreFile *corefile_new(void)
{
	CoreFile *core = g_new0(CoreFile, 1);

	core->by_virtual = g_hash_table_new(g_int64_hash, g_int64_equal);
	core->by_physical = g_hash_table_new(g_int64_hash, g_int64_equal);
	core->pages = g_ptr_array_new_with_free_func(page_free);
	return core;
}

void corefile_free(CoreFile *core)
{
	if (!core)
		return;
	g_hash_table_unref(core->by_virtual);
	g_hash_table_unref(core->by_physical);
	g_ptr_array_unref(core->pages);
	g_free(core);
}

guint corefile_pages(const CoreFile *core)
{
	return core->pages->len;
}

void corefile_add(CoreFile *core, guint64 virtual, guint64 physical, GBytes *bytes)
{
	Page *page = g_new(Page, 1);

	*page = (Page){ virtual, physical, bytes };
	g_ptr_array_add(core->pages, page);
	if (virtual)
		g_hash_table_replace(core->by_virtual, &page->virtual, page);
	else
		g_hash_table_replace(core->by_physical, &page->physical, page);
}

GBytes *corefile_write(const CoreFile *core, guint machine)
{
	guint n = MIN(core->pages->len, PAGES_MOST);
	gsize at = sizeof(Elf64_Ehdr) + n * sizeof(Elf64_Phdr);
	GByteArray *file = g_byte_array_new();
	Elf64_Ehdr head = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			    .e_type = ET_CORE,
			    .e_machine = (guint16)machine,
			    .e_version = EV_CURRENT,
			    .e_phoff = sizeof(head),
			    .e_ehsize = sizeof(head),
			    .e_phentsize = sizeof(Elf64_Phdr),
			    .e_phnum = (guint16)n };

	g_byte_array_append(file, (const guint8 *)&head, sizeof(head));
	for (guint i = 0; i < n; i++) {
		const Page *page = core->pages->pdata[i];
		Elf64_Phdr segment = { .p_type = PT_LOAD,
				       .p_flags = PF_R,
				       .p_offset = at + i * COREFILE_PAGE,
				       .p_vaddr = page->virtual,
				       .p_paddr = page->physical,
				       .p_filesz = COREFILE_PAGE,
				       .p_memsz = COREFILE_PAGE };

		g_byte_array_append(file, (const guint8 *)&segment, sizeof(segment));
	}
	for (guint i = 0; i < n; i++) {
		const Page *page = core->pages->pdata[i];

		g_byte_array_append(file, g_bytes_get_data(page->bytes, NULL), COREFILE_PAGE);
	}
	return g_byte_array_free_to_bytes(file);
}

static bool read_header(const guint8 *data, gsize length, Elf64_Ehdr *ret)
{
	if (length < sizeof(*ret))
		return false;
	memcpy(ret, data, sizeof(*ret));
	return memcmp(ret->e_ident, ELFMAG, SELFMAG) == 0 && ret->e_ident[EI_CLASS] == ELFCLASS64 &&
	       ret->e_ident[EI_DATA] == ELFDATA2LSB && ret->e_type == ET_CORE &&
	       ret->e_phentsize == sizeof(Elf64_Phdr) && ret->e_phoff <= length &&
	       ret->e_phnum * sizeof(Elf64_Phdr) <= length - ret->e_phoff;
}

CoreFile *corefile_parse(GBytes *file, GError **error)
{
	g_autoptr(CoreFile) core = corefile_new();
	gsize length;
	const guint8 *data = g_bytes_get_data(file, &length);
	Elf64_Ehdr head;

	if (!read_header(data, length, &head)) {
		error_set(error, KHOTEST_ERROR_FAILED, "it is no ELF core, or was cut off");
		return NULL;
	}
	for (guint i = 0; i < head.e_phnum; i++) {
		Elf64_Phdr segment;

		memcpy(&segment, data + head.e_phoff + i * sizeof(segment), sizeof(segment));
		if (segment.p_type != PT_LOAD || segment.p_filesz != COREFILE_PAGE || segment.p_offset > length ||
		    length - segment.p_offset < COREFILE_PAGE) {
			error_set(error, KHOTEST_ERROR_FAILED, "its segment %u is no whole page", i);
			return NULL;
		}
		corefile_add(core, segment.p_vaddr, segment.p_paddr,
			     g_bytes_new_from_bytes(file, segment.p_offset, COREFILE_PAGE));
	}
	return g_steal_pointer(&core);
}

static bool read_pages(GHashTable *pages, guint64 address, guint8 *buffer, gsize length)
{
	while (length > 0) {
		guint64 start = address & ~(guint64)(COREFILE_PAGE - 1);
		gsize from = address - start, n = MIN(length, COREFILE_PAGE - from);
		const Page *page = g_hash_table_lookup(pages, &start);

		if (!page)
			return false;
		memcpy(buffer, (const guint8 *)g_bytes_get_data(page->bytes, NULL) + from, n);
		buffer += n;
		address += n;
		length -= n;
	}
	return true;
}

bool corefile_read(guint64 address, gpointer buffer, gsize length, gpointer user)
{
	return read_pages(((const CoreFile *)user)->by_virtual, address, buffer, length);
}

bool corefile_read_physical(guint64 address, gpointer buffer, gsize length, gpointer user)
{
	return read_pages(((const CoreFile *)user)->by_physical, address, buffer, length);
}
