// Run folders for the tests: records and predictions as docs/records.md has them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Answers that would like to be more than text. */
export const hostile = {
  script: '</script><script>window.owned = 1</script><img src=x onerror="window.owned = 2">',
  comment: '<!-- <script> -->\u2028\u2029]]>',
  bidi: 'refund \u202e drawkcab \u2066 isolate \u0000 nul \u{e0041} tag',
};

const classes = ['card', 'cash', 'refund', 'transfer'];

/** The same numbers every time, in [0, 1). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

function metric(name, value, scored) {
  return { name, value, scored, unscored: 0, higher_is_better: true, lowest: 0, highest: 1 };
}

function score(rows) {
  const right = rows.filter((row) => row.scores.accuracy === 1).length;
  return {
    metrics: [metric('accuracy', right / rows.length, rows.length)],
    examples: rows.length,
    parsed: rows.filter((row) => row.parsed).length,
    prompt_tokens: 60 * rows.length,
    computed_tokens: 12 * rows.length,
    new_tokens: 3 * rows.length,
    seconds: 2.5,
  };
}

function record(id, model, task, place, base, tuned) {
  const curve = [...Array(20).keys()].map((i) => ({
    step: i + 1,
    loss: 2.5 * Math.exp(-i / (6 + place)),
    learning_rate: 5e-5,
    grad_norm: 1,
  }));
  return {
    schema_version: 1,
    id,
    status: 'done',
    model: {
      name: model,
      path: `models/${place}`,
      model_type: 'toy',
      parameters: 1e6 * 4 ** place,
      hash: `m${place}`,
    },
    task: {
      name: task,
      pack: `packs/${task}`,
      task_type: 'classification',
      hash: `p-${task}`,
      train_rows: 100,
      test_rows: base.length,
      licence: 'CC0-1.0',
    },
    recipe: { adapter: 'lora', epochs: 4 },
    seed: 1,
    versions: { tuneval: '0.1.0', libtorch: '2.15.0', plugins: { toy: '0.1.0' } },
    device: 'cpu',
    dtype: 'float32',
    base: score(base),
    tune: {
      steps: 20,
      epochs: 4,
      examples: 100,
      tokens: 24000,
      computed_tokens: 8000,
      trained_parameters: 4096,
      final_loss: curve.at(-1).loss,
      best_step: 20,
      seconds: 30 + 10 * place,
      adapter: '',
      curve,
    },
    tuned: score(tuned),
    started: '2026-03-16T20:46:16Z',
    finished: `2026-03-16T20:47:1${place}Z`,
    seconds: 45,
    peak_memory_bytes: 2 ** 30 * (1 + place),
  };
}

function row(index, question, reference, completion) {
  const parsed = classes.includes(completion);
  return {
    index,
    where: `/data/packs/a/test.jsonl:${index + 1}`,
    prompt: `<|user|>\nWhat is this about?\n${question}<|end|>\n<|assistant|>\n`,
    references: [reference],
    completion,
    prediction: parsed ? completion : '',
    parsed,
    stop: 'end',
    scores: { accuracy: completion === reference ? 1 : 0 },
  };
}

/** Rows of which a share is right. */
function answers(count, share, seed) {
  const next = numbers(seed);
  return [...Array(count).keys()].map((i) => {
    const reference = classes[i % classes.length];
    const given = next() < share ? reference : classes[Math.floor(next() * classes.length)];
    return row(
      i,
      `Question ${i} of a customer, who wrote ${'at some length '.repeat(1 + (i % 5))}.`,
      reference,
      given,
    );
  });
}

function writeCell(folder, id, model, task, place, base, tuned) {
  const save = (name, text) => writeFileSync(join(folder, name), text);
  save(`records/${id}.json`, JSON.stringify(record(id, model, task, place, base, tuned)));
  const lines = (rows) => rows.map((one) => `${JSON.stringify(one)}\n`).join('');
  save(`predictions/${id}.base.jsonl`, lines(base));
  save(`predictions/${id}.tuned.jsonl`, lines(tuned));
}

function makeFolders(folder) {
  for (const name of ['records', 'predictions']) mkdirSync(join(folder, name), { recursive: true });
}

/** Three models on three tasks; the first cell has the hostile answers, and so has a model's name. */
export function makeSmallRun(folder) {
  makeFolders(folder);
  const models = ['small', 'middle', 'large <b onmouseover=alert(1)>'];
  models.forEach((model, place) =>
    ['topics', 'intents', 'mood'].forEach((task, i) => {
      const seed = 7 + 10 * place + i;
      const base = answers(60, 0.2 + 0.1 * place, seed);
      const tuned = answers(60, 0.6 + 0.1 * place, seed + 100);
      if (!place && !i) {
        Object.values(hostile).forEach((text, at) => {
          tuned[at] = row(at, text, classes[at], text);
        });
      }
      writeCell(folder, `${place}-${task}`, model, task, place, base, tuned);
    }),
  );
}

/** One cell of 100,000 rows. */
export function makeLargeRun(folder, rows = 100_000) {
  makeFolders(folder);
  writeCell(folder, 'big', 'small', 'topics', 0, answers(rows, 0.3, 1), answers(rows, 0.8, 2));
}
