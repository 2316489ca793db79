"""Runs of either side, each in a process of its own, and what they have in common."""
import json
import os
import resource
import subprocess
import time
from dataclasses import dataclass, field
from statistics import median

from harness.workplace import Failure, ROOT

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Run:
    """One process: its JSON lines and how much of the machine other programs took meanwhile."""
    lines: list
    others: float  # mean number of cores


class Killed(Failure):
    """The kernel ended the process, most likely for want of memory."""


def busy_seconds():
    """CPU seconds that all programs of this machine used since it started."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, irq, soft, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + soft + steal) / TICKS


def children_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(command, environment):
    command = [str(part) for part in command]
    busy, own, begin = busy_seconds(), children_seconds(), time.monotonic()
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True,
                          env={**os.environ, **environment})
    wall = max(time.monotonic() - begin, 1e-3)
    if done.returncode == -9:
        raise Killed(f"{' '.join(command)}: killed")
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr[-4000:]}")
    others = (busy_seconds() - busy - (children_seconds() - own)) / wall
    return Run([json.loads(line) for line in done.stdout.splitlines() if line], max(0.0, others))


@dataclass
class Side:
    """What one side's runs came to."""
    name: str
    rates: list = field(default_factory=list)    # examples a second, one for each timed piece
    peaks: list = field(default_factory=list)    # bytes, one for each process
    loads: list = field(default_factory=list)    # CPU seconds / wall seconds, as rates
    others: list = field(default_factory=list)
    lines: list = field(default_factory=list)    # everything the processes said

    def add(self, run):
        self.lines.append(run.lines)
        self.others.append(run.others)
        self.peaks.append(run.lines[-1]["peak_rss_bytes"])

    def add_time(self, rows, seconds, cpu_seconds):
        self.rates.append(rows / seconds)
        self.loads.append(cpu_seconds / seconds)

    def rate(self):
        return median(self.rates)

    def peak(self):
        return median(self.peaks)


def warnings(sides, threads):
    """Signs that other programs wanted the cores."""
    said = []
    for side in sides:
        if max(side.others) > 0.1:
            said.append(f"{side.name}: other programs took up to {max(side.others):.1f} cores")
        if min(side.loads) < 0.7 * threads:
            said.append(f"{side.name}: as little as {min(side.loads):.2f} CPU seconds a second on "
                        f"{threads} threads: starved, or work that one thread does")
        if max(side.rates) > 1.15 * min(side.rates):
            said.append(f"{side.name}: examples/s from {min(side.rates):.3g} to "
                        f"{max(side.rates):.3g}")
    return said
