"""Times LoRA steps of transformers + peft: one JSON line a step (loss, seconds, peak memory).

Each step takes the next --batch rows of the file, sorted by length, in micro-batches of
--micro-batch rows padded on the right; the loss is the mean over the step's target tokens (from
prompt_length on). AdamW at a constant rate, all linear layers but the head, float32.
"""
import torch
from peft import LoraConfig, PeftModel, get_peft_model

import peer

IGNORED = -100


def parse():
    parser = peer.arguments(__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=16, help="rows a step")
    parser.add_argument("--micro-batch", type=int, default=16, help="rows a forward pass")
    parser.add_argument("--steps", type=int, default=0, help="0: as many as the rows give")
    parser.add_argument("--warm-up-rows", type=int, default=0,
                        help="compute so many rows before the first step and forget the gradients")
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--alpha", type=int, default=64)
    parser.add_argument("--learning-rate", type=float, default=5e-5)
    parser.add_argument("--max-grad-norm", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=123)
    parser.add_argument("--adapter", help="PEFT folder to start from, in place of a fresh adapter")
    parser.add_argument("--save-initial", help="folder for the adapter before the first step")
    parser.add_argument("--save-final", help="folder for the adapter after the last step")
    return parser.parse_args()


def with_adapter(model, options):
    if options.adapter:
        return PeftModel.from_pretrained(model, options.adapter, is_trainable=True)
    return get_peft_model(model, LoraConfig(
        r=options.rank, lora_alpha=options.alpha, target_modules="all-linear", lora_dropout=0.0,
        bias="none", task_type="CAUSAL_LM"))


def micro_batches(rows, size):
    ordered = sorted(rows, key=lambda row: len(row["ids"]))
    for begin in range(0, len(ordered), size):
        part = ordered[begin : begin + size]
        ids = [row["ids"] for row in part]
        labels = [[IGNORED] * row["prompt_length"] + row["ids"][row["prompt_length"] :]
                  for row in part]
        yield {"input_ids": peer.pad(ids, 0, "right"), "labels": peer.pad(labels, IGNORED, "right"),
               "attention_mask": peer.pad([[1] * len(row) for row in ids], 0, "right")}


def step(model, optimizer, rows, options):
    """The loss before the step and what it was made of."""
    batches = list(micro_batches(rows, options.micro_batch))
    targets = sum(int((batch["labels"][:, 1:] != IGNORED).sum()) for batch in batches)
    loss = 0.0
    for batch in batches:
        part = model(**batch, num_items_in_batch=targets, use_cache=False).loss
        part.backward()
        loss += part.item()
    torch.nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], options.max_grad_norm)
    optimizer.step()
    optimizer.zero_grad()
    padded = sum(batch["input_ids"].numel() for batch in batches)
    return {"loss": loss, "rows": len(rows), "target_count": targets,
            "token_count": sum(len(row["ids"]) for row in rows), "padded_token_count": padded}


def warm_up(model, rows):
    for batch in micro_batches(rows, 1):
        model(**batch, use_cache=False).loss.backward()
    model.zero_grad()


def main():
    options = parse()
    peer.set_threads(options.threads)
    torch.manual_seed(options.seed)
    rows = peer.read_rows(options.rows)
    steps = options.steps or len(rows) // options.batch
    if steps < 1 or steps * options.batch > len(rows):
        raise SystemExit(f"{options.rows}: {len(rows)} rows: expected at least "
                         f"{max(steps, 1)} x {options.batch}")
    model = with_adapter(peer.read_model(options.model), options).train()
    if options.save_initial:
        model.save_pretrained(options.save_initial)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad],
                                  lr=options.learning_rate, weight_decay=0.0)
    warm_up(model, rows[: options.warm_up_rows])
    for i in range(steps):
        watch = peer.Stopwatch()
        record = step(model, optimizer, rows[i * options.batch : (i + 1) * options.batch], options)
        peer.emit(step=i, **record, micro_batch=options.micro_batch, **watch.read(),
                  threads=torch.get_num_threads(), peak_rss_bytes=peer.peak_rss_bytes())
    if options.save_final:
        model.save_pretrained(options.save_final)


if __name__ == "__main__":
    main()
