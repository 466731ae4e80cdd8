// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetchurl.h"
#include "watch.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/setting.h>
#include <base/spawn.h>
#include <base/units.h>

#include <glib/gstdio.h>
#include <string.h>

#define NS_PER_S G_GINT64_CONSTANT(1000000000)
#define STALL_DEFAULT_NS (30 * NS_PER_S)
/* for a link so slow that the stall limit never strikes: 160 MB at 11 kB/s */
#define DOWNLOAD_TIMEOUT_NS (4 * 3600 * NS_PER_S)
/* times that a download goes on after it broke off; each must have brought something */
#define RESUME_MAX 20

/* curl(1), "EXIT CODES": those that this file tells apart */
enum {
	CURL_PARTIAL = 18,    /* the connection was cut */
	CURL_HTTP = 22,	      /* an answer of 400 and above */
	CURL_TIMEOUT = 28,    /* too slow for too long, or no connection in time */
	CURL_NO_RANGE = 33,   /* the server does not go on in the middle */
	CURL_BAD_RESUME = 36, /* nor does this protocol */
	CURL_EMPTY = 52,      /* no answer at all */
	CURL_RECEIVE = 56,    /* the connection broke */
};

/* One call of curl. */
typedef struct {
	int status;    /* exit status */
	int http;      /* code of the last answer; 0 if there was none */
	char *said;    /* its message */
	guint64 began; /* bytes in the file before and after */
	guint64 ended;
} Transfer;

static void transfer_clear(Transfer *transfer)
{
	g_clear_pointer(&transfer->said, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Transfer, transfer_clear)

/* The value of a header line, if it is that one; NULL otherwise. Points into line. */
static const char *header_value(const char *line, const char *name)
{
	gsize length = strlen(name);

	if (g_ascii_strncasecmp(line, name, length) != 0 || line[length] != ':')
		return NULL;
	for (line += length + 1; *line == ' ' || *line == '\t'; line++)
		;
	return line;
}

guint64 fetchurl_total(const char *headers)
{
	g_auto(GStrv) lines = g_strsplit_set(headers, "\n", -1);
	guint64 length = 0, whole = 0;

	for (char **line = lines; *line; line++) {
		const char *value;

		if (g_str_has_prefix(*line, "HTTP/"))
			length = whole = 0; /* a further answer */
		if ((value = header_value(*line, "content-length")))
			length = g_ascii_strtoull(value, NULL, 10);
		/* "bytes 100-199/200": a part, and the length above is that of the part */
		if ((value = header_value(*line, "content-range")) && (value = strchr(value, '/')))
			whole = g_ascii_strtoull(value + 1, NULL, 10);
	}
	return whole ? whole : length;
}

/* For the watch: how much there will be, as soon as the server has said so. */
static guint64 read_total(const char *headers)
{
	g_autofree char *text = NULL;

	return g_file_get_contents(headers, &text, NULL, NULL) ? fetchurl_total(text) : 0;
}

bool fetchurl_stall(gint64 *ret_ns, GError **error)
{
	const char *text = setting_get("stall");
	g_autofree char *said = NULL;

	*ret_ns = STALL_DEFAULT_NS;
	if (!text)
		return true;
	if (!units_parse_duration(text, ret_ns, NULL) || *ret_ns < NS_PER_S) {
		said = setting_text("stall");
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s: a duration of one second or more is needed, such as 30s or 5m", said);
	}
	return true;
}

static guint64 size_of(const char *path)
{
	GStatBuf info;

	return g_stat(path, &info) < 0 ? 0 : (guint64)info.st_size;
}

static bool transfer(const char *address, const char *path, gint64 stall_ns, GCancellable *cancel,
		     Transfer *ret_transfer, GError **error)
{
	g_autofree char *headers = g_strconcat(path, ".headers", NULL);
	g_autofree char *seconds = g_strdup_printf("%" G_GINT64_FORMAT, (stall_ns + NS_PER_S - 1) / NS_PER_S);
	const char *const argv[] = {
		"curl",
		"--fail",
		"--location",
		"--silent",
		"--show-error",
		"--connect-timeout",
		seconds,
		"--speed-limit",
		"1",
		"--speed-time",
		seconds,
		"--dump-header",
		headers,
		"--write-out",
		"%{http_code}",
		"--continue-at",
		"-",
		"--output",
		path,
		address,
		NULL,
	};
	SpawnSpec spec = { .argv = argv, .timeout_ns = DOWNLOAD_TIMEOUT_NS, .cancel = cancel, .keep_output = true };
	g_auto(SpawnResult) result = { 0 };
	Watch *watch;
	bool ok;

	g_unlink(headers);
	ret_transfer->began = size_of(path);
	watch = watch_start_unknown(path, read_total, headers);
	ok = spawn_run(&spec, &result, error);
	watch_stop(watch);
	g_unlink(headers);
	ret_transfer->status = result.status;
	ret_transfer->http = result.out ? (int)g_ascii_strtoll(result.out, NULL, 10) : 0;
	ret_transfer->ended = size_of(path);
	ret_transfer->said = g_strdup(result.err ? g_strstrip(result.err) : "");
	return ok;
}

/* Did it break off on the way, so that what is missing can be asked for? */
static bool broke_off(const Transfer *transfer)
{
	return transfer->ended > transfer->began &&
	       (transfer->status == CURL_PARTIAL || transfer->status == CURL_TIMEOUT ||
		transfer->status == CURL_EMPTY || transfer->status == CURL_RECEIVE);
}

/* Did the server refuse to go on where the file ends? 416: there is nothing behind that place. */
static bool cannot_resume(const Transfer *transfer)
{
	return transfer->began > 0 && (transfer->status == CURL_NO_RANGE || transfer->status == CURL_BAD_RESUME ||
				       (transfer->status == CURL_HTTP && transfer->http == 416));
}

static bool complain(const Transfer *transfer, gint64 stall_ns, GError **error)
{
	g_autofree char *so_far = units_format_size_about(transfer->ended);
	g_autofree char *limit = units_format_duration(stall_ns);
	const char *said = *transfer->said ? transfer->said : "no reason given";

	if (transfer->status == CURL_HTTP && (transfer->http == 404 || transfer->http == 410))
		return error_set(error, KHOTEST_ERROR_FAILED, "the server does not have it (any more): it answered %d",
				 transfer->http);
	if (transfer->status == CURL_HTTP)
		return error_set(error, KHOTEST_ERROR_FAILED, "the server answered %d", transfer->http);
	if (transfer->status == CURL_PARTIAL || transfer->status == CURL_EMPTY || transfer->status == CURL_RECEIVE)
		return error_set(error, KHOTEST_ERROR_FAILED, "the connection was cut, with %s there: %s", so_far,
				 said);
	if (transfer->status == CURL_TIMEOUT)
		return error_set(error, KHOTEST_ERROR_FAILED,
				 "nothing came for %s, with %s there (KHOTEST_STALL sets that limit): %s", limit,
				 so_far, said);
	return error_set(error, KHOTEST_ERROR_FAILED, "%s", said);
}

static bool download(const char *address, const char *path, gint64 stall_ns, GCancellable *cancel, GError **error)
{
	bool whole = false; /* the file was begun anew already */

	for (guint resumed = 0;; resumed++) {
		g_auto(Transfer) now = { 0 };

		if (!transfer(address, path, stall_ns, cancel, &now, error))
			return false;
		if (now.status == 0)
			return true;
		if (cannot_resume(&now) && !whole) {
			log_detail("%s does not go on at byte %" G_GUINT64_FORMAT ": asking for the whole", address,
				   now.began);
			whole = true;
			g_unlink(path);
		} else if (!broke_off(&now) || resumed >= RESUME_MAX) {
			return complain(&now, stall_ns, error);
		} else {
			log_detail("broke off at byte %" G_GUINT64_FORMAT ", going on there: %s", now.ended, now.said);
		}
	}
}

bool fetchurl(const char *address, const char *path, const char *name, GCancellable *cancel, GError **error)
{
	g_autofree char *curl = g_find_program_in_path("curl");
	gint64 stall_ns;
	bool ok;

	if (!curl)
		return error_set(error, KHOTEST_ERROR_HOST,
				 "there is no curl on this host: install the Debian package curl");
	if (!fetchurl_stall(&stall_ns, error))
		return false;
	log_progress_begin("fetching %s", name);
	ok = download(address, path, stall_ns, cancel, error);
	log_progress_end("%s", cancel_outcome(cancel, ok));
	return ok;
}
