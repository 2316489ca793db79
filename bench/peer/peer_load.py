"""Times transformers from a model folder to the first token of the first row: one JSON line.

Importing torch and transformers is told apart (`import_seconds`) and is no part of `seconds`, nor
is the import of the family's code. The folder's tokenizer is opened too, as tuneval opens it.
"""
import time

began = time.perf_counter()

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

import peer


@torch.inference_mode()
def main():
    options = peer.arguments(__doc__.splitlines()[0]).parse_args()
    peer.set_threads(options.threads)
    row = peer.read_rows(options.rows)[0]
    prompt = torch.tensor([row["ids"][: row["prompt_length"]]])
    with torch.device("meta"):
        AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(options.model))
    imported = time.perf_counter() - began
    watch = peer.Stopwatch()
    AutoTokenizer.from_pretrained(options.model)
    tokenizer = watch.read()["seconds"]
    model = peer.read_model(options.model).eval()
    loaded = watch.read()["seconds"]
    # What generate computes for its first token: logits at the last position alone.
    token = model(input_ids=prompt, use_cache=True, logits_to_keep=1).logits[0, -1].argmax().item()
    peer.emit(token=token, **watch.read(), load_seconds=loaded,
              tokenizer_seconds=tokenizer, import_seconds=imported,
              threads=torch.get_num_threads(), peak_rss_bytes=peer.peak_rss_bytes())


if __name__ == "__main__":
    main()
