"""Loads with transformers and peft what tuneval saved, and compares logits.

    # every folder that parity_test left: base/, adapter/, merged/, logits.safetensors
    TUNEVAL_EXPORT_FOLDER=F build/tests/unit/parity_test --gtest_filter='*ExportParity*'
    python check_export.py F/*

    # one adapter; FILE holds tuneval's own logits of it (input_ids, logits)
    python check_export.py --base DIR --adapter DIR --logits FILE

Prints the largest difference, divided by the largest logit; exit 1 past --tolerance.
check_merged.py looks at the files of one merged model more closely.
"""
import argparse
import sys
import warnings
from pathlib import Path

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

import common


def read_model(folder):
    """In float32; a weight that is missing or surplus is an error, not a warning."""
    model, report = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    found = {key: sorted(report[key]) for key in ("missing_keys", "unexpected_keys") if report[key]}
    if found:
        sys.exit(f"{folder}: {found}")
    return model.eval()


def read_adapter(base, folder):
    """peft warns where `target_modules` names layers of a vision part: these stay as they are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = PeftModel.from_pretrained(read_model(base), folder).eval()
    places = [name for name, _ in model.named_parameters()
              if "lora_" in name and "vision_tower" not in name]
    saved = load_file(Path(folder, "adapter_model.safetensors"))
    if len(places) != len(saved):
        sys.exit(f"{folder}: {len(saved)} tensors for {len(places)} places")
    return model


def difference(found, expected):
    return ((found - expected).abs().max() / expected.abs().max()).item()


def check(name, base, adapter, logits, merged=None):
    """The largest difference of ours from peft's logits, and what the adapter changed."""
    model = read_adapter(base, adapter)
    ours = load_file(logits)
    expected = common.logits_of(model, ours["input_ids"])
    found = {"ours": difference(ours["logits"], expected)}
    if merged is not None:
        own = common.logits_of(read_model(merged), ours["input_ids"])
        found["merged"] = difference(own, expected)
    with model.disable_adapter():
        changed = difference(common.logits_of(model, ours["input_ids"]), expected)
    shown = ", ".join(f"{key} {value:.2e}" for key, value in found.items())
    print(f"{name}: {shown} (without the adapter {changed:.2e})")
    return max(found.values()), changed


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path)
    for name in ("base", "adapter", "logits"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    return parser.parse_args()


def main():
    asked = arguments()
    results = []
    for folder in asked.folders:
        merged = folder / "merged"
        results.append(check(folder.name, folder / "base", folder / "adapter",
                             folder / "logits.safetensors", merged if merged.exists() else None))
    if asked.base:
        results.append(check(asked.adapter, asked.base, asked.adapter, asked.logits))
    if not results:
        sys.exit("nothing to check")
    if min(changed for _, changed in results) < 1e-3:
        sys.exit("an adapter changes nothing: that shows little")
    return 1 if max(worst for worst, _ in results) > asked.tolerance else 0


if __name__ == "__main__":
    sys.exit(main())
