"""Greedy decoding beside transformers' generate and llama.cpp."""
from harness import compare, search
from harness.inputs import read_rows, spread
from harness.runs import Goal, Result, Side, run
from harness.search import say
from harness.workplace import PEER, program

SEARCH_ROWS = 4
OURS, THEIRS = "tuneval", "transformers generate"
LLAMA = {"float32": "llama.cpp float32", "bfloat16": "llama.cpp bfloat16"}
# llama.cpp rounds activations to bfloat16 where weights are: another sum, near ties fall otherwise.
BFLOAT16_LIMIT = 0.75
WARM_UP_TOKENS = 4


class Decoding:
    """The three programs on one file of prompts."""

    def __init__(self, bench, new_tokens):
        self.bench, self.inputs, self.new_tokens = bench, bench.inputs, new_tokens

    def _run(self, *command):
        return run([*command, "--max-new-tokens", self.new_tokens, "--warm-up-tokens",
                    WARM_UP_TOKENS], self.bench.environment)

    def ours(self, path, *more):
        return self._run(program("tuneval_bench"), "score", self.inputs.model, path, *more)

    def transformers(self, path, batch, limit=0):
        return self._run(self.inputs.python, PEER / "peer_score.py", self.inputs.model, path,
                         "--batch", batch, "--limit", limit)

    def llama(self, dtype, path, batch):
        """Its cache in float32 beside float32 weights, which makes results comparable; in float16,
        its default, beside bfloat16."""
        cache = "float32" if dtype == "float32" else "float16"
        return self._run(self.bench.llama_python, PEER / "peer_llama.py", self.inputs.gguf(dtype),
                         path, "--batch", batch, "--threads", self.bench.threads, "--cache", cache)


def add_ours(side, done, unit):
    line = done.lines[-1]
    side.add(done, line[unit], line["seconds"], line["cpu_seconds"])


def add_peer(side, done, unit):
    total = done.lines[-1]
    side.add(done, total["total_" + unit], total["total_seconds"], total["total_cpu_seconds"])


class ScoreShared:
    """Prompts that begin alike. The peer completes some of them, evenly spread: it shares nothing,
    so that a prompt takes as long whatever their number is."""
    name = "score_shared"

    def __init__(self, bench):
        self.bench, self.options = bench, bench.options
        self.work = Decoding(bench, 16)
        self.rounds = self.options.rounds or 2
        self.prompts = self.options.prompts or 256
        self.peer_prompts = min(self.options.peer_prompts or 32, self.prompts)
        self.batches = [size for size in self.options.score_batches or (4, 8, 16)
                        if size <= self.peer_prompts]

    def _attempt(self, path, batch):
        line = self.work.transformers(path, batch, limit=max(batch, SEARCH_ROWS)).lines[-1]
        return line["total_seconds"] / line["total_rows"], line["peak_rss_bytes"]

    def _best(self, path):
        if len(self.batches) == 1:
            return self.batches[0], ""
        batch, tried = search.fastest(f"{THEIRS}: batch", self.batches,
                                      lambda size: self._attempt(path, size))
        return batch, search.in_words(tried)

    def measure(self):
        path = self.work.inputs.banking("test", self.prompts)
        few, places = spread(path, self.peer_prompts)
        key = [THEIRS, self.name, self.work.inputs.key, self.peer_prompts, self.bench.threads,
               self.bench.versions.get("torch"), *self.batches]
        batch, among = search.remembered(key, self.options.search_again, lambda: self._best(few))
        ours, peer = Side(OURS), Side(THEIRS, setting=f"{batch} prompts at once{among}")
        for number in range(self.rounds):
            mine, theirs = self.work.ours(path), self.work.transformers(few, batch)
            completed = mine.lines[-1]["completions"]
            checked = compare.completions([completed[i] for i in places],
                                          compare.by_row(theirs.lines, len(places), THEIRS), THEIRS)
            add_ours(ours, mine, "rows")
            add_peer(peer, theirs, "rows")
            say(f"round {number + 1} of {self.rounds}: {ours.rates[-1]:.3g} and "
                f"{peer.rates[-1]:.3g} prompts/s")
        made = Result(self.name, f"Scoring {self.prompts} prompts that begin alike, at most 16 new "
                      "tokens", "prompts/s", ours, [peer], checked=[checked])
        made.add_goals(peer, speed=15)
        line = mine.lines[-1]
        made.tokens = {THEIRS: theirs.lines[-1]["total_padded_tokens"] / len(places),
                       OURS: line["computed_token_count"] / line["rows"],
                       "one by one": line["token_count"] / line["rows"]}
        made.notes.append(f"{THEIRS} completed {len(places)} of the {self.prompts} prompts, evenly "
                          "spread")
        return [made]


class ScoreUnshared:
    """Short prompts that share nothing, 64 new tokens; so many at once as the batch says."""
    name = "score_unshared"
    goals = {1: (3.0, 0.9), 8: (2.5, 1.0), 32: (1.5, 1.0)}  # transformers, llama.cpp
    prompts = {1: 4, 8: 8, 32: 32}
    memory_limit = 1.2

    def __init__(self, bench):
        self.bench, self.options = bench, bench.options
        self.work = Decoding(bench, 8 if self.options.quick else 64)
        self.rounds = self.options.rounds or 3

    def measure(self):
        return [result for batch in self.goals for result in self._measure(batch)]

    def _peers(self, path, batch):
        peers = {THEIRS: lambda: self.work.transformers(path, batch)}
        if self.bench.has_peer("llama.cpp"):
            for dtype, name in LLAMA.items():
                peers[name] = lambda dtype=dtype: self.work.llama(dtype, path, batch)
        return {name: call for name, call in peers.items() if self.bench.has_peer(name)}

    def _measure(self, batch):
        count = self.prompts[batch]
        path = self.work.inputs.rows("prompts", count)
        variants = {"prompt lookup on, the default": [], "prompt lookup off": ["--no-lookup"]}
        ours = {variant: Side(OURS) for variant in variants}
        peers = {name: (Side(name), call) for name, call in self._peers(path, batch).items()}
        checked = {}
        for number in range(self.rounds):
            for variant, more in variants.items():
                done = self.work.ours(path, "--batch", batch, *more)
                completed = done.lines[-1]["completions"]
                add_ours(ours[variant], done, "new_tokens")
            for name, (side, call) in peers.items():
                done = call()
                limit = BFLOAT16_LIMIT if "bfloat16" in name else compare.FIRST_TOKENS_LIMIT
                checked[name] = compare.completions(
                    completed, compare.by_row(done.lines, count, name), name, limit)
                add_peer(side, done, "new_tokens")
            say(f"batch {batch}, round {number + 1} of {self.rounds}: " + ", ".join(
                f"{side.rates[-1]:.3g}" for side in [*ours.values(),
                                                     *(side for side, _ in peers.values())])
                + " tokens/s")
        sides = [side for side, _ in peers.values()]
        return [self._result(batch, variant, side, sides, list(checked.values()), path)
                for variant, side in ours.items()]

    def _result(self, batch, variant, ours, peers, checked, path):
        made = Result(self.name, f"Scoring prompts that share nothing, {self.work.new_tokens} new "
                      f"tokens, batch {batch}; {variant}", "tokens/s", ours, peers, checked=checked)
        for peer in peers:
            made.add_goals(peer, speed=self.goals[batch][0 if peer.name == THEIRS else 1])
        rows = sorted(len(row["ids"]) for row in read_rows(path))[-batch:]
        cache = self.work.inputs.cache_bytes(sum(rows) + batch * self.work.new_tokens)
        needed = ours.last()["weight_bytes"] + cache
        made.figures = {"weights as tuneval holds them, MiB": ours.last()["weight_bytes"] / 2**20,
                        "cache in float32, MiB": cache / 2**20,
                        "the program before it opens a model, MiB":
                            ours.last()["start_rss_bytes"] / 2**20}
        if ours.last()["drafted"]:
            made.figures["share of the looked up tokens that were right"] = (
                ours.last()["accepted"] / ours.last()["drafted"])
        made.figures["near ties decided by the row alone"] = ours.last()["arbitrated"]
        for side in made.sides():
            made.figures[f"peak memory through weights + cache: {side.name}"] = (side.peak()
                                                                                / needed)
        made.goals.append(Goal("weights + cache", "memory", ours.peak() / needed,
                               self.memory_limit, at_least=False))
        return made
