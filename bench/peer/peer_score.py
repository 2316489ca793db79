"""Times greedy scoring by transformers' generate: one JSON line a batch, then one for all.

The prompt of a row is its first prompt_length ids. Rows are sorted by length, so that batches are
padded least, padded on the left, and decoded until an end token or --max-new-tokens. `rows` gives
the rows' places in the file, `completions` their new ids without the end token.
"""
import torch

import peer


def parse():
    parser = peer.arguments(__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=16, help="rows at once")
    parser.add_argument("--max-new-tokens", type=int, default=16)
    parser.add_argument("--limit", type=int, default=0, help="score only the first rows; 0: all")
    parser.add_argument("--warm-up-tokens", type=int, default=0,
                        help="complete the first prompt by so many tokens before the clock runs")
    parser.add_argument("--no-stop", action="store_true", help="heed no end token")
    return parser.parse_args()


def end_tokens(model):
    ends = model.generation_config.eos_token_id
    return [] if ends is None else ends if isinstance(ends, list) else [ends]


@torch.inference_mode()
def complete(model, prompts, ends, max_new_tokens):
    ids = peer.pad(prompts, 0, "left")
    mask = peer.pad([[1] * len(prompt) for prompt in prompts], 0, "left")
    made = model.generate(input_ids=ids, attention_mask=mask, do_sample=False,
                          max_new_tokens=max_new_tokens, pad_token_id=0)
    return [peer.until_end(row, ends) for row in made[:, ids.shape[1] :].tolist()]


def main():
    options = parse()
    peer.set_threads(options.threads)
    rows = peer.read_rows(options.rows)[: options.limit or None]
    prompts = [row["ids"][: row["prompt_length"]] for row in rows]
    model = peer.read_model(options.model).eval()
    ends = [] if options.no_stop else end_tokens(model)
    model.generation_config.eos_token_id = ends or None
    if options.warm_up_tokens:
        complete(model, prompts[:1], [], options.warm_up_tokens)
    order = sorted(range(len(rows)), key=lambda i: len(prompts[i]))
    total, new_tokens, padded = {"seconds": 0.0, "cpu_seconds": 0.0}, 0, 0
    for begin in range(0, len(order), options.batch):
        places = order[begin : begin + options.batch]
        watch = peer.Stopwatch()
        completions = complete(model, [prompts[i] for i in places], ends, options.max_new_tokens)
        spent = watch.read()
        total = {key: total[key] + spent[key] for key in total}
        new_tokens += sum(map(len, completions))
        padded += len(places) * max(len(prompts[i]) for i in places)
        peer.emit(rows=places, completions=completions, **spent,
                  peak_rss_bytes=peer.peak_rss_bytes())
    peer.emit(total_rows=len(rows), **{f"total_{key}": value for key, value in total.items()},
              total_new_tokens=new_tokens, total_padded_tokens=padded, batch=options.batch,
              threads=torch.get_num_threads(), peak_rss_bytes=peer.peak_rss_bytes())


if __name__ == "__main__":
    main()
