// SPDX-License-Identifier: GPL-2.0-or-later
/* What a payload has in the guest: its files, and what the compiler makes of its sources. */
#include "kbuild.h"
#include "toolenv.h"

#include <build/cache.h>
#include <build/payload.h>

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/names.h>
#include <base/spawn.h>
#include <base/usage.h>

#include <glib/gstdio.h>
#include <string.h>

#define COMPILER "gcc"
/* A source that takes longer has something else wrong with it. */
#define COMPILE_TIMEOUT_NS G_GINT64_CONSTANT(120000000000)
#define DEPTH_MOST 8

static const char *const flags[] = { "-O2", "-static", "-pthread", "-Wall", "-D_GNU_SOURCE", NULL };

static void file_free(gpointer data)
{
	PayloadFile *file = data;

	g_free(file->path);
	g_free(file->from);
	g_free(file);
}

static void add_file(Payload *payload, char *path, char *from, bool executable)
{
	PayloadFile *file = g_new(PayloadFile, 1);

	*file = (PayloadFile){ path, from, executable };
	g_ptr_array_add(payload->files, file);
}

/* The sources stay on the host. */
static bool stays_here(const char *name, guint depth)
{
	return g_str_has_suffix(name, ".c") || g_str_has_suffix(name, ".h") || (!depth && strcmp(name, "payload") == 0);
}

static bool add_folder(Payload *payload, const char *folder, const char *below, guint depth, GError **error);

static bool add_entry(Payload *payload, const char *folder, const char *below, const char *name, guint depth,
		      GError **error)
{
	g_autofree char *from = g_build_filename(folder, name, NULL);
	g_autofree char *path = *below ? g_build_filename(below, name, NULL) : g_strdup(name);
	bool executable = g_file_test(from, G_FILE_TEST_IS_EXECUTABLE);

	if (g_file_test(from, G_FILE_TEST_IS_DIR))
		return add_folder(payload, from, path, depth + 1, error);
	if (!g_file_test(from, G_FILE_TEST_IS_REGULAR))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s is neither a file nor a folder, and cannot go into the guest", from);
	add_file(payload, g_steal_pointer(&path), g_steal_pointer(&from), executable);
	return true;
}

/* What is in a folder, but what is nobody's business, sorted. NULL with INPUT if it cannot be read. */
static GPtrArray *names_in(const char *folder, guint depth, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) local = NULL;
	g_autoptr(GDir) dir = g_dir_open(folder, 0, &local);
	const char *name;

	if (!dir) {
		error_set(error, KHOTEST_ERROR_INPUT, "cannot read the payload's folder: %s", local->message);
		return NULL;
	}
	/* links may go round in circles */
	if (depth > DEPTH_MOST) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s lies deeper than %d folders in its payload", folder,
			  DEPTH_MOST);
		return NULL;
	}
	while ((name = g_dir_read_name(dir)))
		if (*name != '.' && !g_str_has_suffix(name, "~"))
			g_ptr_array_add(names, g_strdup(name));
	names_sort(names);
	return g_steal_pointer(&names);
}

static bool add_folder(Payload *payload, const char *folder, const char *below, guint depth, GError **error)
{
	g_autoptr(GPtrArray) names = names_in(folder, depth, error);

	for (guint i = 0; names && i < names->len; i++)
		if (!stays_here(names->pdata[i], depth) &&
		    !add_entry(payload, folder, below, names->pdata[i], depth, error))
			return false;
	return names != NULL;
}

/*
 * Adds name and content of each file below a folder, whatever it is called: a source includes headers of folders below
 * it, other sources, tables.
 */
static bool add_contents(GChecksum *sum, const char *folder, guint depth, GError **error)
{
	g_autoptr(GPtrArray) names = names_in(folder, depth, error);

	for (guint i = 0; names && i < names->len; i++) {
		g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
		bool is_folder = g_file_test(path, G_FILE_TEST_IS_DIR);
		g_autofree char *digest = NULL, *line = NULL;

		if (!is_folder && !g_file_test(path, G_FILE_TEST_IS_REGULAR))
			continue;
		digest = is_folder ? g_strdup("folder") : files_sha256(path, error);
		if (!digest)
			return false;
		line = g_strdup_printf("%u %s %s\n", depth, (const char *)names->pdata[i], digest);
		g_checksum_update(sum, (const guchar *)line, -1);
		if (is_folder && !add_contents(sum, path, depth + 1, error))
			return false;
	}
	return names != NULL;
}

/* The compiler on a program's sources, with these words more. */
static bool run_compiler(const Payload *payload, const char *const *words, char **sources, GCancellable *cancel,
			 SpawnResult *ret_result, GError **error)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_auto(GStrv) argv = NULL, environment = toolenv_make(NULL);
	SpawnSpec spec = { .only_env = (const char *const *)environment,
			   .timeout_ns = COMPILE_TIMEOUT_NS,
			   .cancel = cancel,
			   .keep_output = true };

	g_strv_builder_add(builder, COMPILER);
	g_strv_builder_addv(builder, (const char **)flags);
	g_strv_builder_add_many(builder, "-I", payload->include, NULL);
	g_strv_builder_addv(builder, (const char **)words);
	g_strv_builder_addv(builder, (const char **)sources);
	argv = g_strv_builder_end(builder);
	spec.argv = (const char *const *)argv;
	if (!spawn_run(&spec, ret_result, error))
		return false;
	return ret_result->status == 0 ||
	       error_set(error, KHOTEST_ERROR_INPUT, "cannot compile a program of payload %s for the guest: %s",
			 payload->path, g_strstrip(ret_result->err));
}

/* What the sources come to with all that they include, from wherever it is: other folders, the host's own headers. */
static bool add_expanded(GChecksum *sum, const Payload *payload, char **sources, GCancellable *cancel, GError **error)
{
	static const char *const words[] = { "-E", "-P", NULL };
	g_auto(SpawnResult) result = { 0 };

	if (!run_compiler(payload, words, sources, cancel, &result, error))
		return false;
	g_checksum_update(sum, (const guchar *)result.out, (gssize)result.out_length);
	return true;
}

/*
 * All that decides what a program becomes: its sources, all that they may include, compiler and flags, and the library.
 * Caller frees.
 */
static char *program_key(const Payload *payload, char **sources, const char *tools, GCancellable *cancel,
			 GError **error)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *options = g_strjoinv(" ", (char **)flags);

	g_checksum_update(sum, (const guchar *)tools, -1);
	g_checksum_update(sum, (const guchar *)options, -1);
	/* which of the files they are: their contents are added with the rest of the folder */
	for (char **source = sources; *source; source++) {
		g_autofree char *line = g_strconcat("\n", *source + strlen(payload->path), NULL);

		g_checksum_update(sum, (const guchar *)line, -1);
	}
	/* the folder too: the assembler can read files that the compiler does not */
	if (!add_contents(sum, payload->path, 0, error) ||
	    (g_file_test(payload->include, G_FILE_TEST_IS_DIR) && !add_contents(sum, payload->include, 0, error)) ||
	    !add_expanded(sum, payload, sources, cancel, error))
		return NULL;
	return g_strdup(g_checksum_get_string(sum));
}

static bool compile(const Payload *payload, char **sources, const char *program, GCancellable *cancel, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(program);
	g_autofree char *temporary = g_strdup_printf("%s.%08x", program, g_random_int());
	const char *const words[] = { "-o", temporary, NULL };
	g_auto(SpawnResult) result = { 0 };

	if (!files_mkdirs(folder, error) || !run_compiler(payload, words, sources, cancel, &result, error))
		return false;
	if (g_rename(temporary, program) < 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot keep the program %s", program);
	return true;
}

/* Paths of the sources of a program; NULL with INPUT if one is not there. Caller frees. */
static char **find_sources(const Payload *payload, const PayloadProgram *program, GError **error)
{
	g_autoptr(GStrvBuilder) paths = g_strv_builder_new();

	for (char **source = program->sources; *source; source++) {
		g_autofree char *path = g_build_filename(payload->path, *source, NULL);

		if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
			error_set(error, KHOTEST_ERROR_INPUT, "payload %s names a source that is not there: %s",
				  payload->name, path);
			return NULL;
		}
		g_strv_builder_add(paths, path);
	}
	return g_strv_builder_end(paths);
}

static bool add_program(Payload *payload, const PayloadProgram *program, const char *cache, const char *tools,
			GCancellable *cancel, GError **error)
{
	g_auto(GStrv) sources = find_sources(payload, program, error);
	g_autofree char *key = sources ? program_key(payload, sources, tools, cancel, error) : NULL;
	g_autofree char *folder = key ? g_build_filename(cache, CACHE_PAYLOADS, key, NULL) : NULL;
	g_autofree char *path = key ? g_build_filename(folder, program->name, NULL) : NULL;

	if (!path || (!g_file_test(path, G_FILE_TEST_EXISTS) && !compile(payload, sources, path, cancel, error)))
		return false;
	usage_mark(folder);
	add_file(payload, g_strdup(program->name), g_steal_pointer(&path), true);
	return true;
}

/* Names, modes and content of all that goes into the guest. */
static bool make_digest(Payload *payload, GError **error)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	for (guint i = 0; i < payload->files->len; i++) {
		const PayloadFile *file = payload->files->pdata[i];
		g_autofree char *digest = files_sha256(file->from, error);
		g_autofree char *line =
			digest ? g_strdup_printf("%s %d %s\n", file->path, file->executable, digest) : NULL;

		if (!line)
			return false;
		g_checksum_update(sum, (const guchar *)line, -1);
	}
	payload->sha256 = g_strdup(g_checksum_get_string(sum));
	return true;
}

/* The compiler and its friends, and the library that is linked in. NULL: error. Caller frees. */
static char *tools_of(GCancellable *cancel, GError **error)
{
	g_autofree char *tools = kbuild_tools(cancel, error), *path = NULL, *sum = NULL;

	if (!tools || !spawn_check((const char *const[]){ COMPILER, "-print-file-name=libc.a", NULL }, NULL, cancel,
				   &path, error))
		return NULL;
	/* where there is none, the compiler says so */
	sum = files_sha256(g_strchomp(path), NULL);
	return g_strconcat(tools, sum ? sum : "", NULL);
}

bool payload_build(Payload *payload, const char *cache, GCancellable *cancel, GError **error)
{
	g_autofree char *tools = payload->programs->len ? tools_of(cancel, error) : g_strdup("");

	if (!tools || cancel_check(cancel, error))
		return false;
	payload->files = g_ptr_array_new_with_free_func(file_free);
	if (!add_folder(payload, payload->path, "", 0, error))
		return false;
	for (guint i = 0; i < payload->programs->len; i++)
		if (!add_program(payload, payload->programs->pdata[i], cache, tools, cancel, error))
			return false;
	return make_digest(payload, error);
}
