"""Everything a measurement needs: built programs, the peer's Python, a model, rows, an adapter."""
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEER = ROOT / "bench" / "peer"
FOLDER = ROOT / "build" / "bench_inputs"  # made anew when what it depends on changes
OUTPUT = object()  # stands for the folder a script is to write
# With the usual random weights a tied head repeats the last token whatever the prompt is: equal
# completions would say nothing. With this factor on what layers add, they differ.
LAYER_GAIN = 8


class Failure(Exception):
    """A message for whoever runs the benchmark."""


def call(*command, quiet=True):
    """Runs a command in the project's folder; its output is shown when it fails."""
    command = [str(part) for part in command]
    done = subprocess.run(command, cwd=ROOT, text=True,
                          stdout=subprocess.PIPE if quiet else None,
                          stderr=subprocess.STDOUT if quiet else None)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}: exit {done.returncode}\n{(done.stdout or '')[-4000:]}")
    return done.stdout


def build():
    call("tools/bootstrap", quiet=False)
    jobs = call("tools/bootstrap", "--jobs").strip()
    call("cmake", "--preset", "dev")
    call("cmake", "--build", "build", "--parallel", jobs, "--target", "tuneval", "tuneval_bench",
         quiet=False)


def program(name):
    path = ROOT / "build" / "bin" / name
    if not path.exists():
        raise Failure(f"{path}: is missing; run without --no-build")
    return path


def peer_python():
    """TUNEVAL_PEER_PYTHON, else an environment of our own (made at the first run, 0.6 GB)."""
    given = os.environ.get("TUNEVAL_PEER_PYTHON")
    if given:
        return Path(given)
    folder = ROOT / ".deps" / "peer"
    if not (folder / "ready").exists():
        print("making the peer's environment in .deps/peer (0.6 GB to download)", flush=True)
        call("tests/parity/oracle/make_venv", folder, quiet=False)
        (folder / "ready").touch()
    return folder / "bin" / "python"


def data_folder():
    folder = Path(os.environ.get("TUNEVAL_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "banking77").is_dir():
        raise Failure(f"{folder}: has no banking77/; set TUNEVAL_SHARED_DATA to a folder with "
                      "banking77/ (train.csv, test.csv), model_configs/, tokenizers/smollm2/ and "
                      "chat_templates/smollm2.jinja (bench/README.md)")
    return folder


class Inputs:
    """Files that both sides read."""

    def __init__(self, python, config, rank, alpha, train_rows, test_rows):
        self.python = python
        self.data = data_folder()
        config = config or self.data / "model_configs" / "SmolLM2-135M-Instruct" / "config.json"
        self.shape = config.parent.name if config.name == "config.json" else config.stem
        made_by = (PEER / "make_model.py").read_bytes() + bytes([LAYER_GAIN])
        key = hashlib.sha256(config.read_bytes() + made_by).hexdigest()[:12]
        self.model = FOLDER / f"model-{key}"
        self.adapter = FOLDER / f"adapter-{key}-{rank}-{alpha}"
        self.train, self.test = FOLDER / "train.jsonl", FOLDER / "test.jsonl"
        FOLDER.mkdir(parents=True, exist_ok=True)
        self._make(self.model, PEER / "make_model.py", config, self.data / "tokenizers" / "smollm2",
                   self.data / "chat_templates" / "smollm2.jinja", OUTPUT, "--layer-gain",
                   LAYER_GAIN)
        self._make(self.adapter, PEER / "make_adapter.py", self.model, OUTPUT,
                   "--rank", rank, "--alpha", alpha)
        self._make_rows(train_rows, test_rows)

    def _make(self, folder, script, *arguments):
        """Runs a script that writes OUTPUT, a folder; one that is there whole is kept."""
        if folder.exists():
            return
        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        call(self.python, script, *(part if word is OUTPUT else word for word in arguments))
        part.rename(folder)

    def _make_rows(self, train_rows, test_rows):
        pack = FOLDER / "banking77"
        shutil.rmtree(pack, ignore_errors=True)
        call(program("tuneval"), "import", "banking77", self.data / "banking77", "--to", pack)
        call(program("tuneval_bench"), "rows", self.model, pack, "--train", train_rows,
             "--train-to", self.train, "--test", test_rows, "--test-to", self.test)


def machine():
    """What the numbers depend on."""
    info = {"cores": len(os.sched_getaffinity(0)), "memory_bytes": available_memory("MemTotal")}
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            info["cpu"] = line.split(":", 1)[1].strip()
            break
    return info


def available_memory(key="MemAvailable"):
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    return 0


def peer_versions(python):
    code = ("import json, peft, torch, transformers as t; print(json.dumps({'torch': "
            "torch.__version__, 'transformers': t.__version__, 'peft': peft.__version__}))")
    return json.loads(call(python, "-W", "ignore", "-c", code).splitlines()[-1])
