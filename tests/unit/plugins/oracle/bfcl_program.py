# SPDX-License-Identifier: Apache-2.0
"""The Berkeley leaderboard's own verdict on calls; for make_bfcl_ast.py and make_bfcl_verdicts.py.

Needs `pip install --no-deps bfcl-eval==2026.3.23`.
"""

import sys
import types
from pathlib import Path

# The program looks a model up for one flag, and that table imports every vendor's client.
_models = types.ModuleType("bfcl_eval.constants.model_config")


class _AnyModel(dict):
    def __missing__(self, key):
        return types.SimpleNamespace(underscore_to_dot=False)


_models.MODEL_CONFIG_MAPPING = _AnyModel()
sys.modules[_models.__name__] = _models

from bfcl_eval.constants.enums import Language  # noqa: E402
from bfcl_eval.eval_checker.ast_eval.ast_checker import ast_checker  # noqa: E402

HERE = Path(__file__).parent
ORACLE = "bfcl-eval 2026.3.23"
LETTERS = {True: "1", False: "0", None: "x"}


def verdict(functions, calls, answers, category):
    """True or False; None where the program itself fails on the answer."""
    if category == "irrelevance":  # decided outside the checker: by whether there is a call
        return not calls
    outputs = [{call["name"]: call["arguments"]} for call in calls]
    try:
        return ast_checker(functions, outputs, answers, Language.PYTHON, category, "any")["valid"]
    except Exception:
        return None


def write(name, parts):
    text = f'{{"oracle": "{ORACLE}",\n' + ",\n".join(parts) + "}\n"
    (HERE / name).write_text(text, encoding="utf-8")


def count(letters):
    return {letter: letters.count(letter) for letter in "10x-"}
