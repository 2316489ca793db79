// Several seeds: how far scores come apart by the seed alone.

import { el } from './dom.js';
import { roomFor } from './chart.js';
import { chosenModels } from './state.js';
import { examplesLink } from './data.js';
import { intervalSeries, nameAxis, valueAxis } from './marks.js';
import { oneTask } from './one_task.js';
import { numberColumns } from './table.js';
import { colours, tip } from './theme.js';
import { decimals, number, plain } from './text.js';

function seedsOn(report, state, task) {
  const shown = new Set(chosenModels(report, state));
  return report.json.summary.seeds.filter((one) => one.task === task && shown.has(one.model));
}

function figureCell(value, more = {}) {
  const known = number(value);
  return known === null ? null : { text: decimals(known), sort: known, ...more };
}

/** One seed's score strays so far by the draw of the test rows, as a standard deviation. */
function byRows({ variance }) {
  return variance ? Math.sqrt(number(variance.rows) / number(variance.test_rows)) : null;
}

function seedTable(report, task, cells) {
  const seeds = [...new Set(cells.flatMap(({ runs }) => runs.map((run) => run.seed)))];
  const titles = ['mean', 'deviation', 'worst', 'by seed', 'by rows'];
  return {
    columns: [
      { title: 'model' },
      ...numberColumns([...titles, ...seeds.map((seed) => `seed ${seed}`)]),
    ],
    rows: cells.map((one) => {
      // The examples of the page are the first seed's.
      const first = report.cell(task, one.model)?.id;
      const run = (seed) => one.runs.find((other) => other.seed === seed);
      const ran = (found) =>
        found?.error
          ? { text: found.error.kind, tone: 'bad' }
          : figureCell(
              found?.tuned,
              found?.id && found.id === first ? { link: examplesLink(task, one.model) } : {},
            );
      return [
        one.model,
        figureCell(one.mean),
        figureCell(one.deviation),
        figureCell(one.worst),
        figureCell(one.variance ? Math.sqrt(number(one.variance.seed)) : null),
        figureCell(byRows(one)),
        ...seeds.map((seed) => ran(run(seed))),
      ];
    }),
  };
}

function seedPoints(report, task, cells) {
  return cells.flatMap(({ model, runs }, place) =>
    runs
      .filter((run) => number(run.tuned) !== null)
      .map((run) => ({
        value: [number(run.tuned), place],
        link: run.id === report.cell(task, model)?.id ? examplesLink(task, model) : null,
        words: `${plain(model)}\nseed ${run.seed}: ${decimals(number(run.tuned))}`,
      })),
  );
}

function meanPoints(task, cells) {
  return cells.flatMap((one, place) =>
    number(one.mean) === null
      ? []
      : [
          {
            value: [number(one.mean), place],
            link: examplesLink(task, one.model),
            words:
              `${plain(one.model)}\nmean of the seeds ${decimals(number(one.mean))}\n` +
              `deviation ${decimals(number(one.deviation))}, worst ${decimals(number(one.worst))}`,
          },
        ],
  );
}

function makeSeeds(report, state, task, width) {
  const cells = seedsOn(report, state, task);
  if (!cells.length) return { empty: 'No model shown was tuned with several seeds on this task.' };
  const palette = colours();
  const names = cells.map(({ model }) => plain(model));
  const room = roomFor(names, width);
  const spans = cells.flatMap((one, place) =>
    number(one.mean) === null ? [] : [{ value: [number(one.least), number(one.most), place] }],
  );
  const hollow = { color: palette.ground, borderColor: palette.base, borderWidth: 2 };
  return {
    height: 100 + 30 * names.length,
    option: {
      grid: { left: room, right: 20, top: 40, bottom: 44 },
      legend: { top: 0, data: ['a seed', 'their mean'], textStyle: { color: palette.ink } },
      xAxis: valueAxis(`${plain(report.task(task).metric)} after tuning`, { scale: true }),
      yAxis: nameAxis(names, room),
      tooltip: tip(({ data }) => data.words),
      series: [
        intervalSeries(spans, palette.soft),
        {
          name: 'a seed',
          type: 'scatter',
          symbolSize: 9,
          itemStyle: hollow,
          data: seedPoints(report, task, cells),
        },
        {
          name: 'their mean',
          type: 'scatter',
          symbol: 'diamond',
          symbolSize: 13,
          z: 3,
          itemStyle: { color: palette.tuned },
          data: meanPoints(task, cells),
        },
      ],
    },
    table: seedTable(report, task, cells),
    say: cells
      .filter((one) => number(one.mean) !== null)
      .map((one) => `${plain(one.model)} ${decimals(number(one.mean), 2)} on average`)
      .join(', '),
  };
}

/** Null in a run of one seed. */
export function seedViews(report, state) {
  const { seeds, noise = [] } = report.json.summary;
  if (!seeds?.length) return null;
  const tasks = report.taskNames.filter((task) => seeds.some((one) => one.task === task));
  return [
    el(
      'p',
      {},
      'The tuned score of each seed; everywhere else a cell’s tuned score is their mean, and its examples are the first ',
      'seed’s. By seed and by rows: how far one seed’s score strays through the seed itself, and through the draw of ',
      'the test rows, as standard deviations.',
    ),
    oneTask(tasks, [
      ['Scores of several seeds', (task, width) => makeSeeds(report, state, task, width)],
    ]),
    noise.length
      ? el(
          'ul',
          {},
          noise.map(({ task, floor, seeds: count }) =>
            el(
              'li',
              {},
              `${plain(task)}: scores that differ by less than ${decimals(number(floor))} (means of ${count} `,
              `${count === 1 ? 'seed' : 'seeds'}) may differ by the seed alone.`,
            ),
          ),
        )
      : null,
  ];
}
