"""Writes statistics.json: the room's figures as SciPy, NumPy and statsmodels compute them.

    pip install -r requirements.txt
    python make_fixtures.py
"""

import json
import pathlib

import numpy
import scipy
import statsmodels
from scipy import stats

import comparison_cases
import interval_cases
import power_cases


def ranks(scores, higher_is_better):
    signed = [-score for score in scores] if higher_is_better else scores
    return [int(rank) for rank in stats.rankdata(signed, method="min")]


def rank_cases(random):
    cases = []
    for size in range(1, 16):
        for higher in (True, False):
            # few distinct values: ties of every size; the last case of a size has none
            for scores in (random.integers(0, 4, size) / 7, random.normal(size=size)):
                scores = scores.tolist()
                signed = [-score for score in scores] if higher else scores
                cases.append({"scores": scores, "higher_is_better": higher,
                              "ranks": ranks(scores, higher),
                              "average": stats.rankdata(signed).tolist()})
    return cases


def interval(sample):
    n = len(sample)
    error = numpy.std(sample, ddof=1) / numpy.sqrt(n)
    return {"ranks": sample, "mean": float(numpy.mean(sample)),
            "published": float(1.96 * error),
            "student_t": float(stats.t.ppf(0.975, n - 1) * error)}


def interval_cases_of_ranks(random):
    samples = [[1, 1], [1, 15], [3] * 9, list(range(1, 10))]
    for n in range(2, 31):
        samples.append(random.integers(1, 16, n).tolist())
    return [interval(sample) for sample in samples]


def grid_case(random):
    """Scores of 6 models on 8 tasks, some absent, and each model's mean rank over what it has."""
    models, tasks = 6, 8
    scores = random.integers(0, 9, (models, tasks)) / 8
    absent = random.random((models, tasks)) < 0.2
    table = numpy.full((models, tasks), numpy.nan)
    for task in range(tasks):
        present = ~absent[:, task]
        table[present, task] = stats.rankdata(-scores[present, task], method="min")
    return {"scores": [[None if absent[m, t] else scores[m, t] for t in range(tasks)]
                       for m in range(models)],
            "mean_ranks": [interval([int(r) for r in row if not numpy.isnan(r)]) for row in table]}


def method_cases():
    """A generator for each, so that a case more in one leaves the others as they are."""
    def random():
        return numpy.random.default_rng(123)

    return {"proportions": interval_cases.proportion_cases(),
            "coverage": interval_cases.coverage_cases(),
            "clustered": interval_cases.clustered_cases(random()),
            "means": interval_cases.mean_cases(random()),
            "bootstrap": interval_cases.bootstrap_cases(random()),
            "resampling": interval_cases.resampling_cases(),
            "mcnemar": comparison_cases.mcnemar_cases(),
            "permutation": comparison_cases.permutation_cases(random()),
            "signed_rank": comparison_cases.signed_rank_cases(random()),
            "large_signed_rank": comparison_cases.large_signed_rank_cases(random()),
            "sign": comparison_cases.sign_cases(random()),
            "multiple": comparison_cases.multiple_cases(random()),
            "friedman": comparison_cases.friedman_cases(random()),
            "range": comparison_cases.range_cases(),
            "wilcoxon_holm": comparison_cases.wilcoxon_holm_cases(random()),
            "tango": comparison_cases.tango_cases(),
            "power_unpaired": power_cases.unpaired_cases(),
            "detectable_unpaired": power_cases.unpaired_distances(),
            "power_paired": power_cases.paired_cases(),
            "variance": power_cases.variance_cases(random()),
            "noise_floor": power_cases.noise_cases(random())}


def main():
    random = numpy.random.default_rng(123)
    fixture = {"made_by": f"SciPy {scipy.__version__}, NumPy {numpy.__version__}, "
                          f"statsmodels {statsmodels.__version__}",
               "ranks": rank_cases(random), "intervals": interval_cases_of_ranks(random),
               "grid": grid_case(random)} | method_cases()
    path = pathlib.Path(__file__).parent / "statistics.json"
    path.write_text(json.dumps(fixture, indent=None, separators=(",", ":")).replace("},{", "},\n{")
                    + "\n")


if __name__ == "__main__":
    main()
