// What tuning took of what there was to take.

import { choice, el } from './dom.js';
import { Chart, roomFor } from './chart.js';
import { chosenModels, chosenTasks } from './state.js';
import { nameAxis, valueAxis } from './marks.js';
import { liveTable, numberColumns } from './table.js';
import { colours, symbols, tip } from './theme.js';
import { examplesLink } from './data.js';
import { decimals, number, plain, signed } from './text.js';

const measures = {
  headroom: ['the headroom', '% of what was left to gain'],
  gap: ['the gap to the teacher', '% of the gap to the teacher'],
};

function shareOfGain(report, task, model, measure) {
  const told = number(report.verdictOf(task, model).tunability?.[measure]);
  if (told !== null) return told;
  if (measure === 'headroom') return report.headroom(task, model);
  return report.cell(task, model)?.teacher?.gap_closed ?? null;
}

function sharePoints(report, models, tasks, measure) {
  return models.flatMap((model, place) =>
    tasks.flatMap((task, hue) => {
      const share = shareOfGain(report, task, model, measure);
      return share === null ? [] : [{ model, task, place, hue, share }];
    }),
  );
}

function tunabilityTable(report, models, tasks, measure) {
  const cell = (task, model) => {
    const share = shareOfGain(report, task, model, measure);
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

function shareSeries(points, task, hue, what) {
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
        words: `${plain(one.model)} on ${plain(one.task)}\n${signed(100 * one.share, 0)} % of ${what}`,
      })),
  };
}

function makeTunability(report, state, measure, node) {
  const [models, tasks] = [chosenModels(report, state), chosenTasks(report, state)];
  const points = sharePoints(report, models, tasks, measure);
  if (!points.length) return { empty: 'No cell shown has both scores and a known share.' };
  const names = models.map(plain);
  const room = roomFor(names, node().clientWidth);
  const [what, title] = measures[measure];
  return {
    height: 100 + 30 * models.length,
    option: {
      grid: { left: room, right: 20, top: 40, bottom: 44 },
      legend: { type: 'scroll', top: 0, textStyle: { color: colours().ink } },
      xAxis: valueAxis(title),
      yAxis: nameAxis(names, room),
      tooltip: tip(({ data }) => data.words),
      series: tasks.map((task, hue) => shareSeries(points, task, hue, what)),
    },
    table: tunabilityTable(report, models, tasks, measure),
    say: `${points.filter((one) => one.share > 0).length} of ${points.length} cells gained.`,
  };
}

/** Mean shares and the ranks by them. */
function shareRanks(report, state, measure) {
  const shown = new Set(chosenModels(report, state));
  return {
    columns: [
      { title: '#', number: true },
      { title: 'model' },
      ...numberColumns(['mean share', 'mean rank', 'tasks']),
    ],
    rows: (report.verdict.tunability?.[measure] ?? [])
      .filter((row) => shown.has(row.model))
      .map((row) => [
        { text: String(row.position), sort: row.position },
        row.model,
        { text: `${signed(100 * number(row.mean_share), 1)} %`, sort: number(row.mean_share) },
        { text: decimals(row.mean, 2), sort: row.mean },
        { text: String(row.n), sort: row.n },
      ]),
  };
}

/** What share of the way from the base score to the best one, or to the teacher's, tuning went. */
export function tunabilityViews(report, state) {
  let measure = 'headroom';
  const chart = new Chart('Share of the headroom that tuning gained', () =>
    makeTunability(report, state, measure, () => chart.stage),
  );
  const ranked = report.verdict.tunability ?? {};
  const table = Object.keys(ranked).length
    ? liveTable('Table of shares', state, () => shareRanks(report, state, measure))
    : null;
  const pick = (value) => {
    measure = value;
    chart.rename(`Share of ${measures[measure][0]} that tuning gained`);
    chart.update();
    table?.show();
  };
  return [
    el(
      'p',
      {},
      'A point is a task: (tuned − base) / (best possible − base), or in place of the best the teacher’s ',
      'score, where that is better than the base model’s. Left of 0, tuning harmed.',
    ),
    ranked.gap
      ? choice(
          'Share of',
          Object.entries(measures).map(([key, [words]]) => [key, words]),
          measure,
          pick,
        )
      : null,
    el('div', { class: 'charts wide' }, chart.node),
    table?.node,
  ];
}
