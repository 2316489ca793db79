# SPDX-License-Identifier: Apache-2.0
"""Writes squad.json: EM and F1 of odd answers, as transformers' port of SQuAD 2.0's evaluation has them.

Run with transformers 4.57:  python make_squad.py
"""

import types

import transformers
from transformers.data.metrics import squad_metrics

import odd_texts


def odd_pairs():
    yield from odd_texts.pairs(21, 260)
    yield ["the end"], odd_texts.repeated("the an a end ", 4000)
    yield [odd_texts.repeated("Ünder, the ", 1000)], odd_texts.repeated("ünder ", 1001)
    yield [""], odd_texts.repeated(" the\t", 1000)
    yield ["", "a cat"], "cat"
    yield ["the", "cat"], ""
    yield ["the"], ""


def main():
    examples, predictions, cases = [], {}, []
    for references, prediction in odd_pairs():
        name = str(len(cases))
        texts = [odd_texts.unfold(one) for one in references]
        answers = [] if texts == [""] else [{"text": one} for one in texts]
        if prediction is not None:
            examples.append(types.SimpleNamespace(qas_id=name, answers=answers))
            predictions[name] = odd_texts.unfold(prediction)
        cases.append({"references": references, "prediction": prediction})
    exact, f1 = squad_metrics.get_raw_scores(examples, predictions)
    for name, case in enumerate(cases):  # what was not parsed is wrong, answerable or not
        case["exact"], case["f1"] = exact.get(str(name), 0), f1.get(str(name), 0)
    # Of the parsed ones: the port has no word for an answer that is missing.
    totals = squad_metrics.squad_evaluate(examples, predictions)
    totals = {key: value for key, value in totals.items() if "best" not in key}
    odd_texts.write("squad", f"transformers {transformers.__version__}", cases=cases, totals=totals)


if __name__ == "__main__":
    main()
