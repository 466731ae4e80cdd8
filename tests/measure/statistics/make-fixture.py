#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes fixture.json beside itself: numbers in, and what harness/measure/statistics.c must make of them.

An implementation of its own, with nothing but Python's library: quartiles come from statistics.quantiles(), the
generator is Python's own Mersenne Twister brought into the state that GSL's has after gsl_rng_set(), Student's t is
integrated numerically, the normal distribution is statistics.NormalDist, and the signed-rank test tries all signs that
the differences could have. Running the test does not need it.
"""
import collections
import json
import math
import pathlib
import random
import statistics

RESAMPLES, SEED = 2000, 20261124


class Twister:
    """gsl_rng_mt19937: MT19937 seeded as by its authors' init_genrand() of 2002."""

    def __init__(self, seed):
        words = [seed & 0xFFFFFFFF]
        for i in range(1, 624):
            words.append((1812433253 * (words[-1] ^ (words[-1] >> 30)) + i) & 0xFFFFFFFF)
        self.source = random.Random()
        self.source.setstate((3, tuple(words) + (624,), None))

    def below(self, n):
        """gsl_rng_uniform_int(): division by a scale, and what falls beyond is drawn again."""
        scale = 0xFFFFFFFF // n
        while True:
            k = self.source.getrandbits(32) // scale
            if k < n:
                return k


def t_cumulative(x, nu):
    """Simpson's rule over the density, from 0."""
    c = math.exp(math.lgamma((nu + 1) / 2) - math.lgamma(nu / 2)) / math.sqrt(nu * math.pi)
    density = lambda u: c * (1 + u * u / nu) ** (-(nu + 1) / 2)
    steps = 20000
    h = x / steps
    total = density(0) + density(x) + sum((4 if i % 2 else 2) * density(i * h) for i in range(1, steps))
    return 0.5 + total * h / 3


def t_quantile(p, nu):
    low, high = 0.0, 20.0
    while t_cumulative(high, nu) < p:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if t_cumulative(middle, nu) < p else (low, middle)
    return (low + high) / 2


def quantile(ordered, p):
    at = (len(ordered) - 1) * p
    i = int(at)
    return ordered[i] if i + 1 == len(ordered) else ordered[i] + (at - i) * (ordered[i + 1] - ordered[i])


def location(values):
    n = len(values)
    return statistics.median([(values[i] + values[j]) / 2 for i in range(n) for j in range(i, n)])


def bootstrap(values):
    n = len(values)
    twister = Twister(SEED)
    estimates = sorted(location([values[twister.below(n)] for _ in range(n)]) for _ in range(RESAMPLES))
    factor = math.sqrt(n / (n - 1))
    tail = statistics.NormalDist().cdf(-t_quantile(0.975, n - 1) * factor)
    ends = [quantile(estimates, tail), quantile(estimates, 1 - tail)]
    return [location(values)] + ends, statistics.stdev(estimates) * factor


def all_sums(ranks):
    """How often each sum of positive ranks comes, over every choice of signs, one by one."""
    sums = [0]
    for rank in ranks:
        sums += [s + rank for s in sums]
    return collections.Counter(sums)


def signed_rank_p(differences):
    """Two-sided: sums at least as far from the middle; ranks are doubled, so that all are whole. Beyond 20 values all
    signs of either half are tried, and all pairs of those."""
    left = [d for d in differences if d]
    ranks = [2 * sum(abs(o) < abs(d) for o in left) + sum(abs(o) == abs(d) for o in left) + 1 for d in left]
    middle = sum(ranks) / 2
    far = abs(sum(r for r, d in zip(ranks, left) if d > 0) - middle)
    half = len(ranks) // 2 if len(ranks) > 20 else 0
    here, there = all_sums(ranks[:half]), all_sums(ranks[half:])
    count = sum(m * n for s, m in here.items() for t, n in there.items() if abs(s + t - middle) >= far)
    return count / 2 ** len(ranks)


def summary(values):
    quartiles = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": statistics.median(values), "spread": quartiles[2] - quartiles[0]}


def case(name, a, b):
    n = len(a)
    differences = [y - x for x, y in zip(a, b)]
    difference, error = bootstrap(differences)
    ratio, _ = bootstrap([math.log(y / x) for x, y in zip(a, b)])
    return {"name": name, "a": a, "b": b, "summary_a": summary(a), "summary_b": summary(b),
            "difference": difference, "ratio": [math.exp(v) for v in ratio],
            "visible": error * (t_quantile(0.99, n - 1) + t_quantile(0.95, n - 1)) if 2 / 2 ** n <= 0.02 else None,
            "p": signed_rank_p(differences)}


def noisy(source, n, median, share):
    """Times have a floor and a tail: a log-normal, and one in ten disturbed by a tenth more."""
    return [round(median * math.exp(source.gauss(0, share)) * (1.1 if source.random() < 0.1 else 1)) for _ in range(n)]


def main():
    source = random.Random(4)
    cases = [
        case("two pairs", [100.0, 102.0], [90.0, 97.0]),
        case("seven, no difference", noisy(source, 7, 7100000000, 0.01), noisy(source, 7, 7100000000, 0.01)),
        case("twelve, a quarter less", noisy(source, 12, 7100000000, 0.02), noisy(source, 12, 5130000000, 0.02)),
        case("thirteen, two percent more", noisy(source, 13, 1000000000, 0.005), noisy(source, 13, 1020000000, 0.005)),
        case("ten, of few sizes, some 0", [5.0] * 10, [6.0, 5.0, 7.0, 6.0, 4.0, 5.0, 8.0, 7.0, 6.0, 7.0]),
        case("fifteen, ties of either sign", [9.0] * 15,
             [10.0, 8.0, 11.0, 11.0, 7.0, 12.0, 10.0, 9.0, 6.0, 10.0, 13.0, 11.0, 8.0, 10.0, 12.0]),
        case("forty, one percent less", noisy(source, 40, 900000000, 0.01), noisy(source, 40, 891000000, 0.01)),
    ]
    path = pathlib.Path(__file__).with_name("fixture.json")
    path.write_text(json.dumps({"cases": cases}, indent=1) + "\n")


main()
