// How tuning went, step by step.

import { chosenModels } from './state.js';
import { valueAxis } from './marks.js';
import { oneTask } from './one_task.js';
import { numberColumns } from './table.js';
import { colours, dashes, symbols, tip } from './theme.js';
import { decimals, number, plain } from './text.js';

function lossTable(tunes) {
  const titles = ['steps', 'first loss', 'last loss', 'kept step', 'validation loss'];
  return {
    columns: [{ title: 'model' }, ...numberColumns(titles)],
    rows: tunes.map(([model, tune]) => {
      const count = (value) => ({ text: String(value), sort: value });
      const loss = (value) => ({ text: decimals(number(value)), sort: number(value) });
      return [
        model,
        count(tune.steps),
        loss(tune.curve[0].loss),
        loss(tune.final_loss),
        count(tune.best_step),
        loss(tune.validation_loss),
      ];
    }),
  };
}

function lossSeries([model, tune], place) {
  const dash = dashes[Math.floor(place / colours().hues.length) % dashes.length];
  return {
    name: plain(model),
    type: 'line',
    symbol: symbols[place % symbols.length],
    symbolSize: 6,
    showSymbol: tune.curve.length < 30,
    lineStyle: { width: 2, type: dash },
    data: tune.curve.map((step) => [step.step, number(step.loss)]),
  };
}

function makeLoss(report, state, task) {
  const tunes = chosenModels(report, state)
    .map((model) => [model, report.record(task, model)?.tune])
    .filter(([, tune]) => tune?.curve.length);
  if (!tunes.length) return { empty: 'No model shown was tuned on this task.' };
  return {
    height: 360,
    option: {
      grid: { left: 64, right: 20, top: 20, bottom: 80 },
      legend: { type: 'scroll', bottom: 0, textStyle: { color: colours().ink } },
      xAxis: valueAxis('step', { min: 'dataMin', max: 'dataMax' }),
      yAxis: valueAxis('training loss', { min: 0, nameGap: 44 }),
      tooltip: tip(
        ({ seriesName, value }) => `${seriesName}\nstep ${value[0]}: ${decimals(value[1])}`,
      ),
      series: tunes.map(lossSeries),
    },
    table: lossTable(tunes),
    say: tunes
      .map(([model, tune]) => `${plain(model)} ends at ${decimals(number(tune.final_loss), 2)}`)
      .join(', '),
  };
}

export function lossViews(report, state) {
  return oneTask(report.taskNames, [
    ['Loss of each step of tuning', (task) => makeLoss(report, state, task)],
  ]);
}
