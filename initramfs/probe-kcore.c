// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The kernel's own memory: /proc/kcore is an ELF core file (fs/proc/kcore.c), and
 * its note VMCOREINFO says where some things are
 * (Documentation/admin-guide/kdump/vmcoreinfo.rst). For the rest there is
 * boot/layout, which the kernel's own headers were asked for (harness/build/layout.h).
 */
#define LAYOUT "/boot/layout"
#define KCORE "/proc/kcore"
#define NOTES_MAX (1u << 20)

struct Kcore {
	Buffer layout, notes;
	int fd;
	Elf64_Phdr *segments;
	unsigned count;
};

static bool number_in(const Buffer *text, const char *name, int base, uint64_t *ret)
{
	size_t length = strlen(name);

	for (const char *at = text->data; at && (at = strstr(at, name)); at += length) {
		char *end;

		if ((at > text->data && at[-1] != '\n') || at[length] != '=')
			continue;
		*ret = strtoull(at + length + 1, &end, base);
		return end > at + length + 1 && *end == '\n';
	}
	return false;
}

bool kcore_layout(const Kcore *kcore, const char *name, uint64_t *ret)
{
	return number_in(&kcore->layout, name, 10, ret);
}

const char *kcore_layout_text(const Kcore *kcore)
{
	return kcore->layout.data;
}

bool kcore_note(const Kcore *kcore, const char *name, int base, uint64_t *ret)
{
	return number_in(&kcore->notes, name, base, ret);
}

/* The addresses of a System.map are right up to the offset of KASLR. */
bool kcore_symbol(const Kcore *kcore, const char *name, uint64_t *ret)
{
	Buffer key = { 0 };
	uint64_t offset = 0;
	bool found;

	buffer_printf(&key, "symbol_%s", name);
	found = number_in(&kcore->layout, key.data, 16, ret);
	buffer_clear(&key);
	number_in(&kcore->notes, "KERNELOFFSET", 16, &offset);
	*ret += offset;
	return found;
}

static int read_at(int fd, uint64_t offset, void *data, size_t length)
{
	char *at = data;

	while (length > 0) {
		ssize_t n = pread(fd, at, length, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			return EIO;
		at += n;
		offset += (uint64_t)n;
		length -= (size_t)n;
	}
	return 0;
}

/* length bytes that a segment has offset bytes behind its begin; EFAULT if it has not. */
static int read_segment(const Kcore *kcore, const Elf64_Phdr *segment, uint64_t offset, void *data, size_t length)
{
	if (segment->p_memsz - offset < length)
		return EFAULT;
	return read_at(kcore->fd, segment->p_offset + offset, data, length);
}

int kcore_read(const Kcore *kcore, uint64_t address, void *data, size_t length)
{
	for (unsigned i = 0; i < kcore->count; i++) {
		const Elf64_Phdr *segment = &kcore->segments[i];

		if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
		    address - segment->p_vaddr < segment->p_memsz)
			return read_segment(kcore, segment, address - segment->p_vaddr, data, length);
	}
	return EFAULT;
}

/* elfcorehdr of /proc/kcore: a segment that is not of memory has an address of all ones. */
int kcore_read_physical(const Kcore *kcore, uint64_t address, void *data, size_t length)
{
	for (unsigned i = 0; i < kcore->count; i++) {
		const Elf64_Phdr *segment = &kcore->segments[i];

		if (segment->p_type == PT_LOAD && segment->p_paddr != UINT64_MAX && address >= segment->p_paddr &&
		    address - segment->p_paddr < segment->p_memsz)
			return read_segment(kcore, segment, address - segment->p_paddr, data, length);
	}
	return EFAULT;
}

/* The text of the note named VMCOREINFO; each note is its header, its name and its content, padded to four bytes. */
static int read_notes(Kcore *kcore, const Elf64_Phdr *segment)
{
	char *data;
	int failed;

	if (segment->p_filesz > NOTES_MAX)
		return EFBIG;
	data = malloc(segment->p_filesz + 1);
	failed = data ? read_at(kcore->fd, segment->p_offset, data, segment->p_filesz) : ENOMEM;
	for (size_t at = 0; !failed && at + sizeof(Elf64_Nhdr) <= segment->p_filesz;) {
		const Elf64_Nhdr *note = (const Elf64_Nhdr *)(data + at);
		size_t name = at + sizeof(*note), text = name + ((note->n_namesz + 3u) & ~3u);

		at = text + ((note->n_descsz + 3u) & ~3u);
		if (at > segment->p_filesz)
			break;
		if (note->n_namesz == sizeof("VMCOREINFO") && memcmp(data + name, "VMCOREINFO", note->n_namesz) == 0)
			buffer_add(&kcore->notes, data + text, note->n_descsz);
	}
	free(data);
	return failed;
}

static int open_file(Kcore *kcore)
{
	Elf64_Ehdr header;
	int failed;

	kcore->fd = open(KCORE, O_RDONLY | O_CLOEXEC);
	if (kcore->fd < 0)
		return errno;
	failed = read_at(kcore->fd, 0, &header, sizeof(header));
	if (failed)
		return failed;
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof(Elf64_Phdr))
		return ENOEXEC;
	kcore->segments = calloc(header.e_phnum, sizeof(Elf64_Phdr));
	if (!kcore->segments)
		return ENOMEM;
	failed = read_at(kcore->fd, header.e_phoff, kcore->segments, header.e_phnum * sizeof(Elf64_Phdr));
	if (failed)
		return failed;
	kcore->count = header.e_phnum;
	for (unsigned i = 0; !failed && i < kcore->count; i++)
		if (kcore->segments[i].p_type == PT_NOTE)
			failed = read_notes(kcore, &kcore->segments[i]);
	return failed ? failed : kcore->notes.length ? 0 : ENODATA;
}

/* Both say what the release is. */
static bool is_of_this_kernel(const Kcore *kcore)
{
	const char *ours = strstr(kcore->layout.data, "release="), *theirs = strstr(kcore->notes.data, "OSRELEASE=");

	if (!ours || !theirs)
		return false;
	ours += strlen("release=");
	theirs += strlen("OSRELEASE=");
	return strncmp(ours, theirs, strcspn(ours, "\n") + 1) == 0;
}

int kcore_open(Kcore **ret)
{
	Kcore *kcore = calloc(1, sizeof(*kcore));
	int failed;

	*ret = NULL;
	if (!kcore)
		return ENOMEM;
	kcore->fd = -1;
	failed = buffer_read(&kcore->layout, LAYOUT, FRAME_PAYLOAD_MAX);
	if (!failed || failed == ENOENT)
		failed = open_file(kcore);
	if (!failed && kcore->layout.data && !is_of_this_kernel(kcore))
		failed = EINVAL;
	if (failed)
		kcore_close(kcore);
	else
		*ret = kcore;
	return failed;
}

void kcore_close(Kcore *kcore)
{
	if (!kcore)
		return;
	if (kcore->fd >= 0)
		close(kcore->fd);
	free(kcore->segments);
	buffer_clear(&kcore->layout);
	buffer_clear(&kcore->notes);
	free(kcore);
}
