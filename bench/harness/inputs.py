"""Files that both sides read: a model with random weights, an adapter, rows, GGUF files."""
import hashlib
import json
import shutil

from harness.workplace import FOLDER, PEER, Failure, call, data_folder, llama_python, program

OUTPUT = object()  # stands for what a script is to write
# With the usual random weights a tied head repeats the last token whatever the prompt is: equal
# completions would say nothing. With this factor on what layers add, they differ.
LAYER_GAIN = 8
# As the real checkpoints are stored; both sides compute in float32.
DTYPE = "bfloat16"
# By model_type: tokenizer and chat template.
TEXT_OF = {"qwen3": ("qwen3", "qwen3.jinja")}
OTHER_TEXT = ("smollm2", "smollm2.jinja")
SMALL = {"num_hidden_layers": 2, "hidden_size": 96, "num_attention_heads": 3,
         "num_key_value_heads": 1, "intermediate_size": 256}


def digest(*parts):
    return hashlib.sha256(b"\0".join(part if isinstance(part, bytes) else str(part).encode()
                                     for part in parts)).hexdigest()[:12]


def small(config):
    """A config of the same family that a machine computes at once: it shows that all works."""
    made = {**config, **SMALL}
    if "head_dim" in made:
        made["head_dim"] = 32
    if "max_window_layers" in made:
        made["max_window_layers"] = 2
    return made


class Inputs:
    def __init__(self, python, shape, config, quick):
        self.python, self.data = python, data_folder()
        path = config or self.data / "model_configs" / shape / "config.json"
        self.shape = path.parent.name if path.name == "config.json" else path.stem
        self.config = json.loads(path.read_text())
        if quick:
            self.shape, self.config = f"{self.shape}, shrunk", small(self.config)
        FOLDER.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.config, indent=1).encode()
        self.key = digest(text, (PEER / "make_model.py").read_bytes(), LAYER_GAIN, DTYPE)
        self.model = self._make_model(text)
        self._banking = {}

    def _make_model(self, text):
        tokenizer, template = TEXT_OF.get(self.config["model_type"], OTHER_TEXT)
        config = FOLDER / f"config-{self.key}.json"
        config.write_bytes(text)
        return self._make(FOLDER / f"model-{self.key}", self.python, PEER / "make_model.py", config,
                          self.data / "tokenizers" / tokenizer,
                          self.data / "chat_templates" / template, OUTPUT, "--layer-gain",
                          LAYER_GAIN, "--dtype", DTYPE)

    def _make(self, path, python, script, *arguments):
        """Runs a script that writes OUTPUT; what is there whole is kept."""
        if path.exists():
            return path
        part = path.with_name("part-" + path.name)
        if part.is_dir():
            shutil.rmtree(part)
        call(python, script, *(part if word is OUTPUT else word for word in arguments))
        part.rename(path)
        return path

    def adapter(self, rank, alpha):
        return self._make(FOLDER / f"adapter-{self.key}-{rank}-{alpha}", self.python,
                          PEER / "make_adapter.py", self.model, OUTPUT, "--rank", rank,
                          "--alpha", alpha)

    def gguf(self, dtype):
        return self._make(FOLDER / f"model-{self.key}-{dtype}.gguf", llama_python(),
                          PEER / "make_gguf.py", self.model, OUTPUT, "--dtype", dtype)

    def rows(self, kind, count, tokens=2048):
        """Rows of make_rows.py."""
        made_by = digest((PEER / "make_rows.py").read_bytes(), self.key, tokens)
        return self._make(FOLDER / f"{kind}-{count}-{made_by}.jsonl", self.python,
                          PEER / "make_rows.py", kind, self.model, self.data, count, OUTPUT,
                          "--tokens", tokens)

    def banking(self, split, count):
        """Banking77 as a pack, tokenized as tuning ("train") and scoring ("test") do."""
        if (split, count) not in self._banking:
            pack = FOLDER / "banking77"
            shutil.rmtree(pack, ignore_errors=True)
            call(program("tuneval"), "import", "banking77", self.data / "banking77", "--to", pack)
            files = {name: FOLDER / f"banking-{name}-{self.key}-{count}.jsonl"
                     for name in ("train", "test")}
            counts = {name: count if name == split else 1 for name in files}
            call(program("tuneval_bench"), "rows", self.model, pack, "--train", counts["train"],
                 "--train-to", files["train"], "--test", counts["test"], "--test-to",
                 files["test"])
            self._banking[split, count] = files[split]
        return self._banking[split, count]

    def cache_bytes(self, tokens):
        """Keys and values of so many tokens in float32."""
        config = self.config
        head_dim = config.get("head_dim") or (config["hidden_size"]
                                              // config["num_attention_heads"])
        values = 2 * config["num_hidden_layers"] * config["num_key_value_heads"] * head_dim
        return tokens * values * 4


def read_rows(path):
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def spread(path, count):
    """A file of `count` of the rows, at even distances, and their places."""
    lines = path.read_text().splitlines()
    if count > len(lines):
        raise Failure(f"{path}: {len(lines)} rows: expected at least {count}")
    places = [i * len(lines) // count for i in range(count)]
    chosen = path.with_name(f"{path.stem}-{count}-spread.jsonl")
    chosen.write_text("".join(lines[i] + "\n" for i in places))
    return chosen, places
