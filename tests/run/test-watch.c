// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What comes from a guest that has said that it leaves, without a machine. The first kernel is a recorded one; the
 * second never is one.
 *
 * Argument: a recorded run directory.
 */
#include "recorded.h"
#include "running.h"

#include <base/files.h>
#include <proto/frame.h>
#include <store/journal.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

#define CAME_BACK "kexec -e came back with status 255"

typedef struct {
	char *folder; /* of all */
	char *path;
	RunDir *dir;
	Plan *plan;
	GArray *marks;
	GPtrArray *names; /* of the records of the first kernel, in their order; the last one is its leaving */
	Running run;
} Guest;

/* What the first kernel has sent. What the journal says of it is taken out. */
static void forget_records(Guest *guest)
{
	g_autoptr(Journal) journal = journal_read(guest->dir);
	g_autofree char *path = rundir_file(guest->dir, RUNDIR_JOURNAL), *text = NULL;
	char *third;

	for (guint i = 0; i < journal->events->len; i++) {
		const JournalEvent *event = journal_at(journal, i);

		if (event->kind == JOURNAL_RECORD && event->hop == 0)
			g_ptr_array_add(guest->names, g_strdup(event->name));
	}
	/* it begins, and the machine starts */
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	third = strchr(strchr(text, '\n') + 1, '\n') + 1;
	g_assert_true(files_write_fast(path, text, (gsize)(third - text), NULL));
	guest->dir->journal_fd = g_open(path, O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
}

/* Its console up to where it left. */
static void hear_console(Guest *guest)
{
	g_autofree char *times_path = rundir_file(guest->dir, RUNDIR_CONSOLE_TIMES), *times = NULL;
	g_autofree char *path = rundir_file(guest->dir, RUNDIR_CONSOLE), *text = NULL;
	gsize length;

	g_assert_true(g_file_get_contents(times_path, &times, NULL, NULL));
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	length = g_ascii_strtoull(strstr(times, "\n- ") + 3, NULL, 10);
	g_assert_true(files_write_fast(path, text, length, NULL));
	guest->run.recorder = recorder_new(guest->dir, NULL);
	g_assert_true(recorder_console(guest->run.recorder, text, length, running_now(), NULL));
}

static void send_frame(Guest *guest, int hop, const char *name, const void *data, gsize length, bool intact)
{
	const Frame frame = { .hop = hop,
			      .name = name,
			      .payload = data,
			      .length = length,
			      .crc_ok = intact,
			      .crc = frame_crc32(0, data, (uint32_t)length),
			      .header_ns = running_now(),
			      .end_ns = running_now() };

	watch_frame(&frame, &guest->run);
}

static void send_text(Guest *guest, int hop, const char *name, const char *text)
{
	send_frame(guest, hop, name, text, strlen(text), true);
}

/* It has sent everything, and left. */
static void set_up(Guest *guest, gconstpointer data)
{
	g_autofree char *text = NULL;

	guest->folder = g_dir_make_tmp("khotest-watch-XXXXXX", NULL);
	guest->path = recorded_copy(guest->folder, "run");
	guest->dir = rundir_open(guest->path, NULL);
	text = rundir_text(guest->dir, RUNDIR_PLAN);
	guest->plan = plan_from_json(text, -1, NULL);
	guest->marks = g_array_new(FALSE, FALSE, sizeof(VmMark));
	guest->names = g_ptr_array_new_with_free_func(g_free);
	guest->run = (Running){ .plan = guest->plan, .dir = guest->dir, .marks = guest->marks, .step.last_hop = 1 };
	forget_records(guest);
	hear_console(guest);
	for (guint i = 0; i < guest->names->len; i++) {
		g_autoptr(GBytes) bytes = rundir_read_record(guest->dir, 0, guest->names->pdata[i]);

		send_frame(guest, 0, guest->names->pdata[i], g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
			   true);
	}
	g_assert_cmpint(guest->run.step.hop, ==, 1);
	g_assert_cmpint(guest->run.step.kind, ==, STEP_BOOT);
}

static void tear_down(Guest *guest, gconstpointer data)
{
	g_assert_no_error(guest->run.error);
	g_free(guest->run.detail);
	g_free(guest->run.hook);
	rundir_free(guest->dir);
	plan_free(guest->plan);
	g_array_unref(guest->marks);
	g_ptr_array_unref(guest->names);
	files_remove_tree(guest->folder, NULL);
	g_free(guest->path);
	g_free(guest->folder);
}

/* The end is written as note_end() does, and the run is judged. */
static Result *judge(Guest *guest)
{
	JournalEvent event = journal_event(JOURNAL_END, running_now());
	const Running *run = &guest->run;
	g_autofree char *second = g_build_filename(guest->path, "hops", "1", NULL);

	event.cause = end_cause_name(run->cause);
	event.detail = run->detail;
	event.hop = run->step.hop;
	event.step = step_name(run->step.kind);
	g_assert_true(journal_write(guest->dir, &event, NULL));
	g_assert_true(recorder_close(run->recorder, NULL));
	files_remove_tree(second, NULL);
	return recorded_result(guest->path);
}

static void test_came_back(Guest *guest, gconstpointer data)
{
	g_autoptr(Result) result = NULL;
	const Reason *reason;

	send_text(guest, 0, FRAME_FAILED, CAME_BACK);
	g_assert_cmpint(guest->run.cause, ==, END_STOPPED);
	g_assert_cmpint(guest->run.step.hop, ==, 0);
	g_assert_cmpint(guest->run.step.kind, ==, STEP_LEAVE);
	result = judge(guest);
	g_assert_cmpint(result->verdict->kind, ==, VERDICT_FAIL);
	g_assert_cmpint(result->verdict->reasons->len, ==, 1);
	reason = result->verdict->reasons->pdata[0];
	g_assert_cmpstr(reason->id, ==, "guest-stopped");
	g_assert_cmpstr(reason->text, ==, "first kernel: the probe gave up: " CAME_BACK);
}

/* Nothing that it says of itself is known to be so. */
static void test_damaged(Guest *guest, gconstpointer data)
{
	send_frame(guest, 0, FRAME_HELLO, "", 0, false);
	g_assert_false(guest->run.ended);
	g_assert_cmpint(guest->run.step.hop, ==, 1);
	g_assert_true(recorder_close(guest->run.recorder, NULL));
}

static void test_cold_boot(Guest *guest, gconstpointer data)
{
	send_text(guest, 0, FRAME_HELLO, "");
	g_assert_cmpint(guest->run.cause, ==, END_RESET);
	g_assert_cmpint(guest->run.step.hop, ==, 1);
	g_assert_true(recorder_close(guest->run.recorder, NULL));
}

/* Another kernel is up by then: so it was not the one that gave up just now. */
static void test_late(Guest *guest, gconstpointer data)
{
	send_text(guest, 1, FRAME_HELLO, "");
	send_text(guest, 0, FRAME_FAILED, CAME_BACK);
	g_assert_cmpint(guest->run.cause, ==, END_RESET);
	g_assert_true(recorder_close(guest->run.recorder, NULL));
}

/* What a program writes into the log is no panic; and an oops is that of the kernel that had it. */
static void test_heard(Guest *guest, gconstpointer data)
{
	static const char said[] = "[    9.000000] selftest: expects Kernel panic - not syncing: x\n"
				   "[    9.100000] Oops: general protection fault\n";
	static const char panic[] = "unfinished[    9.200000] Kernel panic - not syncing: y\n";
	Recorder *recorder = guest->run.recorder;

	g_assert_true(recorder_console(recorder, said, strlen(said), running_now(), NULL));
	g_assert_false(recorder_saw_panic(recorder));
	g_assert_true(recorder_saw_oops(recorder));
	recorder_mark_handover(recorder);
	g_assert_false(recorder_saw_oops(recorder));
	g_assert_true(recorder_console(recorder, panic, strlen(panic), running_now(), NULL));
	g_assert_true(recorder_saw_panic(recorder));
	g_assert_true(recorder_close(recorder, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	recorded_path = argv[1];
	g_test_add("/watch/came-back", Guest, NULL, set_up, test_came_back, tear_down);
	g_test_add("/watch/damaged", Guest, NULL, set_up, test_damaged, tear_down);
	g_test_add("/watch/cold-boot", Guest, NULL, set_up, test_cold_boot, tear_down);
	g_test_add("/watch/heard", Guest, NULL, set_up, test_heard, tear_down);
	g_test_add("/watch/late", Guest, NULL, set_up, test_late, tear_down);
	return g_test_run();
}
