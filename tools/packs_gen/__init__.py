# SPDX-License-Identifier: Apache-2.0
"""Generators behind tools/make_packs: task packs, their check, and the pre-training corpus."""
