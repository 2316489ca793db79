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

function save(folder, name, text) {
  writeFileSync(join(folder, name), text);
}

function lines(rows) {
  return rows.map((one) => `${JSON.stringify(one)}\n`).join('');
}

function writeCell(folder, id, model, task, place, base, tuned) {
  save(folder, `records/${id}.json`, JSON.stringify(record(id, model, task, place, base, tuned)));
  save(folder, `predictions/${id}.base.jsonl`, lines(base));
  save(folder, `predictions/${id}.tuned.jsonl`, lines(tuned));
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

/** Epochs of a learning curve that ends at this loss on the rows held out. */
function curveTo(loss) {
  return [4, 2, 1].map((times, i) => ({
    epoch: i + 1,
    step: [6, 13, 20][i],
    loss: 0.5 * times,
    validation_loss: loss * times,
    score: 0.3 * (i + 1),
  }));
}

/** A cell with epochs, adapter and energy. `of`: {seed, rate, band, loss}; without base rows it is one
 *  of a later seed or of the band. */
function writeFullCell(folder, model, task, place, base, tuned, of = {}) {
  const { seed = 1, rate = 5e-5, band = false, loss = 0.5 + 0.1 * place } = of;
  const id = `${place}-${task}-${seed}-${rate}`;
  const made = record(id, model, task, place, base ?? tuned, tuned);
  if (!base) delete made.base;
  Object.assign(made, {
    seed,
    recipe: { ...made.recipe, learning_rate: rate },
    energy_joules: 1500,
  });
  if (band) made.band = true;
  Object.assign(made.tune, {
    validation_loss: loss,
    adapter_bytes: 3 * 2 ** 20,
    learning_curve: curveTo(loss),
  });
  save(folder, `records/${id}.json`, JSON.stringify(made));
  if (base) save(folder, `predictions/${id}.base.jsonl`, lines(base));
  save(folder, `predictions/${id}.tuned.jsonl`, lines(tuned));
}

function writeTeacher(folder, task, rows) {
  const made = record(`teacher-${task}`, 'teacher', task, 0, rows, rows);
  for (const key of ['tune', 'tuned']) delete made[key];
  Object.assign(made, { kind: 'teacher', device: 'server', dtype: '' });
  Object.assign(made, { recipe: { temperature: 0, shots: 0, max_tokens: 64, margin: 0.05 } });
  made.model = { name: 'teacher', path: 'big', model_type: 'teacher', parameters: 0, hash: '' };
  save(folder, `records/${made.id}.json`, JSON.stringify(made));
  save(folder, `predictions/${made.id}.base.jsonl`, lines(rows));
}

/** All that a run may have: two models and a third that tuning does nothing for, on two tasks, beside a
 *  teacher; with two seeds each, and a band of learning rates in which another one is better. */
export function makeWholeRun(folder) {
  makeFolders(folder);
  ['topics', 'intents'].forEach((task, i) => {
    ['small', 'middle', 'stays'].forEach((model, place) => {
      const draw = 7 + 10 * place + i;
      const gained = model === 'stays' ? 0.25 : 0.7 + 0.1 * place;
      const base = answers(80, 0.2, draw);
      const tuned = (share, more) => answers(80, share, draw + more);
      writeFullCell(folder, model, task, place, base, tuned(gained, 100));
      writeFullCell(folder, model, task, place, null, tuned(gained, 200), { seed: 2, loss: 0.8 });
      writeFullCell(folder, model, task, place, null, tuned(gained + 0.1, 300), {
        rate: 1e-4,
        band: true,
        loss: 0.4,
      });
    });
    writeTeacher(folder, task, answers(80, 0.85, 500 + i));
  });
}

/** One cell of 100,000 rows. */
export function makeLargeRun(folder, rows = 100_000) {
  makeFolders(folder);
  writeCell(folder, 'big', 'small', 'topics', 0, answers(rows, 0.3, 1), answers(rows, 0.8, 2));
}
