"""tuneval's share of the GEMM peak, which the same process measures on the step's own shapes."""
from statistics import median

from harness.runs import Goal, Result, Side
from harness.search import say
from harness.steps import OURS, LoraSteps, Plan, add_steps, step_lines

LIMIT = 0.8
PLANS = [Plan("step_flops", "Work per token: Banking77", "banking", 0, 0, rounds=3, steps=2),
         Plan("step_flops", "Work per token: rows that share nothing", "unshared", 0, 0, rounds=3,
              steps=4),
         Plan("step_flops", "Work per token: one long row", "long", 0, 0, rounds=3, steps=2,
              batch=1)]


class StepFlops:
    def __init__(self, bench):
        self.bench = bench

    def measure(self):
        return [result for plan in PLANS for result in self._measure(LoraSteps(plan, self.bench))]

    def _measure(self, work):
        work.path = work.rows()
        modes = self.bench.options.recompute
        sides, shares = {mode: Side(OURS) for mode in modes}, {mode: [] for mode in modes}
        for number in range(work.rounds):
            for mode in modes:
                done = work.ours(mode, work.steps, work.batch, "--gemm-peak")
                add_steps(sides[mode], done)
                shares[mode].append(share(done))
            say(f"round {number + 1} of {work.rounds}: " + ", ".join(
                f"{shares[mode][-1]['share of the peak']:.1%}" for mode in modes))
        return [self._result(work.plan, mode, sides[mode], shares[mode]) for mode in modes]

    def _result(self, plan, mode, side, shares):
        figures = {name: median(share[name] for share in shares) for name in shares[0]}
        made = Result(plan.name, f"{plan.title}; recompute = \"{mode}\"", "examples/s", side,
                      figures=figures)
        made.goals.append(Goal("GEMM peak", "share", figures["share of the peak"], LIMIT))
        made.notes.append("counted: products of every Linear, its adapter, the vocabulary and "
                          "attention, forward and backward; what is computed again is not")
        return made


def share(done):
    """Figures of one process."""
    lines = step_lines(done)
    gemm = next(line for line in done.lines if "gemm_peak" in line)
    total = {key: sum(line["flops"][key] for line in lines) for key in lines[0]["flops"]}
    seconds = sum(line["seconds"] for line in lines)
    linear = total["linear"] + total["adapters"] + total["vocabulary"]
    useful = linear + total["attention"]
    return {"GEMM peak, GFLOP/s": gemm["gemm_peak"] / 1e9,
            "GEMM on the step's shapes, GFLOP/s": gemm["gemm_of_shapes"] / 1e9,
            "useful GFLOP/s": useful / seconds / 1e9,
            "share of the peak": useful / seconds / gemm["gemm_peak"],
            "share without attention's products": linear / seconds / gemm["gemm_peak"],
            "share with what is computed again": (useful + total["again"]) / seconds
            / gemm["gemm_peak"],
            "GFLOP a step": useful / len(lines) / 1e9}
