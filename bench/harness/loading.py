"""From a model folder of 1.2 GB to the first token, beside transformers."""
from harness.inputs import Inputs
from harness.runs import Goal, Result, Side, run
from harness.search import say
from harness.workplace import PEER, Failure, program

OURS, THEIRS = "tuneval", "transformers"
SHAPE = "Qwen3-0.6B"


class Loading:
    """Weights, tokenizer and template, then one prompt. Files stand in the page cache for both
    sides. Start-up of either program is left out: transformers' is longer, and told as a
    figure."""
    name = "load"

    def __init__(self, bench):
        self.bench = bench
        self.rounds = bench.options.rounds or 3

    def measure(self):
        quick = self.bench.options.quick
        inputs = Inputs(self.bench.inputs.python, SHAPE, None, quick)
        path = inputs.rows("prompts", 1)
        into_page_cache(inputs.model)
        ours, peer, walls = Side(OURS), Side(THEIRS), {OURS: [], THEIRS: []}
        for number in range(self.rounds):
            mine = run([program("tuneval_bench"), "load", inputs.model, path],
                       self.bench.environment)
            theirs = run([inputs.python, PEER / "peer_load.py", inputs.model, path],
                         self.bench.environment)
            tokens = mine.lines[-1]["token"], theirs.lines[-1]["token"]
            if tokens[0] != tokens[1]:
                raise Failure(f"load: the first token is {tokens[0]}, the peer's {tokens[1]}: not "
                              "the same work, nothing is timed")
            for side, done in ((ours, mine), (peer, theirs)):
                side.add(done, 1, done.lines[-1]["seconds"], done.lines[-1]["cpu_seconds"])
                walls[side.name].append(done.wall)
            say(f"round {number + 1} of {self.rounds}: {1 / ours.rates[-1]:.3g} and "
                f"{1 / peer.rates[-1]:.3g} s")
        return [self._result(inputs, ours, peer, walls, tokens[0])]

    def _result(self, inputs, ours, peer, walls, token):
        files = sum(path.stat().st_size for path in inputs.model.glob("*.safetensors"))
        made = Result(self.name, f"Loading {inputs.shape}, {files / 1e9:.2f} GB of bfloat16, to "
                      "the first token", "loads/s", ours, [peer],
                      checked=[f"both say token {token}"])
        made.add_goals(peer, speed=2)
        weights = ours.last()["weight_bytes"]
        made.goals.append(Goal("weights as held", "memory", ours.peak() / weights, 1.2,
                               at_least=False))
        made.figures = {"tuneval, s": 1 / ours.rate(), "transformers, s": 1 / peer.rate(),
                        "of which its tokenizer, s": peer.last()["tokenizer_seconds"],
                        "tuneval's whole process, s": min(walls[OURS]),
                        "transformers' whole process, s": min(walls[THEIRS]),
                        "weights as tuneval holds them, MiB": weights / 2**20,
                        "tuneval's peak memory through the file": ours.peak() / files,
                        "transformers' peak memory through the file": peer.peak() / files}
        return made


def into_page_cache(folder):
    for path in folder.iterdir():
        with open(path, "rb") as file:
            while file.read(1 << 24):
                pass
