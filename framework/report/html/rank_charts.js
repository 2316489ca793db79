// Who ranks where: after tuning, before it, by what tuning adds.

import { choice, el } from './dom.js';
import { Chart, roomFor } from './chart.js';
import { chosenModels } from './state.js';
import {
  groupSeries,
  groupStep,
  groupsAmong,
  intervalSeries,
  lettersOf,
  nameAxis,
  valueAxis,
} from './marks.js';
import { numberColumns } from './table.js';
import { colours, tip } from './theme.js';
import { examplesLink } from './data.js';
import { decimals, number, plain } from './text.js';

const questions = {
  tuned: 'Best after tuning',
  base: 'Best before tuning',
  delta: 'Most gained by tuning',
};

const groupKinds = {
  ranks: 'by their ranks (other tasks)',
  rows: 'by test rows (other examples)',
};

/** What cannot be told apart, lists of models: by ranks over tasks, and by the rows of these tasks. Of
 *  one task alone its rows speak. */
function groupsOf(report, name) {
  const over = report.overTasks(name);
  if (over) return { ranks: over.nemenyi.groups, rows: over.rows?.groups };
  const [task, ...others] = report.taskNames;
  return others.length ? {} : { rows: report.taskVerdict(task).rankings?.[name]?.groups };
}

/** [low, high] of a mean rank, or null. */
function spanOf(row) {
  if (row.interval) return row.interval.map(number);
  return row.half_width === null ? null : [row.mean - row.half_width, row.mean + row.half_width];
}

function spanWords(row) {
  if (row.half_width !== null) return `± ${decimals(row.half_width, 2)}`;
  const span = spanOf(row);
  return span ? `[${span.map((value) => decimals(value, 2)).join(', ')}]` : '–';
}

function rankTable(report, name, rows) {
  const groups = Object.entries(groupsOf(report, name)).filter(([, found]) => found?.length);
  return {
    columns: [
      { title: '#', number: true },
      { title: 'model' },
      { title: 'mean rank', number: true },
      { title: report.level, number: true },
      { title: 'tasks', number: true },
      ...groups.map(([kind]) => ({ title: `not told apart by ${kind}` })),
      ...numberColumns(report.taskNames),
    ],
    rows: rows.map((row) => [
      { text: String(row.position), sort: row.position },
      row.model,
      { text: decimals(row.mean, 2), sort: row.mean },
      { text: spanWords(row), sort: spanOf(row)?.[0] ?? null },
      { text: String(row.n), sort: row.n },
      ...groups.map(([, found]) => lettersOf(row.model, found) || null),
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
  return `${plain(row.model)}\nmean rank ${decimals(row.mean, 2)} ${spanWords(row)}\nover ${row.n} tasks`;
}

function rankOption(rows, groups, width) {
  const palette = colours();
  const names = rows.map((row) => plain(row.model));
  const items = rows.map((row, place) => ({
    value: [row.mean, place],
    link: `#cells?${new URLSearchParams({ model: row.model })}`,
  }));
  const spans = rows.flatMap((row, place) => {
    const span = spanOf(row);
    return span ? [{ value: [...span, place] }] : [];
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

function makeRank(report, state, name, kind, node) {
  const shown = new Set(chosenModels(report, state));
  const rows = (report.rankings[name] ?? []).filter((row) => shown.has(row.model));
  if (!rows.length) return { empty: 'No model shown has this rank.' };
  const groups = groupsAmong(
    groupsOf(report, name)[kind],
    rows.map((row) => row.model),
  );
  const [best] = rows;
  const beside = groups.filter((places) => places.includes(0)).flat();
  const others = new Set(beside.filter((place) => place > 0)).size;
  return {
    option: rankOption(rows, groups, node().clientWidth),
    height: 70 + 30 * rows.length,
    table: rankTable(report, name, rows),
    say:
      `Best is ${plain(best.model)} with a mean rank of ${decimals(best.mean, 2)}` +
      (spanOf(best) ? ` ${spanWords(best)}` : '') +
      (others ? `; ${others} of the others cannot be told from it.` : '.'),
  };
}

/** What is said of each ranking's tests, folded. */
function testNotes(report, names) {
  const notes = report.json.ranking_notes ?? {};
  const found = names.filter((name) => notes[name]?.length);
  if (!found.length) return null;
  return el(
    'details',
    {},
    el('summary', {}, 'What the ranks show: tests over tasks'),
    found.map((name) => [
      el('h3', {}, questions[name]),
      notes[name].map((sentence) => el('p', {}, plain(sentence))),
    ]),
  );
}

function kindsFound(report, names) {
  return Object.keys(groupKinds).filter((kind) =>
    names.some((name) => groupsOf(report, name)[kind]?.length),
  );
}

/** The three rankings. Ranks are over all tasks of the report, whatever tasks are shown. */
export function rankViews(report, state) {
  const names = Object.keys(questions).filter((name) => report.rankings[name]?.length);
  const kinds = kindsFound(report, names);
  let kind = kinds.at(-1) ?? '';
  const charts = names.map((name) => {
    const chart = new Chart(questions[name], () =>
      makeRank(report, state, name, kind, () => chart.stage),
    );
    return chart;
  });
  const pick = (value) => {
    kind = value;
    for (const chart of charts) chart.update();
  };
  return [
    el(
      'p',
      {},
      `Mean rank over all tasks of the run, with its ${report.level} interval. `,
      kinds.length
        ? 'A bar at the right joins models that cannot be told apart, a dot for each.'
        : 'Models are not tested against each other here: there are no two that share two tasks, or one with predictions.',
    ),
    kinds.length > 1
      ? choice(
          'Not told apart',
          kinds.map((one) => [one, groupKinds[one]]),
          kind,
          pick,
        )
      : null,
    el(
      'div',
      { class: 'charts' },
      charts.map((chart) => chart.node),
    ),
    testNotes(report, names),
  ];
}
