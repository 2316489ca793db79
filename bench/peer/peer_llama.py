"""Times greedy decoding by llama.cpp: one JSON line for all rows, fields as peer_score's last.

Rows decode --batch at a time, each a sequence of its own, by llama_decode with all of them in one
call, as llama.cpp's own server does. Needs llama-cpp-python and numpy; no torch.
"""
import argparse
import ctypes
import json
import time

import llama_cpp as llama
import numpy as np


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="GGUF file")
    parser.add_argument("rows", help='JSON Lines of {"ids": [...], "prompt_length": n}')
    parser.add_argument("--batch", type=int, default=1, help="rows at once")
    parser.add_argument("--max-new-tokens", type=int, default=64)
    parser.add_argument("--limit", type=int, default=0, help="only the first rows; 0: all")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--cache", choices=["float32", "float16"], default="float16")
    parser.add_argument("--end", type=int, nargs="*", default=[], help="end tokens")
    parser.add_argument("--warm-up-tokens", type=int, default=0,
                        help="complete the first prompt by so many tokens before the clock runs")
    return parser.parse_args()


def read_prompts(options):
    with open(options.rows) as file:
        rows = [json.loads(line) for line in file if line.strip()][: options.limit or None]
    return [row["ids"][: row["prompt_length"]] for row in rows]


@llama.llama_log_callback
def quiet(level, text, data):
    pass


class Engine:
    MOST_TOKENS = 2048  # of one llama_decode, llama.cpp's default

    def __init__(self, options, slots):
        llama.llama_log_set(quiet, ctypes.c_void_p(0))
        llama.llama_backend_init()
        chosen = llama.llama_model_default_params()
        chosen.n_gpu_layers = 0
        self.model = llama.llama_model_load_from_file(options.model.encode(), chosen)
        if not self.model:
            raise SystemExit(f"{options.model}: llama.cpp cannot load it")
        self.vocabulary = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(self.model))
        self.context = self._make_context(options, slots)
        self.batch = llama.llama_batch_init(self.MOST_TOKENS, 0, 1)

    def _make_context(self, options, slots):
        chosen = llama.llama_context_default_params()
        chosen.n_ctx = options.batch * (-(-slots // 256) * 256)
        chosen.n_batch = self.MOST_TOKENS
        chosen.n_seq_max = options.batch
        chosen.n_threads = chosen.n_threads_batch = options.threads
        kind = llama.GGML_TYPE_F32 if options.cache == "float32" else llama.GGML_TYPE_F16
        chosen.type_k = chosen.type_v = kind
        context = llama.llama_init_from_model(self.model, chosen)
        if not context:
            raise SystemExit(f"{options.model}: llama.cpp makes no context of {chosen.n_ctx}")
        return context

    def decode(self, tokens):
        """tokens: (id, position, sequence, asked). The likeliest next token behind those asked."""
        for i, (token, position, sequence, asked) in enumerate(tokens):
            self.batch.token[i], self.batch.pos[i] = token, position
            self.batch.n_seq_id[i], self.batch.seq_id[i][0] = 1, sequence
            self.batch.logits[i] = asked
        self.batch.n_tokens = len(tokens)
        if llama.llama_decode(self.context, self.batch) != 0:
            raise SystemExit("llama_decode failed")
        asked = sum(token[3] for token in tokens)
        if asked == 0:
            return []
        logits = np.ctypeslib.as_array(llama.llama_get_logits(self.context),
                                       shape=(asked, self.vocabulary))
        return logits.argmax(axis=1).tolist()

    def complete(self, prompts, max_new_tokens):
        llama.llama_memory_clear(llama.llama_get_memory(self.context), False)
        fed = [(token, i, row, int(i + 1 == len(prompt)))
               for row, prompt in enumerate(prompts) for i, token in enumerate(prompt)]
        last = []
        for begin in range(0, len(fed), self.MOST_TOKENS):
            last += self.decode(fed[begin : begin + self.MOST_TOKENS])
        made = [[token] for token in last]
        for step in range(max_new_tokens - 1):
            last = self.decode([(token, len(prompt) + step, row, 1)
                                for row, (token, prompt) in enumerate(zip(last, prompts))])
            for row, token in zip(made, last):
                row.append(token)
        return made


def peak_rss_bytes():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:"))


def until_end(ids, ends):
    return ids[: next((i for i, token in enumerate(ids) if token in ends), len(ids))]


def main():
    options = parse()
    prompts = read_prompts(options)
    engine = Engine(options, max(map(len, prompts)) + max(options.max_new_tokens,
                                                          options.warm_up_tokens))
    if options.warm_up_tokens:
        engine.complete(prompts[:1], options.warm_up_tokens)
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    completions = [None] * len(prompts)
    wall, cpu = time.perf_counter(), time.process_time()
    for begin in range(0, len(order), options.batch):
        places = order[begin : begin + options.batch]
        made = engine.complete([prompts[i] for i in places], options.max_new_tokens)
        for place, ids in zip(places, made):
            completions[place] = until_end(ids, options.end)
    spent = {"total_seconds": time.perf_counter() - wall,
             "total_cpu_seconds": time.process_time() - cpu}
    print(json.dumps({"rows": list(range(len(prompts))), "completions": completions,
                      "total_rows": len(prompts), **spent,
                      "total_new_tokens": sum(map(len, completions)),
                      "total_padded_tokens": sum(map(len, prompts)), "batch": options.batch,
                      "threads": options.threads, "peak_rss_bytes": peak_rss_bytes()}), flush=True)


if __name__ == "__main__":
    main()
