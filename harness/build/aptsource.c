// SPDX-License-Identifier: GPL-2.0-or-later
#include "aptsource.h"
#include "watch.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/spawn.h>

#include <string.h>

#define UPDATE_TIMEOUT_NS (G_GINT64_CONSTANT(180) * 1000000000)
#define FETCH_TIMEOUT_NS (G_GINT64_CONSTANT(3600) * 1000000000)

void aptsource_uri_clear(AptUri *uri)
{
	g_clear_pointer(&uri->name, g_free);
	g_clear_pointer(&uri->sha256, g_free);
}

/*
 * How likely a repository is to be Debian's main archive. The origin is known
 * only where lists have been downloaded (images often come without), so the
 * address has to do otherwise: the archive is called "debian" on every mirror.
 */
static int mirror_rank(char *const *fields)
{
	const char *uri = fields[0], *origin = fields[1], *label = fields[2], *component = fields[3];
	g_autofree char *trimmed = g_strdup(uri);

	if (strcmp(component, "main") != 0 || !*uri || g_str_has_prefix(uri, "cdrom:"))
		return 0;
	if (strstr(label, "Security") || strstr(uri, "debian-security") || strstr(fields[4], "-security"))
		return 0;
	if (strcmp(origin, "Debian") == 0)
		return 3;
	while (g_str_has_suffix(trimmed, "/"))
		trimmed[strlen(trimmed) - 1] = '\0';
	if (g_str_has_suffix(trimmed, "/debian"))
		return 2;
	/* "mirror+file:/etc/apt/mirrors/debian.list" and the like */
	return *origin == '\0' && g_str_has_prefix(uri, "mirror") && strstr(uri, "debian") ? 1 : 0;
}

GPtrArray *aptsource_mirrors(const char *indextargets)
{
	GPtrArray *mirrors = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) lines = g_strsplit_set(indextargets, "\n", -1);

	for (int wanted = 3; wanted > 0; wanted--)
		for (char **line = lines; *line; line++) {
			g_auto(GStrv) fields = g_strsplit(*line, "|", -1);

			/* where apt knows nothing it leaves "$(ORIGIN)" as it is */
			for (char **field = fields; *field; field++)
				if (g_str_has_prefix(*field, "$("))
					**field = '\0';
			if (g_strv_length(fields) == 5 && mirror_rank(fields) == wanted &&
			    !g_ptr_array_find_with_equal_func(mirrors, fields[0], g_str_equal, NULL))
				g_ptr_array_add(mirrors, g_strdup(fields[0]));
		}
	return mirrors;
}

bool aptsource_parse_uri(const char *text, bool binary, AptUri *ret_uri)
{
	g_autoptr(GRegex) regex =
		g_regex_new(binary ? "^'[^']+' (\\S+\\.deb) (\\d+) SHA256:([0-9a-f]{64})"
				   : "^'[^']+' (\\S+\\.orig\\.tar\\.\\S+) (\\d+) SHA256:([0-9a-f]{64})",
			    G_REGEX_MULTILINE | G_REGEX_RAW, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autofree char *bytes = NULL;

	if (!g_regex_match(regex, text, 0, &match))
		return false;
	bytes = g_match_info_fetch(match, 2);
	ret_uri->name = g_match_info_fetch(match, 1);
	ret_uri->bytes = g_ascii_strtoull(bytes, NULL, 10);
	ret_uri->sha256 = g_match_info_fetch(match, 3);
	return true;
}

bool aptsource_parse_where(const char *where, char **ret_package, char **ret_version, char **ret_suite)
{
	g_autoptr(GRegex) regex = g_regex_new("^([a-z0-9][a-z0-9+.-]*)=(\\S+)\\s+(\\S+)$", G_REGEX_RAW, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	if (!g_regex_match(regex, where, 0, &match))
		return false;
	*ret_package = g_match_info_fetch(match, 1);
	*ret_version = g_match_info_fetch(match, 2);
	*ret_suite = g_match_info_fetch(match, 3);
	return true;
}

/*
 * Writes the sandbox: sources.list with the one suite (type: "deb" or "deb-src"),
 * and an apt.conf that points apt at it. ret_conf: its path.
 */
static bool write_sandbox(const char *folder, const char *type, const char *mirror, const char *suite, char **ret_conf,
			  GError **error)
{
	static const char *const keyrings[] = { "/usr/share/keyrings/debian-archive-keyring.pgp",
						"/usr/share/keyrings/debian-archive-keyring.gpg" };
	static const char *const folders[] = { "lists/partial", "cache/archives/partial" };
	g_autofree char *list = g_build_filename(folder, "sources.list", NULL);
	g_autofree char *conf = g_build_filename(folder, "apt.conf", NULL);
	g_autofree char *signed_by = g_strdup("");
	g_autofree char *line = NULL;
	g_autofree char *settings = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *path = g_build_filename(folder, folders[i], NULL);

		if (!files_mkdirs(path, error))
			return false;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(keyrings); i++)
		if (g_file_test(keyrings[i], G_FILE_TEST_EXISTS) && !*signed_by) {
			g_free(signed_by);
			signed_by = g_strdup_printf(" [signed-by=%s]", keyrings[i]);
		}
	line = g_strdup_printf("%s%s %s %s main\n", type, signed_by, mirror, suite);
	/* as root apt would drop to a user who cannot reach root's cache: stay root */
	settings = g_strdup_printf("Dir::State::lists \"%s/lists\";\n"
				   "Dir::Cache \"%s/cache\";\n"
				   "Dir::Etc::sourcelist \"%s\";\n"
				   "Dir::Etc::sourceparts \"-\";\n"
				   "Dir::Etc::preferencesparts \"-\";\n"
				   "APT::Sandbox::User \"root\";\n"
				   "Acquire::Languages \"none\";\n",
				   folder, folder, list);
	if (!files_write(list, line, strlen(line), error) || !files_write(conf, settings, strlen(settings), error))
		return false;
	*ret_conf = g_steal_pointer(&conf);
	return true;
}

/* The lines of apt that tell why, one after the other. */
static char *complaints(const char *text)
{
	GString *out = g_string_new(NULL);
	g_auto(GStrv) lines = g_strsplit_set(text ? text : "", "\n", -1);

	for (char **line = lines; *line; line++)
		if (g_str_has_prefix(*line, "E: "))
			g_string_append_printf(out, "%s%s", out->len ? "; " : "", *line + 3);
	return g_string_free(out, FALSE);
}

/* What apt is at, while lists are brought: "Get:4 https://... sid/main Sources [12.1 MB]". */
static void show_line(const char *line, bool from_stderr, gpointer data)
{
	if (!from_stderr && *line)
		log_progress_update("%s", line);
}

/* on_line: NULL where a watch is on, which shows the progress then. */
static bool run_apt(const char *conf, const char *cwd, gint64 timeout_ns, const char *const *argv,
		    SpawnLineFunc on_line, GCancellable *cancel, char **ret_out, GError **error)
{
	g_autofree char *config = conf ? g_strdup_printf("APT_CONFIG=%s", conf) : NULL;
	const char *const env[] = { "LC_ALL=C", config, NULL };
	SpawnSpec spec = { .argv = argv,
			   .cwd = cwd,
			   .env = conf ? env : NULL,
			   .timeout_ns = timeout_ns,
			   .cancel = cancel,
			   .on_line = on_line,
			   .keep_output = true };
	g_auto(SpawnResult) result = { 0 };

	if (!spawn_run(&spec, &result, error))
		return false;
	if (result.status != 0) {
		g_autofree char *command = spawn_describe(argv);
		g_autofree char *why = complaints(result.err);

		return error_set(error, KHOTEST_ERROR_FAILED, "'%s' failed: %s", command,
				 *why ? why : "no reason given");
	}
	if (ret_out)
		*ret_out = g_steal_pointer(&result.out);
	return true;
}

/* apt-get(8) on one package, "NAME=VERSION": prints where it lies, or downloads it into cwd. */
static bool run_apt_get(const char *conf, const char *cwd, bool binary, bool print, const char *package,
			GCancellable *cancel, char **ret_out, GError **error)
{
	const char *what = print ? "APT::Get::Print-URIs=true" : "APT::Get::Print-URIs=false";
	gint64 timeout_ns = print ? UPDATE_TIMEOUT_NS : FETCH_TIMEOUT_NS;

	if (binary)
		return run_apt(conf, cwd, timeout_ns,
			       (const char *const[]){ "apt-get", "-q", "-o", what, "download", package, NULL }, NULL,
			       cancel, ret_out, error);
	return run_apt(conf, cwd, timeout_ns,
		       (const char *const[]){ "apt-get", "-q", "-o", what, "--download-only", "--tar-only", "source",
					      package, NULL },
		       NULL, cancel, ret_out, error);
}

/* apt-get update in the sandbox: the index of one suite. */
static bool update(const char *conf, const char *cwd, const char *suite, GCancellable *cancel, GError **error)
{
	bool ok;

	log_progress_begin("reading the index of %s", suite);
	ok = run_apt(conf, cwd, UPDATE_TIMEOUT_NS,
		     (const char *const[]){ "apt-get", "-q", "-o", "APT::Update::Error-Mode=any", "update", NULL },
		     show_line, cancel, NULL, error);
	log_progress_end("%s", cancel_outcome(cancel, ok));
	return ok;
}

/* Did apt say that it knows no such version, or no such package? Its words for sources, and for packages. */
static bool has_left(const char *message)
{
	return strstr(message, "Can not find version") || strstr(message, "Unable to find") ||
	       strstr(message, "was not found") || strstr(message, "Unable to locate");
}

static bool fetch_from(const char *mirror, const char *where, bool binary, const char *sha256, const char *folder,
		       GCancellable *cancel, char **ret_path, GError **error)
{
	g_autofree char *package = NULL, *version = NULL, *suite = NULL, *conf = NULL, *listing = NULL, *name = NULL;
	g_autofree char *sandbox = g_build_filename(folder, "apt", NULL);
	g_autofree char *path = NULL;
	g_auto(AptUri) uri = { 0 };
	g_autoptr(GError) local = NULL;
	Watch *watch;
	bool ok;

	if (!aptsource_parse_where(where, &package, &version, &suite))
		return error_set(error, KHOTEST_ERROR_INPUT, "'%s' does not read PACKAGE=VERSION SUITE", where);
	if (!write_sandbox(sandbox, binary ? "deb" : "deb-src", mirror, suite, &conf, error))
		return false;
	log_detail("asking %s for %s", mirror, where);
	if (!update(conf, folder, suite, cancel, error))
		return false;
	name = g_strdup_printf("%s=%s", package, version);
	if (!run_apt_get(conf, sandbox, binary, true, name, cancel, &listing, &local)) {
		if (has_left(local->message))
			return error_set(error, KHOTEST_ERROR_FAILED, "%s has left the archive (%s of %s)", name, suite,
					 mirror);
		g_propagate_error(error, g_steal_pointer(&local));
		return false;
	}
	if (!aptsource_parse_uri(listing, binary, &uri))
		return error_set(error, KHOTEST_ERROR_FAILED, "apt lists no %s for %s",
				 binary ? "package" : "upstream tarball", name);
	if (strcmp(uri.sha256, sha256) != 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "the archive's %s has SHA-256 %s, expected %s", uri.name,
				 uri.sha256, sha256);
	path = g_build_filename(folder, uri.name, NULL);
	log_progress_begin("fetching %s", uri.name);
	watch = watch_start(path, uri.bytes);
	/* for a source, apt goes on where a shorter file of this name ends */
	ok = run_apt_get(conf, folder, binary, false, name, cancel, NULL, &local);
	watch_stop(watch);
	log_progress_end("%s", cancel_outcome(cancel, ok));
	if (ok)
		*ret_path = g_steal_pointer(&path);
	else if (local->domain == KHOTEST_ERROR && strstr(local->message, " 404 "))
		error_set(error, KHOTEST_ERROR_FAILED,
			  "%s has left the archive: %s still lists it, and the answer is 404", uri.name, suite);
	else
		g_propagate_error(error, g_steal_pointer(&local));
	return ok;
}

bool aptsource_fetch(const char *where, bool binary, const char *sha256, const char *folder, GCancellable *cancel,
		     char **ret_path, GError **error)
{
	g_autofree char *apt = g_find_program_in_path("apt-get");
	g_autoptr(GPtrArray) mirrors = NULL;
	g_autofree char *known = NULL, *configured = NULL, *listing = NULL;
	g_autoptr(GError) last = NULL;

	if (!apt)
		return error_set(error, KHOTEST_ERROR_HOST, "there is no apt-get on this host");
	/*
	 * Without --no-release-info apt leaves out archives whose lists were never
	 * downloaded, with it what the lists say about their origin: ask both ways.
	 */
	if (!run_apt(NULL, NULL, UPDATE_TIMEOUT_NS,
		     (const char *const[]){ "apt-get", "indextargets", "--format", APTSOURCE_FORMAT, NULL }, NULL,
		     cancel, &known, error) ||
	    !run_apt(NULL, NULL, UPDATE_TIMEOUT_NS,
		     (const char *const[]){ "apt-get", "--no-release-info", "indextargets", "--format",
					    APTSOURCE_FORMAT, NULL },
		     NULL, cancel, &configured, error))
		return false;
	listing = g_strconcat(known, "\n", configured, NULL);
	mirrors = aptsource_mirrors(listing);
	if (mirrors->len == 0)
		return error_set(error, KHOTEST_ERROR_HOST,
				 "this machine's apt is not configured for any Debian archive");
	for (guint i = 0; i < mirrors->len; i++) {
		g_clear_error(&last);
		if (fetch_from(mirrors->pdata[i], where, binary, sha256, folder, cancel, ret_path, &last))
			return true;
		if (cancel_check(cancel, error))
			return false;
		log_detail("%s", last->message);
	}
	g_propagate_error(error, g_steal_pointer(&last));
	return false;
}
