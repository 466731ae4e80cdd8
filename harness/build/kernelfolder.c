// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernelfolder.h"
#include "gitplace.h"

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/names.h>
#include <build/source.h>

#include <glib/gstdio.h>
#include <string.h>

char *source_own_folder(void)
{
	return g_build_filename(g_get_user_config_dir(), "khotest", "kernels", NULL);
}

char *kernelfolder_plain(const char *kernel)
{
	return g_strndup(kernel, strcspn(kernel, "@"));
}

bool kernelfolder_is_name(const char *name)
{
	static const char letters[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS;

	return *name && strchr(letters, *name) &&
	       name[strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-")] == 0;
}

/* parent/NAME, if there is a kernel; NULL. */
static char *kernel_in(const char *parent, const char *name)
{
	g_autofree char *file = g_build_filename(parent, name, KERNELFOLDER_SOURCE, NULL);

	return kernelfolder_is_name(name) && g_file_test(file, G_FILE_TEST_IS_REGULAR)
		       ? g_build_filename(parent, name, NULL)
		       : NULL;
}

/* Once a process: a matrix asks for the same kernel many times. */
static void warn_hidden(const char *own, const char *ours)
{
	g_autofree char *text =
		g_strdup_printf("%s is passed over, since %s has the same name: give it another", own, ours);

	if (log_is_first(text))
		log_warn("%s", text);
}

char *kernelfolder_find(const char *patches, const char *kernel)
{
	g_autofree char *name = kernelfolder_plain(kernel), *parent = source_own_folder();
	g_autofree char *ours = kernel_in(patches, name), *own = kernel_in(parent, name);

	if (ours && own && strcmp(ours, own) != 0)
		warn_hidden(own, ours);
	return ours ? g_steal_pointer(&ours) : g_steal_pointer(&own);
}

static void add_names(GPtrArray *names, const char *parent, GDir *dir)
{
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *folder = kernel_in(parent, name);

		if (folder && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
			g_ptr_array_add(names, g_strdup(name));
	}
}

char **source_list(const char *patches, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *parent = source_own_folder();
	g_autoptr(GError) local = NULL;
	g_autoptr(GDir) dir = g_dir_open(patches, 0, &local), own = g_dir_open(parent, 0, NULL);

	if (!dir) {
		error_set(error, KHOTEST_ERROR_FAILED, "cannot list kernels: %s", local->message);
		return NULL;
	}
	add_names(names, patches, dir);
	add_names(names, parent, own);
	names_sort(names);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

/* Whether the one that has the name is what is asked for. */
static bool same_place(const char *patches, const char *name, const char *where, const char *branch, GError **error)
{
	g_autoptr(Source) there = source_load(patches, name, error);
	const SourceAlternative *place = there ? source_branch(there) : NULL;

	if (!there)
		return false;
	if (place && strcmp(place->where, where) == 0 && strcmp(place->branch, branch) == 0)
		return true;
	if (place)
		return error_set(
			error, KHOTEST_ERROR_INPUT,
			"there is a kernel '%s' already: %s of %s. Give this one another name, or change %s/%s", name,
			place->branch, place->where, there->folder, KERNELFOLDER_SOURCE);
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "there is a kernel '%s' already, Linux %s in %s: give this one another name", name,
			 there->version, there->folder);
}

bool source_add(const char *patches, const char *name, const char *where, const char *branch, bool *ret_added,
		GError **error)
{
	g_autofree char *folder = kernelfolder_is_name(name) ? kernelfolder_find(patches, name) : NULL;
	g_autofree char *parent = source_own_folder(), *own = g_build_filename(parent, name, NULL);
	g_autofree char *file = g_build_filename(own, KERNELFOLDER_SOURCE, NULL), *text = NULL;

	if (!kernelfolder_is_name(name))
		return error_set(
			error, KHOTEST_ERROR_INPUT,
			"a kernel cannot be called '%s': letters, digits, '.', '_' and '-' are possible, and the "
			"first is a letter or a digit",
			name);
	if (!gitplace_check(where, branch, error))
		return false;
	*ret_added = !folder;
	if (folder)
		return same_place(patches, name, where, branch, error);
	text = g_strdup_printf(
		"# Where the kernel %s comes from, written by 'khotest fetch --source'. patches/README.md of "
		"khotest explains it.\n[branch]\nkind=git\nwhere=%s\nbranch=%s\n",
		name, where, branch);
	return files_mkdirs(own, error) && files_write(file, text, strlen(text), error);
}

void source_remove(const char *name)
{
	g_autofree char *parent = source_own_folder(), *own = g_build_filename(parent, name, NULL);
	g_autofree char *file = g_build_filename(own, KERNELFOLDER_SOURCE, NULL);

	g_unlink(file);
	/* stays if it has series in it */
	g_rmdir(own);
}
