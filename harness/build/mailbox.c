// SPDX-License-Identifier: GPL-2.0-or-later
/* Mails into files, by git's own tools for that: what git am takes is what they take. */
#include "mailbox.h"
#include "git.h"

#include <base/error.h>
#include <base/files.h>
#include <base/names.h>

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

/* A thread of a list has some hundred mails, and some megabytes: what is far beyond that is something else. */
#define MAILS_MOST 5000
#define BYTES_MOST (256 * 1024 * 1024)
#define CHUNK (64 * 1024)

void mailbox_clear(Mailbox *box)
{
	if (box->folder)
		files_remove_tree(box->folder, NULL);
	g_clear_pointer(&box->folder, g_free);
	g_clear_pointer(&box->mails, g_ptr_array_unref);
}

/* ---- what there is to read ---- */

/* mbox(5): "From ", a word, and a date of asctime(3). What git takes for one too. */
static bool is_separator(const char *line)
{
	return g_regex_match_simple("^From .*[0-9][0-9]:[0-9][0-9]:[0-9][0-9].* [0-9]{4,}", line, G_REGEX_RAW, 0);
}

static bool is_compressed(const guchar *data, gsize length)
{
	static const guchar gzip[] = { 0x1f, 0x8b }, xz[] = { 0xfd, '7', 'z', 'X', 'Z' },
			    zstd[] = { 0x28, 0xb5, 0x2f, 0xfd };

	return (length > sizeof(gzip) && memcmp(data, gzip, sizeof(gzip)) == 0) ||
	       (length > sizeof(xz) && memcmp(data, xz, sizeof(xz)) == 0) ||
	       (length > sizeof(zstd) && memcmp(data, zstd, sizeof(zstd)) == 0);
}

bool mailbox_text_is_many(char *text, gsize length)
{
	guint found = 0;

	if (is_compressed((const guchar *)text, length))
		return true;
	for (char *line = text, *end; line && *line && found < 2; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		found += g_str_has_prefix(line, "From ") && is_separator(line);
	}
	return found > 1;
}

bool mailbox_is_many(const char *path)
{
	g_autofree char *text = NULL;
	gsize length;

	return g_file_get_contents(path, &text, &length, NULL) && mailbox_text_is_many(text, length);
}

static bool unpack_into(struct archive *archive, const char *path, GByteArray *out, GError **error)
{
	struct archive_entry *entry;
	guint8 chunk[CHUNK];
	la_ssize_t got;

	/* the "raw" format: one file, whatever is in it */
	if (archive_read_open_filename(archive, path, CHUNK) != ARCHIVE_OK ||
	    archive_read_next_header(archive, &entry) != ARCHIVE_OK)
		return error_set(error, KHOTEST_ERROR_INPUT, "cannot unpack %s: %s", path,
				 archive_error_string(archive));
	while ((got = archive_read_data(archive, chunk, sizeof(chunk))) > 0) {
		if (out->len + (gsize)got > BYTES_MOST)
			return error_set(error, KHOTEST_ERROR_INPUT, "%s has more than %d MiB in it: that is no thread",
					 path, BYTES_MOST >> 20);
		g_byte_array_append(out, chunk, (guint)got);
	}
	return got == 0 ||
	       error_set(error, KHOTEST_ERROR_INPUT, "cannot unpack %s: %s", path, archive_error_string(archive));
}

static bool unpack(const char *from, const char *to, GError **error)
{
	g_autoptr(GByteArray) out = g_byte_array_new();
	struct archive *archive = archive_read_new();
	bool ok;

	archive_read_support_filter_all(archive);
	archive_read_support_format_raw(archive);
	ok = unpack_into(archive, from, out, error);
	archive_read_free(archive);
	return ok && files_write_fast(to, out->data, out->len, error);
}

/* The file, or what is in it if it is compressed. Caller frees. */
static char *plain_file(const Mailbox *box, const char *path, guint number, GError **error)
{
	g_autoptr(GBytes) bytes = files_read(path, error);
	g_autofree char *name = g_strdup_printf("unpacked-%u", number), *plain = NULL;
	gsize length;
	const guchar *data;

	if (!bytes)
		return NULL;
	data = g_bytes_get_data(bytes, &length);
	if (length > BYTES_MOST)
		return error_set(error, KHOTEST_ERROR_INPUT, "%s has more than %d MiB: that is no thread", path,
				 BYTES_MOST >> 20),
		       NULL;
	if (length > 0 && memchr("<", data[strspn((const char *)data, " \r\n\t")], 1))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s is a web page, and no mail: the address of a thread in an archive such as "
				 "public-inbox ends with /t.mbox.gz",
				 path),
		       NULL;
	if (!is_compressed(data, length))
		return g_strdup(path);
	plain = g_build_filename(box->folder, name, NULL);
	return unpack(path, plain, error) ? g_steal_pointer(&plain) : NULL;
}

static bool is_mail_name(const char *name)
{
	static const char *const suffixes[] = { ".eml", ".mbox", ".mbx", ".patch", ".mbox.gz" };

	for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++)
		if (g_str_has_suffix(name, suffixes[i]))
			return true;
	return false;
}

static void add_folder(GPtrArray *files, const char *folder, bool any)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (*name != '.' && (any || is_mail_name(name)))
			g_ptr_array_add(files, g_build_filename(folder, name, NULL));
}

/* A maildir has its mails in new and cur, under any names. */
static GPtrArray *list_files(const char *path, GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *cur = g_build_filename(path, "cur", NULL), *fresh = g_build_filename(path, "new", NULL);
	bool maildir = g_file_test(cur, G_FILE_TEST_IS_DIR) || g_file_test(fresh, G_FILE_TEST_IS_DIR);

	if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
		g_ptr_array_add(files, g_strdup(path));
	} else if (maildir) {
		add_folder(files, cur, true);
		add_folder(files, fresh, true);
	} else {
		add_folder(files, path, false);
	}
	names_sort(files);
	if (!files->len)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s has no mail in it: it holds no file 'series', no *.patch, *.eml or *.mbox, and "
				 "it is no maildir",
				 path),
		       NULL;
	return g_steal_pointer(&files);
}

/* ---- one mail ---- */

/* git in the temporary folder, so that no repository around has a say. */
static Git git_in(const char *folder)
{
	return (Git){ .dir = "/nonexistent", .work = folder };
}

/* What git mailinfo says of a mail: lines as "Subject: ...", the message and the patch. keep: the subject as it is. */
static bool look_into(const char *folder, const char *file, bool keep, char **ret_info, char **ret_message,
		      char **ret_patch, gsize *ret_length, GCancellable *cancel, GError **error)
{
	static const char *const whole[] = {
		"-c", "mailinfo.scissors=false", "mailinfo", "-k", "--no-inbody-headers", "message", "patch", NULL
	};
	static const char *const munged[] = { "-c", "mailinfo.scissors=false", "mailinfo", "message", "patch", NULL };
	g_autofree char *message = g_build_filename(folder, "message", NULL),
			*patch = g_build_filename(folder, "patch", NULL), *said = NULL;
	g_autoptr(GBytes) input = files_read(file, error);
	Git git = git_in(folder);
	int status;

	if (!input || !git_try(&git, keep ? whole : munged, input, cancel, &status, ret_info, &said, error))
		return false;
	if (status != 0 || !g_file_get_contents(message, ret_message, NULL, NULL) ||
	    !g_file_get_contents(patch, ret_patch, ret_length, NULL)) {
		g_clear_pointer(ret_message, g_free);
		*ret_message = g_strdup("");
		*ret_patch = g_strdup("");
		*ret_length = 0;
	}
	return true;
}

static char *said_of(const char *info, const char *name)
{
	g_auto(GStrv) lines = g_strsplit(info, "\n", -1);

	for (char **line = lines; *line; line++)
		if (g_str_has_prefix(*line, name))
			return g_strdup(*line + strlen(name));
	return g_strdup("");
}

/*
 * The mail without its "From " line, which would make an mbox of it again, and with the ends of lines that
 * git has. false: it is an answer by its first letters, and not looked into any further.
 */
static bool prepare(Mail *mail, bool *ret_more, GError **error)
{
	g_autofree char *text = NULL;
	gsize length;
	char *begin;

	if (!g_file_get_contents(mail->file, &text, &length, NULL))
		return error_set(error, KHOTEST_ERROR_FAILED, "git mailsplit has left no %s", mail->file);
	length = mail_strip_cr(text, length);
	begin = text;
	if (g_str_has_prefix(text, "From ") && (begin = strchr(text, '\n')))
		begin++;
	if (!begin)
		begin = text + length;
	mail_read_head(mail, begin);
	*ret_more = !g_regex_match_simple("\\A(.+\\n)*subject:[ \\t]*re:", begin, G_REGEX_CASELESS | G_REGEX_RAW, 0);
	return files_write_fast(mail->file, begin, length - (gsize)(begin - text), error);
}

static bool read_mail(const Mailbox *box, Mail *mail, GCancellable *cancel, GError **error)
{
	g_autofree char *info = NULL, *message = NULL, *patch = NULL, *subject = NULL, *from = NULL;
	gsize length;
	bool more = false;

	if (!prepare(mail, &more, error))
		return false;
	if (!more) {
		mail_read_subject(mail, "Re:");
		return true;
	}
	if (!look_into(box->folder, mail->file, true, &info, &message, &patch, &length, cancel, error))
		return false;
	subject = said_of(info, "Subject: ");
	from = said_of(info, "Email: ");
	mail_read_subject(mail, subject);
	mail->from = *from ? g_steal_pointer(&from) : NULL;
	mail->diff = mail_has_diff(patch);
	return true;
}

/* ---- all of them ---- */

/* One file into many: public-inbox quotes "From " as mboxrd does, and of any other quoting nothing worse comes. */
static bool split(const Mailbox *box, const char *file, guint so_far, guint *ret_count, GCancellable *cancel,
		  GError **error)
{
	g_autofree char *output = g_strconcat("-o", box->folder, NULL), *skip = g_strdup_printf("-f%u", so_far);
	g_autofree char *count = NULL, *said = NULL;
	Git git = git_in(box->folder);
	int status;

	if (!git_try(&git, GIT_ARGS("mailsplit", "--keep-cr", "--mboxrd", "-b", "-d6", skip, output, "--", file), NULL,
		     cancel, &status, &count, &said, error))
		return false;
	if (status != 0)
		return error_set(error, KHOTEST_ERROR_INPUT, "cannot read %s as mail: %s", file, g_strstrip(said));
	*ret_count = (guint)g_ascii_strtoull(count, NULL, 10);
	return true;
}

static bool read_file(Mailbox *box, const char *path, GCancellable *cancel, GError **error)
{
	guint first = box->mails->len, count = 0;
	g_autofree char *plain = plain_file(box, path, first, error);

	if (!plain || !split(box, plain, first, &count, cancel, error))
		return false;
	if (count > MAILS_MOST - first)
		return error_set(error, KHOTEST_ERROR_INPUT, "%s has more than %d mails: that is no thread", path,
				 MAILS_MOST);
	for (guint i = first + 1; i <= first + count; i++) {
		g_autofree char *name = g_strdup_printf("%06u", i);
		Mail *mail = mail_new();

		g_ptr_array_add(box->mails, mail);
		mail->position = i;
		mail->file = g_build_filename(box->folder, name, NULL);
		if (!read_mail(box, mail, cancel, error))
			return false;
	}
	return true;
}

bool mailbox_read(const char *path, Mailbox *ret_box, GCancellable *cancel, GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(GPtrArray) files = list_files(path, error);

	if (!files)
		return false;
	ret_box->mails = g_ptr_array_new_with_free_func((GDestroyNotify)mail_free);
	ret_box->folder = g_dir_make_tmp("khotest-mail-XXXXXX", &local);
	if (!ret_box->folder)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot make a temporary folder: %s", local->message);
	for (guint i = 0; i < files->len; i++)
		if (!read_file(ret_box, files->pdata[i], cancel, error))
			return false;
	return true;
}

/* ---- as patches ---- */

/*
 * Mail that came in base64 or quoted-printable may have CR LF all through: then the patch is meant without. The empty
 * lines at its end may be the mbox's, before the next "From ".
 */
static gsize without_cr(char *patch, gsize length)
{
	gsize lines = 0, returns = 0, end = length;

	while (end > 1 && patch[end - 1] == '\n' && patch[end - 2] == '\n')
		end--;
	for (gsize i = 0; i < end; i++) {
		lines += patch[i] == '\n';
		returns += patch[i] == '\n' && i > 0 && patch[i - 1] == '\r';
	}
	return lines == returns ? mail_strip_cr(patch, length) : length;
}

static void put_header(GByteArray *out, const char *name, const char *value, const char *end)
{
	g_autofree char *line = g_strconcat(name, value, end, NULL);

	g_byte_array_append(out, (const guint8 *)line, (guint)strlen(line));
}

/* As git format-patch writes them. NULL: error. Caller unrefs. */
static GByteArray *compose(const Mail *mail, const char *folder, GCancellable *cancel, GError **error)
{
	g_autofree char *info = NULL, *message = NULL, *patch = NULL;
	g_autoptr(GByteArray) out = g_byte_array_new();
	gsize length;

	if (!look_into(folder, mail->file, false, &info, &message, &patch, &length, cancel, error))
		return NULL;
	length = without_cr(patch, length);
	mail_strip_cr(message, strlen(message));
	{
		g_autofree char *author = said_of(info, "Author: "), *email = said_of(info, "Email: "),
				*date = said_of(info, "Date: "), *subject = said_of(info, "Subject: ");

		if (*author && *email) {
			put_header(out, "From: ", author, " <");
			put_header(out, email, ">", "\n");
		}
		if (*date)
			put_header(out, "Date: ", date, "\n");
		put_header(out, "Subject: [PATCH] ", subject, "\n");
	}
	put_header(out, "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n",
		   "Content-Transfer-Encoding: 8bit\n\n", message);
	put_header(out, g_str_has_prefix(patch, "---\n") ? "" : "---\n", "", "");
	g_byte_array_append(out, (const guint8 *)patch, (guint)length);
	return g_steal_pointer(&out);
}

/* "0002-mm-page_alloc--keep-the-migratetype.patch". Caller frees. */
static char *patch_name(const Mail *mail, guint number)
{
	g_autofree char *words = g_strndup(mail->title, 52);

	g_strcanon(words, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_", '-');
	return g_strdup_printf("%04u-%s.patch", number, *words ? words : "patch");
}

GPtrArray *mailbox_keep(const GPtrArray *mails, const char *parent, GCancellable *cancel, GError **error)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref);
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *name = NULL, *folder = NULL;

	for (guint i = 0; i < mails->len; i++) {
		const Mail *mail = mails->pdata[i];
		g_autofree char *scratch = g_path_get_dirname(mail->file), *own = patch_name(mail, i + 1);
		GByteArray *text = compose(mail, scratch, cancel, error);

		if (!text)
			return NULL;
		g_ptr_array_add(texts, text);
		g_checksum_update(sum, (const guchar *)own, (gssize)strlen(own) + 1);
		g_checksum_update(sum, text->data, text->len);
	}
	name = g_strndup(g_checksum_get_string(sum), 16);
	folder = g_build_filename(parent, name, NULL);
	if (!files_mkdirs(folder, error))
		return NULL;
	for (guint i = 0; i < mails->len; i++) {
		const GByteArray *text = texts->pdata[i];
		g_autofree char *own = patch_name(mails->pdata[i], i + 1);
		char *path = g_build_filename(folder, own, NULL);

		g_ptr_array_add(paths, path);
		/* written again each time: whole, and the same, whoever reads it meanwhile */
		if (!files_write_fast(path, text->data, text->len, error))
			return NULL;
	}
	return g_steal_pointer(&paths);
}
