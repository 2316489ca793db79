"""The two measurements: LoRA steps and scoring. Results are compared before any time is told."""
import sys
from dataclasses import dataclass

from harness.runs import Killed, Side, run
from harness.workplace import Failure, PEER, available_memory, program

LOSS_LIMIT = 1e-3         # relative, for each step
SEARCH_ROWS = 4
FIRST_TOKENS_LIMIT = 0.99  # share of rows whose first new token is the same
OURS, THEIRS = "tuneval", "transformers + peft"


@dataclass
class Result:
    title: str
    ours: Side
    peer: Side
    peer_batch: int
    tokens: dict   # as_rows, computed (ours), padded (the peer's)
    checked: str
    search: list   # of {"batch", "seconds_a_row", "peak_rss_bytes"} or {"batch", "skipped"}


def say(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def search(what, sizes, attempt):
    """The fastest of `sizes`, which rise. Ends early where two in a row were slower than the best
    before them, and where a size would not fit: memory grows by a fixed amount a row."""
    tried, peaks, best, worse = [], {}, float("inf"), 0
    for size in sizes:
        needed = expected_peak(peaks, size)
        if needed > 0.9 * available_memory():
            tried.append({"batch": size, "skipped": f"would need about {needed / 2**30:.0f} GiB"})
        else:
            try:
                seconds, peaks[size] = attempt(size)
                tried.append({"batch": size, "seconds_a_row": seconds,
                              "peak_rss_bytes": peaks[size]})
            except Killed:
                tried.append({"batch": size, "skipped": "was killed for want of memory"})
        last = tried[-1]
        say(f"{what} {size}: " + last.get("skipped", f"{last.get('seconds_a_row', 0):.2f} s a row"))
        worse = 0 if last.get("seconds_a_row", best) < best else worse + 1
        best = min(best, last.get("seconds_a_row", best))
        if "skipped" in last or worse == 2:
            break
    done = [entry for entry in tried if "seconds_a_row" in entry]
    if not done:
        raise Failure(f"{what}: the peer fits into memory with none of {sizes}")
    return min(done, key=lambda entry: entry["seconds_a_row"])["batch"], tried


def expected_peak(peaks, size):
    known = sorted(peaks)
    if len(known) < 2:
        return 0
    low, high = known[-2:]
    return peaks[high] + (peaks[high] - peaks[low]) / (high - low) * (size - high)


class LoraStep:
    """Each process computes one row to warm up, then its steps."""

    def __init__(self, inputs, options, environment):
        self.inputs, self.options, self.environment = inputs, options, environment

    def _run(self, program_and_options, steps, batch):
        return run([*program_and_options, self.inputs.model, self.inputs.train, "--adapter",
                    self.inputs.adapter, "--steps", steps, "--batch", batch, "--warm-up-rows", 1,
                    "--learning-rate", self.options.learning_rate], self.environment)

    def _ours(self, recompute):
        return self._run([program("tuneval_bench"), "step", "--recompute", recompute],
                         self.options.steps, self.options.batch)

    def _peer(self, micro_batch, steps, batch):
        return self._run([self.inputs.python, PEER / "peer_lora.py", "--micro-batch", micro_batch],
                         steps, batch)

    def _attempt(self, micro_batch):
        """A few rows tell how long a row takes."""
        rows = min(max(micro_batch, SEARCH_ROWS), self.options.batch)
        line = self._peer(micro_batch, 1, rows).lines[-1]
        return line["seconds"] / rows, line["peak_rss_bytes"]

    def measure(self):
        sizes = self.options.micro_batches
        micro_batch, tried = (search("micro-batch", sizes, self._attempt) if len(sizes) > 1
                              else (sizes[0], []))
        ours, peer = {mode: Side(OURS) for mode in self.options.recompute}, Side(THEIRS)
        reached = dict.fromkeys(ours, 0.0)
        for number in range(self.options.rounds):
            mine = {mode: self._ours(mode) for mode in ours}
            theirs = self._peer(micro_batch, self.options.steps, self.options.batch)
            add_steps(peer, theirs)
            for mode, done in mine.items():
                reached[mode] = max(reached[mode], compare_losses(done.lines, theirs.lines))
                add_steps(ours[mode], done)
            say(f"round {number + 1} of {self.options.rounds}: "
                + ", ".join(f"{done.lines[-1]['seconds']:.2f} s" for done in mine.values())
                + f" and {theirs.lines[-1]['seconds']:.2f} s a step")
        return [self._result(mode, ours[mode], peer, reached[mode], micro_batch, tried)
                for mode in ours]

    def _result(self, mode, ours, peer, reached, micro_batch, tried):
        losses = [line["loss"] for line in ours.lines[-1]]
        mine, theirs = ours.lines[-1][-1], peer.lines[-1][-1]
        twice = "are computed twice" if mine["recomputed_token_count"] else "are kept"
        return Result(
            f"LoRA step, {self.options.batch} rows; recompute = \"{mode}\": layers {twice}",
            ours, peer, micro_batch,
            {"as_rows": mine["token_count"], "computed": mine["computed_token_count"],
             "padded": theirs["padded_token_count"]},
            f"the losses of all {len(losses)} steps ({losses[0]:.4f} to {losses[-1]:.4f}) are "
            f"equal within {reached:.1e} (limit {LOSS_LIMIT:.0e})", tried)


def add_steps(side, done):
    side.add(done)
    for line in done.lines:
        side.add_time(line["rows"], line["seconds"], line["cpu_seconds"])


def compare_losses(ours, peer):
    """The largest relative difference; Failure where it is beyond the limit."""
    if len(ours) != len(peer):
        raise Failure(f"{len(ours)} steps and {len(peer)}")
    reached = 0.0
    for mine, theirs in zip(ours, peer):
        if mine["target_count"] != theirs["target_count"]:
            raise Failure(f"step {mine['step']}: {mine['target_count']} targets, the peer has "
                          f"{theirs['target_count']}")
        difference = abs(mine["loss"] - theirs["loss"]) / abs(theirs["loss"])
        if not difference <= LOSS_LIMIT:
            raise Failure(f"step {mine['step']}: loss {mine['loss']:.6f}, the peer's "
                          f"{theirs['loss']:.6f}: not the same work, nothing is timed")
        reached = max(reached, difference)
    return reached


class Scoring:
    def __init__(self, inputs, options, environment):
        self.inputs, self.options, self.environment = inputs, options, environment

    def _ours(self):
        return run([program("tuneval_bench"), "score", self.inputs.model, self.inputs.test,
                    "--max-new-tokens", self.options.max_new_tokens], self.environment)

    def _peer(self, batch, limit=0):
        return run([self.inputs.python, PEER / "peer_score.py", self.inputs.model, self.inputs.test,
                    "--max-new-tokens", self.options.max_new_tokens, "--batch", batch, "--limit",
                    limit], self.environment)

    def _attempt(self, batch):
        line = self._peer(batch, limit=max(batch, SEARCH_ROWS)).lines[-1]
        return line["total_seconds"] / line["total_rows"], line["peak_rss_bytes"]

    def measure(self):
        sizes = self.options.score_batches
        batch, tried = (search("batch", sizes, self._attempt) if len(sizes) > 1
                        else (sizes[0], []))
        ours, peer = Side(OURS), Side(THEIRS)
        for number in range(self.options.rounds):
            mine, theirs = self._ours(), self._peer(batch)
            checked = compare_completions(mine.lines[-1], theirs.lines)
            line, total = mine.lines[-1], theirs.lines[-1]
            ours.add(mine)
            ours.add_time(line["rows"], line["seconds"], line["cpu_seconds"])
            peer.add(theirs)
            peer.add_time(total["total_rows"], total["total_seconds"], total["total_cpu_seconds"])
            say(f"round {number + 1} of {self.options.rounds}: {line['seconds']:.2f} s and "
                f"{total['total_seconds']:.2f} s")
        return [Result(
            f"Scoring, {line['rows']} prompts, at most {self.options.max_new_tokens} new tokens",
            ours, peer, batch, {"as_rows": line["token_count"],
                                "computed": line["computed_token_count"],
                                "padded": total["total_padded_tokens"]}, checked, tried)]


def compare_completions(ours, peer):
    """What is equal, in words; Failure where too few first tokens are."""
    mine, theirs = ours["completions"], [None] * ours["rows"]
    for line in peer:
        for row, completion in zip(line.get("rows", []), line.get("completions", [])):
            theirs[row] = completion
    rows = len(mine)
    if None in theirs:
        raise Failure(f"scoring: the peer completed {rows - theirs.count(None)} of {rows} prompts")
    first = sum(a[:1] == b[:1] for a, b in zip(mine, theirs))
    whole = sum(a == b for a, b in zip(mine, theirs))
    kinds = len({tuple(completion) for completion in mine})
    said = (f"{first} of {rows} first tokens are equal (limit {FIRST_TOKENS_LIMIT:.0%}), {whole} "
            f"of {rows} whole completions ({kinds} different ones; {ours['new_tokens']} tokens)")
    if first < FIRST_TOKENS_LIMIT * rows:
        raise Failure(f"scoring: only {said}: not the same work, nothing is timed")
    return said
