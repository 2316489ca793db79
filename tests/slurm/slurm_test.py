#!/usr/bin/env python3
"""`tuneval submit` with the real Slurm: two nodes on this machine, started and stopped here.

usage: slurm_test.py TUNEVAL SOURCE_FOLDER FOREIGN_PLUGIN

FOREIGN_PLUGIN is a plugin that was built for another LibTorch. Every run is compared with one of the local
engine: the same records but for times, the same predictions and adapters to the byte, the same report.
Exits with 0 where all held, with 77 where this machine has no Slurm (in CI that is a failure).
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from cluster import Cluster, missing_programs, wait_for

MANIFEST = """
[run]
name = "slurm test"
threads = 1
[[models]]
path = "{source}/models/tiny-qwen3"
[[models]]
path = "{source}/models/tiny-llama"
[[tasks]]
pack = "{source}/packs/ticket_urgency"
train_limit = 60
test_limit = 8
[[tasks]]
pack = "{source}/packs/review_sentiment"
train_limit = 60
test_limit = 8
[tuning]
epochs = 3
batch_size = 4
rank = 4
dropout = 0.1
learning_rate = 1e-3
checkpoint_steps = 2
"""

# What may differ from one run to the next, and what is made of it.
TIMES = {"started", "finished", "seconds", "peak_memory_bytes", "energy_joules", "checksum", "costs", "recommendations"}


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(each) for key, each in value.items() if key not in TIMES}
    return [without_times(each) for each in value] if isinstance(value, list) else value


def load(path):
    return json.loads(path.read_text())


class Suite:
    """The scenarios, each with a run folder of its own in `shared`."""

    def __init__(self, tuneval, source, foreign_plugin, folder, cluster):
        self.program = str(pathlib.Path(tuneval).resolve())
        self.foreign_plugin = foreign_plugin
        self.shared = folder / "shared"
        self.cluster = cluster
        self.manifest = self.shared / "run.toml"
        self.manifest.write_text(MANIFEST.format(source=source))
        self.reference = self.shared / "local"

    # ---- what scenarios are made of

    def tuneval(self, *arguments, code=0):
        done = self.cluster.run(self.program, *map(str, arguments), check=False)
        assert done.returncode == code, f"tuneval {arguments}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def submit(self, run, *more, code=0):
        settings = ["--set", 'engine.slurm.time="5"', "--set", 'engine.slurm.memory="1G"']
        return self.tuneval("submit", self.manifest, "--output", run, *settings, *more, code=code)

    def job_of(self, run):
        return load(run / "slurm.json")["jobs"][-1]["id"]

    def cells_of(self, run):
        """Cell ids of the last submission, by the task's index."""
        return {str(task["index"]): task["cells"] for task in load(run / "slurm.json")["jobs"][-1]["tasks"]}

    def processes_of(self, cell):
        """Processes of `tuneval cell` that run this cell."""
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0] == self.program.encode() and b"cell" in words and cell.encode() in words:
                found.append(int(entry.name))
        return found

    def steps_of(self, run, cell):
        """Steps of the cell's checkpoints."""
        names = [each.name[5:] for each in (run / "checkpoints" / cell).glob("step-*")]
        return sorted(int(name) for name in names if name.isdigit())

    def freeze_in_tuning(self, run, cells):
        """Stops the process of the first of these cells that has a checkpoint, as if it were slow."""
        def freeze():
            for cell in filter(lambda cell: self.steps_of(run, cell), cells):
                for pid in self.processes_of(cell):
                    os.kill(pid, signal.SIGSTOP)
                    if not (run / "records" / f"{cell}.json").exists():
                        return cell, pid
                    os.kill(pid, signal.SIGCONT)
            return None
        return wait_for(f"one of {cells} to be tuned", 120, freeze, pause=0.005)

    def wait_for_state(self, job, index, *wanted, seconds=120):
        return wait_for(f"task {job}_{index} to be {wanted}", seconds,
                        lambda: self.cluster.tasks(job).get(index, ("", ""))[0] in wanted)

    def finish(self, run):
        """Waits for all jobs of a run, the report's too, then compares it with the local engine's."""
        since = {}  # when a task that was put back was seen first

        def ended():
            queue = self.cluster.run("squeue", "--noheader", "--array", "--format=%F_%K %T %r").stdout.splitlines()
            waiting = {line.split()[0] for line in queue if line.split()[1:] == ["PENDING", "BeginTime"]}
            for task in set(since) - waiting:
                del since[task]
            for task in waiting:  # for two minutes, unless told; at once Slurm would take it for the old one
                if time.monotonic() - since.setdefault(task, time.monotonic()) > 4:
                    self.cluster.run("scontrol", "update", f"JobId={task}", "StartTime=now", check=False)
            return not queue
        wait_for(f"{run.name} to end", 300, ended)
        self.compare(run)

    def compare(self, run):
        names = sorted(path.name for path in (self.reference / "records").glob("*.json"))
        assert names == sorted(path.name for path in (run / "records").glob("*.json")), f"{run.name}: other records"
        for name in names:
            expected, found = load(self.reference / "records" / name), load(run / "records" / name)
            assert found["status"] == "done", f"{run.name}/{name}: {found.get('error')}"
            assert without_times(found) == without_times(expected), f"{run.name}: {name} differs"
            adapter = pathlib.Path(expected["tune"]["adapter"]) / "adapter_model.safetensors"
            self.compare_bytes(run, adapter)
        for path in (self.reference / "predictions").glob("*.jsonl"):
            self.compare_bytes(run, pathlib.Path("predictions") / path.name)
        assert (run / "report.md").exists(), f"{run.name}: the report's job wrote none"
        for folder in (self.reference, run):
            self.tuneval("report", folder, "--quiet", "--format", "json")
        assert without_times(load(run / "summary.json")) == without_times(load(self.reference / "summary.json"))

    def compare_bytes(self, run, file):
        assert (run / file).read_bytes() == (self.reference / file).read_bytes(), f"{run.name}: {file} differs"

    # ---- scenarios

    def local_engine(self):
        """The run that all others are compared with."""
        self.tuneval("run", self.manifest, "--quiet", "--output", self.reference)

    def refusals(self):
        """What would keep a run from working is named, and nothing is queued."""
        run = self.shared / "refused"
        foreign = self.shared / "foreign"
        foreign.mkdir()
        shutil.copy(self.foreign_plugin, foreign)
        cases = [
            (["--set", "engine.slurm.partition=gpu"], "expected one of main, urgent"),
            (["--set", 'engine.slurm.time="2:00:00"'], "60 minutes at most"),
            (["--set", 'engine.slurm.program="/nowhere/tuneval"'], "/nowhere/tuneval"),
            (["--set", f'engine.slurm.setup=["export TUNEVAL_PLUGIN_PATH={foreign}"]'], "LibTorch 2.11.0 in place of"),
            (["--set", 'engine.slurm.options=["--licenses=none"]'], "icense"),
        ]
        if "n3" in self.cluster.nodes:
            cases.append((["--set", "engine.slurm.partition=lonely"], "on a file system that the nodes share"))
        for arguments, expected in cases:
            said = self.submit(run, *arguments, code=2)
            assert expected in said, f"{arguments}: {said}"
        assert not (run / "slurm.json").exists()
        shown = self.shared / "shown"
        assert "#SBATCH --array=0-1" in self.submit(shown, "--dry-run") and not shown.exists()

    def undisturbed(self):
        """An array over both nodes; submitting again finds nothing to do."""
        run = self.shared / "undisturbed"
        said = self.submit(run)
        assert "submitted 4 cells as job" in said and "of 2 tasks" in said, said
        job = self.job_of(run)
        assert "nothing to submit" in self.submit(run), "queued twice"
        nodes = lambda: [node for _, node in self.cluster.tasks(job).values() if node]
        wait_for("both tasks to have a node", 120, lambda: len(nodes()) == 2)
        assert set(nodes()) == {"n1", "n2"}, nodes()
        self.finish(run)
        assert "4 done" in self.tuneval("status", run)
        assert "nothing to submit" in self.submit(run)

    def preempted_and_killed(self):
        """A more urgent job takes one task's node, the other's node dies: both tasks go on from checkpoints."""
        run = self.shared / "disturbed"
        self.submit(run, "--per", "cell", "--no-probe")
        job, index_of = self.job_of(run), {cells[0]: index for index, cells in self.cells_of(run).items()}
        both = list(index_of)[:2]
        first, first_pid = self.freeze_in_tuning(run, both)
        second, _ = self.freeze_in_tuning(run, [cell for cell in both if cell != first])
        assert "queued" in self.tuneval("status", run, code=4)
        nodes = {cell: self.cluster.tasks(job)[index_of[cell]][1] for cell in both}
        seen = {cell: self.steps_of(run, cell)[-1] for cell in (first, second)}

        self.cluster.run("sbatch", "--partition=urgent", f"--nodelist={nodes[first]}", "--time=1",
                         "--output=/dev/null", "--wrap=true")
        self.wait_for_state(job, index_of[first], "PENDING", "REQUEUED")
        wait_for("the preempted process to end", 60, lambda: first_pid not in self.processes_of(first))
        assert self.steps_of(run, first)[-1] >= seen[first], "the checkpoint is gone"

        self.cluster.kill_node(nodes[second])
        self.wait_for_state(job, index_of[second], "PENDING", "REQUEUED")  # once the controller misses the node
        assert self.steps_of(run, second)[-1] >= seen[second], "the checkpoint is gone"
        self.cluster.start_node(nodes[second])
        self.finish(run)
        for cell in both:
            assert self.restarts_of(job, index_of[cell]) == 1, f"{cell} was not put back once"

    def restarts_of(self, job, index):
        shown = self.cluster.run("scontrol", "show", "job", f"{job}_{index}").stdout
        return int(re.search(r"Restarts=(\d+)", shown)[1])

    def time_limit(self):
        """A task that its time limit ends is put back by itself, and goes on from its checkpoint."""
        run = self.shared / "limited"
        self.submit(run, "--no-probe", "--set", 'engine.slurm.time="1"', "--set", "engine.slurm.signal=20")
        job, cells = self.job_of(run), self.cells_of(run)
        frozen, pid = self.freeze_in_tuning(run, cells["0"])
        steps = self.steps_of(run, frozen)[-1]
        pending = lambda: int(re.search(r"ShdPnd:\s+(\w+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1], 16)
        wait_for("SIGUSR1 to come ahead of the limit", 60, lambda: pending() >> (signal.SIGUSR1 - 1) & 1)
        os.kill(pid, signal.SIGCONT)
        self.wait_for_state(job, "0", "PENDING", "REQUEUED")
        assert self.steps_of(run, frozen)[-1] >= steps, "the checkpoint is gone"
        log = (run / "logs" / f"slurm-{job}_0.out").read_text()
        assert "the time limit is near" in log, log
        self.finish(run)
        assert self.restarts_of(job, "0") >= 1

    def cancelled_and_submitted_again(self):
        """What is cancelled stops with a checkpoint; submitting again queues what is missing."""
        run = self.shared / "cancelled"
        self.submit(run, "--per", "cell", "--no-probe")
        job, cells = self.job_of(run), self.cells_of(run)
        wait_for("a first record", 120, lambda: list((run / "records").glob("*.json")))
        self.freeze_in_tuning(run, [cell for each in cells.values() for cell in each])
        assert "cancelled" in self.tuneval("cancel", run)
        wait_for("the tasks to end", 120, lambda: {state for state, _ in self.cluster.tasks(job).values()} <=
                 {"COMPLETED", "CANCELLED"})
        done = len(list((run / "records").glob("*.json")))
        assert 1 <= done < 4, f"{done} records"
        assert "CANCELLED" in self.tuneval("status", run, code=4)
        assert f"submitted {4 - done} cells" in self.submit(run, "--per", "cell", "--no-probe")
        self.finish(run)


def add_lonely_node(cluster, hidden):
    """A node n3 that does not see the folder `hidden`, where this user may make one."""
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0:
        cluster.add_lonely_node("n3", hidden)


def main():
    tuneval, source, foreign_plugin = sys.argv[1:]
    if missing := missing_programs():
        print("skipped: this machine has no " + ", ".join(missing))
        return 1 if os.environ.get("CI") else 77
    with tempfile.TemporaryDirectory(prefix="tuneval-slurm-") as name:
        folder = pathlib.Path(name)
        (folder / "shared").mkdir()
        cluster = Cluster(folder / "slurm")
        add_lonely_node(cluster, folder / "shared")
        with cluster:
            suite = Suite(tuneval, source, foreign_plugin, folder, cluster)
            for scenario in (suite.local_engine, suite.refusals, suite.undisturbed, suite.preempted_and_killed,
                             suite.time_limit, suite.cancelled_and_submitted_again):
                begin = time.monotonic()
                try:
                    scenario()
                except BaseException:
                    cluster.show_logs()
                    for log in sorted((folder / "shared").glob("*/logs/*")):
                        print(f"---- {log.relative_to(folder)}\n" + log.read_text(errors="replace")[-2000:])
                    raise
                print(f"{scenario.__name__}: good, {time.monotonic() - begin:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
