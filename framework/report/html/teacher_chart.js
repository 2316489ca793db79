// Students against their teacher.

import { el } from './dom.js';
import { Chart, roomFor } from './chart.js';
import { chosenModels, chosenTasks } from './state.js';
import { nameAxis, valueAxis } from './marks.js';
import { numberColumns } from './table.js';
import { colours, tip } from './theme.js';
import { examplesLink } from './data.js';
import { decimals, plain, signed } from './text.js';

/** What is known of students beside their teacher: {task, model, place, with} each. */
function comparisons(report, state) {
  return chosenTasks(report, state).flatMap((task, place) =>
    chosenModels(report, state).flatMap((model) => {
      const found = report.cell(task, model)?.teacher;
      return found ? [{ task, model, place, found }] : [];
    }),
  );
}

function teacherTable(rows) {
  const titles = [
    'tuned − teacher',
    'teacher',
    'gap closed',
    'student only right',
    'teacher only right',
  ];
  return {
    columns: [
      { title: 'task' },
      { title: 'model' },
      ...numberColumns(titles),
      { title: 'as good' },
    ],
    rows: rows.map(({ task, model, found }) => {
      const only = (list) =>
        list === undefined
          ? null
          : { text: String(list.length), sort: list.length, link: examplesLink(task, model) };
      const gap = found.gap_closed;
      return [
        task,
        model,
        { text: signed(found.delta), sort: found.delta, link: examplesLink(task, model) },
        { text: decimals(found.score), sort: found.score },
        gap === null ? null : { text: `${decimals(100 * gap, 0)} %`, sort: gap },
        only(found.agreement?.student_only),
        only(found.agreement?.teacher_only),
        found.as_good ? 'yes' : 'no',
      ];
    }),
  };
}

function makeTeacher(report, state) {
  const rows = comparisons(report, state);
  if (!rows.length) return { empty: 'No tuned model shown has a task in common with the teacher.' };
  const palette = colours();
  const tasks = chosenTasks(report, state).map(plain);
  const items = rows.map(({ task, model, place, found }) => ({
    value: [found.delta, place],
    link: examplesLink(task, model),
    symbol: found.as_good ? 'circle' : 'diamond',
    words:
      `${plain(model)} on ${plain(task)}\n${signed(found.delta)} to the teacher's ${decimals(found.score)}` +
      `\n${found.as_good ? 'as good' : 'not as good'}`,
  }));
  return {
    height: 90 + 34 * tasks.length,
    option: {
      grid: { left: roomFor(tasks, 600), right: 20, top: 10, bottom: 44 },
      xAxis: valueAxis('tuned student − teacher'),
      yAxis: nameAxis(tasks, roomFor(tasks, 600)),
      tooltip: tip(({ data }) => data.words),
      series: [
        {
          type: 'scatter',
          symbolSize: 11,
          data: items,
          itemStyle: { color: palette.tuned, opacity: 0.8 },
          markLine: {
            silent: true,
            symbol: 'none',
            label: { show: false },
            data: [{ xAxis: 0 }],
            lineStyle: { color: palette.ink, type: 'solid' },
          },
        },
      ],
    },
    table: teacherTable(rows),
    say: `${rows.filter(({ found }) => found.as_good).length} of ${rows.length} tuned scores are as good as the teacher's.`,
  };
}

/** Null without a teacher among the records. */
export function teacherViews(report, state) {
  const [teacher] = report.baselines('teacher');
  if (!teacher) return null;
  const chart = new Chart(`Students against their ${plain(teacher)}`, () =>
    makeTeacher(report, state),
  );
  return [
    el(
      'p',
      {},
      'Right of 0 the student scores more than its teacher; a diamond is further behind than the margin.',
    ),
    el('div', { class: 'charts wide' }, chart.node),
  ];
}
