# SPDX-License-Identifier: Apache-2.0
"""Writes metrics.json: accuracy, macro F1 and each class's precision, recall, F1 and support of many odd
cases, as scikit-learn computes them.

Run with scikit-learn 1.6 or later:  python make_metrics.py
"""

import json
import random
import warnings
from pathlib import Path

import sklearn
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

UNPARSED = "\0unparsed"  # stands for no class: no reference is called so
NAMES = ["a", "b", "c", "d", "A", " a", "", "ä", "🙂", "a b", "a\tb", "unseen"]


def case(references, predictions):
    """One case with its values; a prediction of None was not parsed."""
    if not references:
        return {"references": [], "predictions": [], "accuracy": 0.0, "macro_f1": 0.0,
                "classes": {}}
    written = [UNPARSED if one is None else one for one in predictions]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        f1 = f1_score(references, written, average="macro", labels=sorted(set(references)),
                      zero_division=0)
        names = sorted(set(references))
        columns = precision_recall_fscore_support(references, written, labels=names, zero_division=0)
    classes = {name: [float(one) for one in row] for name, row in zip(names, zip(*columns))}
    return {"references": references, "predictions": predictions,
            "accuracy": float(accuracy_score(references, written)), "macro_f1": float(f1),
            "classes": classes}


def odd_cases():
    """Cases that a formula can go wrong on, one by one."""
    yield case([], [])
    yield case(["a"], ["a"])
    yield case(["a"], [None])
    yield case(["a"], ["b"])
    yield case(["a", "a", "a"], ["a", "a", "a"])
    yield case(["a", "a", "a"], ["b", "c", None])
    yield case(["a", "b"], ["b", "a"])
    yield case(["a", "b"], ["a", "unseen"])
    yield case(["a", "b"], [None, None])
    yield case(["a", "A", " a"], ["a", "a", "a"])
    yield case(["a"] * 99 + ["b"], ["a"] * 100)
    yield case(["a"] * 99 + ["b"], ["a"] * 99 + ["b"])
    yield case(["", "a"], ["", ""])
    yield case(["ä", "🙂"], ["🙂", "🙂"])


def drawn_cases(count):
    rng = random.Random(77)
    for _ in range(count):
        rows = rng.choice([1, 2, 3, 5, 8, 13, 21])
        classes = rng.sample(NAMES, rng.randint(1, 6))
        weights = [rng.random() ** 3 + 0.01 for _ in classes]
        references = rng.choices(classes, weights, k=rows)
        skill, silence = rng.random(), rng.choice([0.0, 0.1, 0.5])
        predictions = [None if rng.random() < silence
                       else one if rng.random() < skill
                       else rng.choice(NAMES) for one in references]
        yield case(references, predictions)


def main():
    cases = [*odd_cases(), *drawn_cases(236)]
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in cases)
    text = f'{{"oracle": "scikit-learn {sklearn.__version__}", "cases": [\n{lines}\n]}}\n'
    Path(__file__).with_name("metrics.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
