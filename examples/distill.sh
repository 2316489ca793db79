#!/bin/bash
# Tunes a teacher, serves it, lets it answer inputs that have no label, tunes a student on its answers, and compares the
# two: examples/distill.toml, step by step. Some minutes on two cores; killed, run it again and it goes on.
#
#   examples/distill.sh [OUTPUT [--set KEY=VALUE ...]]     OUTPUT: runs/distill unless given
#
# TUNEVAL names the program where it is not build/bin/tuneval, PORT the server's port where it is not 8080: answers are
# known by who gave them, so run it again with the same one.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tuneval=${TUNEVAL:-$root/build/bin/tuneval}
output=$(realpath -m "${1:-$root/runs/distill}")
shift || true
pack=$root/packs/ticket_urgency
port=${PORT:-8080}
url=http://127.0.0.1:$port/v1

say() { printf '\n== %s\n' "$*"; }

say "1. A teacher: a tiny model, tuned on 300 rows"
"$tuneval" run "$root/examples/distill_teacher.toml" --set "run.output=\"$output/teacher\"" "$@"

say "2. It is served"
adapter=$(echo "$output"/teacher/adapters/*)
mkdir -p "$output"
# One thread is enough for a model of this size.
OMP_NUM_THREADS=1 "$tuneval" serve "$root/models/tiny-qwen3" --adapter "$adapter" --name tuned-tiny-qwen3 --port "$port" \
  > "$output/serve.log" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for ((tries = 0; tries < 300; ++tries)); do
  grep -q listening "$output/serve.log" && break
  kill -0 "$server" || exit 2
  sleep 0.1
done
echo "$url"

say "3. It answers the inputs of the other rows, whose labels are taken away"
tail -n +301 "$pack/train.jsonl" | sed -E 's/, "label": "[a-z]+"\}$/}/' > "$output/inputs.jsonl"
"$tuneval" synth "$pack" --manifest "$root/examples/distill.toml" --set "teacher.base_url=\"$url\"" --seeds 40 \
  --mode label --plain --inputs "$output/inputs.jsonl" --to "$output/pack"

say "4. A student learns what it wrote; both are scored on the same test rows"
"$tuneval" run "$root/examples/distill.toml" --set "run.output=\"$output/students\"" \
  --set "tasks.pack=\"$output/pack\"" --set "teacher.base_url=\"$url\"" "$@"
