// Puts the page together.

import { el, fill } from './dom.js';
import { readReport } from './data.js';
import { readAddress, stateOf } from './state.js';
import { watchTheme } from './theme.js';
import { drawAllCharts, updateCharts } from './chart.js';
import { adviceViews, methodViews } from './advice.js';
import { rankViews } from './rank_charts.js';
import { tunabilityViews } from './tunability_chart.js';
import { mapViews, slopeViews } from './task_charts.js';
import { teacherViews } from './teacher_chart.js';
import { paretoViews } from './cost_charts.js';
import { lossViews } from './loss_chart.js';
import { epochViews } from './epoch_chart.js';
import { effectViews } from './effect_charts.js';
import { pairViews } from './pair_charts.js';
import { seedViews } from './seed_charts.js';
import { bandViews } from './band_charts.js';
import { confusionViews } from './confusion_chart.js';
import { cellsViews } from './tables.js';
import { costViews } from './cost_tables.js';
import { ExampleBrowser } from './examples.js';
import { fillFilters } from './filter_bar.js';
import { plain } from './text.js';

function notesViews(report) {
  const notes = [...report.json.summary.notes, ...report.json.faults];
  return notes.length
    ? [
        el(
          'ul',
          {},
          notes.map((note) => el('li', {}, plain(note))),
        ),
      ]
    : null;
}

/** [id, title, views]: a view of which there is nothing to show is null. */
function sectionsOf(report, state, browser) {
  return [
    ['advice', 'Recommendations', adviceViews(report)],
    ['ranks', 'Which model is best', rankViews(report, state)],
    ['notes', 'What to know before comparing', notesViews(report)],
    ['scores', 'Scores', mapViews(report, state)],
    ['slopes', 'From base to tuned', slopeViews(report, state)],
    ['effects', 'More than noise?', effectViews(report, state)],
    ['pairs', 'Which models differ', pairViews(report, state)],
    ['tunability', 'Tunability', tunabilityViews(report, state)],
    ['teacher', 'Student and teacher', teacherViews(report, state)],
    ['pareto', 'Score and cost', paretoViews(report, state)],
    ['cells', 'All cells', cellsViews(report, state)],
    ['confusion', 'Confusion of classes', confusionViews(report)],
    ['epochs', 'Learning curves', epochViews(report, state)],
    ['loss', 'How tuning went', lossViews(report, state)],
    ['seeds', 'Other seeds', seedViews(report, state)],
    ['rates', 'Other learning rates', bandViews(report, state)],
    ['cost', 'Cost', costViews(report, state)],
    ['method', 'How to read this', methodViews(report)],
    ['examples', 'Examples', [browser.node]],
  ].filter(([, , views]) => views);
}

/** Goes where the address leads; the heading takes the focus, so that keys go on from there. */
function followAddress(browser) {
  const { section, values } = readAddress(location.hash);
  const target = section ? document.getElementById(section) : null;
  if (!target?.matches('main > section')) return;
  if (section === 'examples' && Object.keys(values).length) browser.follow(values);
  target.scrollIntoView();
  target.querySelector('h2').focus({ preventScroll: true });
}

function subtitle({ models, tasks, json }) {
  const { done, failed, left } = json.summary.cells;
  const many = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;
  return (
    `${many(models.length, 'model')}, ${many(tasks.length, 'task')}; cells: ${done} done, ${failed} failed, ` +
    `${left} left. Last finished ${json.finished || 'never'}.`
  );
}

function start() {
  const report = readReport();
  const state = stateOf(report);
  const browser = new ExampleBrowser(report, state);
  const sections = sectionsOf(report, state, browser);
  fill(document.getElementById('subtitle'), subtitle(report));
  fill(
    document.getElementById('contents'),
    el(
      'ul',
      {},
      sections.map(([id, title]) => el('li', {}, el('a', { href: `#${id}` }, title))),
    ),
  );
  fillFilters(document.getElementById('filters'), report, state);
  fill(
    document.getElementById('views'),
    sections.map(([id, title, views]) =>
      el(
        'section',
        { id, 'aria-labelledby': `${id}-title` },
        el('h2', { id: `${id}-title`, tabindex: '-1' }, title),
        views,
      ),
    ),
  );
  const button = el('button', { type: 'button', 'aria-label': 'Switch between light and dark' });
  document.getElementById('tools').append(button);
  watchTheme(button, updateCharts);
  addEventListener('beforeprint', drawAllCharts);
  state.listen(updateCharts);
  addEventListener('hashchange', () => followAddress(browser));
  followAddress(browser);
  document.documentElement.dataset.ready = 'yes';
}

try {
  start();
} catch (error) {
  fill(
    document.getElementById('views'),
    el(
      'p',
      { role: 'alert' },
      `The report cannot be shown: ${error.message}. It needs a browser of 2023 or later.`,
    ),
  );
  throw error;
}
