"""Every workload by name."""
from harness.flops import StepFlops
from harness.loading import Loading
from harness.scoring import ScoreShared, ScoreUnshared
from harness.steps import LoraSteps, Plan

PLANS = [
    Plan("step", "LoRA step, Banking77", "banking", speed=8, memory=0.25,
         trl_rounds=1),
    Plan("step_unshared", "LoRA step, rows that share nothing, of mixed lengths", "unshared",
         speed=1.5, memory=0, rounds=3, steps=4),
    Plan("step_tools", "LoRA step, multi-turn tool calls, one row a call", "tools", speed=4,
         memory=0, peer_rows=4, micro_batches=(1, 2), trl_rounds=1),
    Plan("step_long", "LoRA step, one long row, learnt at each token", "long", speed=1.15,
         memory=0.5, steps=2, batch=1, tokens=2048),
]
WORKLOADS = {plan.name: lambda bench, plan=plan: LoraSteps(plan, bench) for plan in PLANS} | {
    "step_flops": StepFlops, "score_shared": ScoreShared, "score_unshared": ScoreUnshared,
    "load": Loading}
ABOUT = {plan.name: plan.title for plan in PLANS} | {
    "step_flops": "tuneval's share of the GEMM peak over the steps' matrix products",
    "score_shared": "scoring prompts that begin alike, beside transformers' generate",
    "score_unshared": "scoring prompts that share nothing: batch 1, 8, 32, beside generate and "
                      "llama.cpp; memory while decoding",
    "load": "a folder of 1.2 GB (Qwen3-0.6B's shape) to the first token, beside transformers"}
