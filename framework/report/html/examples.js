// The browser of predictions: every number of the report leads here.

import { choice, el, fill } from './dom.js';
import { besideFilters, Cursor, filters, matchingRows } from './matching.js';
import { Examples } from './blocks.js';
import { VirtualList } from './virtual_list.js';
import { askForFile } from './example_file.js';
import { examplesLink } from './data.js';
import { excerpt, showExample, verdict } from './example_detail.js';
import { readAddress } from './state.js';
import { counted, plain, quoted } from './text.js';

const rowHeight = 56;

export class ExampleBrowser {
  constructor(report, state) {
    this.report = report;
    this.state = state;
    this.sets = report.json.examples.map((head, place) => new Examples(head, place));
    this.found = [];
    this.wish = {
      task: this.sets[0]?.task ?? '',
      model: '',
      show: 'all',
      q: '',
      stage: 'tuned',
      reference: '',
      prediction: '',
      against: '',
    };
    this.controls = el('div', { class: 'choices' });
    this.marks = el('div', { class: 'choices' });
    this.status = el('p', { role: 'status', class: 'note' });
    this.list = new VirtualList({
      label: 'Examples',
      rowHeight,
      render: (place) => this.renderRow(place),
      choose: (place) => this.show(place),
    });
    this.detail = el('div', {
      class: 'detail',
      role: 'region',
      'aria-label': 'The example chosen',
      tabindex: '0',
    });
    this.split = el('div', { class: 'split' }, this.list.node, this.detail);
    this.node = el('div', {}, this.controls, this.marks, this.status, this.split);
    state.listen(() => this.started && this.refresh());
    new IntersectionObserver((entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      if (!this.started) this.follow({});
    }).observe(this.node);
  }

  get examples() {
    return this.sets.find((set) => set.task === this.wish.task);
  }

  /** Shows what an address asks for; what it leaves out is the default. */
  follow(values) {
    this.started = true;
    const models = (task) =>
      this.sets.find((set) => set.task === task)?.head.stages.map((one) => one.model) ?? [];
    const task = values.task || this.wish.task;
    const model = models(task).includes(values.model)
      ? values.model
      : (models(task)[0] ?? values.model ?? '');
    const against = models(task).includes(values.against) ? values.against : '';
    const isKnown = values.show in filters || (against && values.show in besideFilters);
    this.wish = {
      task,
      model,
      show: isKnown ? values.show : 'all',
      q: values.q ?? '',
      stage: values.stage === 'base' ? 'base' : 'tuned',
      reference: values.reference ?? '',
      prediction: values.prediction ?? '',
      against,
    };
    this.makeControls();
    this.refresh();
  }

  /** A control's change: the address follows, without a jump. */
  change(changes) {
    const next = { ...this.wish, ...changes };
    if ('task' in changes) Object.assign(next, { reference: '', prediction: '', against: '' });
    const { task, model, ...rest } = next;
    const set = Object.fromEntries(
      Object.entries(rest).filter(
        ([name, value]) =>
          value &&
          !(name === 'show' && value === 'all') &&
          !(name === 'stage' && value === 'tuned'),
      ),
    );
    history.replaceState(null, '', examplesLink(task, model, set));
    if (['task', 'reference', 'prediction', 'against'].some((name) => name in changes))
      this.follow(readAddress(location.hash).values);
    else {
      this.wish = next;
      this.refresh();
    }
  }

  makeControls() {
    const focused = [...this.controls.querySelectorAll('select, input')].indexOf(
      document.activeElement,
    );
    const models = [...new Set(this.examples?.head.stages.map((one) => one.model) ?? [])];
    const search = el('input', {
      type: 'search',
      value: this.wish.q,
      placeholder: 'in prompt, reference, answers',
      on: { input: () => this.searchSoon(search.value) },
    });
    fill(
      this.controls,
      choice(
        'Task',
        this.sets.map((set) => [set.task, plain(set.task)]),
        this.wish.task,
        (task) => this.change({ task }),
      ),
      choice(
        'Model',
        models.map((model) => [model, plain(model)]),
        this.wish.model,
        (model) => this.change({ model }),
      ),
      choice(
        'Show',
        Object.entries({ ...filters, ...(this.wish.against ? besideFilters : {}) }).map(
          ([key, [words]]) => [key, words],
        ),
        this.wish.show,
        (show) => this.change({ show }),
      ),
      choice(
        'Beside',
        [['', 'no other'], ...models.map((model) => [model, plain(model)])],
        this.wish.against,
        (against) => this.change({ against }),
      ),
      el('label', { class: 'choice' }, el('span', {}, 'Search'), search),
    );
    this.controls.querySelectorAll('select, input')[focused]?.focus();
    this.makeMarks();
  }

  /** A button for each class that the rows are of, which leaves it out. */
  makeMarks() {
    fill(
      this.marks,
      ['reference', 'prediction']
        .filter((name) => this.wish[name])
        .map((name) =>
          el(
            'button',
            { type: 'button', class: 'chip', on: { click: () => this.change({ [name]: '' }) } },
            `${name} is `,
            quoted('q', this.wish[name]),
            ' ✕',
          ),
        ),
    );
  }

  searchSoon(q) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.change({ q }), 150);
  }

  /** {name, higher, best, worst} of the metric by which rows are right. */
  bounds() {
    const { task, model } = this.wish;
    const of = (metric) =>
      this.report.score(task, model, 'tuned', metric) ??
      this.report.score(task, model, 'base', metric);
    const score = of(this.state.get('metric')) ?? of('');
    const finite = (value) => (Number.isFinite(value) ? value : null);
    return {
      name: score?.name ?? '',
      higher: score?.higher ?? true,
      best: finite(score?.higher === false ? score.lowest : score?.highest),
      worst: finite(score?.higher === false ? score.highest : score?.lowest),
    };
  }

  async refresh() {
    this.run?.abort();
    const run = (this.run = new AbortController());
    const examples = this.examples;
    this.split.hidden = true;
    fill(this.detail);
    if (!examples)
      return this.say(
        'The run folder had no predictions of this task when the report was written.',
      );
    if (!examples.loaded && !(await this.load(examples))) return undefined;
    if (run.signal.aborted) return undefined;
    this.metric = this.bounds();
    const cursor = new Cursor(examples, this.wish.model, this.metric.name, this.metric, this.wish);
    const found = await matchingRows(examples, cursor, this.wish, run.signal);
    if (!found) return undefined;
    this.found = found;
    this.split.hidden = !found.length;
    this.list.reset(found.length);
    this.list.pick(0);
    return this.say(
      `${counted(found.length)} of ${counted(examples.rows)} examples` +
        (this.metric.name ? `; right or wrong by ${plain(this.metric.name)}` : ''),
    );
  }

  say(text) {
    fill(this.status, text);
  }

  async load(examples) {
    try {
      const texts =
        examples.head.file && !examples.texts
          ? await askForFile(examples, this.status)
          : examples.texts;
      await examples.load(
        (share) => this.say(`Unpacking the examples: ${Math.round(100 * share)} %`),
        texts,
      );
      return true;
    } catch (error) {
      this.say(`The examples cannot be read: ${error.message}`);
      return false;
    }
  }

  renderRow(place) {
    const { model, q } = this.wish;
    const row = this.examples.row(this.found[place], model);
    const wanted = q.toLowerCase();
    const marks = [row.base, row.tuned].map((answer) => {
      if (!answer) return el('span', { title: 'none' }, '–');
      const score = answer.scores.find((one) => one.name === this.metric.name) ?? answer.scores[0];
      const [sign, words, tone] = verdict(score?.value, this.metric);
      return el('span', { class: tone, title: `${answer.stage}: ${words}` }, sign);
    });
    const answer = row.tuned ?? row.base;
    return [
      el('span', { class: 'place' }, counted(row.index + 1)),
      el('span', { class: 'signs' }, marks[0], '→', marks[1]),
      el(
        'span',
        { class: 'lines' },
        el('span', { class: 'line quoted', dir: 'auto' }, excerpt(answer.own, wanted)),
        el(
          'span',
          { class: 'line quoted faint', dir: 'auto' },
          excerpt(answer.completion || '(empty)', wanted),
        ),
      ),
    ];
  }

  show(place) {
    showExample(this.detail, this.examples.row(this.found[place], this.wish.model), {
      bounds: this.metric,
      metric: this.metric.name,
      wanted: this.wish.q.toLowerCase(),
      place,
      count: this.found.length,
      move: (next) => this.list.pick(next),
    });
  }
}
