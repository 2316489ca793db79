// What tuning gained on a task, whether that is more than noise, and how much of it is form.

import { el } from './dom.js';
import { chosenModels } from './state.js';
import { examplesLink } from './data.js';
import { forest } from './forest.js';
import { nameAxis, valueAxis } from './marks.js';
import { roomFor } from './chart.js';
import { oneTask } from './one_task.js';
import { numberColumns } from './table.js';
import { colours, tip } from './theme.js';
import { number, plain, signed } from './text.js';
import {
  differenceCell,
  effectWords,
  isTold,
  pCell,
  pSentence,
  rangeCell,
  rangeWords,
  testWords,
  toldTone,
} from './verdict_words.js';

/** The models shown that have a test of their gain, the largest gain first. */
function effectsOn(report, state, task) {
  const higher = report.higher(task);
  return chosenModels(report, state)
    .map((model) => ({ model, cell: report.verdictOf(task, model), effect: null }))
    .filter(({ cell }) => cell.effect)
    .map((one) => ({ ...one, effect: one.cell.effect, gain: number(one.cell.effect.difference) }))
    .sort((a, b) => (higher ? b.gain - a.gain : a.gain - b.gain));
}

/** A part of a gain as the delta is shown: such parts are better when higher. */
function partOf(report, task, cell, part) {
  const value = number(cell.format?.[part]);
  return value === null || report.higher(task) ? value : -value;
}

function effectTable(report, task, effects) {
  const titles = ['tuned − base', report.level, 'p', 'p adjusted'];
  return {
    columns: [
      { title: 'model' },
      ...numberColumns(titles),
      { title: 'test' },
      { title: 'verdict' },
      ...numberColumns(['by form', 'by content', 'became valid', 'became invalid']),
    ],
    rows: effects.map(({ model, cell, effect }) => {
      const link = examplesLink(task, model, { show: isTold(effect) ? effectShow(effect) : 'all' });
      const turned = (part, show) => {
        const found = cell.format?.[part];
        return found
          ? {
              text: String(found.answers),
              sort: found.answers,
              link: examplesLink(task, model, { show }),
            }
          : null;
      };
      return [
        model,
        differenceCell(effect.difference, { link, tone: toldTone(effect) }),
        rangeCell(effect.interval),
        pCell(effect.p),
        pCell(effect.adjusted),
        testWords(effect),
        { text: effectWords(effect), tone: toldTone(effect) },
        differenceCell(partOf(report, task, cell, 'by_form')),
        differenceCell(partOf(report, task, cell, 'by_content')),
        turned('became_valid', 'became_valid'),
        turned('became_invalid', 'became_invalid'),
      ];
    }),
  };
}

function effectShow(effect) {
  return effect.told === 'better' ? 'gained' : 'regressed';
}

function makeEffects(report, state, task, width) {
  const effects = effectsOn(report, state, task);
  if (!effects.length)
    return { empty: 'No model shown has predictions of this task before and after tuning.' };
  const items = effects.map(({ model, effect, gain }) => ({
    name: plain(model),
    value: gain,
    low: effect.interval ? number(effect.interval[0]) : null,
    high: effect.interval ? number(effect.interval[1]) : null,
    firm: isTold(effect),
    link: examplesLink(task, model, { show: effectShow(effect) }),
    words:
      `${plain(model)}\ntuned − base ${signed(gain)} ${rangeWords(effect.interval)}\n` +
      `adjusted ${pSentence(effect.adjusted)}: ${effectWords(effect)}`,
  }));
  return {
    ...forest(items, { axisName: `tuned − base, ${plain(report.task(task).metric)}`, width }),
    table: effectTable(report, task, effects),
    say: `${effects.filter(({ effect }) => isTold(effect)).length} of ${effects.length} differences are more than noise.`,
  };
}

const parts = { by_form: 'by form', by_content: 'by content' };

function formSeries(report, task, effects, part, place) {
  const palette = colours();
  return {
    name: parts[part],
    type: 'bar',
    stack: 'gain',
    barMaxWidth: 18,
    itemStyle: {
      color: [palette.base, palette.tuned][place],
      // Not by colour alone: form is hatched.
      decal: {
        symbol: place ? 'none' : 'rect',
        dashArrayX: [1, 0],
        dashArrayY: [2, 4],
        rotation: 0.8,
      },
    },
    data: effects.map(({ model, cell }) => {
      const value = partOf(report, task, cell, part);
      return {
        value,
        link: examplesLink(task, model, { show: place ? 'better' : 'became_valid' }),
        words: `${plain(model)}\n${parts[part]} ${signed(value)}`,
      };
    }),
  };
}

function makeForm(report, state, task, width) {
  const effects = effectsOn(report, state, task).filter(
    ({ cell }) => number(cell.format?.by_form) !== null,
  );
  if (!effects.length)
    return {
      empty:
        'No gain shown can be taken apart: before tuning, or after it, no answer had the form asked for.',
    };
  const names = effects.map(({ model }) => plain(model));
  const room = roomFor(names, width);
  return {
    height: 110 + 30 * names.length,
    option: {
      aria: { enabled: true, decal: { show: true } },
      grid: { left: room, right: 20, top: 40, bottom: 44 },
      legend: { top: 0, textStyle: { color: colours().ink } },
      xAxis: valueAxis('parts of tuned − base'),
      yAxis: nameAxis(names, room),
      tooltip: tip(({ data }) => data.words),
      series: Object.keys(parts).map((part, place) =>
        formSeries(report, task, effects, part, place),
      ),
    },
    table: effectTable(report, task, effects),
    say: effects
      .map(
        ({ model, cell }) =>
          `${plain(model)} ${signed(partOf(report, task, cell, 'by_form'), 2)} by form`,
      )
      .join(', '),
  };
}

/** Null where no cell has such a test. */
export function effectViews(report, state) {
  const tasks = report.taskNames.filter((task) =>
    report.modelNames.some((model) => report.verdictOf(task, model).effect),
  );
  if (!tasks.length) return null;
  return [
    el(
      'p',
      {},
      `Each task’s headline on the same test rows, before tuning and after, with its ${report.level} interval. `,
      'A hollow mark cannot be told from noise: ',
      `its p, adjusted over all cells of the run, is not below ${report.verdict.options.alpha}. By form: what the gain `,
      'would be had only the number of answers in the form asked for changed; by content: had only their quality.',
    ),
    oneTask(tasks, [
      ['What tuning gained', (task, width) => makeEffects(report, state, task, width)],
      ['By form and by content', (task, width) => makeForm(report, state, task, width)],
    ]),
  ];
}
