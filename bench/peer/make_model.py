"""Writes a model folder with random weights from a config.json, a tokenizer and a chat template.

    make_model.py CONFIG_JSON TOKENIZER_FOLDER TEMPLATE_JINJA OUTPUT_FOLDER [--dtype float32]
"""
import argparse
import json
import os
import shutil
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", type=Path)
    parser.add_argument("tokenizer", type=Path,
                        help="folder with tokenizer.json, or with vocab.json and merges.txt")
    parser.add_argument("template", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--dtype", choices=["float32", "bfloat16", "float16"], default="float32")
    parser.add_argument("--seed", type=int, default=123)
    parser.add_argument("--layer-gain", type=float, default=1.0,
                        help="factor on o_proj and down_proj: by 1 a tied head mostly repeats the "
                        "last token, by more the whole prompt decides what comes next")
    return parser.parse_args()


def read_config(path):
    with tempfile.TemporaryDirectory() as folder:  # transformers wants a folder with this very name
        shutil.copyfile(path, Path(folder, "config.json"))
        return AutoConfig.from_pretrained(folder)


def write_tokenizer(options, config):
    """tokenizer.json as it is, or made of vocab.json and merges.txt; tokenizer_config.json from the
    config's ids if there is none."""
    if not (options.tokenizer / "tokenizer.json").exists():
        AutoTokenizer.from_pretrained(options.tokenizer).save_pretrained(options.output)
        shutil.copyfile(options.template, options.output / "chat_template.jinja")
        return
    shutil.copyfile(options.tokenizer / "tokenizer.json", options.output / "tokenizer.json")
    shutil.copyfile(options.template, options.output / "chat_template.jinja")
    given = options.tokenizer / "tokenizer_config.json"
    if given.exists():
        shutil.copyfile(given, options.output / given.name)
        return
    name_of = Tokenizer.from_file(str(options.tokenizer / "tokenizer.json")).id_to_token
    tokens = {f"{kind}_token": name_of(getattr(config, f"{kind}_token_id"))
              for kind in ("bos", "eos", "pad") if getattr(config, f"{kind}_token_id") is not None}
    (options.output / "tokenizer_config.json").write_text(json.dumps({
        **tokens, "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        "model_max_length": config.max_position_embeddings}, indent=2) + "\n")


def main():
    options = parse()
    torch.manual_seed(options.seed)
    config = read_config(options.config)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                parameter.mul_(options.layer_gain)
    model.to(getattr(torch, options.dtype)).save_pretrained(options.output)
    write_tokenizer(options, config)
    print(f"{options.output}: {model.num_parameters() / 1e6:.1f} M parameters, {options.dtype}")


if __name__ == "__main__":
    main()
