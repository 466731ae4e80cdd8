/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SPOIL_H
#define TESTS_SPOIL_H

#include "fixture.h"

/* The recorded run "central-2n", as if what its name says had gone wrong in it, and nothing else. */
void spoil_not_cma(Fixture *fixture);
void spoil_too_much_cma(Fixture *fixture);
void spoil_overcounted(Fixture *fixture);
void spoil_no_handover_data(Fixture *fixture);
void spoil_one_node_not_deferred(Fixture *fixture);
void spoil_warn(Fixture *fixture);
void spoil_test_silent(Fixture *fixture);
void spoil_without_kho(Fixture *fixture);

#endif
