// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernelstore.h"

#include <base/error.h>
#include <base/files.h>
#include <base/json.h>
#include <base/lock.h>
#include <base/log.h>
#include <base/usage.h>
#include <build/cache.h>

#include <glib/gstdio.h>
#include <string.h>

void kernel_free(Kernel *kernel)
{
	if (!kernel)
		return;
	g_free(kernel->image);
	g_free(kernel->config);
	g_free(kernel->symbols);
	g_free(kernel->layout);
	g_free(kernel->vmlinux);
	g_free(kernel->release);
	g_free(kernel->series);
	g_free(kernel->profile);
	g_free(kernel->sha256);
	g_free(kernel->key);
	g_free(kernel->source);
	g_free(kernel->commit);
	g_free(kernel->version);
	g_strfreev(kernel->warnings);
	g_free(kernel);
}

/* What lies beside the image. */
static const char *const beside[] = { "config", "System.map", KERNELSTORE_VMLINUX, "layout" };

static char *folder_of(const char *cache, const char *key)
{
	return g_build_filename(cache, CACHE_KERNELS, key, NULL);
}

/* Kernels of before that was kept. */
static void add_why_not(Kernel *kernel, const char *folder)
{
	if (kernel->layout || *kernel->warnings)
		return;
	g_strfreev(kernel->warnings);
	kernel->warnings = g_new0(char *, 2);
	kernel->warnings[0] = g_strdup_printf("which pageblock has which type cannot be read from this kernel, only "
					      "counted: why was not kept, and without %s it is built anew",
					      folder);
}

/* The paths of a kernel in its folder. An empty layout is none. */
static void set_paths(Kernel *kernel, const Arch *arch, const char *folder)
{
	g_autofree char *layout = g_build_filename(folder, "layout", NULL);
	g_autofree char *text = NULL;

	kernel->image = g_build_filename(folder, arch->image_file, NULL);
	kernel->config = g_build_filename(folder, "config", NULL);
	kernel->symbols = g_build_filename(folder, "System.map", NULL);
	kernel->vmlinux = g_build_filename(folder, KERNELSTORE_VMLINUX, NULL);
	if (g_file_get_contents(layout, &text, NULL, NULL) && *text)
		kernel->layout = g_steal_pointer(&layout);
}

/*
 * Whether all is there as it was put; of kernels of before the sums of all files were kept, the image alone. Gives the
 * sum of that.
 */
static char *check_sums(const char *folder, const char *image, JsonObject *meta)
{
	JsonObject *sums = json_get_object(meta, "sums");
	g_autofree char *own = files_sha256(image, NULL);

	if (!own || g_strcmp0(own, json_get_string(meta, "sha256")) != 0)
		return NULL;
	for (gsize i = 0; sums && i < G_N_ELEMENTS(beside); i++) {
		g_autofree char *path = g_build_filename(folder, beside[i], NULL), *sum = files_sha256(path, NULL);

		if (!sum || g_strcmp0(sum, json_get_string(sums, beside[i])) != 0)
			return NULL;
	}
	return g_steal_pointer(&own);
}

Kernel *kernelstore_find(const Arch *arch, const char *cache, const char *key)
{
	g_autofree char *folder = folder_of(cache, key);
	g_autofree char *meta = g_build_filename(folder, "meta.json", NULL);
	g_autofree char *text = NULL, *sum = NULL;
	g_autoptr(JsonObject) object = NULL;
	g_autoptr(Kernel) kernel = g_new0(Kernel, 1);

	if (!g_file_get_contents(meta, &text, NULL, NULL))
		return NULL;
	object = json_parse_object(text, -1, meta, NULL);
	set_paths(kernel, arch, folder);
	sum = object ? check_sums(folder, kernel->image, object) : NULL;
	if (!sum) {
		/* whoever builds it puts the new one in its place; another harness may be doing that now */
		log_warn("the cached kernel %s is damaged: building it again", folder);
		return NULL;
	}
	kernel->sha256 = g_steal_pointer(&sum);
	kernel->key = g_strdup(key);
	kernel->release = g_strdup(json_get_string(object, "release"));
	kernel->series = g_strdup(json_get_string(object, "series"));
	kernel->profile = g_strdup(json_get_string(object, "profile"));
	kernel->source = g_strdup(json_get_string(object, "source"));
	kernel->warnings = json_get_strings(object, "warnings");
	add_why_not(kernel, folder);
	kernel->build_ns = json_get_int(object, "build_ns");
	kernel->was_cached = true;
	usage_mark(folder);
	return g_steal_pointer(&kernel);
}

static bool write_meta(const char *folder, const Kernel *kernel, GError **error)
{
	g_autofree char *path = g_build_filename(folder, "meta.json", NULL);
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autofree char *text = NULL;

	json_builder_begin_object(builder);
	json_put_string(builder, "release", kernel->release);
	json_put_string(builder, "series", kernel->series);
	json_put_string(builder, "profile", kernel->profile);
	json_put_string(builder, "sha256", kernel->sha256);
	json_put_string(builder, "source", kernel->source);
	json_put_strings(builder, "warnings", (const char *const *)kernel->warnings);
	json_put_int(builder, "build_ns", kernel->build_ns);
	json_begin_object(builder, "sums");
	for (gsize i = 0; i < G_N_ELEMENTS(beside); i++) {
		g_autofree char *file = g_build_filename(folder, beside[i], NULL), *sum = files_sha256(file, error);

		if (!sum)
			return false;
		json_put_string(builder, beside[i], sum);
	}
	json_builder_end_object(builder);
	json_builder_end_object(builder);
	text = json_text(builder, true);
	return files_write(path, text, strlen(text), error);
}

static bool put_locked(const Arch *arch, const char *cache, const char *output, Kernel *kernel, GError **error)
{
	const struct {
		const char *from;
		const char *to;
	} files[] = { { arch->image_path, arch->image_file },
		      { ".config", "config" },
		      { "System.map", "System.map" },
		      { KERNELSTORE_VMLINUX, KERNELSTORE_VMLINUX },
		      { KERNELSTORE_LAYOUT, "layout" } };
	g_autofree char *folder = folder_of(cache, kernel->key);
	g_autofree char *half = g_strconcat(folder, ".half", NULL);

	if (!files_remove_tree(half, error) || !files_mkdirs(half, error))
		return false;
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *from = g_build_filename(output, files[i].from, NULL);
		g_autofree char *to = g_build_filename(half, files[i].to, NULL);

		if (!files_copy(from, to, error))
			return false;
		if (i == 0)
			kernel->sha256 = files_sha256(to, error);
		if (!kernel->sha256)
			return false;
	}
	if (!write_meta(half, kernel, error) || !files_remove_tree(folder, error))
		return false;
	if (g_rename(half, folder) < 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot rename %s to %s", half, folder);
	set_paths(kernel, arch, folder);
	return true;
}

/* Whoever has opened what is there goes on with it. */
static bool is_there(const Arch *arch, const char *cache, Kernel *kernel)
{
	g_autoptr(Kernel) found = kernelstore_find(arch, cache, kernel->key);
	g_autofree char *folder = found ? folder_of(cache, kernel->key) : NULL;

	if (!found)
		return false;
	kernel->sha256 = g_steal_pointer(&found->sha256);
	set_paths(kernel, arch, folder);
	return true;
}

bool kernelstore_put(const Arch *arch, const char *cache, const char *output, Kernel *kernel, GCancellable *cancel,
		     GError **error)
{
	g_autofree char *folder = g_build_filename(cache, CACHE_KERNELS, NULL),
			*lock = g_strconcat(folder, ".lock", NULL);
	bool ok;
	int fd;

	if (!files_mkdirs(folder, error))
		return false;
	/* the same kernel can be built from two trees at once */
	fd = lock_wait(lock, "another khotest is putting a kernel into the cache", cancel, error);
	if (fd < 0)
		return false;
	ok = is_there(arch, cache, kernel) || put_locked(arch, cache, output, kernel, error);
	close(fd);
	return ok;
}

Kernel *kernel_from_image(const Arch *arch, const char *path, const char *cache, GError **error)
{
	g_autoptr(Kernel) kernel = g_new0(Kernel, 1);
	g_autoptr(GBytes) bytes = NULL;
	g_autofree char *folder = NULL;
	gsize length;
	const guchar *data;

	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		error_set(error, KHOTEST_ERROR_INPUT, "--image %s: there is no such file", path);
		return NULL;
	}
	bytes = files_read(path, error);
	if (!bytes)
		return NULL;
	data = g_bytes_get_data(bytes, &length);
	kernel->release = arch->image_release(data, length);
	if (!kernel->release) {
		error_set(error, KHOTEST_ERROR_INPUT, "--image %s %s", path, arch->image_refusal);
		return NULL;
	}
	kernel->sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
	folder = g_build_filename(cache, CACHE_IMAGES, kernel->sha256, NULL);
	kernel->image = g_build_filename(folder, arch->image_file, NULL);
	if (!files_mkdirs(folder, error) || !files_write(kernel->image, data, length, error))
		return NULL;
	kernel->series = g_strdup("image");
	kernel->build_ns = -1;
	kernel->key = g_strdup(kernel->sha256);
	kernel->source = g_canonicalize_filename(path, NULL);
	return g_steal_pointer(&kernel);
}
