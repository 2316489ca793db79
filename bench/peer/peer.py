"""What the peers share: arguments, rows, memory, one JSON object a line on standard output."""
import argparse
import json
import os
import time
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"  # models are folders

import torch
from transformers import AutoModelForCausalLM
from transformers.utils import logging

logging.set_verbosity_error()
logging.disable_progress_bar()
warnings.filterwarnings("ignore", category=FutureWarning)


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("model", help="Hugging Face model folder")
    parser.add_argument("rows", help='JSON Lines of {"ids": [...], "prompt_length": n}')
    parser.add_argument("--threads", type=int, default=0, help="0: torch's own choice")
    return parser


def set_threads(count):
    if count > 0:
        torch.set_num_threads(count)


def read_rows(path):
    with open(path) as file:
        return [json.loads(line) for line in file if line.strip()]


def read_model(folder):
    """float32, with transformers' own choice of attention, the fastest it has on this machine."""
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


def pad(rows, value, side):
    width = max(map(len, rows))
    filled = [[value] * (width - len(row)) for row in rows]
    return torch.tensor([fill + row if side == "left" else row + fill
                         for row, fill in zip(rows, filled)])


class Stopwatch:
    """Wall and CPU seconds since it was made.

    Where other programs want the cores as well, wall time is no measure: OpenMP's threads then spin
    at barriers for a core that is taken (8 s of CPU became 45 for one step at load 6 on 2 cores).
    Signs: CPU far below threads x wall seconds, or far above that of a run with --threads 1.
    """

    def __init__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self):
        return {"seconds": time.perf_counter() - self.wall,
                "cpu_seconds": time.process_time() - self.cpu}


def peak_rss_bytes():
    """The process's largest resident memory. Not getrusage's: that one remembers what the process
    was before it became this program."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:"))


def until_end(ids, ends):
    return ids[: next((i for i, token in enumerate(ids) if token in ends), len(ids))]


def emit(**record):
    print(json.dumps(record), flush=True)
