/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_KERNEL_H
#define TESTS_KERNEL_H

/*
 * The kernel that tests boot: KHOTEST_TEST_KERNEL if it is set, else the stock
 * series as the khotest that KHOTEST names builds it or has it. Sets
 * KHOTEST_TEST_KERNEL; leaves it unset, with a message, where neither works.
 */
void kernel_provide(void);

#endif
