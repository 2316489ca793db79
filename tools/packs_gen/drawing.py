# SPDX-License-Identifier: Apache-2.0
"""Draws rows until each is new; fills the slots of a sentence with known values."""

import random

from .grammar import expand, fold

_ATTEMPTS_A_ROW = 500  # a grammar that cannot give a new row in so many draws is too small


def fill(rng, template, values, lexicon=None):
    """Expands `template`; a slot named in `values` gets exactly that value."""
    slots = {key: [str(value)] for key, value in values.items()}
    return expand(rng, template, {**(lexicon or {}), **slots})


def draw(name, seed, split, count, make_row, keys, other=frozenset()):
    """`count` rows of `make_row(rng, split)`, each with a last key of its own, and with none of
    its keys in `other`; (rows, all their keys)."""
    rng = random.Random(f"{seed}/{name}/{split}")
    rows, whole, every = [], set(), set()
    while len(rows) < count:
        for _ in range(_ATTEMPTS_A_ROW):
            row = make_row(rng, split)
            found = [fold(key) for key in keys(row)]
            if found[-1] not in whole and other.isdisjoint(found):
                break
        else:
            raise SystemExit(f"{name}: the grammar gives no more new rows after {len(rows)}")
        whole.add(found[-1])
        every.update(found)
        rows.append(row)
    return rows, every


def draw_splits(name, seed, counts, make_row, keys):
    """(train, test); the test rows are drawn first, so a larger train never changes them.

    `keys` gives the texts of a row's examples; no text is in both splits.
    """
    test, seen = draw(name, seed, "test", counts[1], make_row, keys)
    return draw(name, seed, "train", counts[0], make_row, keys, seen)[0], test
