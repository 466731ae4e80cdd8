/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_CHECK_H
#define MEASURE_CHECK_H

/*
 * What is asked of every kernel of a chain. The rule that all of them share: a check
 * says what it saw, or that it could not see, and PASS needs every check to have seen
 * (verdict.c, require_all()). A kernel that by its nature does not show something (a
 * finished image without its headers) leaves a gap, which the verdict names.
 */
typedef enum {
	CHECK_RECORDS,	    /* all that the kernel sent is here, as it was sent */
	CHECK_IDENTITY,	    /* it is the kernel that was due: nonce, boot id */
	CHECK_LOG,	    /* it complained of nothing, from its first line to its last */
	CHECK_COMMAND_LINE, /* it took every word that the user gave it */
	CHECK_HANDOVER,	    /* it got handover data, and of the kernel before it */
	CHECK_SCRATCH,	    /* its scratch regions have memory, and are those of the kernel before it */
	CHECK_PAGEBLOCKS,   /* every pageblock of scratch is CMA, and no other without a reason */
	CHECK_DEFERRAL,	    /* struct pages were initialised late where the configuration says so */
	CHECK_TEST_DATA,    /* lib/test_kho.c got back what it had preserved */
	CHECK_NEXT,	    /* it loaded the next kernel and went; of the last one, that it said so */
	CHECK_COUNT,
} Check;

/* "pageblocks", for people: what could not be seen. */
const char *check_title(Check check);

#endif
