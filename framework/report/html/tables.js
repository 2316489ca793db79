// All cells, and what they cost, as tables.

import { el, fill } from './dom.js';
import { chosenModels, chosenTasks, readAddress } from './state.js';
import { examplesLink } from './data.js';
import { sortableTable } from './table.js';
import { scoreWords } from './task_charts.js';
import { bytes, counted, number, plain, seconds, short } from './text.js';

function chosenCells(report, state, only = '') {
  return chosenTasks(report, state).flatMap((task) => {
    const baselines = report.baselinesOf(report.task(task)).map((one) => one.title);
    return [...chosenModels(report, state), ...baselines]
      .filter((model) => !only || model === only)
      .map((model) => ({ task, model, cell: report.cell(task, model) }));
  });
}

function count(value, link, tone) {
  return value === undefined ? null : { text: counted(value), sort: value, link, tone };
}

function cellRow(report, metric, { task, model, cell }) {
  const score = (stage) => {
    const value = report.value(task, model, stage, metric);
    return value === null
      ? null
      : {
          text: scoreWords(report, task, model, stage, metric),
          sort: value,
          link: examplesLink(task, model),
          tone:
            stage === 'delta' && value !== 0
              ? value > 0 === report.higher(task, metric)
                ? 'good'
                : 'bad'
              : '',
        };
  };
  const record = report.record(task, model);
  const stage = record?.tuned ?? record?.base;
  return [
    model,
    task,
    { text: cell.state.replace('_', ' '), tone: cell.state === 'failed' ? 'bad' : '' },
    metric || report.task(task).metric,
    score('base'),
    score('tuned'),
    score('delta'),
    count(cell.changes?.gained.length, examplesLink(task, model, { show: 'gained' })),
    count(cell.changes?.regressed.length, examplesLink(task, model, { show: 'regressed' })),
    stage
      ? {
          text: `${counted(stage.parsed)} of ${counted(stage.examples)}`,
          sort: stage.parsed / stage.examples,
          link: examplesLink(task, model, {
            show: record.tuned ? 'unparsed_tuned' : 'unparsed_base',
          }),
        }
      : null,
    cell.error ? `${cell.error.kind}: ${cell.error.message}` : '',
  ];
}

const cellColumns = [
  { title: 'model' },
  { title: 'task' },
  { title: 'cell' },
  { title: 'metric' },
  { title: 'base [95 %]', number: true },
  { title: 'tuned [95 %]', number: true },
  { title: 'delta', number: true },
  { title: 'gained', number: true },
  { title: 'regressed', number: true },
  { title: 'of the form asked', number: true },
  { title: 'error' },
];

/** Every cell; "#cells?model=…" shows those of one model. */
export function cellsViews(report, state) {
  const place = el('div', {
    class: 'scrolls',
    tabindex: '0',
    role: 'region',
    'aria-label': 'Table of all cells',
  });
  const hint = el('p', { role: 'status' });
  const show = () => {
    const address = readAddress(location.hash);
    const only = address.section === 'cells' ? (address.values.model ?? '') : '';
    fill(
      hint,
      ...(only ? [`Only ${plain(only)}. `, el('a', { href: '#cells' }, 'Show all models')] : []),
    );
    fill(
      place,
      sortableTable({
        columns: cellColumns,
        rows: chosenCells(report, state, only).map((one) =>
          cellRow(report, state.get('metric'), one),
        ),
      }),
    );
  };
  state.listen(show);
  addEventListener('hashchange', () => {
    if (readAddress(location.hash).section === 'cells') show();
  });
  show();
  return [
    el(
      'p',
      {},
      'Gained are examples that are right after tuning only, regressed those that were right before ',
      'only. Intervals are Wilson’s over the test’s examples, where each scores 0 or 1.',
    ),
    hint,
    place,
  ];
}

const costColumns = [
  ['model'],
  ['task'],
  ['device'],
  ['parameters'],
  ['trained'],
  ['tuning'],
  ['tuned tokens/s'],
  ['scoring'],
  ['scored tokens/s'],
  ['whole cell'],
  ['peak memory'],
].map(([title], i) => ({ title, number: i > 2 }));

function rate(tokens, time) {
  return tokens && time ? tokens / time : null;
}

function costRow(report, { task, model }) {
  const record = report.record(task, model);
  const scored = record.tuned ?? record.base;
  const tokens = scored ? scored.prompt_tokens + scored.new_tokens : null;
  const tuning = rate(record.tune?.tokens, number(record.tune?.seconds));
  const scoring = rate(tokens, number(scored?.seconds));
  const cell = (value, words) =>
    value === null || value === undefined ? null : { text: words(value), sort: value };
  return [
    model,
    task,
    `${record.device} ${record.dtype}`,
    cell(record.model.parameters || null, short),
    cell(record.tune?.trained_parameters, short),
    cell(number(record.tune?.seconds), seconds),
    cell(tuning, short),
    cell(number(scored?.seconds), seconds),
    cell(scoring, short),
    cell(number(record.seconds), seconds),
    cell(record.peak_memory_bytes || null, bytes),
  ];
}

export function costViews(report, state) {
  const place = el('div', {
    class: 'scrolls',
    tabindex: '0',
    role: 'region',
    'aria-label': 'Table of costs',
  });
  const show = () =>
    fill(
      place,
      sortableTable({
        columns: costColumns,
        rows: chosenCells(report, state)
          .filter(({ task, model }) => report.record(task, model))
          .map((one) => costRow(report, one)),
      }),
    );
  state.listen(show);
  show();
  return [
    el(
      'p',
      {},
      'Tokens a second count every row as if it were computed alone: what rows share is computed once.',
    ),
    place,
  ];
}
