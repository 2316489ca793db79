# SPDX-License-Identifier: Apache-2.0
"""Words that several packs share. The lists are short on purpose: a model of a million parameters
learns which of a few values a text holds long before it learns to copy any value."""

FIRST = ["Anna", "Ben", "Clara", "David", "Emma", "Frank", "Greta", "Hugo", "Ida", "Paul"]
ITEMS = ["lamp", "clock", "chair", "radio", "bag", "book"]
TOWNS = ["Paris", "London", "Rome", "Madrid", "Berlin", "Vienna", "Dublin", "Prague"]
