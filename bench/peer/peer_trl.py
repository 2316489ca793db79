"""Times LoRA steps of TRL's SFTTrainer: one JSON line a step, fields as peer_lora's.

The trainer is set to what is fastest on a CPU: float32 in place of a GPU's bfloat16, activations
kept (no gradient checkpointing), loss at the completion alone, rows handed over sorted by length
within a step and accumulated to --batch rows; with --padding-free a micro-batch is one row without
padding (transformers then masks other rows out; packing would do the same to fixed lengths). Its
fused head scores every position where there is no Triton, as on a CPU: there is no option for that.
"""
import tempfile
import warnings

warnings.filterwarnings("ignore")

import torch
from datasets import Dataset
from transformers import AutoTokenizer, PrinterCallback, TrainerCallback
from trl import SFTConfig, SFTTrainer

import peer
import peer_lora


def parse():
    parser = peer.arguments(__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=16, help="rows a step")
    parser.add_argument("--micro-batch", type=int, default=16, help="rows a forward pass")
    parser.add_argument("--padding-free", action="store_true")
    parser.add_argument("--steps", type=int, default=1)
    parser.add_argument("--warm-up-rows", type=int, default=0,
                        help="compute so many rows before the first step and forget the gradients")
    parser.add_argument("--learning-rate", type=float, default=5e-5)
    parser.add_argument("--adapter", required=True, help="PEFT folder to start from")
    options = parser.parse_args()
    if options.batch % options.micro_batch:
        parser.error(f"--micro-batch {options.micro_batch} does not divide {options.batch} rows")
    return options


class Watch(TrainerCallback):
    """Prints a line a step."""

    def __init__(self, steps, options):
        self.steps, self.options, self.loss = steps, options, 0.0

    def on_step_begin(self, args, state, control, **kwargs):
        self.number, self.loss, self.watch = state.global_step, 0.0, peer.Stopwatch()

    def on_step_end(self, args, state, control, **kwargs):
        rows, padding_free = self.steps[self.number], self.options.padding_free
        lengths = [len(row["ids"]) for row in rows]
        size = self.options.micro_batch
        padded = sum(lengths) if padding_free else sum(
            len(lengths[i : i + size]) * max(lengths[i : i + size])
            for i in range(0, len(lengths), size))
        peer.emit(step=self.number, loss=self.loss, rows=len(rows),
                  target_count=sum(len(r["ids"]) - max(1, r["prompt_length"]) for r in rows),
                  token_count=sum(lengths), padded_token_count=padded, micro_batch=size,
                  padding_free=padding_free, **self.watch.read(), threads=torch.get_num_threads(),
                  peak_rss_bytes=peer.peak_rss_bytes())


class Trainer(SFTTrainer):
    """Adds up the step's loss, which the trainer itself logs rounded."""

    def training_step(self, *args, **kwargs):
        loss = super().training_step(*args, **kwargs)
        self.told.loss += loss.item()
        return loss


def as_dataset(steps):
    rows = [row for step in steps for row in step]
    return Dataset.from_dict({
        "input_ids": [row["ids"] for row in rows],
        "labels": [[peer_lora.IGNORED] * row["prompt_length"] + row["ids"][row["prompt_length"] :]
                   for row in rows]})


def settings(options, folder):
    return SFTConfig(
        output_dir=folder, use_cpu=True, bf16=False, gradient_checkpointing=False,
        per_device_train_batch_size=options.micro_batch,
        gradient_accumulation_steps=options.batch // options.micro_batch,
        max_steps=options.steps, learning_rate=options.learning_rate,
        lr_scheduler_type="constant", weight_decay=0.0, max_grad_norm=1.0, max_length=None,
        padding_free=options.padding_free, dataset_kwargs={"skip_prepare_dataset": True},
        train_sampling_strategy="sequential", dataloader_pin_memory=False, disable_tqdm=True,
        logging_strategy="no", save_strategy="no", report_to="none")


def main():
    options = parse()
    peer.set_threads(options.threads)
    rows = peer.read_rows(options.rows)
    if options.steps * options.batch > len(rows):
        raise SystemExit(f"{options.rows}: {len(rows)} rows: expected at least "
                         f"{options.steps} x {options.batch}")
    steps = [sorted(rows[i * options.batch : (i + 1) * options.batch],
                    key=lambda row: len(row["ids"])) for i in range(options.steps)]
    model = peer_lora.with_adapter(peer.read_model(options.model), options).train()
    peer_lora.warm_up(model, rows[: options.warm_up_rows])
    watch = Watch(steps, options)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(model=model, args=settings(options, folder),
                          train_dataset=as_dataset(steps), callbacks=[watch],
                          processing_class=AutoTokenizer.from_pretrained(options.model))
        trainer.told = watch
        trainer.remove_callback(PrinterCallback)  # standard output is ours
        trainer.train()


if __name__ == "__main__":
    main()
