// What models and cells cost, as tables.

import { el } from './dom.js';
import { chosenModels } from './state.js';
import { examplesLink } from './data.js';
import { liveTable, numberColumns } from './table.js';
import { chosenCells } from './tables.js';
import { bytes, counted, decimals, joules, number, plain, seconds, short } from './text.js';

function figureOf(value, words, more = {}) {
  const known = number(value);
  return known ? { text: words(known), sort: known, ...more } : null;
}

const modelTitles = [
  'parameters',
  'trained',
  'adapter',
  'tuned tokens/s',
  'scored tokens/s',
  'examples/s',
  'time',
  'peak memory',
  'energy',
  'mean rank',
];

function frontWords(cost) {
  return [cost.on_size_front ? 'size' : '', cost.on_speed_front ? 'speed' : '']
    .filter(Boolean)
    .join(', ');
}

/** A model over all tasks of the run. */
function modelCosts(report, state) {
  return {
    columns: [{ title: 'model' }, ...numberColumns(modelTitles), { title: 'front of' }],
    rows: chosenModels(report, state)
      .map((model) => report.cost(model))
      .filter(Boolean)
      .map((cost) => [
        cost.model,
        figureOf(cost.parameters, short),
        figureOf(cost.trained_parameters, short),
        figureOf(cost.adapter_bytes, bytes),
        figureOf(cost.tune_tokens_per_second, short),
        figureOf(cost.score_tokens_per_second, short),
        figureOf(cost.examples_per_second, short),
        figureOf(cost.seconds, seconds),
        figureOf(cost.peak_memory_bytes, bytes),
        figureOf(cost.energy_joules, joules),
        figureOf(cost.mean_rank, (rank) => decimals(rank, 2), {
          link: `#cells?${new URLSearchParams({ model: cost.model })}`,
        }),
        frontWords(cost),
      ]),
  };
}

const cellTitles = [
  'parameters',
  'trained',
  'adapter',
  'tuning',
  'tuned tokens/s',
  'scoring',
  'scored tokens/s',
  'whole cell',
  'peak memory',
  'energy',
];

function rate(tokens, time) {
  return tokens && time ? tokens / time : null;
}

function cellCost(report, { task, model }) {
  const record = report.record(task, model);
  const scored = record.tuned ?? record.base;
  const tokens = scored ? scored.prompt_tokens + scored.new_tokens : null;
  return [
    model,
    { text: task, link: examplesLink(task, model) },
    `${record.device} ${record.dtype}`,
    figureOf(record.model.parameters, short),
    figureOf(record.tune?.trained_parameters, short),
    figureOf(record.tune?.adapter_bytes, bytes),
    figureOf(record.tune?.seconds, seconds),
    figureOf(rate(record.tune?.tokens, number(record.tune?.seconds)), short),
    figureOf(scored?.seconds, seconds),
    figureOf(rate(tokens, number(scored?.seconds)), short),
    figureOf(record.seconds, seconds),
    figureOf(record.peak_memory_bytes, bytes),
    figureOf(record.energy_joules, joules),
  ];
}

function cellCosts(report, state) {
  return {
    columns: [
      { title: 'model' },
      { title: 'task' },
      { title: 'device' },
      ...numberColumns(cellTitles),
    ],
    rows: chosenCells(report, state)
      .filter(({ task, model }) => report.record(task, model))
      .map((one) => cellCost(report, one)),
  };
}

function teacherWords({ name, model, prompt_tokens: asked, answer_tokens: told, examples, tasks }) {
  return (
    `${plain(name)} (${plain(model)}): ${counted(asked)} prompt tokens and ${counted(told)} tokens of answers for ` +
    `${counted(examples)} test examples of ${tasks} ${tasks === 1 ? 'task' : 'tasks'}, as its server counted them.`
  );
}

/** In sum, where the summary says so. */
function totals({ costs }) {
  if (!costs) return null;
  const energy = number(costs.energy_joules);
  const all = `All cells, one after the other: ${seconds(number(costs.seconds))}`;
  return el(
    'ul',
    {},
    (costs.teachers ?? []).map((teacher) => el('li', {}, teacherWords(teacher))),
    el('li', {}, energy === null ? `${all}.` : `${all}, ${joules(energy)}.`),
  );
}

export function costViews(report, state) {
  const { costs } = report.json.summary;
  return [
    el(
      'p',
      {},
      'Tokens a second count every row as if it were computed alone: what rows share is computed once. A model’s time ',
      'and energy are of all its cells, seeds and learning rates; energy is the whole machine’s. On the front of size or ',
      'speed is a model that no other beats in mean rank without more parameters, or more time an example.',
    ),
    costs?.models.length
      ? [
          el('h3', {}, 'By model'),
          liveTable('Table of costs by model', state, () => modelCosts(report, state)).node,
          totals(report.json.summary),
          el('h3', {}, 'By cell'),
        ]
      : null,
    liveTable('Table of costs', state, () => cellCosts(report, state)).node,
  ];
}
