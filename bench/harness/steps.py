"""LoRA steps beside transformers + peft and beside TRL's SFTTrainer."""
from dataclasses import dataclass

from harness import compare, search
from harness.runs import Result, Side, run
from harness.search import say
from harness.workplace import PEER, program

SEARCH_ROWS = 4
OURS, PEFT, TRL = "tuneval", "transformers + peft", "TRL SFTTrainer"


@dataclass(frozen=True)
class Plan:
    """What a workload is, unless the command line says otherwise."""
    name: str
    title: str
    rows: str              # "banking", or a kind of make_rows.py
    speed: float           # goals: at least so many times the peers' examples/s,
    memory: float          # at most this share of their memory
    rounds: int = 2
    steps: int = 1
    batch: int = 16
    peer_rows: int = 0     # the peers compute the step's first rows alone; 0: all
    micro_batches: tuple = (1, 2, 4, 8, 16)
    tokens: int = 0        # of a "long" row
    trl_rounds: int = 9    # TRL is measured in the first so many rounds


class LoraSteps:
    """Each process computes one row to warm up, then its steps."""

    def __init__(self, plan, bench):
        self.plan, self.bench, self.inputs = plan, bench, bench.inputs
        options = bench.options
        self.rounds = options.rounds or plan.rounds
        self.steps = options.steps or plan.steps
        self.batch = options.batch if options.batch and plan.batch > 1 else plan.batch
        # Fewer rows for the peers: one step of theirs, over the first rows of our first step.
        self.peer_rows = min(options.peer_rows or plan.peer_rows or self.batch, self.batch)
        self.peer_steps = self.steps if self.peer_rows == self.batch else 1
        self.micro_batches = [size for size in options.micro_batches or plan.micro_batches
                              if self.peer_rows % size == 0] or [1]

    def rows(self):
        count = self.batch * self.steps
        if self.plan.rows == "banking":
            return self.inputs.banking("train", count)
        tokens = 128 if self.bench.options.quick else self.plan.tokens
        return self.inputs.rows(self.plan.rows, count, tokens or 2048)

    def command(self, *begin, steps, batch):
        options = self.bench.options
        return run([*begin, self.inputs.model, self.path, "--adapter",
                    self.inputs.adapter(options.rank, options.alpha), "--steps", steps, "--batch",
                    batch, "--warm-up-rows", 1, "--learning-rate", options.learning_rate],
                   self.bench.environment)

    def ours(self, mode, steps, batch, *more):
        return self.command(program("tuneval_bench"), "step", "--recompute", mode, *more,
                            steps=steps, batch=batch)

    def peer(self, name, setting, steps, batch):
        size, padding_free = setting
        begin = [self.inputs.python, PEER / ("peer_trl.py" if name == TRL else "peer_lora.py")]
        return self.command(*begin, "--micro-batch", size,
                            *(["--padding-free"] if padding_free else []), steps=steps, batch=batch)

    def attempt(self, name, setting):
        """A few rows tell how long a row takes."""
        rows = min(max(setting[0], SEARCH_ROWS), self.peer_rows)
        line = self.peer(name, setting, 1, rows).lines[-1]
        return line["seconds"] / rows, line["peak_rss_bytes"]

    def best(self, name):
        """[micro-batch, padding-free], and in words what it was chosen among."""
        options = self.bench.options

        def search_peft():
            if len(self.micro_batches) == 1:
                return [self.micro_batches[0], False], ""
            size, tried = search.fastest(f"{PEFT}: micro-batch", self.micro_batches,
                                         lambda size: self.attempt(PEFT, [size, False]))
            return [size, False], search.in_words(tried)

        def search_trl():
            size = self.best(PEFT)[0][0]
            sizes = [size] + ([2 * size] if 2 * size in self.micro_batches else [])
            choices = [[each, False] for each in sizes]
            if self.peer_rows > 1 and len(self.micro_batches) > 1:
                choices.append([max(2, size), True])
            if len(choices) == 1:
                return choices[0], ""
            tried = []
            for choice in choices:
                seconds, peak = self.attempt(TRL, choice)
                label = f"{choice[0]}{' without padding' if choice[1] else ''}"
                say(f"{TRL}: micro-batch {label}: {seconds:.3g} s a row")
                tried.append({"batch": label, "seconds_a_row": seconds, "peak_rss_bytes": peak,
                              "choice": choice})
            return (min(tried, key=lambda entry: entry["seconds_a_row"])["choice"],
                    search.in_words(tried))

        key = [name, self.plan.name, self.inputs.key, self.peer_rows, options.rank,
               self.bench.threads, self.bench.versions.get("torch"), *self.micro_batches]
        return search.remembered(key, options.search_again,
                                 search_trl if name == TRL else search_peft)

    def measure(self):
        self.path = self.rows()
        names = [name for name in (PEFT, TRL) if self.bench.has_peer(name)]
        best = {name: self.best(name) for name in names}
        ours = {mode: Side(OURS) for mode in self.bench.options.recompute}
        peers = {name: Side(name, setting=setting_in_words(*best[name])) for name in names}
        reached = {}
        for number in range(self.rounds):
            mine = {mode: self.ours(mode, self.steps, self.batch) for mode in ours}
            same = mine if self.peer_rows == self.batch else {
                mode: self.ours(mode, 1, self.peer_rows) for mode in ours}
            for mode, done in mine.items():
                add_steps(ours[mode], done)
            for name in names:
                if name == TRL and number >= self.plan.trl_rounds:
                    continue
                done = self.peer(name, best[name][0], self.peer_steps, self.peer_rows)
                for mode in ours:
                    reached[mode, name] = max(reached.get((mode, name), 0.0), compare.losses(
                        step_lines(same[mode]), step_lines(done), name))
                add_steps(peers[name], done)
            say(f"round {number + 1} of {self.rounds}: "
                + ", ".join(f"{side.rates[-1]:.3g}" for side in [*ours.values(), *peers.values()])
                + " examples/s")
        return [self.result(mode, ours[mode], peers, reached) for mode in ours]

    def result(self, mode, ours, peers, reached):
        mine = ours.last()
        twice = "computed twice" if mine["recomputed_token_count"] else "kept"
        made = Result(self.plan.name, f"{self.plan.title}, {self.batch} rows a step; "
                      f"recompute = \"{mode}\": layers are {twice}", "examples/s", ours,
                      list(peers.values()))
        for name, side in peers.items():
            made.add_goals(side, self.plan.speed, self.plan.memory)
            made.checked.append(f"{name}: losses equal within {reached[mode, name]:.1e} (limit "
                                f"{compare.LOSS_LIMIT:.0e})")
            if len(side.rates) < len(ours.rates):
                made.notes.append(f"{name} was measured in {len(side.rates)} of "
                                  f"{len(ours.rates)} rounds")
            made.tokens[name] = a_row(side.lines, "padded_token_count")
        made.tokens[OURS] = a_row(ours.lines, "computed_token_count")
        made.tokens["one by one"] = a_row(ours.lines, "token_count")
        if self.peer_rows != self.batch:
            made.notes.append(f"the peers computed the first {self.peer_rows} of {self.batch} "
                              "rows, which tuneval computed alone to compare; to the peers, which share "
                              "nothing, a row takes as long in either")
        return made


def setting_in_words(choice, chosen_among):
    size, padding_free = choice
    return f"micro-batch {size}{', without padding' if padding_free else ''}{chosen_among}"


def a_row(processes, key):
    lines = [line for lines in processes for line in lines if "loss" in line]
    return sum(line[key] for line in lines) / sum(line["rows"] for line in lines)


def step_lines(done):
    return [line for line in done.lines if "loss" in line]


def add_steps(side, done):
    lines = step_lines(done)
    side.add(done, *(sum(line[key] for line in lines) for key in ("rows", "seconds",
                                                                    "cpu_seconds")))
