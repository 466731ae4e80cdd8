// SPDX-License-Identifier: GPL-2.0-or-later
#include "nightparts.h"

#include <base/error.h>
#include <base/spawn.h>
#include <report/night.h>

#include <string.h>

#define SEND_DEADLINE_NS (60 * G_GINT64_CONSTANT(1000000000))

/* Not in the PATH of an ordinary user, as a rule. */
static const char *const places[] = { "/usr/sbin/sendmail", "/usr/lib/sendmail", NULL };

char *nightmail_program(GError **error)
{
	char *program = g_find_program_in_path("sendmail");

	for (const char *const *place = places; !program && *place; place++)
		if (g_file_test(*place, G_FILE_TEST_IS_EXECUTABLE))
			program = g_strdup(*place);
	if (!program)
		error_set(error, KHOTEST_ERROR_HOST,
			  "there is no program 'sendmail' on this host, which --mail needs: install a mail server's "
			  "(Debian: msmtp-mta, or any mail-transport-agent), or leave --mail out");
	return program;
}

bool nightmail_send(const NightlySpec *spec, const char *path, const NightVerdict *verdict, GError **error)
{
	g_autofree char *program = nightmail_program(error), *text = NULL, *from = NULL;
	const char *const argv[] = { program, "-t", "-oi", NULL };
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	g_autoptr(GBytes) input = NULL;
	g_auto(SpawnResult) result = { 0 };
	SpawnSpec send = { .argv = argv, .timeout_ns = SEND_DEADLINE_NS, .cancel = spec->cancel, .keep_output = true };

	if (!program)
		return false;
	from = g_strdup_printf("khotest <%s@%s>", g_get_user_name(), g_get_host_name());
	text = night_to_mail(verdict,
			     &(MailHead){ .to = spec->mail, .from = from, .host = g_get_host_name(), .date = now });
	if (!night_write(path, NIGHT_MAIL, text, error))
		return false;
	input = g_bytes_new(text, strlen(text));
	send.input = input;
	if (!spawn_run(&send, &result, error))
		return false;
	if (result.status)
		return error_set(error, KHOTEST_ERROR_FAILED, "%s -t ended with status %d: %s", program, result.status,
				 result.err && *result.err ? g_strchomp(result.err) : "it did not say why");
	return true;
}
