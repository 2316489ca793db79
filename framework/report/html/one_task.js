// Charts of one task at a time, and the choice of which.

import { choice, el } from './dom.js';
import { Chart } from './chart.js';
import { plain } from './text.js';

/** charts: [title, make] pairs; make(task, width) is Chart's, `width` that of its stage. '' among the
 *  tasks is all of them together. `more` are further choices: {label, pairs, value, change}. */
export function oneTask(tasks, charts, more = []) {
  let [task] = tasks;
  const made = charts.map(([title, make]) => {
    const chart = new Chart(title, () => make(task, chart.stage.clientWidth));
    return chart;
  });
  const pick = (change) => (value) => {
    change(value);
    for (const chart of made) chart.update();
  };
  return [
    el(
      'div',
      { class: 'choices' },
      choice(
        'Task',
        tasks.map((name) => [name, name ? plain(name) : 'all tasks together']),
        task,
        pick((value) => {
          task = value;
        }),
      ),
      more.map(({ label, pairs, value, change }) => choice(label, pairs, value, pick(change))),
    ),
    el(
      'div',
      { class: 'charts wide' },
      made.map((chart) => chart.node),
    ),
  ];
}
