// SPDX-License-Identifier: GPL-2.0-or-later
#include "tool.h"

const Kind kinds_host[] = { { NULL } };
