// Score against size, time, memory and energy.

import { choice, el } from './dom.js';
import { Chart } from './chart.js';
import { chosenModels } from './state.js';
import { examplesLink, paretoFront } from './data.js';
import { valueAxis } from './marks.js';
import { numberColumns } from './table.js';
import { axis, colours, tip } from './theme.js';
import { decimals, joules, number, plain, seconds, short } from './text.js';

const costs = {
  parameters: ['parameters', short],
  answer: ['seconds an example', seconds],
  tune: ['seconds of tuning', seconds],
  score: ['seconds of scoring', seconds],
  memory: ['peak memory, GiB', (value) => decimals(value, 2)],
  energy: ['energy of all its cells', joules],
};

function sum(values) {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length ? known.reduce((total, value) => total + number(value), 0) : null;
}

/** What a model costs on these tasks, one or all: sums of seconds, the most of memory. */
export function costOf(report, model, tasks, kind) {
  const records = tasks.map((task) => report.record(task, model)).filter(Boolean);
  const told = report.cost(model, tasks.length === 1 ? tasks[0] : '');
  if (kind === 'answer') return told?.examples_per_second ? 1 / told.examples_per_second : null;
  if (kind === 'energy') return number(told?.energy_joules);
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
  const has = (key, tasks) => report.modelNames.some((model) => costOf(report, model, tasks, key));
  const known = Object.keys(costs).filter(
    (key) => has(key, report.taskNames) || report.taskNames.some((name) => has(key, [name])),
  );
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
        known.map((key) => [key, costs[key][0]]),
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
