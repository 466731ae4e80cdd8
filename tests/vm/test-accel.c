// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <vm/accel.h>

#include <string.h>

#define SECOND G_GINT64_CONSTANT(1000000000)

static void test_names(void)
{
	for (Accel accel = ACCEL_AUTO; accel <= ACCEL_TCG; accel++) {
		g_autoptr(GError) error = NULL;
		Accel parsed;

		g_assert_true(accel_parse(accel_name(accel), &parsed, &error));
		g_assert_no_error(error);
		g_assert_cmpint(parsed, ==, accel);
	}
	g_assert_cmpstr(accel_name(ACCEL_KVM), ==, "kvm");
}

static void test_unknown(void)
{
	static const char *const unknown[] = { "", "KVM", "kvm ", "hvf" };

	for (gsize i = 0; i < G_N_ELEMENTS(unknown); i++) {
		g_autoptr(GError) error = NULL;
		Accel parsed = ACCEL_AUTO;

		g_assert_false(accel_parse(unknown[i], &parsed, &error));
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
		g_assert_nonnull(strstr(error->message, "auto, kvm or tcg"));
	}
}

/* Whatever KVM is like here: an answer in time, a reason exactly where it is "no", and one line. */
static void test_probe(void)
{
	gint64 before = g_get_monotonic_time();
	g_autofree char *why = NULL;
	bool works = accel_probe_kvm(5 * SECOND, &why);

	g_assert_cmpint(g_get_monotonic_time() - before, <, 8 * G_USEC_PER_SEC);
	g_assert_true(works == !why);
	if (why) {
		g_test_message("%s", why);
		g_assert_cmpuint(strlen(why), >, 5);
		g_assert_null(strchr(why, '\n'));
	}
	if (!g_file_test("/dev/kvm", G_FILE_TEST_EXISTS))
		g_assert_cmpstr(why, ==, "no /dev/kvm");
}

/* No time at all is a deadline too, and is said so. */
static void test_deadline(void)
{
	g_autofree char *why = NULL;

	g_assert_false(accel_probe_kvm(0, &why));
	g_assert_nonnull(strstr(why, "did not finish"));
}

static void test_resolve(void)
{
	g_autofree char *no_kvm = NULL;
	g_autofree char *why = NULL;
	g_autoptr(GError) error = NULL;
	bool works = accel_probe_kvm(5 * SECOND, &no_kvm);
	Accel accel;

	g_assert_true(accel_resolve(ACCEL_TCG, &accel, &why, &error));
	g_assert_cmpint(accel, ==, ACCEL_TCG);
	g_assert_null(why);
	g_assert_true(accel_resolve(ACCEL_AUTO, &accel, &why, &error));
	g_assert_cmpint(accel, ==, works ? ACCEL_KVM : ACCEL_TCG);
	g_assert_cmpstr(why, ==, no_kvm);
	g_assert_no_error(error);
	g_assert_true(accel_resolve(ACCEL_KVM, &accel, NULL, &error) == works);
	if (!works) {
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
		g_assert_nonnull(strstr(error->message, no_kvm));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/accel/names", test_names);
	g_test_add_func("/accel/unknown", test_unknown);
	g_test_add_func("/accel/probe", test_probe);
	g_test_add_func("/accel/deadline", test_deadline);
	g_test_add_func("/accel/resolve", test_resolve);
	return g_test_run();
}
