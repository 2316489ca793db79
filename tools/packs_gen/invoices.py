# SPDX-License-Identifier: Apache-2.0
"""invoices: a short business paper in one of several layouts, and its data as JSON."""

from .drawing import draw_splits, fill
from .grammar import seen_in
from .people import FIRST, ITEMS

NAME = "invoices"
TASK_TYPE = "document_understanding"
DESCRIPTION = (
    "Read this business paper and give its data: what kind of paper it is, the customer, the "
    "month, the total and the currency.")
METRICS = ("field_f1", "exact_match", "json_valid", "format_valid")
ROWS = (440, 120)
# What a paper calls itself.
KINDS = {"bill": ["Invoice", "Bill", "Our invoice"], "receipt": ["Receipt", "Paid, thank you"],
         "reminder": ["Reminder", "Please pay now", "Last call"],
         "offer": ["Offer", "Our price for you", "Quote"]}
CURRENCIES = {"euro": ["{n} euros", "€{n}"], "pound": ["{n} pounds", "£{n}"],
              "dollar": ["{n} dollars", "${n}"]}
MONTHS = ["March", "May", "July", "October"]
SELLERS = ["Bright House", "Old Mill Shop", "North Star", "Good Things", "Red Door", "City Goods"]
OPTIONS = {
    "max_new_tokens": 96,
    "prompt": "{description} Answer with JSON and nothing else:\n"
              '{"kind":"...","customer":"...","month":"...","total":0,"currency":"..."}'
              "\n\n{document}",
    "schema": {
        "type": "object", "additionalProperties": False,
        "required": ["kind", "customer", "month", "total", "currency"],
        "properties": {
            "kind": {"type": "string", "enum": list(KINDS)}, "customer": {"type": "string"},
            "month": {"type": "string"}, "total": {"type": "integer"},
            "currency": {"type": "string", "enum": list(CURRENCIES)}},
    },
}

# Every line of a layout is a line of the paper; {items} becomes several.
LAYOUTS = [
    "{heading}\n{seller}\nTo: {customer}\nDate: {date}\n{items}\nTotal: {total}",
    "{seller}\n{heading}\n{date}\nCustomer: {customer}\n{items}\nSum: {total}",
    "{heading} from {seller}\nFor: {customer}\n{items}\nTo pay: {total}\n{date}",
    "{date}\nDear {customer},\n{heading} for\n{items}\nThat makes {total}.\n{seller}",
    "{customer}\n{seller}, {date}\n{heading}\n{items}\nAll in all: {total}",
]
DATES = ["{day} {month}", "{month} {day}", "{day}. {month}"]


def split_sum(rng, total):
    """`total` as one price or as two, in tens."""
    first = rng.randrange(10, total, 10) if total > 10 and rng.random() < 0.5 else total
    return [first] if first == total else [first, total - first]


def make_row(rng, split):
    """One paper. Its total is the sum of its lines; the seller is never the customer."""
    kind, currency = rng.choice(list(KINDS)), rng.choice(list(CURRENCIES))
    money, total = rng.choice(CURRENCIES[currency]), rng.randrange(20, 70, 10)
    output = {"kind": kind, "customer": rng.choice(FIRST[:6]), "month": rng.choice(MONTHS),
              "total": total, "currency": currency}
    prices = split_sum(rng, total)
    items = [f"{item}: {money.format(n=price)}"
             for item, price in zip(rng.sample(ITEMS, len(prices)), prices)]
    date = fill(rng, rng.choice(DATES), {"day": rng.randrange(1, 29), "month": output["month"]})
    document = fill(rng, rng.choice(seen_in(split, LAYOUTS)), {
        "heading": rng.choice(KINDS[kind]), "seller": rng.choice(SELLERS), "date": date,
        "customer": output["customer"], "items": "\n".join(items),
        "total": money.format(n=total)})
    return {"document": document, "output": output}


def make_rows(seed):
    return draw_splits(NAME, seed, ROWS, make_row, lambda row: [row["document"]])
