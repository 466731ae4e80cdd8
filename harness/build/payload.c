// SPDX-License-Identifier: GPL-2.0-or-later
/* A payload's folder, and what its file says of it. */
#include "buildfiles.h"

#include <base/error.h>
#include <base/files.h>
#include <base/names.h>
#include <base/units.h>
#include <proto/frame.h>

#include <string.h>

#define FILE_NAME "payload"
#define INCLUDE "include" /* beside our own payloads */
#define TIMEOUT_DEFAULT_NS G_GINT64_CONSTANT(60000000000)
static const char *const hook_names[] = { FRAME_PAYLOAD_HOOKS };

void payload_free(Payload *payload)
{
	if (!payload)
		return;
	g_free(payload->name);
	g_free(payload->path);
	g_free(payload->include);
	g_free(payload->summary);
	g_strfreev(payload->fragments);
	g_strfreev(payload->breaks);
	g_clear_pointer(&payload->programs, g_ptr_array_unref);
	g_strfreev(payload->hooks);
	g_free(payload->first);
	g_free(payload->last);
	g_free(payload->append);
	g_clear_pointer(&payload->files, g_ptr_array_unref);
	g_free(payload->sha256);
	g_free(payload);
}

char **payload_list(const char *folder, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) local = NULL;
	g_autoptr(GDir) dir = g_dir_open(folder, 0, &local);
	const char *name;

	if (!dir) {
		error_set(error, KHOTEST_ERROR_FAILED, "cannot list payloads: %s", local->message);
		return NULL;
	}
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *file = g_build_filename(folder, name, FILE_NAME, NULL);

		if (g_file_test(file, G_FILE_TEST_IS_REGULAR))
			g_ptr_array_add(names, g_strdup(name));
	}
	names_sort(names);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

/* ---- the file "payload" ---- */

/* Words, parted by blanks or commas. Caller frees. */
static char **split(const char *value)
{
	g_autoptr(GStrvBuilder) words = g_strv_builder_new();
	g_auto(GStrv) all = g_strsplit_set(value, " \t,", -1);

	for (char **word = all; *word; word++)
		if (**word)
			g_strv_builder_add(words, *word);
	return g_strv_builder_end(words);
}

static bool is_version(const char *text)
{
	return !*text || g_regex_match_simple("^[0-9]+\\.[0-9]+$", text, G_REGEX_RAW, 0);
}

/* "6.19..7.3", "6.19..", "..7.3", "7.1" */
static bool parse_kernels(Payload *payload, const char *value, GError **error)
{
	g_auto(GStrv) sides = g_strsplit(value, "..", 2);
	const char *last = sides[0] && sides[1] ? sides[1] : sides[0];

	if (!sides[0] || !is_version(sides[0]) || !is_version(last))
		return error_set(error, KHOTEST_ERROR_INPUT, "write FIRST..LAST, as in 6.19.. or 6.19..7.2");
	payload->first = *sides[0] ? g_strdup(sides[0]) : NULL;
	payload->last = *last ? g_strdup(last) : NULL;
	return true;
}

static void program_free(gpointer data)
{
	PayloadProgram *program = data;

	g_free(program->name);
	g_strfreev(program->sources);
	g_free(program);
}

/* "memfd.c" is the program memfd; "memfd=memfd.c+before.c" has several sources. */
static bool parse_program(Payload *payload, const char *word, GError **error)
{
	const char *equals = strchr(word, '=');
	PayloadProgram *program = g_new(PayloadProgram, 1);

	program->sources = g_strsplit(equals ? equals + 1 : word, "+", -1);
	program->name = g_strndup(word, equals ? (gsize)(equals - word) : (gsize)(strlen(word) - MIN(strlen(word), 2)));
	g_ptr_array_add(payload->programs, program);
	for (char **source = program->sources; *source; source++)
		if (!g_str_has_suffix(*source, ".c") || strchr(*source, '/'))
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "'%s' is not the name of a C source in the payload's folder", *source);
	return (*program->name && !strchr(program->name, '/') && program->sources[0]) ||
	       error_set(error, KHOTEST_ERROR_INPUT, "'%s' is no program: write NAME.c, or NAME=ONE.c+TWO.c", word);
}

static bool parse_programs(Payload *payload, const char *value, GError **error)
{
	g_auto(GStrv) words = split(value);

	for (char **word = words; *word; word++)
		if (!parse_program(payload, *word, error))
			return false;
	return true;
}

static bool parse_key(Payload *payload, const char *key, const char *value, GError **error)
{
	if (strcmp(key, "summary") == 0)
		payload->summary = g_strdup(value);
	else if (strcmp(key, "fragments") == 0)
		payload->fragments = split(value);
	else if (strcmp(key, "break") == 0)
		payload->breaks = split(value);
	else if (strcmp(key, "append") == 0)
		payload->append = g_strdup(value);
	else if (strcmp(key, "memory") == 0)
		return units_parse_size(value, &payload->memory_bytes, error);
	else if (strcmp(key, "timeout") == 0)
		return units_parse_duration(value, &payload->timeout_ns, error);
	else if (strcmp(key, "kernels") == 0)
		return parse_kernels(payload, value, error);
	else if (strcmp(key, "programs") == 0)
		return parse_programs(payload, value, error);
	else
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "there is no key '%s': summary, fragments, memory, kernels, append, timeout, "
				 "programs and break are known",
				 key);
	return true;
}

static bool parse_line(Payload *payload, GHashTable *seen, char *line, GError **error)
{
	char *colon = strchr(line, ':');

	if (!*line || *line == '#')
		return true;
	if (!colon)
		return error_set(error, KHOTEST_ERROR_INPUT, "'%s' is not 'key: value'", line);
	*colon = '\0';
	g_strchomp(line);
	if (!g_hash_table_add(seen, g_strdup(line)))
		return error_set(error, KHOTEST_ERROR_INPUT, "'%s' is there twice", line);
	return parse_key(payload, line, g_strstrip(colon + 1), error);
}

bool payloadfile_parse(Payload *payload, const char *text, const char *path, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint i = 0; lines[i]; i++)
		if (!parse_line(payload, seen, g_strstrip(lines[i]), error)) {
			g_prefix_error(error, "%s:%u: ", path, i + 1);
			return false;
		}
	return true;
}

static bool read_file(Payload *payload, GError **error)
{
	g_autofree char *path = g_build_filename(payload->path, FILE_NAME, NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) local = NULL;

	if (!files_can_open(path))
		return error_set(error, KHOTEST_ERROR_INPUT, "%s is no regular file", path);
	if (!g_file_get_contents(path, &text, NULL, &local))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s is no payload: it has no file '" FILE_NAME "' that can be read (%s)",
				 payload->path, local->message);
	return payloadfile_parse(payload, text, path, error);
}

Payload *payload_plain(void)
{
	Payload *payload = g_new0(Payload, 1);

	payload->programs = g_ptr_array_new_with_free_func(program_free);
	payload->timeout_ns = TIMEOUT_DEFAULT_NS;
	return payload;
}

/* ---- its hooks ---- */

static bool is_program(const Payload *payload, const char *hook)
{
	for (guint i = 0; i < payload->programs->len; i++)
		if (strcmp(((const PayloadProgram *)payload->programs->pdata[i])->name, hook) == 0)
			return true;
	return false;
}

static bool find_hooks(Payload *payload, GError **error)
{
	g_autoptr(GStrvBuilder) hooks = g_strv_builder_new();
	guint n = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(hook_names); i++) {
		g_autofree char *path = g_build_filename(payload->path, hook_names[i], NULL);
		bool there = g_file_test(path, G_FILE_TEST_EXISTS);

		if (!there && !is_program(payload, hook_names[i]))
			continue;
		if (there && !g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "%s cannot be executed: chmod +x makes a hook of it", path);
		g_strv_builder_add(hooks, hook_names[i]);
		n++;
	}
	payload->hooks = g_strv_builder_end(hooks);
	return n || error_set(error, KHOTEST_ERROR_INPUT,
			      "payload %s has no hook: it needs one of setup, before, after and last", payload->path);
}

/* Its name is part of names of records (proto/frame.h). */
static bool check_name(const Payload *payload, GError **error)
{
	if (g_regex_match_simple("^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$", payload->name, G_REGEX_RAW, 0))
		return true;
	return error_set(
		error, KHOTEST_ERROR_INPUT,
		"'%s' cannot be the name of a payload: up to 40 letters, digits, '.', '_' and '-' are possible",
		payload->name);
}

static char *find_folder(const char *folder, const char *name, GError **error)
{
	g_autofree char *own = g_build_filename(folder, name, NULL);
	g_auto(GStrv) names = NULL;
	g_autofree char *nearest = NULL, *all = NULL;

	if (!strchr(name, '/') && g_file_test(own, G_FILE_TEST_IS_DIR))
		return g_steal_pointer(&own);
	if (g_file_test(name, G_FILE_TEST_IS_DIR))
		return g_canonicalize_filename(name, NULL);
	names = payload_list(folder, error);
	if (!names)
		return NULL;
	nearest = names_nearest(name, names);
	all = g_strjoinv(", ", names);
	error_set(error, KHOTEST_ERROR_INPUT, "there is no payload '%s': %s%s%sknown: %s, or the path of a folder",
		  name, *nearest ? "did you mean " : "", nearest, *nearest ? "? " : "", all);
	return NULL;
}

Payload *payload_load(const char *folder, const char *name, GError **error)
{
	g_autoptr(Payload) payload = payload_plain();

	payload->path = find_folder(folder, name, error);
	if (!payload->path)
		return NULL;
	payload->name = g_path_get_basename(payload->path);
	payload->include = g_build_filename(folder, INCLUDE, NULL);
	if (!check_name(payload, error) || !read_file(payload, error))
		return NULL;
	if (!payload->fragments)
		payload->fragments = g_new0(char *, 1);
	if (!payload->breaks)
		payload->breaks = g_new0(char *, 1);
	if (!payload->timeout_ns)
		return error_set(error, KHOTEST_ERROR_INPUT, "payload %s: timeout 0: a hook needs time", payload->path),
		       NULL;
	return find_hooks(payload, error) ? g_steal_pointer(&payload) : NULL;
}

static gboolean is_called(gconstpointer payload, gconstpointer name)
{
	return strcmp(((const Payload *)payload)->name, name) == 0;
}

GPtrArray *payload_load_all(const char *folder, const char *const *names, GError **error)
{
	g_autoptr(GPtrArray) payloads = g_ptr_array_new_with_free_func((GDestroyNotify)payload_free);

	for (; names && *names; names++) {
		g_autoptr(Payload) payload = payload_load(folder, *names, error);

		if (!payload)
			return NULL;
		if (g_ptr_array_find_with_equal_func(payloads, payload->name, is_called, NULL))
			return error_set(
				       error, KHOTEST_ERROR_INPUT,
				       "--payload %s: there is one called %s already, and its hooks could not be told "
				       "apart",
				       *names, payload->name),
			       NULL;
		g_ptr_array_add(payloads, g_steal_pointer(&payload));
	}
	return g_steal_pointer(&payloads);
}

/* Of "7.1" and "7.1.13" the first two numbers, as one that can be compared; 0 for what is none. */
static guint version_of(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, ".", 3);
	guint64 major, minor;

	if (!parts[0] || !parts[1] || !g_ascii_string_to_unsigned(parts[0], 10, 0, 1000, &major, NULL) ||
	    !g_ascii_string_to_unsigned(parts[1], 10, 0, 1000, &minor, NULL))
		return 0;
	return (guint)(major * 1000 + minor);
}

bool payload_check_kernel(const Payload *payload, const char *kernel, GError **error)
{
	guint version = version_of(kernel);

	if (!version || ((!payload->first || version >= version_of(payload->first)) &&
			 (!payload->last || version <= version_of(payload->last))))
		return true;
	return error_set(error, KHOTEST_ERROR_INPUT, "payload %s is for kernels %s%s%s%s, and this one is %s",
			 payload->name, payload->first ? "from " : "", payload->first ? payload->first : "",
			 payload->last ? payload->first ? " to " : "up to " : " on", payload->last ? payload->last : "",
			 kernel);
}

bool payload_check_kernels(const GPtrArray *payloads, const char *kernel, GError **error)
{
	for (guint i = 0; i < payloads->len; i++)
		if (!payload_check_kernel(payloads->pdata[i], kernel, error))
			return false;
	return true;
}
