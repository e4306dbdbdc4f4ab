"""How much of a small number is chance: intervals and tests, from their published formulas.

scipy has them all and takes seconds to import; the tests hold these against scipy.
"""

from math import comb, sqrt

LEVEL = 0.05
Z = 1.959963984540054  # the normal distribution's 97.5 percent point
SMALLEST_BASE = 20  # a share of fewer is not printed as a percentage


def wilson(n: int, base: int) -> tuple[float, float]:
    """The 95 percent score interval of a share (Wilson 1927, JASA 22). ValueError where the base is not positive."""
    if base <= 0 or not 0 <= n <= base:
        raise ValueError(f"{n} of {base} is not a share")
    share = n / base
    middle = (share + Z**2 / (2 * base)) / (1 + Z**2 / base)
    half = Z * sqrt(share * (1 - share) / base + Z**2 / (4 * base**2)) / (1 + Z**2 / base)
    return max(0.0, middle - half), min(1.0, middle + half)


def counts_differ(one: int, other: int) -> bool:
    """Whether two years' counts differ by more than chance: the exact conditional test of two Poisson counts
    (Przyborowski and Wilenski 1940, Biometrika 31), two-sided at 5 percent."""
    total = one + other
    weights = [comb(total, k) for k in range(total + 1)]
    observed = weights[one]
    return sum(w for w in weights if w <= observed) / 2**total < LEVEL


def shares_differ(n_one: int, base_one: int, n_other: int, base_other: int) -> bool:
    """Whether two shares differ by more than chance: Fisher's exact test, two-sided at 5 percent."""
    hits, total = n_one + n_other, base_one + base_other
    ways = {
        k: comb(base_one, k) * comb(base_other, hits - k)
        for k in range(max(0, hits - base_other), min(base_one, hits) + 1)
    }
    observed = ways[n_one]
    return sum(w for w in ways.values() if w <= observed) / comb(total, hits) < LEVEL


def ratio(n: int, base: int) -> tuple[float, float]:
    """The 95 percent interval of how many times the expected `base` the expected `n` is: both counts by chance.

    Given their sum, n is binomial (Przyborowski and Wilenski 1940); the score interval of its share, turned into odds.
    """
    low, high = wilson(n, n + base)
    return low / (1 - low), high / (1 - high)
