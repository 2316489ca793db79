# SPDX-License-Identifier: Apache-2.0
"""Writes pii_redaction.json: the metric's rule on odd answers, written a second time with regular expressions.

Run:  python make_pii_redaction.py
"""

import json
import random
import re
import sys
from collections import Counter

import odd_texts

SPACE = " \t\n\v\f\r"
PEOPLE = ["Ann", "ann Lee", "José", "王伟", "O'Neil", "Ann Ann", "J. Doe", "May"]
KINDS = {"PERSON": PEOPLE, "EMAIL": ["a@b.co", "j.doe@mail.com"], "PHONE": ["+1 202 555 0198", "(030) 1234"],
         "CARD_LAST4": ["4111 1111 1111 1234"], "AGE": ["29", "7"], "CITY": ["Paris", "北京"], "X1": ["??", "a"]}
PIECES = ["Hi {} here.", "Announced by {}!", "My number: {},", "“{}”", "x{}y", "{}{}", "In May, {} said", "29 times {}",
          "[note] {}", "<{}>", "{} is 29."]
TOKENS = ["[{}]", "[{}_{n}]", "<{}>", "{{{{{}}}}}", "[{}:{n}]", "{}", "[ {}-{n} ]", "({})"]


def type_of(token):
    name = re.sub(rf"^[{SPACE}]*[\[<{{]*", "", token)
    name = re.sub(rf"[\]>}}]*[{SPACE}]*$", "", name)
    name = name.split(":")[0].strip(SPACE)
    name = re.sub(r"(?<=.)[_-][0-9]+$", "", name, flags=re.S)
    return re.sub("[a-z]", lambda match: match[0].upper(), name)


def words(text):
    """A Counter of words and of tokens in brackets."""
    tokens = "|".join([r"\[[^\[\]<>{}\n]{1,62}\]", r"\[\[[^\[\]<>{}\n]{1,60}\]\]", r"<[^\[\]<>{}\n]{1,62}>",
                       r"<<[^\[\]<>{}\n]{1,60}>>", r"\{[^\[\]<>{}\n]{1,62}\}", r"\{\{[^\[\]<>{}\n]{1,60}\}\}"])
    found = re.findall(rf"({tokens})|([0-9A-Za-z\u0080-\U0010ffff]+)", text)
    return Counter("[" + type_of(token) + "]" if token else word for token, word in found)


def occurrences(text, value):
    """Overlapping ones too, of ASCII in any case."""
    before = "(?<![0-9A-Za-z])" if re.match("[0-9A-Za-z]", value) else ""
    behind = "(?![0-9A-Za-z])" if re.search(r"[0-9A-Za-z]\Z", value) else ""
    return len(re.findall(f"(?={before}(?ai:{re.escape(value)}){behind})", text))


def overlap(right, given):
    total = right.total() + given.total()
    return 2 * (right & given).total() / total if total else 1.0


def entities_of(answer):
    found = Counter()
    listed = answer.get("entities")
    for one in listed if isinstance(listed, list) else []:
        value = one.get("value") if isinstance(one, dict) else None
        value = value.strip(SPACE) if isinstance(value, str) else ""
        token = one.get("replacement_token") if value else ""
        found[type_of(token) if isinstance(token, str) else "", value] += 1
    return found


def read(text):
    """(redacted text, entities), or None."""
    if not text.strip(SPACE).startswith("{"):
        return None
    try:
        answer = json.loads(text)
    except ValueError:
        return None
    if not isinstance(answer.get("redacted_text"), str):
        return None
    return answer["redacted_text"], entities_of(answer)


def judge_one(reference, prediction, notes):
    """(value, words, leaks, same text, entities right, entities given, are entities listed)"""
    listed = reference.strip(SPACE).startswith("{")
    right = read(reference) if listed else (reference, entities_of(json.loads(notes)) if notes else Counter())
    given = None
    if prediction is not None:
        given = read(prediction) if listed else (prediction, Counter())
    if given is None:
        return 0.0, 0.0, False, False, right[1], Counter(), listed
    leaks = any(occurrences(given[0], value) > occurrences(right[0], value) for _, value in right[1] if value)
    kept = overlap(words(right[0]), words(given[0]))
    entities = overlap(right[1], given[1]) if listed else 1.0
    return (0.0 if leaks else entities * kept), kept, leaks, given[0] == right[0], right[1], given[1], listed


def judge(case):
    return max((judge_one(one, case["prediction"], case["notes"]) for one in case["references"]), key=lambda one: one[0])


def draw(rng):
    """The text, and an answer."""
    source, redacted, entities = [], [], []
    for _ in range(rng.randint(0, 5)):
        piece, kind = rng.choice(PIECES), rng.choice(list(KINDS))
        value = rng.choice(KINDS[kind])
        token = rng.choice(TOKENS[:2] if rng.random() < 0.7 else TOKENS).format(kind, n=rng.randint(1, 12))
        source.append(piece.replace("{}", value))
        redacted.append(piece.replace("{}", token))
        entities.append({"value": value, "replacement_token": token, "reason": "as told"})
    return " ".join(source), {"redacted_text": " ".join(redacted), "entities": entities}


def change(rng, answer, source):
    """A worse answer, or one as good."""
    text, entities = answer["redacted_text"], [dict(one) for one in answer["entities"]]
    what = rng.random()
    if what < 0.1:
        text = source
    elif what < 0.15:
        text = ""
    elif what < 0.25:
        text = text + " " + rng.choice(PEOPLE + ["ANN", "announced", "Mayor", "29", "[PERSON]"])
    elif what < 0.35:
        text = text.replace(" ", "  ").replace("said", "wrote")
    elif what < 0.4:
        text = odd_texts.near(rng, text)
    for one in entities:
        what = rng.random()
        if what < 0.08:
            one["value"] = rng.choice(PEOPLE)
        elif what < 0.16:
            one["replacement_token"] = rng.choice(TOKENS).format(rng.choice(list(KINDS)), n=3)
        elif what < 0.22:
            one["replacement_token"] = one["replacement_token"].lower()
        elif what < 0.26:
            one["value"] = f" {one['value']}\n"
        elif what < 0.28:
            del one["value"]
        elif what < 0.3:
            one["replacement_token"] = None
    if rng.random() < 0.15 and entities:
        entities.pop(rng.randrange(len(entities)))
    if rng.random() < 0.1:
        entities.append(rng.choice([None, "Ann", {}, [], {"value": 5}, {"value": ""}, {"value": "Ann"}]))
    rng.shuffle(entities)
    changed = {"redacted_text": text, "entities": entities}
    if rng.random() < 0.03:
        changed["entities"] = rng.choice([None, {}, "none"])
    if rng.random() < 0.03:
        del changed["entities"]
    if rng.random() < 0.03:
        changed["redacted_text"] = rng.choice([None, 5, [text]])
    return changed


def odd_cases():
    rng = random.Random(51)
    for _ in range(300):
        source, answer = draw(rng)
        prediction = json.dumps(change(rng, answer, source), ensure_ascii=False)
        references = [json.dumps(answer, ensure_ascii=False)]
        if rng.random() < 0.1:
            references.append(json.dumps(draw(rng)[1]))
        if rng.random() < 0.05:
            prediction = rng.choice([prediction[:-1], source, "", "[]", "null", "[" + prediction + "]", " " + prediction])
        yield {"references": references, "prediction": None if rng.random() < 0.03 else prediction, "notes": ""}
    for _ in range(60):
        source, answer = draw(rng)
        notes = json.dumps({"entities": answer["entities"]}) if rng.random() < 0.8 else ""
        prediction = change(rng, answer, source)["redacted_text"]
        prediction = prediction if isinstance(prediction, str) else None
        yield {"references": [answer["redacted_text"]], "prediction": prediction, "notes": notes}


def details(judged):
    right, given, hits = Counter(), Counter(), Counter()
    for _, _, _, _, expected, found, listed in judged:
        if listed:
            for counter, one in ((right, expected), (given, found), (hits, expected & found)):
                for (kind, _), count in one.items():
                    counter[kind] += count
    counts = {kind: [hits[kind], given[kind], right[kind]] for kind in right}
    total = [hits.total(), given.total(), right.total()]
    rates = [sum(float(one[i]) for one in judged) / len(judged) for i in (1, 2, 3)]
    return {"total": total, "types": counts, "words": rates[0], "leaking": rates[1], "same": rates[2]}


def main():
    cases = list(odd_cases())
    judged = [judge(case) for case in cases]
    for case, one in zip(cases, judged):
        case["value"] = one[0]
    tokens = sorted({token.format(kind, n=n) for token in TOKENS for kind in ["person", "X1", "A_2", "", "é", "_", "7"]
                     for n in (1, 12)} | set(odd_texts.WHOLE[:24]))
    odd_texts.write("pii_redaction", f"Python {sys.version.split()[0]}", cases=cases, details=details(judged),
                    types=[[token, type_of(token)] for token in tokens])


if __name__ == "__main__":
    main()
