// All cells as a table.

import { el, fill } from './dom.js';
import { chosenModels, chosenTasks, readAddress } from './state.js';
import { examplesLink } from './data.js';
import { liveTable } from './table.js';
import { scoreWords } from './task_charts.js';
import { counted, plain } from './text.js';
import { effectWords, pCell, toldTone } from './verdict_words.js';

/** Those of models and of what stands beside them; of one of them where `only` names it. */
export function chosenCells(report, state, only = '') {
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

function scoreCell(report, metric, { task, model, stage }) {
  const value = report.value(task, model, stage, metric);
  if (value === null) return null;
  const isBetter = value > 0 === report.higher(task, metric);
  return {
    text: scoreWords(report, task, model, stage, metric),
    sort: value,
    link: examplesLink(task, model),
    tone: stage !== 'delta' || value === 0 ? '' : isBetter ? 'good' : 'bad',
  };
}

function cellRow(report, metric, { task, model, cell }) {
  const score = (stage) => scoreCell(report, metric, { task, model, stage });
  const record = report.record(task, model);
  const stage = record?.tuned ?? record?.base;
  const effect = report.effect(task, model, metric);
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
    pCell(effect?.adjusted),
    effect ? { text: effectWords(effect), tone: toldTone(effect) } : null,
    cell.error ? `${cell.error.kind}: ${cell.error.message}` : '',
  ];
}

const cellColumns = (level) => [
  { title: 'model' },
  { title: 'task' },
  { title: 'cell' },
  { title: 'metric' },
  { title: `base [${level}]`, number: true },
  { title: `tuned [${level}]`, number: true },
  { title: 'delta', number: true },
  { title: 'gained', number: true },
  { title: 'regressed', number: true },
  { title: 'of the form asked', number: true },
  { title: 'p adjusted', number: true },
  { title: 'verdict' },
  { title: 'error' },
];

/** Every cell; "#cells?model=…" shows those of one model. */
export function cellsViews(report, state) {
  const hint = el('p', { role: 'status' });
  const table = liveTable('Table of all cells', state, () => {
    const address = readAddress(location.hash);
    const only = address.section === 'cells' ? (address.values.model ?? '') : '';
    fill(
      hint,
      ...(only ? [`Only ${plain(only)}. `, el('a', { href: '#cells' }, 'Show all models')] : []),
    );
    return {
      columns: cellColumns(report.level),
      rows: chosenCells(report, state, only).map((one) =>
        cellRow(report, state.get('metric'), one),
      ),
    };
  });
  addEventListener('hashchange', () => {
    if (readAddress(location.hash).section === 'cells') table.show();
  });
  return [
    el(
      'p',
      {},
      'Gained are examples that are right after tuning only, regressed those that were right before only. Intervals are ',
      'over the test’s examples; the verdict is on the headline’s difference, its p adjusted over all cells.',
    ),
    hint,
    table.node,
  ];
}
