// Who ranks where: after tuning, before it, by what tuning adds.

import { el } from './dom.js';
import { Chart, roomFor } from './chart.js';
import { chosenModels, chosenTasks } from './state.js';
import {
  groupSeries,
  groupStep,
  groupsAmong,
  intervalSeries,
  nameAxis,
  valueAxis,
} from './marks.js';
import { numberColumns } from './table.js';
import { colours, symbols, tip } from './theme.js';
import { examplesLink } from './data.js';
import { decimals, plain, signed } from './text.js';

const questions = {
  tuned: 'Best after tuning',
  base: 'Best before tuning',
  delta: 'Most gained by tuning',
};

function rankTable(report, name, rows) {
  return {
    columns: [
      { title: '#', number: true },
      { title: 'model' },
      { title: 'mean rank', number: true },
      { title: '± 95 %', number: true },
      { title: 'tasks', number: true },
      ...numberColumns(report.taskNames),
    ],
    rows: rows.map((row) => [
      { text: String(row.position), sort: row.position },
      row.model,
      { text: decimals(row.mean, 2), sort: row.mean },
      { text: decimals(row.half_width, 2), sort: row.half_width },
      { text: String(row.n), sort: row.n },
      ...report.taskNames.map((task) => {
        const rank = report.cell(task, row.model)?.[`${name}_rank`] ?? null;
        return {
          text: rank === null ? '–' : String(rank),
          sort: rank,
          link: rank === null ? null : examplesLink(task, row.model),
        };
      }),
    ]),
  };
}

function rankWords(row) {
  const interval = row.half_width === null ? '' : ` ± ${decimals(row.half_width, 2)}`;
  return `${plain(row.model)}\nmean rank ${decimals(row.mean, 2)}${interval}\nover ${row.n} tasks`;
}

function rankOption(rows, groups, width) {
  const palette = colours();
  const names = rows.map((row) => plain(row.model));
  const items = rows.map((row, place) => ({
    value: [row.mean, place],
    link: `#cells?${new URLSearchParams({ model: row.model })}`,
  }));
  const known = [...rows.keys()].filter((place) => rows[place].half_width !== null);
  const spans = known.map((place) => {
    const { mean, half_width: half } = rows[place];
    return { value: [mean - half, mean + half, place] };
  });
  const room = roomFor(names, width);
  return {
    grid: { left: room, right: 20 + groupStep * groups.length, top: 8, bottom: 44 },
    xAxis: valueAxis('mean rank, lower is better', { scale: true }),
    yAxis: nameAxis(names, room),
    tooltip: tip(({ dataIndex }) => rankWords(rows[dataIndex])),
    series: [
      intervalSeries(spans, palette.soft),
      groupSeries(groups, rows[0].mean),
      { type: 'scatter', symbolSize: 12, data: items, itemStyle: { color: palette.tuned }, z: 3 },
    ],
  };
}

function makeRank(report, state, name, node) {
  const all = report.rankings[name] ?? [];
  const shown = new Set(chosenModels(report, state));
  const places = [...all.keys()].filter((i) => shown.has(all[i].model));
  const rows = places.map((i) => all[i]);
  if (!rows.length) return { empty: 'No model shown has this rank.' };
  const groups = groupsAmong(report.json.groups[name]?.groups, places);
  return {
    option: rankOption(rows, groups, node().clientWidth),
    height: 70 + 30 * rows.length,
    table: rankTable(report, name, rows),
    say:
      `Best is ${plain(rows[0].model)} with a mean rank of ${decimals(rows[0].mean, 2)}` +
      (rows[0].half_width === null ? '.' : ` ± ${decimals(rows[0].half_width, 2)}.`),
  };
}

/** The three rankings. Ranks are over all tasks of the report, whatever tasks are shown. */
export function rankViews(report, state) {
  const test = Object.values(report.json.groups).find(Boolean);
  const charts = Object.keys(questions)
    .filter((name) => report.rankings[name]?.length)
    .map((name) => {
      const chart = new Chart(questions[name], () =>
        makeRank(report, state, name, () => chart.stage),
      );
      return chart;
    });
  return [
    el(
      'p',
      {},
      'Mean rank over all tasks of the run, with its 95 % interval over tasks. ',
      test
        ? `A bar at the right joins models that cannot be told apart: their mean ranks over ${test.tasks} tasks differ ` +
            `by less than ${decimals(test.critical_difference, 2)}, Nemenyi’s critical difference.`
        : 'Models are not tested against each other here: some lack a task that others have, or there is but one.',
    ),
    el(
      'div',
      { class: 'charts' },
      charts.map((chart) => chart.node),
    ),
  ];
}

function headroomPoints(report, models, tasks) {
  return models.flatMap((model, place) =>
    tasks.flatMap((task, hue) => {
      const share = report.headroom(task, model);
      return share === null ? [] : [{ model, task, place, hue, share }];
    }),
  );
}

function tunabilityTable(report, models, tasks) {
  const cell = (task, model) => {
    const share = report.headroom(task, model);
    return share === null
      ? null
      : {
          text: `${signed(100 * share, 1)} %`,
          sort: share,
          link: examplesLink(task, model, { show: 'gained' }),
        };
  };
  return {
    columns: [{ title: 'model' }, ...numberColumns(tasks)],
    rows: models.map((model) => [model, ...tasks.map((task) => cell(task, model))]),
  };
}

function headroomSeries(points, task, hue) {
  const { hues } = colours();
  return {
    name: plain(task),
    type: 'scatter',
    symbolSize: 10,
    symbol: symbols[hue % symbols.length],
    itemStyle: { color: hues[hue % hues.length], opacity: 0.85 },
    data: points
      .filter((one) => one.hue === hue)
      .map((one) => ({
        value: [100 * one.share, one.place],
        link: examplesLink(one.task, one.model, { show: 'gained' }),
        words: `${plain(one.model)} on ${plain(one.task)}\n${signed(100 * one.share, 0)} % of the room`,
      })),
  };
}

function makeTunability(report, state, node) {
  const [models, tasks] = [chosenModels(report, state), chosenTasks(report, state)];
  const points = headroomPoints(report, models, tasks);
  if (!points.length)
    return { empty: 'No cell shown has both scores under a metric with known bounds.' };
  const names = models.map(plain);
  const room = roomFor(names, node().clientWidth);
  return {
    height: 100 + 30 * models.length,
    option: {
      grid: { left: room, right: 20, top: 40, bottom: 44 },
      legend: { type: 'scroll', top: 0, textStyle: { color: colours().ink } },
      xAxis: valueAxis('% of what was left to gain'),
      yAxis: nameAxis(names, room),
      tooltip: tip(({ data }) => data.words),
      series: tasks.map((task, hue) => headroomSeries(points, task, hue)),
    },
    table: tunabilityTable(report, models, tasks),
    say: `${points.filter((one) => one.share > 0).length} of ${points.length} cells gained.`,
  };
}

/** What share of the way from the base score to the best score there is tuning went. */
export function tunabilityViews(report, state) {
  const chart = new Chart('Share of the headroom that tuning gained', () =>
    makeTunability(report, state, () => chart.stage),
  );
  return [
    el(
      'p',
      {},
      'A point is a task: (tuned − base) / (best possible − base). Left of 0, tuning harmed.',
    ),
    el('div', { class: 'charts wide' }, chart.node),
  ];
}
