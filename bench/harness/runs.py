"""Runs of either side, each in a process of its own, and what they came to."""
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
    """One process: its JSON lines, its whole time, and how much other programs took meanwhile."""
    lines: list
    wall: float
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
    return Run([json.loads(line) for line in done.stdout.splitlines() if line], wall,
               max(0.0, others))


@dataclass
class Side:
    """What one side's processes came to. A process counts once: the mean of what it timed."""
    name: str
    rates: list = field(default_factory=list)    # units a second, one for each process
    peaks: list = field(default_factory=list)    # bytes, one for each process
    loads: list = field(default_factory=list)    # CPU seconds / wall seconds, as rates
    others: list = field(default_factory=list)
    lines: list = field(default_factory=list)    # everything the processes said
    setting: str = ""                            # how the peer was set, in words

    def add(self, run, units, seconds, cpu_seconds):
        self.lines.append(run.lines)
        self.others.append(run.others)
        self.peaks.append(run.lines[-1]["peak_rss_bytes"])
        self.rates.append(units / seconds)
        self.loads.append(cpu_seconds / seconds)

    def rate(self):
        return median(self.rates)

    def peak(self):
        return median(self.peaks)

    def last(self):
        return self.lines[-1][-1]


@dataclass
class Goal:
    """One of the goals set for the project, and what was reached."""
    against: str
    what: str      # "speed", "memory", ...
    value: float
    limit: float
    at_least: bool = True

    def met(self):
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass
class Result:
    workload: str
    title: str
    unit: str                                    # of rates, e.g. "examples/s"
    ours: Side
    peers: list = field(default_factory=list)
    goals: list = field(default_factory=list)
    checked: list = field(default_factory=list)  # what was found equal, in words
    notes: list = field(default_factory=list)
    tokens: dict = field(default_factory=dict)   # by side's name: computed for each row
    figures: dict = field(default_factory=dict)  # anything else, by name

    def sides(self):
        return [self.ours, *self.peers]

    def add_goals(self, peer, speed=None, memory=None):
        if speed:
            self.goals.append(Goal(peer.name, "speed", self.ours.rate() / peer.rate(), speed))
        if memory:
            self.goals.append(Goal(peer.name, "memory", self.ours.peak() / peer.peak(), memory,
                                   at_least=False))


def warnings(result, threads):
    """Signs that other programs wanted the cores."""
    said = []
    for side in result.sides():
        if max(side.others) > 0.1:
            said.append(f"{side.name}: other programs took up to {max(side.others):.1f} cores")
        if min(side.loads) < 0.7 * threads:
            said.append(f"{side.name}: as little as {min(side.loads):.2f} CPU seconds a second on "
                        f"{threads} threads: starved, or work that one thread does")
        if max(side.rates) > 1.15 * min(side.rates):
            said.append(f"{side.name}: {result.unit} from {min(side.rates):.3g} to "
                        f"{max(side.rates):.3g}")
    return said
