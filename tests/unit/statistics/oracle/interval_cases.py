"""Intervals as statsmodels and SciPy compute them."""

import numpy
from scipy import stats
from statsmodels.stats.proportion import proportion_confint


def jeffreys(k, n, level):
    tail = (1 - level) / 2
    low, high = stats.beta.ppf([tail, 1 - tail], k + 0.5, n - k + 0.5)
    return [0.0 if k == 0 else float(low), 1.0 if k == n else float(high)]


def proportion(k, n, level):
    def of(method):
        return [float(end) for end in proportion_confint(k, n, 1 - level, method)]

    return {"k": k, "n": n, "level": level, "wilson": of("wilson"),
            "clopper_pearson": of("beta"), "jeffreys": jeffreys(k, n, level)}


def proportion_cases():
    pairs = [(k, n) for n in (1, 2, 5, 10) for k in range(n + 1)]
    pairs += [(0, 152), (1, 152), (76, 152), (140, 152), (147, 152), (151, 152), (152, 152),
              (179, 197), (900, 1000), (99_999, 100_000)]
    return [proportion(k, n, level) for k, n in pairs for level in (0.9, 0.95, 0.99)]


def coverage(n, share):
    """How often each interval holds the share it is of, over all k of n."""
    case = {"n": n, "share": share}
    for method in ("wilson", "clopper_pearson", "jeffreys"):
        case[method] = 0.0
        for k in range(n + 1):
            low, high = proportion(k, n, 0.95)[method]
            if low <= share <= high:
                case[method] += float(stats.binom.pmf(k, n, share))
    return case


def coverage_cases():
    # shares that are no end of an interval to the last digit
    return [coverage(n, share) for n in (10, 50, 152) for share in (0.0173, 0.113, 0.501, 0.907)]


def clustered_cases(random):
    """The effective number of rows by the variance of a ratio of sums over groups."""
    cases = []
    for count, size, spread in ((12, 4, 0.3), (30, 5, 0.2), (8, 1, 0.0), (20, 7, 0.45)):
        names, scores = [], []
        for group in range(count):
            chance = min(1.0, max(0.0, 0.7 + random.normal() * spread))
            for _ in range(int(random.integers(1, size + 1))):
                names.append(f"g{group}")
                scores.append(float(random.random() < chance))
        n, mean = len(scores), numpy.mean(scores)
        sums = numpy.array([sum(s for s, m in zip(scores, names) if m == name)
                            for name in dict.fromkeys(names)])
        sizes = numpy.array([names.count(name) for name in dict.fromkeys(names)])
        variance = count / (count - 1) * numpy.sum((sums - mean * sizes) ** 2) / n**2
        rows = n / max(1.0, variance / (mean * (1 - mean) / n))
        low, high = proportion_confint(mean * rows, rows, 0.05, "wilson")
        cases.append({"scores": scores, "groups": names, "interval": [float(low), float(high)]})
    return cases


def mean_cases(random):
    samples = [[0.1, 0.9], [1.0] * 5, list(range(9))]
    samples += [random.normal(size=n).tolist() for n in (2, 3, 9, 30, 200)]
    cases = []
    for sample in samples:
        for level in (0.9, 0.95):
            n = len(sample)
            error = numpy.std(sample, ddof=1) / numpy.sqrt(n)
            cases.append({"values": sample, "level": level, "mean": float(numpy.mean(sample)),
                          "student": float(stats.t.ppf((1 + level) / 2, n - 1) * error),
                          "normal": float(stats.norm.ppf((1 + level) / 2) * error)})
    return cases


def bootstrap_cases(random):
    """Intervals from given replicates: which rows are drawn is each program's own."""
    cases = []
    for sample in (random.normal(size=12), random.exponential(size=20),
                   random.integers(0, 2, 25).astype(float)):
        left_out = [float(numpy.mean(numpy.delete(sample, i))) for i in range(len(sample))]
        for level in (0.9, 0.95):
            case = {"estimate": float(numpy.mean(sample)), "left_out": left_out, "level": level}
            for method in ("percentile", "BCa"):
                result = stats.bootstrap((sample,), numpy.mean, n_resamples=199, method=method,
                                         confidence_level=level,
                                         random_state=numpy.random.default_rng(7))
                case[method.lower()] = [float(result.confidence_interval.low),
                                        float(result.confidence_interval.high)]
                case["replicates"] = result.bootstrap_distribution.tolist()
            cases.append(case)
    return cases


def resampling_cases():
    """Where the quantiles of endlessly many resampled means of k of n lie, on n·mean."""
    return [{"k": k, "n": n,
             "quantiles": [int(stats.binom.ppf(share, n, k / n)) for share in (0.025, 0.975)]}
            for k, n in ((30, 50), (140, 152), (5, 20))]
