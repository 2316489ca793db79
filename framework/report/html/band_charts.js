// Several learning rates: who one shared rate holds back.

import { el } from './dom.js';
import { Chart, roomFor } from './chart.js';
import { chosenModels } from './state.js';
import { examplesLink } from './data.js';
import { intervalSeries, nameAxis, valueAxis } from './marks.js';
import { oneTask } from './one_task.js';
import { numberColumns } from './table.js';
import { axis, colours, dashes, symbols, tip } from './theme.js';
import { decimals, number, plain } from './text.js';
import { differenceCell } from './verdict_words.js';

const rates = { own: 'the recipe’s rate', chosen: 'chosen on held-out rows' };

function rateWords(rate) {
  return String(Number(number(rate).toPrecision(6)));
}

function bandRankTable(rows) {
  const titles = ['#, chosen', 'mean rank, chosen', '#, recipe’s', 'mean rank, recipe’s', 'tasks'];
  return {
    columns: [{ title: 'model' }, ...numberColumns(titles)],
    rows: rows.map(({ model, own, chosen, n }) => [
      model,
      { text: String(chosen.position), sort: chosen.position },
      { text: decimals(chosen.mean, 2), sort: chosen.mean },
      { text: String(own.position), sort: own.position },
      { text: decimals(own.mean, 2), sort: own.mean },
      { text: String(n), sort: n },
    ]),
  };
}

function rankPoints(rows, which, place) {
  const palette = colours();
  return {
    name: rates[which],
    type: 'scatter',
    // Where the two meet both are seen: one is a ring around the other.
    symbol: ['circle', 'diamond'][place],
    symbolSize: [20, 11][place],
    z: 3,
    itemStyle: [
      { color: 'transparent', borderColor: palette.base, borderWidth: 2 },
      { color: palette.tuned },
    ][place],
    data: rows.map((row, i) => ({
      value: [row[which].mean, i],
      link: `#cells?${new URLSearchParams({ model: row.model })}`,
      words:
        `${plain(row.model)}\n${rates[which]}: place ${row[which].position}, mean rank ` +
        `${decimals(row[which].mean, 2)}\nover ${row.n} tasks`,
    })),
  };
}

function makeBandRanks(report, state, width) {
  const shown = new Set(chosenModels(report, state));
  const rows = report.json.summary.band_ranking.filter((row) => shown.has(row.model));
  if (!rows.length) return { empty: 'No model shown has both rankings.' };
  const names = rows.map((row) => plain(row.model));
  const room = roomFor(names, width);
  const moved = rows.filter((row) => row.own.position !== row.chosen.position).length;
  const spans = rows.map(({ own, chosen }, i) => ({
    value: [Math.min(own.mean, chosen.mean), Math.max(own.mean, chosen.mean), i],
  }));
  return {
    height: 100 + 30 * rows.length,
    option: {
      grid: { left: room, right: 20, top: 40, bottom: 44 },
      legend: { top: 0, data: Object.values(rates), textStyle: { color: colours().ink } },
      xAxis: valueAxis('mean rank after tuning, lower is better', { scale: true }),
      yAxis: nameAxis(names, room),
      tooltip: tip(({ data }) => data.words),
      series: [
        intervalSeries(spans, colours().soft),
        ...Object.keys(rates).map((which, place) => rankPoints(rows, which, place)),
      ],
    },
    table: bandRankTable(rows),
    say: `${moved} of ${rows.length} models take another place when each has its own rate.`,
  };
}

function bandsOn(report, state, task) {
  const shown = new Set(chosenModels(report, state));
  return report.json.summary.bands.filter((one) => one.task === task && shown.has(one.model));
}

function bandTable(report, task, bands) {
  const figure = (value) => {
    const known = number(value);
    return known === null ? null : { text: decimals(known), sort: known };
  };
  return {
    columns: [
      { title: 'model' },
      ...numberColumns(['learning rate', 'held-out loss', 'tuned', 'to the recipe’s']),
      { title: 'rate is' },
    ],
    rows: bands.flatMap(({ model, runs }) => {
      const own = number(runs.find((run) => run.own)?.tuned);
      return runs.map((run) => {
        const tuned = number(run.tuned);
        const isShown = run.id && run.id === report.cell(task, model)?.id;
        return [
          model,
          { text: rateWords(run.learning_rate), sort: number(run.learning_rate) },
          figure(run.validation_loss),
          run.error
            ? { text: run.error.kind, tone: 'bad' }
            : tuned === null
              ? null
              : {
                  ...figure(tuned),
                  link: isShown ? examplesLink(task, model) : null,
                },
          run.own || own === null || tuned === null ? null : differenceCell(tuned - own),
          [run.own ? 'the recipe’s' : '', run.chosen ? 'chosen' : ''].filter(Boolean).join(', '),
        ];
      });
    }),
  };
}

/** All rates of these, rising. */
function ratesOf(bands) {
  const all = bands.flatMap(({ runs }) => runs.map((run) => number(run.learning_rate)));
  return [...new Set(all)].sort((a, b) => a - b);
}

function bandLine({ model, runs }, place) {
  const { hues } = colours();
  return {
    name: plain(model),
    type: 'line',
    symbol: symbols[place % symbols.length],
    color: hues[place % hues.length],
    lineStyle: { width: 2, type: dashes[Math.floor(place / hues.length) % dashes.length] },
    data: runs
      .filter((run) => number(run.validation_loss) !== null)
      .map((run) => ({
        value: [rateWords(run.learning_rate), number(run.validation_loss)],
        symbolSize: run.chosen ? 16 : 8,
        words:
          `${plain(model)}, rate ${rateWords(run.learning_rate)}` +
          `${run.own ? ' (the recipe’s)' : ''}${run.chosen ? ' (chosen)' : ''}\n` +
          `held-out loss ${decimals(number(run.validation_loss))}\ntuned ${decimals(number(run.tuned))}`,
      })),
  };
}

function makeBands(report, state, task) {
  const bands = bandsOn(report, state, task);
  const series = bands.map(bandLine).filter(({ data }) => data.length);
  if (!series.length)
    return { empty: 'No model shown has held-out losses of several rates on this task.' };
  const chosen = bands.flatMap(({ model, runs }) =>
    runs
      .filter((run) => run.chosen)
      .map((run) => `${plain(model)} ${rateWords(run.learning_rate)}`),
  );
  return {
    height: 360,
    option: {
      grid: { left: 64, right: 20, top: 20, bottom: 80 },
      legend: { type: 'scroll', bottom: 0, textStyle: { color: colours().ink } },
      // Rates are steps of a scale of one's own: each has its place.
      xAxis: valueAxis('learning rate', {
        type: 'category',
        data: ratesOf(bands).map(rateWords),
        ...axis(),
      }),
      yAxis: valueAxis('loss on the rows held out', { scale: true, nameGap: 44 }),
      tooltip: tip(({ data }) => data.words),
      series,
    },
    table: bandTable(report, task, bands),
    say: `Chosen rates: ${chosen.join(', ')}.`,
  };
}

/** Null in a run of one learning rate. */
export function bandViews(report, state) {
  const { bands, band_ranking: ranked } = report.json.summary;
  if (!bands?.length) return null;
  const tasks = report.taskNames.filter((task) => bands.some((one) => one.task === task));
  const ranks = ranked?.length
    ? new Chart('Ranks under one rate and under chosen ones', () =>
        makeBandRanks(report, state, ranks.stage.clientWidth),
      )
    : null;
  return [
    el(
      'p',
      {},
      'By the first seed: with the recipe’s own learning rate for all, and with each model’s and task’s rate chosen by ',
      'the loss on the rows held out of training. The test rows had no say. A model that moves left was held back by ',
      'the one rate; in the lower chart a large mark is the rate chosen.',
    ),
    ranks ? el('div', { class: 'charts wide' }, ranks.node) : null,
    oneTask(tasks, [['Loss by learning rate', (task) => makeBands(report, state, task)]]),
  ];
}
