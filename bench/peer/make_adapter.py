"""Writes a LoRA adapter that both sides start from: make_adapter.py MODEL OUT --rank 64 --alpha 64

B is random too, not zero as in a fresh adapter: the first step's loss and all gradients then depend
on every part of the adapter.
"""
import argparse
import os
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--alpha", type=int, default=64)
    parser.add_argument("--seed", type=int, default=123)
    return parser.parse_args()


def main():
    options = parse()
    torch.manual_seed(options.seed)
    # Only the shapes matter here: no weight is read.
    base = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(options.model))
    model = get_peft_model(base, LoraConfig(
        r=options.rank, lora_alpha=options.alpha, target_modules="all-linear", lora_dropout=0.0,
        bias="none", task_type="CAUSAL_LM"))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.01)
    model.save_pretrained(options.output)
    print(f"{options.output}: rank {options.rank}, alpha {options.alpha}")


if __name__ == "__main__":
    main()
