// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/fit.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>
#include <math.h>

#define CONFIDENCE 0.95

static bool all_equal(const double *x, guint n)
{
	for (guint i = 1; i < n; i++)
		if (x[i] != x[0])
			return false;
	return true;
}

bool fit_line(const double *x, const double *y, guint n, Fit *ret_fit)
{
	double cov00, cov01, cov11, sumsq, t, largest = 0, worst = 0;
	Fit fit = { .n = n };

	if (n < 3 || all_equal(x, n))
		return false;
	gsl_fit_linear(x, 1, y, 1, n, &fit.offset, &fit.slope, &cov00, &cov01, &cov11, &sumsq);
	t = gsl_cdf_tdist_Pinv(1 - (1 - CONFIDENCE) / 2, n - 2);
	fit.offset_low = fit.offset - t * sqrt(cov00);
	fit.offset_high = fit.offset + t * sqrt(cov00);
	fit.slope_low = fit.slope - t * sqrt(cov11);
	fit.slope_high = fit.slope + t * sqrt(cov11);
	for (guint i = 0; i < n; i++) {
		worst = fmax(worst, fabs(y[i] - fit.offset - fit.slope * x[i]));
		largest = fmax(largest, fabs(y[i]));
	}
	fit.worst = largest > 0 ? worst / largest : 0;
	*ret_fit = fit;
	return true;
}
