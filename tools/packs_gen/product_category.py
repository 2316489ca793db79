# SPDX-License-Identifier: Apache-2.0
"""product_category: the shelf a product belongs on, from its description."""

from .grammar import expand, roughen, seen_in, tidy

NAME = "product_category"
DESCRIPTION = "Put this product of an online shop into the right category."
METRICS = ("accuracy", "macro_f1")
TRAIN_PER_CLASS, TEST_PER_CLASS = 110, 60

NOUNS = {
    "electronics": ["headphones", "keyboard", "speaker", "camera", "monitor", "router", "tablet",
                    "charger", "drone", "printer", "radio", "smart watch", "projector",
                    "microphone", "e-reader", "hard drive", "torch", "webcam", "game console",
                    "alarm clock"],
    "clothing": ["jacket", "jumper", "scarf", "skirt", "raincoat", "gloves", "trousers", "boots",
                 "apron dress", "hat", "socks", "blouse", "waistcoat", "pyjamas", "sandals",
                 "belt", "cardigan", "shorts", "hoodie", "mittens"],
    "household": ["kettle", "frying pan", "curtain", "vase", "duvet", "bookshelf", "mug",
                  "cutting board", "rug", "broom", "toaster", "bread bin", "lampshade",
                  "coat stand", "laundry basket", "teapot", "picture frame", "tablecloth",
                  "storage box", "shoe rack"],
    "books": ["novel", "cookbook", "atlas", "biography", "manual", "poetry collection",
              "picture book", "travel guide", "dictionary", "thriller", "field guide",
              "history", "textbook", "diary of a sailor", "comic", "memoir", "handbook",
              "short stories", "crime story", "songbook"],
}
LEXICON = {
    "brand": ["Aldora", "Brisk & Co", "Norvik", "Pell", "Tamsin", "Oakfen", "Luma", "Verrit",
              "Quill House", "Marlow", "Sundby", "Hatch", "Kestrel", "Orrin", "Fable"],
    "colour": ["black", "navy", "sand", "olive", "white", "red", "grey", "teal", "mustard"],
    "warm": ["light", "sturdy", "classic", "handy", "new", "popular", "simple", "clever"],
    "number": ["two", "three", "six", "ten", "forty", "120", "300", "48", "15"],
    "subject": ["electric motors", "old radios", "knitting jumpers", "kitchen design", "headphones",
                "the history of shoes", "baking in a small oven", "cameras", "rugs and carpets",
                "home networks", "winter coats", "tea and teapots", "sewing skirts",
                "digital photos", "cleaning a house", "smart watches"],
    "electronic_noun": NOUNS["electronics"], "clothing_noun": NOUNS["clothing"],
    "household_noun": NOUNS["household"], "book_noun": NOUNS["books"],
}
CLASSES = {
    "electronics": ("devices with power or data", [
        "Pairs with your phone (in seconds|by Bluetooth)",
        "The battery lasts {number} hours (on one charge|)",
        "Plug it into any USB port", "Comes with a cable and a mains adapter",
        "Records in high resolution", "Connects to wifi without a password hunt",
        "Firmware updates load by themselves", "Works with most operating systems",
        "{number} gigabytes of storage inside", "The screen can be read in bright sun"]),
    "clothing": ("things to wear", [
        "Made of soft merino and cotton", "Comes in sizes from small to extra large",
        "Runs a little big, so order a size down", "The sleeves can be rolled up",
        "Warm lining and a high collar", "Keeps your feet and hands warm on long walks",
        "Cut slim at the waist", "Looks good over a shirt", "Wear it on cold mornings",
        "Double seams at the elbows and knees"]),
    "household": ("things for home and kitchen", [
        "Looks good on the table or the shelf", "Safe in the dishwasher and in the oven",
        "Keeps your kitchen tidy", "Fits narrow halls and small rooms",
        "Glazed clay with a wooden lid", "Screws for the wall are in the box",
        "Holds {number} litres", "Non-slip feet protect the floor",
        "Stands safely on any worktop", "Made of oak and steel for daily use at home"]),
    "books": ("printed or digital reading", [
        "{number} chapters with clear drawings", "The author tells it with wit",
        "Paperback, {number} pages", "Translated from the Danish",
        "You will read it in one sitting", "With a new foreword by the editor",
        "The second volume of the series", "Each chapter ends with exercises",
        "A story about {subject}", "Everything you want to know about {subject}"]),
}
# Openings by class; the words of other classes appear in them on purpose.
HEADS = {
    "electronics": ["{electronic_noun} by {brand}, {colour}",
                    "{brand} {electronic_noun} for the (kitchen|living room)",
                    "Small {electronic_noun} that clips to your {clothing_noun}",
                    "{warm} {electronic_noun} (the size of a paperback|no bigger than a mug)",
                    "{electronic_noun} that reads your {book_noun} aloud"],
    "clothing": ["{colour} {clothing_noun} by {brand}",
                 "{clothing_noun} with a pocket for your (phone|headphones|{book_noun})",
                 "{warm} {clothing_noun} (printed with a page of a {book_noun}|for the kitchen)",
                 "Heated {clothing_noun}, powered by a USB battery",
                 "{clothing_noun} as worn in the {book_noun} (Winter Line|The Mill)"],
    "household": ["{brand} {household_noun}, {colour}",
                  "{warm} {household_noun} for your (home|flat)",
                  "{household_noun} with a slot for your (tablet|{book_noun})",
                  "{household_noun} to keep your {clothing_noun} in shape",
                  "{household_noun} in the shape of a (camera|radio|{clothing_noun})"],
    "books": ["{book_noun} about {subject}", "The {electronic_noun} in the attic, a {book_noun}",
              "{warm} {book_noun} on {subject}, from {brand}",
              "A {clothing_noun} for two, a {book_noun} by (Ann Reed|J. Cole|Mira Holt)",
              "How to mend a {electronic_noun}, a {book_noun}"],
}
NOISE = ["Ships in a box no bigger than a {household_noun}", "Goes well with our {clothing_noun}",
         "Makes a fine gift with a {book_noun}", "Not a toy", "Batteries are not needed",
         "Often bought with the {electronic_noun}", "Our customers like the {colour} one best",
         "No reading glasses needed", "Leave it next to your {electronic_noun}",
         "Easy to pack between a {clothing_noun} and a {book_noun}",
         "This is not a {household_noun}, whatever the photo says",
         "Free delivery on {number} or more",
         "Five stars from {number} buyers", "Returns are free for {number} days"]

# A second product that is not the one for sale, with a feature of its own.
DECOYS = ["The {0} in the photo is sold apart: {1}", "Unlike our {0}: {1}",
          "Look at our {0} too: {1}", "Add the {0} for a little more: {1}"]


def make_input(rng, split, label):
    """An opening, up to two telling features, sentences of noise and often a decoy product."""
    head = rng.choice(seen_in(split, HEADS[label]))
    parts = rng.sample(seen_in(split, CLASSES[label][1]), rng.choice((0, 1, 1, 1, 2)))
    parts += rng.sample(NOISE, rng.choice((1, 1, 2, 3)))
    if rng.random() < 0.6:
        other = rng.choice([name for name in CLASSES if name != label])
        noun, feature = rng.choice(NOUNS[other]), rng.choice(CLASSES[other][1])
        parts.append(rng.choice(DECOYS).format(noun, feature[0].lower() + feature[1:]))
    rng.shuffle(parts)
    text = ". ".join(expand(rng, part, LEXICON) for part in [head, *parts]) + "."
    return roughen(rng, tidy(text), casual_rate=0.08)


def classes():
    return [(name, description) for name, (description, _) in CLASSES.items()]
