// SPDX-License-Identifier: GPL-2.0-or-later
/* Which of several places a setting is taken from, and what is refused. Each case in a process of its own. */
#include <base/error.h>
#include <base/files.h>
#include <base/setting.h>

#include <glib/gstdio.h>
#include <string.h>

static char *home, *etc;

/* khotest/config below that folder; NULL: none. */
static void write_config(const char *folder, const char *text)
{
	g_autofree char *dir = g_build_filename(folder, "khotest", NULL), *path = g_build_filename(dir, "config", NULL);

	g_remove(path);
	if (!text)
		return;
	g_assert_cmpint(g_mkdir_with_parents(dir, 0755), ==, 0);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

typedef struct {
	const char *name, *user, *system, *variable, *option;
	const char *value, *from; /* of memory */
	const char *error[3];	  /* what it says instead */
} Case;

static const Case cases[] = {
	{ .name = "none", .value = NULL, .from = "-" },
	{ .name = "system", .system = "[khotest]\nmemory=1G\n", .value = "1G", .from = "etc/khotest/config" },
	{ .name = "user",
	  .user = "[khotest]\nmemory=2G\n",
	  .system = "[khotest]\nmemory=1G\n",
	  .value = "2G",
	  .from = "home/khotest/config" },
	{ .name = "variable",
	  .user = "[khotest]\nmemory=2G\n",
	  .system = "[khotest]\nmemory=1G\n",
	  .variable = "3G",
	  .value = "3G",
	  .from = "KHOTEST_MEMORY" },
	{ .name = "empty-variable",
	  .user = "[khotest]\nmemory=2G\n",
	  .variable = "",
	  .value = "2G",
	  .from = "home/khotest/config" },
	{ .name = "option",
	  .user = "[khotest]\nmemory=2G\n",
	  .variable = "3G",
	  .option = "4G",
	  .value = "4G",
	  .from = "--memory" },
	{ .name = "other-key-of-user",
	  .user = "[khotest]\naccel=tcg\n",
	  .system = "[khotest]\nmemory=1G\n",
	  .value = "1G",
	  .from = "etc/khotest/config" },
	{ .name = "word", .user = "[khotest]\nmemory=auto\n", .value = "auto", .from = "home/khotest/config" },
	{ .name = "unknown",
	  .user = "[khotest]\nmemroy=2G\n",
	  .error = { "home/khotest/config: there is no setting 'memroy'", "did you mean memory" } },
	{ .name = "unknown-of-system", .system = "[khotest]\nnothing=2G\n", .error = { "etc/khotest/config" } },
	{ .name = "group", .user = "[guest]\nmemory=2G\n", .error = { "home/khotest/config", "[guest]" } },
	{ .name = "no-group", .user = "memory=2G\n", .error = { "home/khotest/config", "begins with [khotest]" } },
	{ .name = "size", .user = "[khotest]\nmemory=much\n", .error = { "memory=much in ", "home/khotest/config" } },
	{ .name = "size-of-variable", .variable = "much", .error = { "KHOTEST_MEMORY=much" } },
	{ .name = "choice", .user = "[khotest]\naccel=xen\n", .error = { "accel=xen", "auto kvm tcg" } },
	{ .name = "count", .user = "[khotest]\njobs=0\n", .error = { "jobs=0", "1 to" } },
	{ .name = "empty", .user = "[khotest]\nmemory=\n", .error = { "'memory' has no value" } },
	{ .name = "relative", .user = "[khotest]\nresults=here\n", .error = { "results=here", "~/" } },
};

static void run_case(const Case *c)
{
	g_autoptr(GError) error = NULL;
	bool ok;

	write_config(home, c->user);
	write_config(etc, c->system);
	if (c->variable)
		g_setenv("KHOTEST_MEMORY", c->variable, TRUE);
	if (c->option)
		setting_give("memory", c->option);
	ok = settings_load(&error);
	if (!c->error[0]) {
		g_assert_no_error(error);
		g_assert_true(ok);
		g_assert_cmpstr(setting_get("memory"), ==, c->value);
		g_assert_true(g_str_has_suffix(setting_from("memory"), c->from));
		return;
	}
	g_assert_false(ok);
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	for (const char *const *says = c->error; *says; says++)
		if (!strstr(error->message, *says))
			g_error("'%s' lacks '%s'", error->message, *says);
}

static void test_case(gconstpointer data)
{
	if (g_test_subprocess()) {
		run_case(data);
		return;
	}
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_passed();
}

/* ~/ is the user's home, and a path is whole by then. */
static void test_home(void)
{
	g_autofree char *wanted = g_build_filename(g_get_home_dir(), "kernels", NULL);

	if (!g_test_subprocess()) {
		g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
		g_test_trap_assert_passed();
		return;
	}
	write_config(home, "[khotest]\nsources=~/kernels\n");
	g_unsetenv("KHOTEST_SOURCES");
	g_assert_true(settings_load(NULL));
	g_assert_cmpstr(setting_get("sources"), ==, wanted);
}

int main(int argc, char **argv)
{
	g_autofree char *place = NULL;
	int status;

	g_test_init(&argc, &argv, NULL);
	place = g_dir_make_tmp("khotest-setting-XXXXXX", NULL);
	home = g_build_filename(place, "home", NULL);
	etc = g_build_filename(place, "etc", NULL);
	/* before GLib looks at them */
	g_setenv("XDG_CONFIG_HOME", home, TRUE);
	g_setenv("XDG_CONFIG_DIRS", etc, TRUE);
	g_unsetenv("KHOTEST_MEMORY");
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/setting/%s", cases[i].name);

		g_test_add_data_func(path, &cases[i], test_case);
	}
	g_test_add_func("/setting/home", test_home);
	status = g_test_run();
	files_remove_tree(place, NULL);
	g_free(home);
	g_free(etc);
	return status;
}
