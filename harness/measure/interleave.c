// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/interleave.h>

guint interleave_period(guint k)
{
	return k < 2 ? 1 : k % 2 ? 2 * k : k;
}

/*
 * The first row is 0, 1, k - 1, 2, k - 2, ...: each step between neighbours comes
 * once. The others are that row with all moved on by one. With an odd k a second
 * square, its rows read backwards, balances the first.
 */
guint interleave_at(guint k, guint round, guint position)
{
	guint row = round % interleave_period(k);
	guint first;

	if (row >= k)
		position = k - 1 - position;
	first = position % 2 ? (position + 1) / 2 : (k - position / 2) % k;
	return (first + row) % k;
}
