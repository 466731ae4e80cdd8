// SPDX-License-Identifier: GPL-2.0-or-later
#include "initramfsparts.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/spawn.h>
#include <base/usage.h>
#include <build/cache.h>

#include <archive.h>
#include <archive_entry.h>
#include <elf.h>
#include <string.h>
#include <sys/stat.h>

#define NEWC_BLOCK 512
#define LIST_TIMEOUT_NS G_GINT64_CONSTANT(10000000000)

/* What one entry of the archive is made of; Entries are sorted by path when packed: a folder before what is in it. */
typedef struct {
	mode_t mode;
	GBytes *content; /* of a file; a link's target; NULL for a folder */
} Entry;

static void entry_free(gpointer data)
{
	Entry *entry = data;

	g_clear_pointer(&entry->content, g_bytes_unref);
	g_free(entry);
}

void initramfs_free(Initramfs *initramfs)
{
	if (!initramfs)
		return;
	g_free(initramfs->path);
	g_free(initramfs->sha256);
	g_free(initramfs);
}

void entries_add(Entries *entries, const char *path, mode_t mode, GBytes *content)
{
	g_autofree char *parent = g_path_get_dirname(path);
	Entry *entry = g_new0(Entry, 1);

	if (strcmp(parent, ".") != 0 && !g_hash_table_contains(entries, parent))
		entries_add(entries, parent, S_IFDIR | 0755, NULL);
	entry->mode = mode;
	entry->content = content;
	g_hash_table_insert(entries, g_strdup(path), entry);
}

static void add_link(Entries *entries, const char *path, const char *target)
{
	entries_add(entries, path, S_IFLNK | 0777, g_bytes_new(target, strlen(target)));
}

bool entries_add_file(Entries *entries, const char *path, mode_t permissions, const char *from, GError **error)
{
	GBytes *content = files_read(from, error);

	if (!content) {
		g_prefix_error(error, "cannot put %s into the initramfs: ", path);
		return false;
	}
	entries_add(entries, path, S_IFREG | permissions, content);
	return true;
}

/*
 * The loader that an ELF program asks for (PT_INTERP, see elf(5)); NULL for a
 * static program, and for what is no 64-bit ELF file at all. Caller frees.
 */
static char *elf_interpreter(GBytes *file)
{
	gsize length;
	const char *data = g_bytes_get_data(file, &length);
	Elf64_Ehdr header;

	if (length < sizeof(header))
		return NULL;
	memcpy(&header, data, sizeof(header));
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64)
		return NULL;
	for (guint i = 0; i < header.e_phnum; i++) {
		guint64 at = header.e_phoff + (guint64)i * header.e_phentsize;
		Elf64_Phdr segment;

		if (at > length || length - at < sizeof(segment))
			return NULL;
		memcpy(&segment, data + at, sizeof(segment));
		if (segment.p_type != PT_INTERP)
			continue;
		if (segment.p_offset > length || segment.p_filesz > length - segment.p_offset)
			return NULL;
		return g_strndup(data + segment.p_offset, segment.p_filesz);
	}
	return NULL;
}

/*
 * Adds the libraries that a loader's --list names, as lines of
 * "\tlibc.so.6 => /usr/lib/libc.so.6 (0x00007f...)". All go to /lib,
 * where LD_LIBRARY_PATH points in the guest: the host's search path may not be
 * the guest's.
 */
static bool add_libraries(Entries *entries, const char *program, const char *list, GError **error)
{
	g_auto(GStrv) lines = g_strsplit_set(list, "\n", -1);

	for (char **line = lines; *line; line++) {
		g_auto(GStrv) sides = g_strsplit(g_strstrip(*line), " => ", 2);
		g_autofree char *path = NULL, *target = NULL;
		char *address;

		if (!sides[0] || !sides[1])
			continue; /* the vDSO, and the loader itself */
		address = strstr(sides[1], " (");
		if (!address || sides[1][0] != '/')
			return error_set(
				error, KHOTEST_ERROR_HOST,
				"%s needs the library %s, which this host does not have: reinstall the package of %s",
				program, sides[0], program);
		target = g_strndup(sides[1], (gsize)(address - sides[1]));
		path = g_build_filename("lib", sides[0], NULL);
		if (!g_hash_table_contains(entries, path) && !entries_add_file(entries, path, 0755, target, error))
			return false;
	}
	return true;
}

/* A program of the host with all that it needs to run in the guest. */
static bool add_program(Entries *entries, const char *path, const char *from, GCancellable *cancel, GError **error)
{
	g_autofree char *interpreter = NULL;
	g_auto(SpawnResult) result = { 0 };
	Entry *entry;

	if (!entries_add_file(entries, path, 0755, from, error))
		return false;
	entry = g_hash_table_lookup(entries, path);
	interpreter = elf_interpreter(entry->content);
	if (!interpreter)
		return true;

	const char *const argv[] = { interpreter, "--list", from, NULL };
	const SpawnSpec spec = { .argv = argv, .timeout_ns = LIST_TIMEOUT_NS, .cancel = cancel, .keep_output = true };

	if (!spawn_run(&spec, &result, error))
		return false;
	if (result.status != 0)
		return error_set(error, KHOTEST_ERROR_FAILED,
				 "cannot tell which libraries %s needs: '%s --list' ended with status %d: %s", from,
				 interpreter, result.status, g_strstrip(result.err));
	return entries_add_file(entries, interpreter + strspn(interpreter, "/"), 0755, interpreter, error) &&
	       add_libraries(entries, from, result.out, error);
}

char *initramfs_find(const char *name, const char *package, GError **error)
{
	static const char *const folders[] = { "/usr/sbin", "/sbin", "/usr/bin", "/bin" };
	char *path = g_find_program_in_path(name);

	for (gsize i = 0; !path && i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *candidate = g_build_filename(folders[i], name, NULL);

		if (g_file_test(candidate, G_FILE_TEST_IS_EXECUTABLE))
			path = g_steal_pointer(&candidate);
	}
	if (!path)
		error_set(
			error, KHOTEST_ERROR_HOST,
			"cannot make the initramfs: no '%s' in PATH, /usr/sbin or /sbin; install the Debian package %s",
			name, package);
	return path;
}

bool initramfs_tools(GError **error)
{
	g_autofree char *busybox = initramfs_find("busybox", "busybox-static", error);
	g_autofree char *kexec = busybox ? initramfs_find("kexec", "kexec-tools", error) : NULL;

	return kexec != NULL;
}

/* Which payloads there are, for the probe (initramfs/probe-payload.c). */
static void add_payload_list(Entries *entries, const GPtrArray *payloads)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < payloads->len; i++) {
		const Payload *payload = payloads->pdata[i];

		g_string_append_printf(text, "%s %" G_GINT64_FORMAT "\n", payload->name, payload->timeout_ns / 1000000);
	}
	entries_add(entries, "etc/khotest.payloads", S_IFREG | 0644, g_string_free_to_bytes(text));
}

static bool add_payload(Entries *entries, const Payload *payload, GCancellable *cancel, GError **error)
{
	for (guint i = 0; i < payload->files->len; i++) {
		const PayloadFile *file = payload->files->pdata[i];
		g_autofree char *path = g_build_filename("payloads", payload->name, file->path, NULL);

		if (file->executable ? !add_program(entries, path, file->from, cancel, error)
				     : !entries_add_file(entries, path, 0644, file->from, error))
			return false;
	}
	return true;
}

static bool add_payloads(Entries *entries, const GPtrArray *payloads, GCancellable *cancel, GError **error)
{
	if (!payloads || !payloads->len)
		return true;
	add_payload_list(entries, payloads);
	for (guint i = 0; i < payloads->len; i++)
		if (!add_payload(entries, payloads->pdata[i], cancel, error))
			return false;
	return true;
}

static Entries *gather(const InitramfsSpec *spec, guint64 *ret_kernel_bytes, GError **error)
{
	g_autoptr(GHashTable) entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
	static const char *const folders[] = { "dev", "proc", "run", "sys" };
	g_autofree char *script = g_build_filename(spec->folder, "khotest.rc", NULL);
	g_autofree char *busybox = initramfs_find("busybox", "busybox-static", error);
	g_autofree char *kexec = busybox ? initramfs_find("kexec", "kexec-tools", error) : NULL;

	if (!kexec)
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
		entries_add(entries, folders[i], S_IFDIR | 0755, NULL);
	add_link(entries, "init", "bin/probe");
	add_link(entries, "bin/sh", "busybox");
	if (!add_program(entries, "bin/busybox", busybox, spec->cancel, error) ||
	    !add_program(entries, "bin/kexec", kexec, spec->cancel, error) ||
	    !add_program(entries, "bin/probe", spec->probe, spec->cancel, error) ||
	    !entries_add_file(entries, "etc/khotest.rc", 0644, script, error) ||
	    !initramfskernels_add(spec->hops, spec->n_hops, entries, ret_kernel_bytes, error) ||
	    !add_payloads(entries, spec->payloads, spec->cancel, error))
		return NULL;
	return g_steal_pointer(&entries);
}

/*
 * The list from which the probe packs the same archive again in the guest
 * (initramfs/probe-initrd.c): "MODE PATH", MODE octal, in the archive's order.
 */
static GBytes *list_text(Entries *entries, GList *paths)
{
	GString *text = g_string_new(NULL);

	for (GList *at = paths; at; at = at->next) {
		Entry *entry = g_hash_table_lookup(entries, at->data);

		g_string_append_printf(text, "%06o %s\n", (guint)entry->mode, (const char *)at->data);
	}
	return g_string_free_to_bytes(text);
}

/* Everything in a header beside name, mode and size is fixed; inodes count from 1, so that no two look like hard links.
 */
static bool pack_entry(struct archive *archive, const char *path, const Entry *entry, guint inode)
{
	struct archive_entry *header = archive_entry_new();
	gsize length = 0;
	const char *content = entry->content ? g_bytes_get_data(entry->content, &length) : NULL;
	bool ok;

	archive_entry_set_pathname(header, path);
	archive_entry_set_mode(header, entry->mode);
	archive_entry_set_ino(header, inode);
	archive_entry_set_nlink(header, 1);
	archive_entry_set_uid(header, 0);
	archive_entry_set_gid(header, 0);
	archive_entry_set_mtime(header, 0, 0);
	if (S_ISLNK(entry->mode)) {
		g_autofree char *target = g_strndup(content, length);

		archive_entry_set_symlink(header, target);
		length = 0;
	}
	archive_entry_set_size(header, (gint64)length);
	ok = archive_write_header(archive, header) == ARCHIVE_OK &&
	     (length == 0 || archive_write_data(archive, content, length) == (la_ssize_t)length);
	archive_entry_free(header);
	return ok;
}

static gsize packed_size_limit(Entries *entries)
{
	gsize limit = NEWC_BLOCK;
	GHashTableIter iter;
	gpointer path, value;

	g_hash_table_iter_init(&iter, entries);
	while (g_hash_table_iter_next(&iter, &path, &value)) {
		const Entry *entry = value;

		limit += NEWC_BLOCK + strlen(path) + (entry->content ? g_bytes_get_size(entry->content) : 0);
	}
	return limit;
}

static GBytes *pack(Entries *entries, GError **error)
{
	gsize limit, used = 0;
	g_autofree char *packed = NULL;
	struct archive *archive = archive_write_new();
	GList *paths;
	guint inode = 0;
	bool ok;

	entries_add(entries, "etc/khotest.files", S_IFREG | 0644, NULL);
	paths = g_list_sort(g_hash_table_get_keys(entries), (GCompareFunc)strcmp);
	((Entry *)g_hash_table_lookup(entries, "etc/khotest.files"))->content = list_text(entries, paths);
	limit = packed_size_limit(entries);
	packed = g_malloc(limit);

	ok = archive_write_set_format_cpio_newc(archive) == ARCHIVE_OK &&
	     archive_write_add_filter_none(archive) == ARCHIVE_OK &&
	     archive_write_set_bytes_in_last_block(archive, 1) == ARCHIVE_OK &&
	     archive_write_open_memory(archive, packed, limit, &used) == ARCHIVE_OK;
	for (GList *at = paths; ok && at; at = at->next)
		ok = pack_entry(archive, at->data, g_hash_table_lookup(entries, at->data), ++inode);
	ok = ok && archive_write_close(archive) == ARCHIVE_OK;
	if (!ok)
		error_set(error, KHOTEST_ERROR_FAILED, "cannot pack the initramfs: %s", archive_error_string(archive));
	archive_write_free(archive);
	g_list_free(paths);
	return ok ? g_bytes_new_take(g_realloc(g_steal_pointer(&packed), used), used) : NULL;
}

/* Whether the file is there and holds just these bytes. */
static bool is_cached(const char *path, GBytes *packed)
{
	g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);
	g_autoptr(GBytes) there = file ? g_mapped_file_get_bytes(file) : NULL;

	if (there && !g_bytes_equal(there, packed))
		log_warn("%s was damaged; it is written anew", path);
	return there && g_bytes_equal(there, packed);
}

/*
 * Packing takes milliseconds, so it is done each time, and the cache is there for
 * what the emulator needs: a file that stays. Its name is its own checksum, which
 * no input can change without changing, and its content is compared each time.
 */
Initramfs *initramfs_build(const InitramfsSpec *spec, GError **error)
{
	g_autoptr(Initramfs) initramfs = g_new0(Initramfs, 1);
	g_autoptr(GHashTable) entries = NULL;
	g_autoptr(GBytes) packed = NULL;
	g_autofree char *folder = g_build_filename(spec->cache, CACHE_INITRAMFS, NULL);
	g_autofree char *name = NULL;

	if (cancel_check(spec->cancel, error))
		return NULL;
	entries = gather(spec, &initramfs->kernel_bytes, error);
	packed = entries ? pack(entries, error) : NULL;
	if (!packed)
		return NULL;
	initramfs->sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, packed);
	initramfs->bytes = g_bytes_get_size(packed);
	name = g_strdup_printf("%s.cpio", initramfs->sha256);
	initramfs->path = g_build_filename(folder, name, NULL);
	if (is_cached(initramfs->path, packed)) {
		usage_mark(initramfs->path);
		return g_steal_pointer(&initramfs);
	}
	if (!files_mkdirs(folder, error) ||
	    !files_write(initramfs->path, g_bytes_get_data(packed, NULL), g_bytes_get_size(packed), error))
		return NULL;
	log_detail("initramfs: %s, %" G_GUINT64_FORMAT " bytes", initramfs->path, initramfs->bytes);
	return g_steal_pointer(&initramfs);
}
