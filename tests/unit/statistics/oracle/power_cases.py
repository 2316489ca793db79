"""Power, sizes of test sets and parts of variance, as statsmodels computes them."""

import numpy
import pandas
from scipy import optimize, stats
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.power import normal_power_het
from statsmodels.stats.proportion import power_proportions_2indep


def unpaired(first, second, rows):
    return float(power_proportions_2indep(second - first, first, rows, return_results=False))


def paired(discordant, difference, rows):
    return float(normal_power_het(abs(difference), rows, 0.05, std_null=numpy.sqrt(discordant),
                                  std_alternative=numpy.sqrt(discordant - difference**2)))


def rows_needed(power):
    rows = 1
    while power(2 * rows) < 0.8:
        rows *= 2
    return next(n for n in range(rows, 2 * rows + 1) if power(n) >= 0.8)


def unpaired_cases():
    return [{"first": first, "second": second, "power": unpaired(first, second, 152),
             "rows": rows_needed(lambda n: unpaired(first, second, n))}
            for first, second in ((0.9, 0.95), (0.5, 0.6), (0.8, 0.7), (0.05, 0.3), (0.2, 0.9))]


def unpaired_distances():
    cases = []
    for share, rows in ((0.9, 152), (0.5, 152), (0.7, 1000), (0.95, 50)):
        case = {"share": share, "rows": rows, "above": None, "below": None}
        for key, sign, most in (("above", 1, 1 - share), ("below", -1, share)):
            def lacking(d):
                return unpaired(share, share + sign * d, rows) - 0.8
            if lacking(most - 1e-9) > 0:
                case[key] = float(optimize.brentq(lacking, 1e-6, most - 1e-9, xtol=1e-13))
        cases.append(case)
    return cases


def paired_cases():
    cases = []
    for discordant, difference in ((0.1, 0.05), (0.2, -0.1), (0.3, 0.02), (0.15, 0.149)):
        at_least = optimize.brentq(lambda d: paired(discordant, d, 400) - 0.8, 1e-6,
                                   discordant - 1e-9, xtol=1e-13)
        cases.append({"discordant": discordant, "difference": difference,
                      "power": paired(discordant, difference, 152),
                      "rows": rows_needed(lambda n: paired(discordant, difference, n)),
                      "detectable_in_400": float(at_least)})
    return cases


def mean_squares(seeds, formula):
    frame = pandas.DataFrame([{"score": score, "seed": seed, "row": row}
                              for seed, scores in enumerate(seeds)
                              for row, score in enumerate(scores)])
    table = anova_lm(ols(formula, frame).fit())
    return table["sum_sq"] / table["df"]


def same_rows_case(random, seeds, rows, noise):
    scores = (random.normal(size=(seeds, 1)) * 0.3 + random.normal(size=(1, rows))
              + random.normal(size=(seeds, rows)) * noise)
    squares = mean_squares(scores, "score ~ C(seed) + C(row)")
    rest = squares["Residual"]
    return {"scores": scores.tolist(), "rest": float(rest),
            "seed": float(max(0, (squares["C(seed)"] - rest) / rows)),
            "rows": float(max(0, (squares["C(row)"] - rest) / seeds))}


def own_rows_case(random, sizes):
    scores = [(random.normal() + random.normal(size=size)).tolist() for size in sizes]
    squares = mean_squares(scores, "score ~ C(seed)")
    total = sum(sizes)
    mean_rows = (total - sum(size**2 for size in sizes) / total) / (len(sizes) - 1)
    return {"scores": scores, "rest": float(squares["Residual"]), "mean_rows": mean_rows,
            "seed": float(max(0, (squares["C(seed)"] - squares["Residual"]) / mean_rows))}


def variance_cases(random):
    return {"same_rows": [same_rows_case(random, *shape)
                          for shape in ((2, 5, 0.5), (3, 30, 0.2), (5, 40, 2.0))],
            "own_rows": [own_rows_case(random, sizes)
                         for sizes in ((5, 5), (3, 9, 4), (20, 20, 20, 1))]}


def noise_cases(random):
    cases = []
    for repeats, seeds in ((((3, 3, 3)), 1), ((5,), 2), ((2, 1, 4), 3)):
        scores = [random.normal(0.8, 0.02, n).tolist() for n in repeats]
        degrees = sum(n - 1 for n in repeats)
        pooled = sum(numpy.var(s, ddof=1) * (len(s) - 1) for s in scores if len(s) > 1) / degrees
        cases.append({"scores": scores, "seeds": seeds,
                      "floor": float(stats.t.ppf(0.975, degrees) * numpy.sqrt(2 * pooled / seeds))})
    return cases
