/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUDY_NIGHTPARTS_H
#define STUDY_NIGHTPARTS_H

#include <study/night.h>

/* How a night is put together, whatever it is made from. */

/* Without cells; takes over the facts. */
Night *night_empty(NightFacts *facts);

/* One more; borrowed. */
NightCell *night_add_cell(Night *night, const char *name);
/* Unless it is NULL, or has it already. */
void nightcell_add_title(NightCell *cell, const char *title);
void nightcell_add_key(NightCell *cell, const char *name, const char *value, bool is_words);
void nightcell_add_value(NightCell *cell, const Metric *metric, double value);

#endif
