// Which class was taken for which.

import { choice, el, fill } from './dom.js';
import { Chart, roomFor } from './chart.js';
import { examplesLink } from './data.js';
import { columnAxis, columnHeight, heatMap, nameAxis } from './marks.js';
import { numberColumns } from './table.js';
import { colours, tip } from './theme.js';
import { plain } from './text.js';

const unread = '(no answer)';

/** A matrix with what its cells are called and lead to. */
function readMatrix(matrix, task, model, stage) {
  const totals = new Map();
  for (const [reference, , count] of matrix.counts) {
    totals.set(reference, (totals.get(reference) ?? 0) + count);
  }
  const rows = matrix.labels.map(plain);
  const isUnread = (prediction) => prediction === rows.length;
  return {
    rows,
    totals,
    columns: matrix.counts.some(([, prediction]) => isUnread(prediction))
      ? [...rows, unread]
      : rows,
    link: (reference, prediction) =>
      examplesLink(task, model, {
        stage,
        reference: matrix.labels[reference],
        ...(isUnread(prediction)
          ? { show: `unparsed_${stage}` }
          : { prediction: matrix.labels[prediction] }),
      }),
  };
}

function confusionTable(counts, { rows, columns, link }) {
  return {
    columns: [{ title: 'reference' }, { title: 'prediction' }, ...numberColumns(['examples'])],
    rows: counts.map(([reference, prediction, count]) => [
      rows[reference],
      columns[prediction],
      { text: String(count), sort: count, link: link(reference, prediction) },
    ]),
  };
}

function makeConfusion(report, task, model, stage, node) {
  const matrix = report.statistics(task, model)[stage]?.confusion;
  if (!matrix) return { empty: 'This cell has no answers of a small closed set at this stage.' };
  const read = readMatrix(matrix, task, model, stage);
  const { rows, columns, totals, link } = read;
  const items = matrix.counts.map(([reference, prediction, count]) => ({
    value: [prediction, reference, count / totals.get(reference)],
    count,
    link: link(reference, prediction),
    words: `${rows[reference]} taken for ${columns[prediction]}\n${count} of ${totals.get(reference)}`,
    itemStyle: reference === prediction ? { borderColor: colours().ink, borderWidth: 1.5 } : {},
  }));
  const isLarge = columns.length > 30;
  const room = roomFor(columns, node().clientWidth);
  const right = matrix.counts
    .filter(([a, b]) => a === b)
    .reduce((all, [, , count]) => all + count, 0);
  return {
    height: 16 + columnHeight(room) + (isLarge ? 14 : 28) * rows.length,
    option: {
      grid: { left: room, right: 8, top: columnHeight(room), bottom: 8 },
      xAxis: columnAxis(columns, room),
      yAxis: nameAxis(rows, room),
      tooltip: tip(({ data }) => data.words),
      ...heatMap(items, (data) => String(data.count), !isLarge),
    },
    table: confusionTable(matrix.counts, read),
    say: `${right} of ${[...totals.values()].reduce((all, count) => all + count, 0)} examples on the diagonal.`,
  };
}

/** The tasks and models that have a matrix: task → models. */
function matrices(report) {
  const found = new Map();
  for (const task of report.taskNames) {
    const models = report.modelNames.filter((model) =>
      ['base', 'tuned'].some((stage) => report.statistics(task, model)[stage]?.confusion),
    );
    if (models.length) found.set(task, models);
  }
  return found;
}

/** Null where no cell has a matrix. */
export function confusionViews(report) {
  const found = matrices(report);
  if (!found.size) return null;
  const [first] = found.keys();
  const wish = { task: first, model: found.get(first)[0], stage: 'tuned' };
  const chart = new Chart('Which class was taken for which', () =>
    makeConfusion(report, wish.task, wish.model, wish.stage, () => chart.stage),
  );
  const place = el('div', { class: 'choices' });
  const pick = (key) => (value) => {
    wish[key] = value;
    const focused = [...place.querySelectorAll('select')].indexOf(document.activeElement);
    show();
    place.querySelectorAll('select')[focused]?.focus();
    chart.update();
  };
  function show() {
    if (!found.get(wish.task).includes(wish.model)) [wish.model] = found.get(wish.task);
    const names = (list) => list.map((name) => [name, plain(name)]);
    fill(
      place,
      choice('Task', names([...found.keys()]), wish.task, pick('task')),
      choice('Model', names(found.get(wish.task)), wish.model, pick('model')),
      choice(
        'Stage',
        [
          ['tuned', 'after tuning'],
          ['base', 'before tuning'],
        ],
        wish.stage,
        pick('stage'),
      ),
    );
  }
  show();
  return [
    el(
      'p',
      {},
      'A row is a reference, a column what was read from the answer. A stronger colour is a larger ',
      'share of the row.',
    ),
    place,
    el('div', { class: 'charts wide' }, chart.node),
  ];
}
