// Which models, tasks and metric the page shows.

import { choice, el } from './dom.js';
import { counted, plain } from './text.js';

/** A fold with a box for each name. */
function boxes(title, key, names, state) {
  const inputs = names.map((name) =>
    el('input', { type: 'checkbox', checked: true, on: { change: () => update() } }),
  );
  const summary = el('summary', {}, '');
  const say = () => {
    const shown = state.get(key).size;
    const words = shown === names.length ? `all ${counted(shown)}` : `${shown} of ${names.length}`;
    summary.textContent = `${title}: ${words}`;
  };
  function update() {
    state.set({ [key]: new Set(names.filter((name, i) => inputs[i].checked)) });
    say();
  }
  const all = (checked) => () => {
    for (const input of inputs) input.checked = checked;
    update();
  };
  say();
  return el(
    'details',
    { class: 'pick' },
    summary,
    el(
      'fieldset',
      {},
      el('legend', {}, title),
      el(
        'div',
        { class: 'choices' },
        el('button', { type: 'button', on: { click: all(true) } }, 'All'),
        el('button', { type: 'button', on: { click: all(false) } }, 'None'),
      ),
      names.map((name, i) => el('label', {}, inputs[i], ' ', plain(name))),
    ),
  );
}

export function fillFilters(form, report, state) {
  form.append(
    boxes('Models', 'models', report.modelNames, state),
    boxes('Tasks', 'tasks', report.taskNames, state),
    choice(
      'Metric',
      [['', 'each task’s headline'], ...report.metrics.map((name) => [name, plain(name)])],
      '',
      (metric) => state.set({ metric }),
    ),
  );
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const fold = event.target.closest('details[open]');
    if (!fold) return;
    fold.open = false;
    fold.querySelector('summary').focus();
  });
  document.addEventListener('click', (event) => {
    for (const fold of form.querySelectorAll('details[open]'))
      if (!fold.contains(event.target)) fold.open = false;
  });
}
