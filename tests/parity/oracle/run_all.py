"""Makes every fixture anew; with --check, elsewhere, and compares with the committed ones.

    python run_all.py            writes ../fixtures
    python run_all.py --check    exit 1 where a value differs past float32 rounding
"""
import argparse
import importlib
import json
import math
import os
import sys
import tempfile
from pathlib import Path

SCRIPTS = ["make_models", "logits", "gradients", "lora", "full_tune", "schedules", "check_trainer"]
COMMITTED = Path(__file__).resolve().parent.parent / "fixtures"


def make(folder):
    os.environ["TUNEVAL_FIXTURES"] = str(folder)  # read when common is first imported
    for script in SCRIPTS:
        print(f"== {script}", flush=True)
        importlib.import_module(script).main()


def same_values(a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_values(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_values, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-3, abs_tol=1e-7)
    return a == b


def same_tensors(a, b):
    import torch
    from safetensors.torch import load_file
    a, b = load_file(a), load_file(b)
    return a.keys() == b.keys() and all(
        a[key].dtype == b[key].dtype and a[key].shape == b[key].shape
        and torch.allclose(a[key].float(), b[key].float(), rtol=1e-4, atol=1e-4) for key in a)


def differences(made):
    names = {str(path.relative_to(root)) for root in (made, COMMITTED)
             for path in root.rglob("*") if path.is_file()}
    for name in sorted(names):
        a, b = made / name, COMMITTED / name
        if not (a.exists() and b.exists()):
            yield f"{name}: only {'made' if a.exists() else 'committed'}"
        elif name.endswith(".safetensors"):
            if not same_tensors(a, b):
                yield f"{name}: tensors differ"
        elif not same_values(json.loads(a.read_text()), json.loads(b.read_text())):
            yield f"{name}: values differ"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        make(COMMITTED)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        found = list(differences(Path(folder)))
    print(*found, sep="\n")
    print(f"{len(found)} files differ")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
