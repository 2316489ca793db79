// Students against their teacher.

import { el } from './dom.js';
import { Chart, roomFor } from './chart.js';
import { chosenModels, chosenTasks } from './state.js';
import { forest } from './forest.js';
import { nameAxis, valueAxis } from './marks.js';
import { oneTask } from './one_task.js';
import { numberColumns } from './table.js';
import { colours, tip } from './theme.js';
import { examplesLink } from './data.js';
import { decimals, number, plain, signed } from './text.js';
import { differenceCell, pCell, pSentence, rangeCell, rangeWords } from './verdict_words.js';

/** What is known of students beside their teacher: {task, model, place, with} each. */
function comparisons(report, state) {
  return chosenTasks(report, state).flatMap((task, place) =>
    chosenModels(report, state).flatMap((model) => {
      const found = report.cell(task, model)?.teacher;
      return found ? [{ task, model, place, found }] : [];
    }),
  );
}

/** The title of a task's teacher, or ''. */
function teacherOf(report, task) {
  return (
    report.baselinesOf(report.task(task)).find((one) => one.kind === 'teacher' && one.score)
      ?.title ?? ''
  );
}

function teacherTable(report, rows) {
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
      const only = (list, show) =>
        list === undefined
          ? null
          : {
              text: String(list.length),
              sort: list.length,
              link: examplesLink(task, model, { against: teacherOf(report, task), show }),
            };
      const gap = found.gap_closed;
      return [
        task,
        model,
        { text: signed(found.delta), sort: found.delta, link: examplesLink(task, model) },
        { text: decimals(found.score), sort: found.score },
        gap === null ? null : { text: `${decimals(100 * gap, 0)} %`, sort: gap },
        only(found.agreement?.student_only, 'ahead'),
        only(found.agreement?.teacher_only, 'behind'),
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
    table: teacherTable(report, rows),
    say: `${rows.filter(({ found }) => found.as_good).length} of ${rows.length} tuned scores are as good as the teacher's.`,
  };
}

const methods = { tango: 'Tango’s score interval', bootstrap: 'paired bootstrap' };

function marginsOn(report, state, task) {
  return chosenModels(report, state).flatMap((model) => {
    const found = report.verdictOf(task, model).teacher;
    return found ? [{ model, found }] : [];
  });
}

function marginTable(report, task, rows) {
  const beside = { against: teacherOf(report, task) };
  return {
    columns: [
      { title: 'model' },
      ...numberColumns(['student − teacher', 'interval', 'margin', 'p']),
      { title: 'no worse' },
      { title: 'method' },
      ...numberColumns(['rows']),
    ],
    rows: rows.map(({ model, found }) => [
      model,
      differenceCell(found.difference, {
        link: examplesLink(task, model, { ...beside, show: 'behind' }),
      }),
      rangeCell(found.interval),
      { text: decimals(found.margin), sort: found.margin },
      pCell(found.p),
      { text: found.no_worse ? 'yes' : 'not shown', tone: found.no_worse ? 'good' : '' },
      methods[found.method] ?? found.method,
      { text: String(found.rows), sort: found.rows, link: examplesLink(task, model, beside) },
    ]),
  };
}

function makeMargins(report, state, task, width) {
  const rows = marginsOn(report, state, task);
  if (!rows.length) return { empty: 'No model shown was tested against the teacher on this task.' };
  const items = rows.map(({ model, found }) => ({
    name: plain(model),
    value: number(found.difference),
    low: number(found.interval[0]),
    high: number(found.interval[1]),
    firm: found.no_worse,
    link: examplesLink(task, model, { against: teacherOf(report, task), show: 'behind' }),
    words:
      `${plain(model)}\nstudent − teacher ${signed(number(found.difference))} ${rangeWords(found.interval)}\n` +
      `margin ${decimals(found.margin)}, ${pSentence(found.p)}: ` +
      `${found.no_worse ? 'no worse than the teacher' : 'not shown to be no worse'}`,
  }));
  const lines = [
    [0, 'solid'],
    [-rows[0].found.margin, 'dashed'],
  ];
  return {
    ...forest(items, { axisName: 'student − teacher', width, lines }),
    table: marginTable(report, task, rows),
    say: `${rows.filter(({ found }) => found.no_worse).length} of ${rows.length} are shown to be no worse than the teacher.`,
  };
}

/** Nothing where no student and teacher have predictions of the same rows. */
function marginViews(report, state) {
  const tasks = report.taskNames.filter((task) =>
    report.modelNames.some((model) => report.verdictOf(task, model).teacher),
  );
  if (!tasks.length) return [];
  const level = Number((100 * (1 - report.verdict.options.alpha)).toPrecision(6));
  return [
    el(
      'p',
      {},
      'On the same test rows: a filled mark is shown to be worse than the teacher by less than the margin, the dashed ',
      `line, for the ${level} % interval of the difference lies right of it. Where lower is better, all is turned about.`,
    ),
    oneTask(tasks, [
      ['No worse than the teacher', (task, width) => makeMargins(report, state, task, width)],
    ]),
  ];
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
      'Right of 0 the student scores more than its teacher; a diamond is further behind than the margin, whether that ',
      'is noise or not.',
    ),
    el('div', { class: 'charts wide' }, chart.node),
    marginViews(report, state),
  ];
}
