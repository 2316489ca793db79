#!/usr/bin/env python3
"""Reads what `tuneval report RUN --format lm-eval,every-eval-ever,junit,mlflow` wrote, by the readers of those
projects, and prints what each saw. Run by hand, after a change to framework/report/exports; not a part of the build.

    python3.12 -m venv env
    env/bin/pip install every-eval-ever==0.3.0 mlflow-skinny==3.17.2 pytablewriter numpy jinja2 pyyaml
    env/bin/pip download --no-deps lm-eval==0.4.13 && unzip lm_eval-*.whl 'lm_eval/utils.py' -d env
    env/bin/python tests/report/check_exports.py RUN/exports env/lm_eval/utils.py
"""
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree


def check_lm_eval(folder, utils_file):
    # utils.py alone: the package itself imports torch.
    spec = importlib.util.spec_from_file_location("lm_eval_utils", utils_file)
    utils = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(utils)
    for results in sorted(folder.glob("*/results_*.json")):
        print(results.parent.name)
        print(utils.make_table(json.loads(results.read_text())))
        assert utils.get_results_filenames([str(results)]), results
    for samples in sorted(folder.glob("*/samples_*.jsonl")):
        assert utils.get_sample_results_filenames([str(samples)]), samples
        rows = [json.loads(line) for line in samples.read_text().splitlines()]
        print(f"{samples.name}: {len(rows)} samples of {utils.get_file_task_name(samples.name)}")


def check_every_eval_ever(folder):
    # Paths are a part of what is checked: from the folder that holds data/.
    files = sorted(str(file.relative_to(folder)) for file in folder.glob("data/*/*/*/*"))
    subprocess.run([sys.executable, "-m", "every_eval_ever", "validate", *files], cwd=folder, check=True)


def check_junit(file):
    suites = xml.etree.ElementTree.parse(file).getroot()
    for suite in suites:
        print(suite.get("name"), {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")})
        assert len(suite.findall("testcase")) == int(suite.get("tests"))


def check_mlflow(folder):
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    from mlflow.store.tracking.file_store import FileStore

    store = FileStore(str(folder))
    for experiment in store.search_experiments():
        for run in store.search_runs([experiment.experiment_id], "", 1):
            again = store.get_run(run.info.run_id)
            print(experiment.name, again.info.run_name, again.info.status, again.data.metrics)


def main():
    exports, utils_file = pathlib.Path(sys.argv[1]), sys.argv[2]
    check_lm_eval(exports / "lm-eval", utils_file)
    check_every_eval_ever(exports / "every-eval-ever")
    check_junit(exports / "junit" / "junit.xml")
    check_mlflow(exports / "mlflow" / "mlruns")


if __name__ == "__main__":
    main()
