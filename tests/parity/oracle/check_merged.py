"""Holds a folder that `tuneval export --merge` wrote against transformers and peft.

    check_merged.py MERGED BASE ADAPTER [--write FILE]

MERGED must load in transformers, weights, tokenizer and template; have the dtypes of BASE; and hold what peft makes of
BASE and ADAPTER merged in float32 and rounded to those dtypes. Prints how far logits lie apart and ends with 1 where
they do not agree. --write FILE keeps transformers' logits of MERGED for

    tuneval plugins check FAMILY.so --model MERGED --oracle FILE
"""
import argparse
import sys
from pathlib import Path

import common
import torch
from peft import PeftModel
from safetensors import safe_open
from transformers import AutoModelForCausalLM, AutoTokenizer

ROWS, LENGTH = 4, 40
PEFT_BOUND = 1e-5  # merged tensors rounded alike, logits in float32
ROUNDING_BOUND = 1e-1  # of 16-bit weights


def read(folder):
    return AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager").eval()


def stored_tensors(folder):
    tensors = {}
    for file in sorted(Path(folder).glob("*.safetensors")):
        with safe_open(file, framework="pt") as stored:
            tensors.update((name, stored.get_tensor(name)) for name in stored.keys())
    return tensors


def difference(found, expected):
    return ((found - expected).abs().max() / expected.abs().max()).item()


def check_files(merged, base):
    """The names, shapes and dtypes of BASE; the tokenizer and template that BASE has."""
    theirs, ours = stored_tensors(base), stored_tensors(merged)
    assert ours.keys() == theirs.keys(), ours.keys() ^ theirs.keys()
    for name, tensor in theirs.items():
        assert (ours[name].dtype, ours[name].shape) == (tensor.dtype, tensor.shape), name
    changed = sum(not torch.equal(ours[name], theirs[name]) for name in theirs)
    print(f"{len(ours)} tensors with the names, shapes and dtypes of {base}; {changed} changed")
    chat = [{"role": "user", "content": "Hello"}]
    texts = [AutoTokenizer.from_pretrained(folder).apply_chat_template(chat, tokenize=False)
             for folder in (merged, base)]
    assert texts[0] == texts[1], texts
    return changed, {tensor.dtype for tensor in theirs.values()}


@torch.no_grad()
def rounded_by_peft(base, adapter):
    """BASE with ADAPTER merged by peft in float32, each weight rounded as BASE stores it."""
    dtypes = {name: tensor.dtype for name, tensor in stored_tensors(base).items()}
    model = PeftModel.from_pretrained(read(base), adapter).merge_and_unload()
    for name, parameter in model.named_parameters():
        parameter.copy_(parameter.to(dtypes[name]).float())
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("merged")
    parser.add_argument("base")
    parser.add_argument("adapter")
    parser.add_argument("--write", type=Path, metavar="FILE")
    arguments = parser.parse_args()

    changed, dtypes = check_files(arguments.merged, arguments.base)
    own = AutoModelForCausalLM.from_pretrained(arguments.merged, dtype="auto")
    assert own.dtype in dtypes, (own.dtype, dtypes)
    merged = read(arguments.merged)
    random = common.generator("merged")
    ids = common.batch_of([common.random_ids(LENGTH - 3 * row, merged.config.vocab_size, random)
                           for row in range(ROWS)])
    found = common.logits_of(merged, ids)
    apart = difference(found, common.logits_of(rounded_by_peft(arguments.base, arguments.adapter), ids))
    live = common.logits_of(PeftModel.from_pretrained(read(arguments.base), arguments.adapter), ids)
    before = difference(common.logits_of(read(arguments.base), ids), live)
    rounding = difference(found, live)
    print(f"loads as {own.dtype}; largest logit {found.abs().max():.4g}; differences of it:\n"
          f"  peft's own merge, rounded alike   {apart:.2e}\n"
          f"  base and adapter, not merged      {rounding:.2e}\n"
          f"  base without the adapter          {before:.2e}")
    if arguments.write:
        common.save_tensors(arguments.write, {"input_ids": ids, "logits": found})
    bound = PEFT_BOUND if dtypes == {torch.float32} else ROUNDING_BOUND
    if not (changed and apart <= PEFT_BOUND and rounding <= min(bound, before)):
        sys.exit("the merged model is not the tuned one")


if __name__ == "__main__":
    main()
