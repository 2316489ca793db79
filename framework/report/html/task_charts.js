// Tasks by models: the map of scores, base → tuned.

import { choice, el, fill } from './dom.js';
import { Chart, roomFor } from './chart.js';
import { chosenModels, chosenTasks } from './state.js';
import { columnAxis, columnHeight, heatMap, nameAxis } from './marks.js';
import { numberColumns } from './table.js';
import { axis, colours, dashes, symbols, tip } from './theme.js';
import { examplesLink } from './data.js';
import { decimals, plain, signed } from './text.js';
import { effectWords, isTold, pSentence, rangeWords } from './verdict_words.js';

/** A score or a difference with its interval in words: "0.750 [0.66, 0.82]". */
export function scoreWords(report, task, model, stage, metric) {
  const value = report.value(task, model, stage, metric);
  if (stage === 'delta') {
    const effect = report.effect(task, model, metric);
    return `${signed(value)} ${effect ? rangeWords(effect.interval) : ''}`.trim();
  }
  const interval = report.interval(task, model, stage, metric);
  return (
    decimals(value) +
    (interval ? ` [${decimals(interval.low, 2)}, ${decimals(interval.high, 2)}]` : '')
  );
}

/** Where a value lies between a column's worst (0) and best (1). */
function shareOf(value, values, higher) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low === high) return 0.5;
  return higher ? (value - low) / (high - low) : (high - value) / (high - low);
}

/** In brackets where it cannot be told from noise. */
function mapFigure(report, task, model, stage, metric) {
  const value = report.value(task, model, stage, metric);
  if (stage !== 'delta') return decimals(value, 2);
  const effect = report.effect(task, model, metric);
  return effect && !isTold(effect) ? `(${signed(value, 2)})` : signed(value, 2);
}

function mapWords(report, task, model, stage, metric) {
  const words = `${plain(model)} on ${plain(task)}\n${stage} ${scoreWords(report, task, model, stage, metric)}`;
  const interval = report.interval(task, model, stage, metric);
  if (interval)
    return `${words}\n${report.level} by ${plain(interval.method.replaceAll('_', ' '))}`;
  return words + effectLine(report, task, model, stage, metric);
}

/** A line about a delta's test; '' where there is none. */
function effectLine(report, task, model, stage, metric) {
  const effect = stage === 'delta' ? report.effect(task, model, metric) : null;
  return effect ? `\nadjusted ${pSentence(effect.adjusted)}: ${effectWords(effect)}` : '';
}

function mapItems(report, models, tasks, stage, metric) {
  return tasks.flatMap((task, column) => {
    const values = models.map((model) => report.value(task, model, stage, metric));
    const known = values.filter((value) => value !== null && Number.isFinite(value));
    const higher = report.higher(task, metric);
    return models.flatMap((model, row) =>
      values[row] === null
        ? []
        : [
            {
              value: [
                column,
                row,
                Number.isFinite(values[row]) ? shareOf(values[row], known, higher) : 0,
              ],
              shown: mapFigure(report, task, model, stage, metric),
              link: examplesLink(task, model, stage === 'delta' ? { show: 'gained' } : {}),
              words: mapWords(report, task, model, stage, metric),
            },
          ],
    );
  });
}

function mapTable(report, models, tasks, stage, metric) {
  const cell = (task, model) => {
    const value = report.value(task, model, stage, metric);
    return value === null
      ? null
      : {
          text: scoreWords(report, task, model, stage, metric),
          sort: value,
          link: examplesLink(task, model),
        };
  };
  return {
    columns: [{ title: 'model' }, ...numberColumns(tasks)],
    rows: models.map((model) => [model, ...tasks.map((task) => cell(task, model))]),
  };
}

function makeMap(report, state, stage, node) {
  const [models, tasks] = [chosenModels(report, state), chosenTasks(report, state)];
  const metric = state.get('metric');
  const items = mapItems(report, models, tasks, stage, metric);
  if (!items.length) return { empty: 'No cell shown has such a score.' };
  const [names, titles] = [models.map(plain), tasks.map(plain)];
  const [room, above] = [names, titles].map((list) => roomFor(list, node().clientWidth));
  return {
    height: 16 + columnHeight(above) + 32 * models.length,
    option: {
      grid: { left: room, right: 8, top: columnHeight(above), bottom: 8 },
      xAxis: columnAxis(titles, above),
      yAxis: nameAxis(names, room),
      tooltip: tip(({ data }) => data.words),
      ...heatMap(items, (data) => data.shown),
    },
    table: mapTable(report, models, tasks, stage, metric),
    say: `${items.length} scores of ${models.length} models on ${tasks.length} tasks.`,
  };
}

export function mapViews(report, state) {
  let stage = 'tuned';
  const chart = new Chart('Scores, model by task', () =>
    makeMap(report, state, stage, () => chart.stage),
  );
  return [
    el(
      'p',
      {},
      'A stronger colour is better within a task; tasks have metrics of their own. A difference in brackets ',
      'cannot be told from noise. A cell leads to its examples.',
    ),
    choice(
      'Scores',
      [
        ['tuned', 'after tuning'],
        ['base', 'before tuning'],
        ['delta', 'tuned − base'],
      ],
      stage,
      (value) => {
        stage = value;
        chart.update();
      },
    ),
    el('div', { class: 'charts wide' }, chart.node),
  ];
}

const stagesOfSlopes = ['base', 'tuned', 'delta'];

function slopeTable(report, task, models, metric) {
  const cell = (model, stage) => ({
    text: scoreWords(report, task, model, stage, metric),
    sort: report.value(task, model, stage, metric),
    link: examplesLink(task, model, stage === 'delta' ? { show: 'gained' } : {}),
  });
  return {
    columns: [{ title: 'model' }, ...numberColumns(stagesOfSlopes)],
    rows: models.map((model) => [model, ...stagesOfSlopes.map((stage) => cell(model, stage))]),
  };
}

function slopeSeries(report, task, model, place, metric) {
  const dash = dashes[Math.floor(place / colours().hues.length) % dashes.length];
  const symbol = symbols[place % symbols.length];
  const effect = report.effect(task, model, metric);
  const isNoise = effect !== null && !isTold(effect);
  return {
    name: plain(model),
    type: 'line',
    symbol: isNoise ? `empty${symbol[0].toUpperCase()}${symbol.slice(1)}` : symbol,
    symbolSize: 8,
    lineStyle: { width: isNoise ? 1 : 2.5, type: dash },
    data: ['base', 'tuned'].map((stage) => ({
      value: report.value(task, model, stage, metric),
      link: examplesLink(task, model),
      words:
        `${plain(model)}\n${stage} ${scoreWords(report, task, model, stage, metric)}` +
        effectLine(report, task, model, 'delta', metric),
    })),
  };
}

function makeSlopes(report, state, task) {
  const metric = state.get('metric');
  const models = chosenModels(report, state).filter(
    (model) => report.value(task, model, 'delta', metric) !== null,
  );
  if (!models.length) return { empty: 'No model shown has both scores.' };
  const gain = (model) => signed(report.value(task, model, 'delta', metric), 2);
  return {
    height: 300,
    option: {
      grid: { left: 52, right: 20, top: 16, bottom: 60 },
      legend: { type: 'scroll', bottom: 0, textStyle: { color: colours().ink } },
      xAxis: { type: 'category', data: ['base', 'tuned'], ...axis() },
      yAxis: { type: 'value', scale: true, ...axis() },
      tooltip: tip(({ data }) => data.words),
      series: models.map((model, place) => slopeSeries(report, task, model, place, metric)),
    },
    table: slopeTable(report, task, models, metric),
    say: models.map((model) => `${plain(model)} ${gain(model)}`).join(', '),
  };
}

/** A chart a task. */
export function slopeViews(report, state) {
  const charts = report.taskNames.map((task) => {
    const name = report.task(task).metric;
    return [
      task,
      new Chart(`${plain(task)}${name ? `, ${plain(name)}` : ''}`, () =>
        makeSlopes(report, state, task),
      ),
    ];
  });
  const place = el('div', { class: 'charts' });
  const show = () =>
    fill(
      place,
      charts.filter(([task]) => state.get('tasks').has(task)).map(([, chart]) => chart.node),
    );
  state.listen(show);
  show();
  const isTested = report.taskNames.some((task) =>
    report.modelNames.some((model) => report.effect(task, model)),
  );
  const note = 'A thin line with hollow marks is a change that cannot be told from noise.';
  return [isTested ? el('p', {}, note) : null, place];
}
