/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_POSTMORTEM_H
#define REPORT_POSTMORTEM_H

#include <evaluate/result.h>

/* "CPU 0, halted, at default_idle+0xf". Caller frees. */
char *postmortem_cpu_words(const PostmortemCpu *cpu, guint number);

/* "struct pages from pfn 0x10000 on are left for later", or what there is in place of that. Caller frees. */
char *postmortem_node_words(const PostmortemNode *node);

/* Whose memory it is: "the second kernel", or why that is not known. Caller frees. */
char *postmortem_whose(const Postmortem *postmortem);

#endif
