/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_CAMPAIGN_FAKEEXECUTOR_H
#define TESTS_CAMPAIGN_FAKEEXECUTOR_H

#include <campaign/executor.h>

/* What comes of a run, all but `of` and cut_off; number: 1 for the first that was started. */
typedef RunOutcome *(*FakeAnswer)(const RunRequest *request, guint number, gpointer data);

/* An executor without machines: runs end in the order in which they were started, each as answer says. */
Executor *fakeexecutor_new(FakeAnswer answer, gpointer data, GCancellable *cancel);

/* Runs that were started, as "series series ". Borrowed. */
const char *fakeexecutor_started(const Executor *executor);

#endif
