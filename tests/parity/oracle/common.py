"""What all oracle scripts share: where fixtures lie, the batch layout, models read in float32.

A batch is `input_ids` int64 [rows, time] with -1 where a row has ended (right side), everywhere in
these scripts and in the fixtures. Everything runs in float32 on one CPU thread.
"""
import json
import os
import shutil
import tempfile
import warnings
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # all that is read lies in FIXTURES

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.utils import logging

ENDED = -1
IGNORED = -100  # the label that transformers leaves out of the loss
FIXTURES = Path(os.environ.get("TUNEVAL_FIXTURES")
                or Path(__file__).resolve().parent.parent / "fixtures")
MODELS = FIXTURES / "models"

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
logging.set_verbosity_error()
logging.disable_progress_bar()
warnings.filterwarnings("ignore", category=FutureWarning)


def model_names():
    return sorted(folder.name for folder in MODELS.iterdir())


def read_model(name, **options):
    """A model folder in float32, whatever dtype it is stored in, with plain (eager) attention."""
    return AutoModelForCausalLM.from_pretrained(
        MODELS / name, dtype=torch.float32, attn_implementation="eager", **options).eval()


def read_config(name, file):
    """The configuration in another file of the model's folder."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(MODELS / name / file, Path(folder, "config.json"))
        return AutoConfig.from_pretrained(folder)


def vocabulary(model):
    """Number of ids, also of a text part within a larger config."""
    return model.config.get_text_config().vocab_size


def generator(name):
    """Random numbers that depend on `name` alone, so that adding a case changes no other."""
    return torch.Generator().manual_seed(sum(ord(c) * 131**i for i, c in enumerate(name)) % 2**31)


def random_ids(count, vocab, random):
    """`count` ids, without the lowest eight, which the toy models keep for special tokens."""
    return torch.randint(8, vocab, (count,), generator=random).tolist()


def batch_of(rows):
    """[rows, time] of the rows' ids, -1 where a row has ended."""
    ids = torch.full((len(rows), max(map(len, rows))), ENDED, dtype=torch.int64)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
    return ids


def labels_of(ids, prompt_length):
    """The row's own ids as labels, after the prompt; a model's loss shifts them by one itself."""
    is_target = (ids != ENDED) & (torch.arange(ids.shape[-1]) >= prompt_length.unsqueeze(-1))
    return torch.where(is_target, ids, IGNORED)


def model_inputs(ids):
    return {"input_ids": ids.clamp(min=0), "attention_mask": (ids != ENDED).long()}


@torch.no_grad()
def logits_of(model, ids):
    """float32 [rows, time, vocab], 0 where a row has ended."""
    logits = model(**model_inputs(ids), use_cache=False).logits
    return torch.where((ids != ENDED).unsqueeze(-1), logits, 0.0)


def loss_sum(model, ids, labels):
    """Sum over all target tokens of the cross-entropy."""
    logits = model(**model_inputs(ids), use_cache=False).logits[:, :-1].float()
    return F.cross_entropy(
        logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=IGNORED, reduction="sum")


def save_tensors(path, tensors):
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: t.detach().contiguous().clone() for name, t in tensors.items()}, path)


def save_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n")
