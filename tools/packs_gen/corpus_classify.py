# SPDX-License-Identifier: Apache-2.0
"""Classification rows of the corpus: the class list in the prompt decides, not habit."""

from .corpus_sentences import DOMAINS as SENTENCE_DOMAINS
from .corpus_sentences import LEXICON
from .corpus_words import DOMAINS as WORD_DOMAINS
from .grammar import expand, roughen, tidy

WORDS = sorted({item for _, _, classes in WORD_DOMAINS for _, items in classes.values()
                for item in items if " " not in item and len(item) > 2})
_TASKS = ["(Decide|Say|Choose|Tell) {topic}.",
          "(Sort|Read) the (text|line) and (decide|say) {topic}.",
          "(Find out|Work out) {topic}.", "A line of text follows. (Decide|Choose) {topic}.",
          "(Read this|Look at this text) and (tell|decide) {topic}.",
          "(Someone|A person) wrote this. Decide {topic}."]
_WORD_TOPICS = ["what kind of {topic} (this|it) is", "which kind of {topic} the text is about",
                "what sort of {topic} is meant", "the right class of the {topic}"]
_FIND_TASKS = ["(Find|Say|Choose) which of these words is in the text.",
               "One of these words is in the text. Which one is it?",
               "Choose the class whose name is in the text.", "Which word does the text hold?"]
_CODE_TASKS = ["Each word has a code. (Give|Say|Find) the code of the word in the text.",
               "(Find|Choose) the code whose word is in the text.",
               "Sort the text by the word that it holds."]
_MATCH_TASKS = ["(Choose|Find) the class whose (sentence|note) says the same as the text.",
                "Which note belongs to the text?", "Sort the text under the nearest note."]
_CARRIERS = ["(I saw|He had|There is) {x} (here|there|in the {room}|near {town}|)",
             "{name} wrote {x} on the wall", "the word {x} is in the book", "{x}",
             "{name} (likes|wants|knows) {x} (very much|{day}|)", "we talked about {x} {past}"]
_MERGED_TOPICS = ["what the text is about", "which class fits best", "what the writer wants to say",
                  "what this message is about", "the class of the message"]
_ASIDES = [" The {thing} is fine.", " {name} says hello.", " It was nice {past}.", " Thank you.",
           " It has nothing to do with the {thing}.", " I am in {town}.", " {name} is here too.",
           " I went to {town} {past}, by the way.", " The {thing} is not in the {room}.",
           " {name} and I will be in {town} {day}.", " It is not about the {thing} of {name}."]
_ASIDE_BLIND = ("what kind of sentence it is", "when it happens", "what kind of text it is")
_SYLLABLES = ["ba", "ko", "ri", "tu", "me", "za", "lo", "ni", "du", "fe", "gra", "pel", "vox",
              "tim"]


def render(description, classes, text):
    """The user message of a classification task; a class without a description has no colon."""
    lines = [f"- {name}: {about}" if about else f"- {name}" for name, about in classes]
    return (f"{description}\n\nClasses:\n" + "\n".join(lines)
            + f"\n\nAnswer with the name of one class and nothing else.\n\n{text}")


def class_count(rng, available):
    """Mostly 2 to 6, up to 10; now and then a long list."""
    if rng.random() < 0.06:
        return min(available, rng.randint(11, 24))
    return min(available, rng.choice((2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10)))


def codes(rng, count):
    """Label names without a meaning of their own."""
    style = rng.randrange(3)
    if style == 0:
        return [chr(ord("A") + i) for i in range(count)]
    if style == 1:
        prefix = rng.choice(("class", "group", "type", "label"))
        return [f"{prefix}_{i + 1}" for i in range(count)]
    found = set()
    while len(found) < count:
        found.add("".join(rng.choice(_SYLLABLES) for _ in range(rng.choice((2, 2, 3)))))
    found = sorted(found)
    rng.shuffle(found)
    return found


def styled(rng, names):
    """One spelling for all names of a list: snake_case most often, as packs do."""
    style = rng.choice(("snake", "snake", "snake", "plain", "plain", "title", "upper"))
    if style == "snake":
        return [name.replace(" ", "_") for name in names]
    if style == "title":
        return [name[:1].upper() + name[1:] for name in names]
    return [name.upper().replace(" ", "_") for name in names] if style == "upper" else names


def labelled(rng, keys, about, items):
    """[(name, description)] for the classes of a domain, under one of the ways to name them."""
    style = rng.random()
    if style < 0.15:
        names = codes(rng, len(keys))
        texts = [about[key] if rng.random() < 0.5 else key[0] for key in keys]
    else:
        names = styled(rng, [rng.choice(key) for key in keys])
        described = style < 0.65
        texts = [about[key] if described else "" for key in keys]
    if items and rng.random() < 0.15:
        texts = ["such as " + rng.choice(items[key]) for key in keys]
    return list(zip(names, texts))


def pick_classes(rng, classes):
    keys = list(classes)
    rng.shuffle(keys)
    return keys[:class_count(rng, len(keys))]


def word_row(rng):
    """An item of a word domain in a frame; some inputs name a second item and rule it out."""
    topic, frames, classes = rng.choice(WORD_DOMAINS)
    keys = pick_classes(rng, classes)
    target = rng.choice(keys)
    word = rng.choice(classes[target][1])
    text = rng.choice(frames).replace("{x}", word) if rng.random() < 0.75 else word
    others = [key for key in keys if key != target]
    if others and rng.random() < 0.2:
        wrong = rng.choice(classes[rng.choice(others)][1])
        text = rng.choice((f"not {wrong}, {text}", f"it was not {wrong}. {text}",
                           f"{text}, not {wrong}", f"{text}. It had nothing to do with {wrong}",
                           f"I thought of {wrong}, but it is {word}", f"no {wrong} here: {text}"))
    task = rng.choice(_TASKS).replace("{topic}", rng.choice(_WORD_TOPICS).replace("{topic}", topic))
    labels = labelled(rng, keys, {key: classes[key][0] for key in keys},
                      {key: classes[key][1] for key in keys})
    return tidy(expand(rng, task, LEXICON)), labels, tidy(text + "."), keys.index(target)


def merged_domain(rng):
    """A domain with one class of each sentence domain: longer lists of unlike classes."""
    classes = {}
    for _, _, own in SENTENCE_DOMAINS:
        key = rng.choice(list(own))
        classes[key] = own[key]
    return rng.choice(_MERGED_TOPICS), classes


def sentence_row(rng):
    """One sentence of a sentence domain, sometimes among greetings and remarks."""
    topic, _, classes = rng.choice(SENTENCE_DOMAINS)
    if rng.random() < 0.2:
        topic, classes = merged_domain(rng)
    keys = pick_classes(rng, classes)
    target = rng.choice(keys)
    text = expand(rng, rng.choice(classes[target][1]), LEXICON)
    text += "" if text[-1] in "?!" else "."
    if topic not in _ASIDE_BLIND:
        if rng.random() < 0.2:
            text = rng.choice(("Hello. ", "Hi, it is {name}. ", "Good morning. ", "Help. ")) + text
        for _ in range(rng.choice((0, 0, 0, 1, 1, 2))):
            aside = rng.choice(_ASIDES)
            text = text + aside if rng.random() < 0.6 else f"{aside[1:]} {text}"
    labels = labelled(rng, keys, {key: classes[key][0] for key in keys}, None)
    task = rng.choice(_TASKS).replace("{topic}", topic)
    text = roughen(rng, tidy(expand(rng, text, LEXICON)), 0.05, 0.08)
    return tidy(expand(rng, task, LEXICON)), labels, text, keys.index(target)


def find_row(rng):
    """Class names (or the words that codes stand for) are words, and the input holds one."""
    words = rng.sample(WORDS, class_count(rng, 24))
    target = rng.randrange(len(words))
    text = expand(rng, rng.choice(_CARRIERS).replace("{x}", words[target]), LEXICON) + "."
    if rng.random() < 0.5:
        return (expand(rng, rng.choice(_FIND_TASKS), LEXICON),
                list(zip(styled(rng, words), [""] * len(words))), tidy(text), target)
    return (expand(rng, rng.choice(_CODE_TASKS), LEXICON),
            list(zip(codes(rng, len(words)), words)), tidy(text), target)


def match_row(rng):
    """Each class description is a sentence of another kind; the input is of one of these kinds."""
    kinds = [(key, items) for _, _, classes in SENTENCE_DOMAINS
             for key, (_, items) in classes.items() if len(items) > 1]
    chosen = rng.sample(kinds, rng.choice((2, 3, 3, 4, 5, 6)))
    target = rng.randrange(len(chosen))
    notes, text = [], ""
    for index, (_, items) in enumerate(chosen):
        note, other = rng.sample(items, 2)
        notes.append(tidy(expand(rng, note, LEXICON)).rstrip("."))
        if index == target:
            text = tidy(expand(rng, other if rng.random() < 0.6 else note, LEXICON))
    names = codes(rng, len(chosen)) if rng.random() < 0.5 else styled(
        rng, [rng.choice(key) for key, _ in chosen])
    return expand(rng, rng.choice(_MATCH_TASKS), LEXICON), list(zip(names, notes)), text, target


def long_list_row(rng):
    """One class of each of many domains, all described: prompts of several hundred tokens."""
    pool = []
    for _, frames, classes in rng.sample(WORD_DOMAINS + SENTENCE_DOMAINS, rng.randint(12, 38)):
        key = rng.choice(list(classes))
        pool.append((key, *classes[key], frames or ["{x}"]))
    target = rng.randrange(len(pool))
    _, _, items, frames = pool[target]
    text = expand(rng, rng.choice(frames).replace("{x}", rng.choice(items)), LEXICON)
    text += ("" if text[-1] in "?!" else ".") + (rng.choice(_ASIDES) if rng.random() < 0.3 else "")
    names = styled(rng, [rng.choice(key) for key, *_ in pool])
    labels = [(name, about) for name, (_, about, *_) in zip(names, pool)]
    task = rng.choice(_TASKS).replace("{topic}", rng.choice(_MERGED_TOPICS))
    return tidy(expand(rng, task, LEXICON)), labels, tidy(expand(rng, text, LEXICON)), target


_KINDS, _SHARES = (word_row, sentence_row, find_row, match_row, long_list_row), (28, 39, 16, 10, 7)


def classification_row(rng):
    """(description, [(name, description)], input, index of the right class)."""
    while True:
        kind = rng.choices(_KINDS, _SHARES)[0]
        description, labels, text, target = kind(rng)
        if len({name for name, _ in labels}) == len(labels):
            return description, labels, text, target
