// Learning curves: epoch by epoch, several seeds as a band around their mean.

import { chosenModels } from './state.js';
import { oneTask } from './one_task.js';
import { numberColumns } from './table.js';
import { axis, colours, dashes, symbols, tip } from './theme.js';
import { valueAxis } from './marks.js';
import { decimals, number, plain } from './text.js';

const figures = {
  validation_loss: 'loss on the rows held out',
  score: 'score on the rows held out',
  loss: 'training loss',
};

/** The epochs of each seed of a cell, the first seed's first. */
function runsOf(report, task, model) {
  const own = (one) => one.task === task && one.model === model;
  const curve = (report.json.summary.learning_curves ?? []).find(own);
  const seeds = (report.json.summary.seeds ?? []).find(own)?.runs ?? [];
  const id = report.cell(task, model)?.id;
  const others = seeds
    .filter((run) => run.id && run.id !== id)
    .map(
      (run) => report.json.curves?.[run.id] ?? report.json.records[run.id]?.tune?.learning_curve,
    );
  return [curve?.epochs, ...others].filter((epochs) => epochs?.length);
}

/** By epoch {mean, low, high, runs} of a figure, or null where no run has it. */
export function curveOf(runs, figure) {
  const epochs = Math.max(0, ...runs.map((run) => run.length));
  return [...Array(epochs).keys()].map((i) => {
    const values = runs
      .map((run) => number(run[i]?.[figure]))
      .filter((value) => value !== null && Number.isFinite(value));
    if (!values.length) return null;
    return {
      mean: values.reduce((sum, value) => sum + value, 0) / values.length,
      low: Math.min(...values),
      high: Math.max(...values),
      runs: values.length,
    };
  });
}

function curvesOf(report, state, task, figure) {
  return chosenModels(report, state)
    .map((model) => ({ model, points: curveOf(runsOf(report, task, model), figure) }))
    .filter(({ points }) => points.some(Boolean));
}

function curveWords({ mean, low, high, runs }) {
  if (runs < 2) return decimals(mean);
  return `${decimals(mean)} [${decimals(low)}, ${decimals(high)}], ${runs} seeds`;
}

function curveTable(curves) {
  const epochs = Math.max(...curves.map(({ points }) => points.length));
  const titles = [...Array(epochs).keys()].map((i) => `epoch ${i + 1}`);
  return {
    columns: [{ title: 'model' }, ...numberColumns(titles)],
    rows: curves.map(({ model, points }) => [
      model,
      ...titles.map((title, i) =>
        points[i] ? { text: curveWords(points[i]), sort: points[i].mean } : null,
      ),
    ]),
  };
}

/** From the least to the most of the seeds: the lower edge, and the rest upon it. */
function bandSeries({ model, points }, place) {
  if (!points.some((point) => point?.runs > 1)) return [];
  const edge = (data, areaStyle) => ({
    type: 'line',
    stack: `band ${place}`,
    stackStrategy: 'all',
    name: `${plain(model)}, all seeds`,
    silent: true,
    symbol: 'none',
    tooltip: { show: false },
    lineStyle: { opacity: 0 },
    areaStyle,
    data,
  });
  const { hues } = colours();
  return [
    edge(
      points.map((point) => point?.low ?? null),
      undefined,
    ),
    edge(
      points.map((point) => (point ? point.high - point.low : null)),
      { color: hues[place % hues.length], opacity: 0.18 },
    ),
  ];
}

function curveSeries({ model, points }, place) {
  const { hues } = colours();
  return {
    name: plain(model),
    type: 'line',
    symbol: symbols[place % symbols.length],
    symbolSize: 8,
    color: hues[place % hues.length],
    lineStyle: { width: 2, type: dashes[Math.floor(place / hues.length) % dashes.length] },
    data: points.map((point, i) => ({
      value: point?.mean ?? null,
      words: point ? `${plain(model)}\nepoch ${i + 1}: ${curveWords(point)}` : '',
    })),
  };
}

function makeCurves(report, state, task, figure) {
  const curves = curvesOf(report, state, task, figure);
  if (!curves.length)
    return { empty: `No model shown has a ${figures[figure]} by epoch on this task.` };
  const table = curveTable(curves);
  const last = ({ points }) => points.findLast(Boolean).mean;
  return {
    height: 360,
    option: {
      grid: { left: 64, right: 20, top: 20, bottom: 80 },
      legend: {
        type: 'scroll',
        bottom: 0,
        textStyle: { color: colours().ink },
        data: curves.map(({ model }) => plain(model)),
      },
      xAxis: {
        type: 'category',
        data: table.columns.slice(1).map((column, i) => String(i + 1)),
        name: 'epoch',
        nameLocation: 'middle',
        nameGap: 28,
        ...axis(),
      },
      yAxis: valueAxis(figures[figure], { scale: true, nameGap: 44 }),
      tooltip: tip(({ data }) => data.words),
      series: [...curves.flatMap(bandSeries), ...curves.map(curveSeries)],
    },
    table,
    say: curves.map((one) => `${plain(one.model)} ends at ${decimals(last(one), 2)}`).join(', '),
  };
}

/** Null where no record has a curve by epoch. */
export function epochViews(report, state) {
  const curves = report.json.summary.learning_curves ?? [];
  const tasks = report.taskNames.filter((task) => curves.some((one) => one.task === task));
  if (!tasks.length) return null;
  const has = (figure) =>
    curves.some(({ epochs }) => epochs.some((epoch) => number(epoch[figure]) !== null));
  const known = Object.entries(figures).filter(([figure]) => has(figure));
  let [[figure]] = known;
  return oneTask(
    tasks,
    [['Learning curve, epoch by epoch', (task) => makeCurves(report, state, task, figure)]],
    [
      {
        label: 'Figure',
        pairs: known,
        value: figure,
        change: (value) => {
          figure = value;
        },
      },
    ],
  );
}
