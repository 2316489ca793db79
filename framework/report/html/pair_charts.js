// Which models differ, on a task and over tasks, and what the test sets can show at all.

import { el } from './dom.js';
import { roomFor } from './chart.js';
import { chosenModels, chosenTasks } from './state.js';
import { examplesLink } from './data.js';
import { columnAxis, columnHeight, heatMap, nameAxis } from './marks.js';
import { oneTask } from './one_task.js';
import { liveTable, numberColumns } from './table.js';
import { tip } from './theme.js';
import { counted, decimals, number, plain, signed } from './text.js';
import { differenceCell, isTold, pCell, pSentence, rangeCell, testWords } from './verdict_words.js';

const rankings = { tuned: 'after tuning', base: 'before tuning', delta: 'by what tuning adds' };
const overAll = '';

/** All pairs of the models shown: of a task, or of all tasks together. */
function pairsOf(report, state, task, ranking) {
  const shown = new Set(chosenModels(report, state));
  const all =
    task === overAll
      ? report.overTasks(ranking)?.rows?.pairs
      : report.taskVerdict(task).rankings?.[ranking]?.pairs;
  return (all ?? []).filter(({ first, second }) => shown.has(first) && shown.has(second));
}

/** Their models, the best first: it is the first of most pairs. */
function orderOf(pairs) {
  const leads = new Map();
  for (const { first, second } of pairs) {
    leads.set(first, (leads.get(first) ?? 0) + 1);
    leads.set(second, leads.get(second) ?? 0);
  }
  return [...leads.keys()].sort((a, b) => leads.get(b) - leads.get(a));
}

/** Where one model of a pair is right and the other wrong. */
function aheadLink(task, ranking, model, against) {
  const stage = ranking === 'base' ? { stage: 'base' } : {};
  return examplesLink(task, model, { against, show: 'ahead', ...stage });
}

function pairTable(report, pairs, task, ranking) {
  const only = (count, model, against) =>
    count === undefined || ranking === 'delta'
      ? null
      : { text: counted(count), sort: count, link: aheadLink(task, ranking, model, against) };
  const wilcoxon = new Map(
    (report.overTasks(ranking)?.wilcoxon.pairs ?? []).flatMap(({ first, second, adjusted }) => [
      [`${first}\n${second}`, adjusted],
      [`${second}\n${first}`, adjusted],
    ]),
  );
  const more =
    task === overAll ? ['Wilcoxon, adjusted'] : ['only first right', 'only second right'];
  return {
    columns: [
      { title: 'first' },
      { title: 'second' },
      ...numberColumns(['difference', report.level, 'p', 'p adjusted']),
      { title: 'told apart' },
      { title: 'test' },
      ...numberColumns(['least difference shown', 'rows needed', ...more]),
    ],
    rows: pairs.map((pair) => {
      const { first, second, counts } = pair;
      const link = task === overAll ? {} : { link: aheadLink(task, ranking, first, second) };
      const detectable = number(pair.detectable);
      return [
        first,
        second,
        differenceCell(pair.difference, link),
        rangeCell(pair.interval),
        pCell(pair.p),
        pCell(pair.adjusted),
        { text: isTold(pair) ? 'yes' : 'cannot tell', tone: isTold(pair) ? 'good' : 'faint' },
        testWords(pair),
        detectable === null ? null : { text: decimals(detectable), sort: detectable },
        pair.rows_needed === null
          ? null
          : { text: counted(pair.rows_needed), sort: pair.rows_needed },
        ...(task === overAll
          ? [pCell(wilcoxon.get(`${first}\n${second}`))]
          : [only(counts?.only_first, first, second), only(counts?.only_second, second, first)]),
      ];
    }),
  };
}

function pairItems(pairs, models, task, ranking) {
  return pairs.map((pair) => {
    const [row, column] = [pair.first, pair.second].map((name) => models.indexOf(name));
    const difference = signed(number(pair.difference), 2);
    return {
      value: [column, row, isTold(pair) ? 1 : 0],
      shown: isTold(pair) ? difference : `(${difference})`,
      link: task === overAll ? null : aheadLink(task, ranking, pair.first, pair.second),
      words:
        `${plain(pair.first)} − ${plain(pair.second)}: ${signed(number(pair.difference))}\n` +
        `adjusted ${pSentence(pair.adjusted)}: ${isTold(pair) ? 'told apart' : 'cannot tell'}`,
    };
  });
}

function makePairs(report, state, task, ranking, width) {
  const pairs = pairsOf(report, state, task, ranking);
  if (!pairs.length)
    return { empty: 'No two models shown have predictions of the same rows to compare.' };
  const models = orderOf(pairs);
  const names = models.map(plain);
  const room = roomFor(names, width);
  const told = pairs.filter(isTold).length;
  return {
    height: 16 + columnHeight(room) + 32 * names.length,
    option: {
      grid: { left: room, right: 8, top: columnHeight(room), bottom: 8 },
      xAxis: columnAxis(names, room),
      yAxis: nameAxis(names, room),
      tooltip: tip(({ data }) => data.words),
      ...heatMap(
        pairItems(pairs, models, task, ranking),
        (data) => data.shown,
        (width - room) / names.length > 44,
      ),
    },
    table: pairTable(report, pairs, task, ranking),
    say: `${told} of ${pairs.length} pairs are told apart.`,
  };
}

function powerTable(report, state) {
  const figure = (value) => {
    const known = number(value);
    return known === null ? null : { text: decimals(known), sort: known };
  };
  return {
    columns: [
      { title: 'task' },
      ...numberColumns([
        'rows',
        'least on the same rows',
        'least on rows of its own',
        'noise floor',
      ]),
      { title: 'best' },
      { title: 'next' },
      ...numberColumns(['difference', 'rows needed']),
    ],
    rows: chosenTasks(report, state)
      .map((task) => [task, report.taskVerdict(task)])
      .filter(([, { power }]) => power)
      .map(([task, { power, noise_floor: floor }]) => {
        const own = [power.own_rows_above, power.own_rows_below].map(number);
        const nearest = own.filter((value) => value !== null).sort((a, b) => a - b)[0];
        const needed = power.rows_needed;
        return [
          task,
          {
            text: counted(power.rows) + (power.groups ? ` in ${counted(power.groups)} groups` : ''),
            sort: power.rows,
            link: examplesLink(task, power.best),
          },
          figure(power.same_rows),
          figure(nearest),
          figure(floor),
          power.best,
          power.next ?? null,
          differenceCell(power.difference, {
            link: power.next
              ? aheadLink(task, power.ranking, power.best, power.next)
              : examplesLink(task, power.best),
          }),
          needed === null ? null : { text: counted(needed), sort: needed },
        ];
      }),
  };
}

function powerViews(report, state) {
  const { power, alpha } = report.verdict.options;
  return [
    el('h3', { class: 'apart' }, 'What these test sets can show'),
    el(
      'p',
      {},
      `The least difference that a test of two models finds with probability ${power}, at α = ${alpha} and not adjusted `,
      'for further tests; then the best two models, and how many rows their difference would need.',
    ),
    liveTable('Table of what the test sets can show', state, () => powerTable(report, state)).node,
  ];
}

/** Null where no two models have predictions of one task. */
export function pairViews(report, state) {
  const tasks = report.taskNames.filter(
    (task) => Object.keys(report.taskVerdict(task).rankings ?? {}).length,
  );
  if (!tasks.length) return null;
  const isOver = Object.keys(rankings).some((name) => report.overTasks(name)?.rows);
  let ranking = 'tuned';
  const { alpha } = report.verdict.options;
  return [
    el(
      'p',
      {},
      'The row’s score less the column’s, on the same test rows; in colour where the two are told apart, in brackets ',
      `where not: p, adjusted over a task’s pairs, is not below ${alpha}, or the difference lies below the noise floor, `,
      'by which scores come apart through the seed alone.',
    ),
    oneTask(
      [...tasks, ...(isOver ? [overAll] : [])],
      [['Which models differ', (task, width) => makePairs(report, state, task, ranking, width)]],
      [
        {
          label: 'Compared',
          pairs: Object.entries(rankings),
          value: ranking,
          change: (value) => {
            ranking = value;
          },
        },
      ],
    ),
    powerViews(report, state),
  ];
}
