# SPDX-License-Identifier: Apache-2.0
"""Draws rows until each is new; fills the slots of a sentence with known values."""

import random

from .grammar import expand, fold, triples

_ATTEMPTS_A_ROW = 500  # a grammar that cannot give a new row in so many draws is too small
# Two texts that share so much of their word triples are as good as one; `tuneval pack check` warns.
_NEARLY_THE_SAME = 0.8


def fill(rng, template, values, lexicon=None):
    """Expands `template`; a slot named in `values` gets exactly that value."""
    slots = {key: [str(value)] for key, value in values.items()}
    return expand(rng, template, {**(lexicon or {}), **slots})


class Drawn:
    """The texts of a split's rows so far, of each row all of its examples, the whole row last."""

    def __init__(self):
        self._texts, self._rows, self._triples = set(), set(), []

    def add(self, texts):
        self._texts.update(texts)
        self._rows.add(texts[-1])
        self._triples.append(triples(texts[-1]))

    def has_row(self, texts):
        return texts[-1] in self._rows

    def gives_away(self, texts):
        """Whether it holds one of the texts of a row of the other split, or nearly the row."""
        if not self._texts.isdisjoint(texts):
            return True
        own = triples(texts[-1])
        return any(len(own & other) >= _NEARLY_THE_SAME * len(own | other)
                   for other in self._triples)


def draw(where, rng, draw_row, keys, own, other):
    """One row of `draw_row(rng)` that is new to its split `own` and does not give away a row of
    `other`; it is added to `own`. `keys` gives the texts of a row's examples, the whole row last.
    """
    for _ in range(_ATTEMPTS_A_ROW):
        row = draw_row(rng)
        texts = [fold(key) for key in keys(row)]
        if not own.has_row(texts) and not other.gives_away(texts):
            own.add(texts)
            return row
    raise SystemExit(f"{where}: the grammar gives no more new rows")


def draw_splits(name, seed, counts, make_row, keys):
    """(train, test) of `make_row(rng, split)`, so many rows of each; no text is in both.

    The test rows are drawn first, so a larger train never changes them.
    """
    splits, drawn = {}, {"test": Drawn(), "train": Drawn()}
    for split, count, other in (("test", counts[1], "train"), ("train", counts[0], "test")):
        rng = random.Random(f"{seed}/{name}/{split}")
        splits[split] = [draw(name, rng, lambda rng, split=split: make_row(rng, split), keys,
                              drawn[split], drawn[other]) for _ in range(count)]
    return splits["train"], splits["test"]
