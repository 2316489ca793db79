"""Tests of two models on the same rows and of several over tasks, as SciPy and statsmodels do
them, or by going through every case."""

import itertools

import numpy
from scipy import optimize, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.descriptivestats import sign_test
from statsmodels.stats.multitest import multipletests


def mcnemar_case(b, c):
    exact = float(mcnemar([[10, b], [c, 10]], exact=True).pvalue) if b + c else 1.0
    at = float(stats.binom.pmf(min(b, c), b + c, 0.5))
    return {"only_first": b, "only_second": c, "exact": exact,
            "mid_p": 1.0 if b == c else 2 * float(stats.binom.cdf(min(b, c), b + c, 0.5)) - at}


def mcnemar_cases():
    pairs = [(0, 0), (1, 0), (0, 5), (3, 3), (2, 9), (9, 2), (7, 20), (30, 31), (400, 500)]
    return [mcnemar_case(*pair) for pair in pairs]


def permutation_case(differences, groups):
    def statistic(x, y, axis):
        return numpy.sum(x - y, axis=axis)

    names = list(dict.fromkeys(groups)) if groups else range(len(differences))
    sums = numpy.array([sum(d for d, g in zip(differences, groups or names) if g == name)
                        for name in names])
    result = stats.permutation_test((sums, numpy.zeros_like(sums)), statistic,
                                    permutation_type="samples", vectorized=True,
                                    n_resamples=numpy.inf)
    return {"differences": differences, "groups": groups, "p": float(result.pvalue)}


def permutation_cases(random):
    cases = [permutation_case(random.normal(0.4, 1, n).tolist(), []) for n in (2, 5, 10, 12)]
    cases.append(permutation_case(random.integers(-1, 2, 12).astype(float).tolist(), []))
    groups = [f"g{i // 3}" for i in range(30)]
    cases.append(permutation_case(random.normal(0.2, 1, 30).tolist(), groups))
    return cases


def exact_signed_rank(differences, zeros):
    kept = [d for d in differences if d != 0 or zeros == "pratt"]
    ranks = [r for r, d in zip(stats.rankdata(numpy.abs(kept)), kept) if d != 0]
    signs = [d > 0 for d in kept if d != 0]
    above = sum(r for r, up in zip(ranks, signs) if up)
    smaller = min(above, sum(ranks) - above)
    sums = [sum(r for r, up in zip(ranks, ways) if up)
            for ways in itertools.product((False, True), repeat=len(ranks))]
    return min(1.0, 2 * sum(s <= smaller for s in sums) / len(sums))


def signed_rank_cases(random):
    cases = []
    samples = [random.normal(0.3, 1, n).tolist() for n in (1, 2, 5, 9, 12)]
    samples += [random.integers(-4, 6, n).astype(float).tolist() for n in (6, 9, 12)]
    for sample in samples:
        for zeros in ("wilcox", "pratt"):
            normal = stats.wilcoxon(sample, zero_method=zeros, correction=False, method="approx")
            cases.append({"differences": sample, "zeros": zeros,
                          "exact": exact_signed_rank(sample, zeros),
                          "normal": float(normal.pvalue), "smaller": float(normal.statistic)})
    return cases


def large_signed_rank_cases(random):
    """Without ties SciPy's own table, up to the largest that is exact; beyond it the normal one."""
    cases = []
    for n, method in ((20, "exact"), (25, "exact"), (26, "approx"), (60, "approx")):
        sample = random.normal(0.3, 1, n).tolist()
        cases.append({"differences": sample, "exact": method == "exact",
                      "p": float(stats.wilcoxon(sample, correction=False, method=method).pvalue)})
    return cases


def sign_cases(random):
    samples = [random.normal(0.3, 1, n).tolist() for n in (1, 4, 11)]
    samples.append([0.0, 0.0, 1.0, 2.0, -1.0, 3.0, 0.5])
    return [{"differences": s, "p": float(sign_test(s)[1])} for s in samples]


def multiple_cases(random):
    cases = []
    for values in ([0.04], [0.01, 0.02, 0.03, 0.04], [0.5, 0.5, 0.5], [0.0, 1.0, 0.2],
                   (random.random(20) ** 3).tolist()):
        case = {"p": values}
        for ours, theirs in (("bonferroni", "bonferroni"), ("holm", "holm"),
                             ("benjamini_hochberg", "fdr_bh")):
            case[ours] = multipletests(values, method=theirs)[1].tolist()
        cases.append(case)
    return cases


def friedman_cases(random):
    cases = []
    for tasks, models, levels in ((9, 15, 0), (9, 15, 6), (5, 3, 3), (20, 4, 0)):
        if levels:
            table = random.integers(0, levels, (tasks, models)) / levels
        else:
            table = random.normal(size=(tasks, models)) + numpy.arange(models) / 4
        chi_square, p = stats.friedmanchisquare(*table.T)
        f = (tasks - 1) * chi_square / (tasks * (models - 1) - chi_square)
        cases.append({"table": table.tolist(), "chi_square": float(chi_square), "p": float(p),
                      "f": float(f),
                      "f_p": float(stats.f.sf(f, models - 1, (models - 1) * (tasks - 1)))})
    return cases


def range_cases():
    return [{"count": count, "share": share,
             "quantile": float(stats.studentized_range.ppf(share, count, numpy.inf))}
            for count in (2, 3, 5, 10, 15, 40) for share in (0.5, 0.9, 0.95, 0.99)]


def wilcoxon_holm_cases(random):
    table = random.normal(size=(12, 5)) + numpy.arange(5) / 3
    pairs = list(itertools.combinations(range(5), 2))
    p = [float(stats.wilcoxon(table[:, i] - table[:, j], method="exact").pvalue) for i, j in pairs]
    return {"table": table.tolist(), "pairs": pairs, "p": p,
            "adjusted": multipletests(p, method="holm")[1].tolist()}


def score_z(both, b, c, neither, difference):
    """The score statistic, its nuisance parameter by maximising the likelihood numerically."""
    n = both + b + c + neither

    def loss(q):
        parts = ((b, q + difference), (c, q), (both + neither, 1 - 2 * q - difference))
        return -sum(count * numpy.log(max(chance, 1e-300)) for count, chance in parts if count)

    low, high = max(0.0, -difference), (1 - difference) / 2
    q = optimize.minimize_scalar(loss, bounds=(low, high), method="bounded",
                                 options={"xatol": 1e-14}).x
    q = min((low, high, q), key=loss)
    return (b - c - n * difference) / numpy.sqrt(n * (2 * q + difference * (1 - difference)))


def tango_cases():
    cases = []
    for counts in ((36, 12, 2, 0), (0, 12, 2, 36), (43, 0, 1, 6), (30, 5, 5, 10), (100, 20, 9, 23),
                   (0, 9, 0, 1), (50, 0, 0, 2)):
        seen, z = (counts[1] - counts[2]) / sum(counts), stats.norm.ppf(0.975)
        low = optimize.brentq(lambda d: score_z(*counts, d) - z, -1 + 1e-9, seen - 1e-9)
        high = optimize.brentq(lambda d: score_z(*counts, d) + z, seen + 1e-9, 1 - 1e-9)
        cases.append({"counts": counts, "interval": [float(low), float(high)],
                      "p": float(stats.norm.sf(score_z(*counts, -0.1)))})
    return cases
