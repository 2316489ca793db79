# SPDX-License-Identifier: Apache-2.0
"""Writes rouge_l.json: ROUGE-L of odd texts and stems of odd words, as rouge-score and NLTK have them.

Run with rouge-score 0.1.2 and NLTK 3.9 or later:  python make_rouge_l.py
"""

import importlib.metadata
import random

from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer

import odd_texts

SUFFIXES = """ational tional enci anci izer bli abli alli entli eli ousli ization ation ator alism iveness
 fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al ance ence er ic able
 ible ant ement ment ent tion sion ou ism ate iti ous ive ize e l ll s ss sses ies ied eed ed ing y ly ity""".split()


def odd_pairs():
    yield from odd_texts.pairs(11, 220)
    rng = random.Random(12)
    for kinds in (1, 2, 3, 30):  # around the 64 positions of a machine word, and beyond it
        for length in (1, 63, 64, 65, 128, 200):
            a = " ".join(f"w{rng.randrange(kinds)}" for _ in range(length))
            b = " ".join(f"w{rng.randrange(kinds)}" for _ in range(rng.randint(1, 2 * length)))
            yield [a], b
    yield ["the quick brown fox"], odd_texts.repeated("the lazy fox jumped ", 5000)
    yield [odd_texts.repeated("a b c d ", 100)], odd_texts.repeated("d c b a ", 500)
    yield [odd_texts.repeated("x", 5000)], odd_texts.repeated("x", 5001)
    yield ["no"], odd_texts.repeated("?! ", 5000)


def score(scorer, references, prediction):
    if prediction is None:
        return 0.0
    texts = [odd_texts.unfold(one) for one in references]
    given = odd_texts.unfold(prediction)
    if given in texts:  # rouge-score has 0 where neither text has a word
        return 1.0
    return max(float(scorer.score(one, given)["rougeL"].fmeasure) for one in texts)


def odd_words(stemmer):
    """Words whose stems are their own stems, as most are: the two are one word to ROUGE then."""
    rng = random.Random(13)
    words = {word for word in stemmer.pool if len(word) > 3}
    while len(words) < 3000:
        stem = "".join(rng.choice("aeiouybcdlstwxz3") for _ in range(rng.randint(0, 5)))
        word = stem + "".join(rng.choice(SUFFIXES) for _ in range(rng.randint(0, 2)))
        stem = stemmer.stem(word)
        if len(word) > 3 and stem != word and (len(stem) < 4 or stemmer.stem(stem) == stem):
            words.add(word)
    return sorted(words)


def main():
    plain, stemming = RougeScorer(["rougeL"]), RougeScorer(["rougeL"], use_stemmer=True)
    cases = [{"references": references, "prediction": prediction,
              "plain": score(plain, references, prediction),
              "stemmed": score(stemming, references, prediction)}
             for references, prediction in odd_pairs()]
    stemmer = PorterStemmer()
    stems = " ".join(f"{word} {stemmer.stem(word)}" for word in odd_words(stemmer))
    version = importlib.metadata.version
    odd_texts.write("rouge_l", f"rouge-score {version('rouge-score')}, NLTK {version('nltk')}",
                    cases=cases, stems=stems)


if __name__ == "__main__":
    main()
