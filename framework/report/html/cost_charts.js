// Score against size and time, and how tuning went.

import { choice, el } from './dom.js';
import { Chart } from './chart.js';
import { chosenModels } from './state.js';
import { examplesLink, paretoFront } from './data.js';
import { valueAxis } from './marks.js';
import { numberColumns } from './table.js';
import { axis, colours, dashes, symbols, tip } from './theme.js';
import { decimals, number, plain, seconds, short } from './text.js';

const costs = {
  parameters: ['parameters', short],
  tune: ['seconds of tuning', seconds],
  score: ['seconds of scoring', seconds],
  memory: ['peak memory, GiB', (value) => decimals(value, 2)],
};

function sum(values) {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length ? known.reduce((total, value) => total + number(value), 0) : null;
}

/** What a model costs on these tasks: sums of seconds, the most of memory. */
export function costOf(report, model, tasks, kind) {
  const records = tasks.map((task) => report.record(task, model)).filter(Boolean);
  if (kind === 'parameters') return report.model(model).parameters || null;
  if (kind === 'tune') return sum(records.map((record) => record.tune?.seconds));
  if (kind === 'score')
    return sum(records.map((record) => record.tuned?.seconds ?? record.base?.seconds));
  const most = Math.max(0, ...records.map((record) => record.peak_memory_bytes));
  return most ? most / 2 ** 30 : null;
}

function paretoPoints(report, state, kind, task) {
  const tasks = task ? [task] : report.taskNames;
  return chosenModels(report, state).flatMap((model) => {
    const x = costOf(report, model, tasks, kind);
    const rank = report.model(model).mean_rank.tuned?.mean ?? null;
    const score = task ? report.value(task, model, 'tuned') : rank;
    if (!x || score === null || !Number.isFinite(score)) return [];
    const better = task ? report.higher(task) : false;
    return [{ model, x, score, y: better ? score : -score }];
  });
}

function paretoTable(points, front, kind, task, what) {
  const [name, words] = costs[kind];
  return {
    columns: [{ title: 'model' }, ...numberColumns([name, what]), { title: 'front' }],
    rows: points.map((point) => [
      point.model,
      { text: words(point.x), sort: point.x },
      {
        text: decimals(point.score),
        sort: point.score,
        link: task ? examplesLink(task, point.model) : null,
      },
      front.has(point) ? 'yes' : 'no',
    ]),
  };
}

function paretoSeries(lead, beaten) {
  const palette = colours();
  const common = {
    label: { show: true, position: 'top', color: palette.ink },
    labelLayout: { hideOverlap: true },
  };
  return [
    {
      ...common,
      name: 'nothing is cheaper and better',
      type: 'line',
      symbol: 'circle',
      symbolSize: 13,
      data: lead,
      lineStyle: { type: 'dashed' },
      color: palette.tuned,
    },
    {
      ...common,
      name: 'beaten in both',
      type: 'scatter',
      symbol: 'diamond',
      symbolSize: 11,
      data: beaten,
      color: palette.base,
    },
  ];
}

function makePareto(report, state, kind, task) {
  const points = paretoPoints(report, state, kind, task);
  if (!points.length) return { empty: 'No model shown has both figures.' };
  const front = new Set(paretoFront(points));
  const [name, words] = costs[kind];
  const what = task ? report.task(task).metric : 'mean rank after tuning';
  const item = (point) => ({
    value: [point.x, point.score],
    label: { formatter: plain(point.model) },
    link: task
      ? examplesLink(task, point.model)
      : `#cells?${new URLSearchParams({ model: point.model })}`,
    words: `${plain(point.model)}\n${name}: ${words(point.x)}\n${plain(what)}: ${decimals(point.score)}`,
  });
  const lead = [...front].sort((a, b) => a.x - b.x);
  const beaten = points.filter((one) => !front.has(one));
  return {
    height: 380,
    option: {
      grid: { left: 64, right: 60, top: 56, bottom: 50 },
      legend: { top: 0, textStyle: { color: colours().ink } },
      xAxis: valueAxis(name, { type: 'log', ...axis({ axisLabel: { formatter: short } }) }),
      yAxis: valueAxis(plain(what), {
        scale: true,
        nameGap: 44,
        inverse: !task || !report.higher(task),
      }),
      tooltip: tip(({ data }) => data.words),
      series: paretoSeries(lead.map(item), beaten.map(item)),
    },
    table: paretoTable(points, front, kind, task, what),
    say: `Nothing is both cheaper and better than: ${lead.map((point) => plain(point.model)).join(', ')}.`,
  };
}

export function paretoViews(report, state) {
  let [kind, task] = ['parameters', ''];
  const chart = new Chart('Score against cost', () => makePareto(report, state, kind, task));
  const pick = (change) => (value) => {
    change(value);
    chart.update();
  };
  return [
    el(
      'div',
      { class: 'choices' },
      choice(
        'Cost',
        Object.entries(costs).map(([key, [name]]) => [key, name]),
        kind,
        pick((value) => {
          kind = value;
        }),
      ),
      choice(
        'Score',
        [['', 'mean rank over all tasks'], ...report.taskNames.map((name) => [name, plain(name)])],
        task,
        pick((value) => {
          task = value;
        }),
      ),
    ),
    el('div', { class: 'charts wide' }, chart.node),
  ];
}

function lossTable(tunes) {
  const titles = ['steps', 'first loss', 'last loss', 'kept step', 'validation loss'];
  return {
    columns: [{ title: 'model' }, ...numberColumns(titles)],
    rows: tunes.map(([model, tune]) => {
      const count = (value) => ({ text: String(value), sort: value });
      const loss = (value) => ({ text: decimals(number(value)), sort: number(value) });
      return [
        model,
        count(tune.steps),
        loss(tune.curve[0].loss),
        loss(tune.final_loss),
        count(tune.best_step),
        loss(tune.validation_loss),
      ];
    }),
  };
}

function lossSeries([model, tune], place) {
  const dash = dashes[Math.floor(place / colours().hues.length) % dashes.length];
  return {
    name: plain(model),
    type: 'line',
    symbol: symbols[place % symbols.length],
    symbolSize: 6,
    showSymbol: tune.curve.length < 30,
    lineStyle: { width: 2, type: dash },
    data: tune.curve.map((step) => [step.step, number(step.loss)]),
  };
}

function makeLoss(report, state, task) {
  const tunes = chosenModels(report, state)
    .map((model) => [model, report.record(task, model)?.tune])
    .filter(([, tune]) => tune?.curve.length);
  if (!tunes.length) return { empty: 'No model shown was tuned on this task.' };
  return {
    height: 360,
    option: {
      grid: { left: 64, right: 20, top: 20, bottom: 80 },
      legend: { type: 'scroll', bottom: 0, textStyle: { color: colours().ink } },
      xAxis: valueAxis('step', { min: 'dataMin', max: 'dataMax' }),
      yAxis: valueAxis('training loss', { min: 0, nameGap: 44 }),
      tooltip: tip(
        ({ seriesName, value }) => `${seriesName}\nstep ${value[0]}: ${decimals(value[1])}`,
      ),
      series: tunes.map(lossSeries),
    },
    table: lossTable(tunes),
    say: tunes
      .map(([model, tune]) => `${plain(model)} ends at ${decimals(number(tune.final_loss), 2)}`)
      .join(', '),
  };
}

export function lossViews(report, state) {
  let task = report.taskNames[0];
  const chart = new Chart('Loss of each step of tuning', () => makeLoss(report, state, task));
  return [
    choice(
      'Task',
      report.taskNames.map((name) => [name, plain(name)]),
      task,
      (value) => {
        task = value;
        chart.update();
      },
    ),
    el('div', { class: 'charts wide' }, chart.node),
  ];
}
