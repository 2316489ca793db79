// A chart, its caption and the table of its numbers.

import { el, fill } from './dom.js';
import { commonOption } from './theme.js';
import { sortableTable } from './table.js';

/** A <figure> that is drawn when it comes into sight.
 *
 *  make() → {option, height, table: {columns, rows}, say} or {empty: 'why'}. `option` is what ECharts
 *  draws; an item's `link` leads to its examples. `say` is the chart in a sentence, for who cannot
 *  see it; every number is in the table too. */
export class Chart {
  constructor(title, make) {
    this.make = make;
    this.stage = el('div', { class: 'stage' });
    this.tablePlace = el('div', {
      class: 'scrolls',
      tabindex: '0',
      role: 'region',
      'aria-label': `${title}: numbers`,
    });
    this.details = el(
      'details',
      { class: 'numbers', on: { toggle: () => this.showTable() } },
      el('summary', {}, 'Numbers'),
      this.tablePlace,
    );
    this.caption = el('figcaption', {}, title);
    this.node = el('figure', { class: 'chart' }, this.caption, this.stage, this.details);
    this.title = title;
    this.fresh = false;
    this.inSight = false;
    sight.observe(this.node);
    widths.observe(this.stage);
    byNode.set(this.node, this);
    byNode.set(this.stage, this);
    all.push(this);
  }

  /** Another title, where a choice changes what is drawn; update() has to follow. */
  rename(title) {
    this.title = title;
    fill(this.caption, title);
    this.tablePlace.setAttribute('aria-label', `${title}: numbers`);
  }

  /** Draws anew: at once where it is in sight, else when it comes there. */
  update() {
    this.fresh = false;
    if (this.inSight) this.draw();
  }

  draw() {
    if (this.fresh) return;
    this.fresh = true;
    this.made = this.make();
    this.details.hidden = !this.made.table;
    if (this.details.open) this.showTable();
    if (this.made.empty) {
      this.instance?.dispose();
      this.instance = null;
      this.stage.style.height = '';
      this.stage.removeAttribute('role');
      this.stage.removeAttribute('aria-label');
      fill(this.stage, el('p', { class: 'empty' }, this.made.empty));
      return;
    }
    this.stage.style.height = `${this.made.height ?? 320}px`;
    if (!this.instance) this.begin();
    this.instance.resize();
    this.instance.setOption({ ...commonOption(), ...this.made.option }, { notMerge: true });
    // The library describes every number in its label; ours is a sentence, the table has the rest.
    this.stage.setAttribute('role', 'img');
    this.stage.setAttribute('aria-label', `${this.title}. ${this.made.say}`);
  }

  begin() {
    fill(this.stage);
    this.instance = globalThis.echarts.init(this.stage, null, { renderer: 'svg' });
    this.instance.on('click', (event) => {
      if (event.data?.link) location.hash = event.data.link;
    });
  }

  showTable() {
    if (!this.details.open || !this.made?.table) return;
    fill(this.tablePlace, sortableTable(this.made.table));
  }
}

const all = [];
const byNode = new WeakMap();

const sight = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      const chart = byNode.get(target);
      chart.inSight = isIntersecting;
      if (isIntersecting) chart.draw();
    }
  },
  { rootMargin: '200px' },
);

const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const chart = byNode.get(target);
    if (chart.instance && chart.instance.getWidth() !== target.clientWidth) chart.update();
  }
});

export function updateCharts() {
  for (const chart of all) chart.update();
}

/** Paper shows all of them, whether they were in sight or not. */
export function drawAllCharts() {
  for (const chart of all) chart.draw();
}

/** Room for the longest of these names beside a chart. */
export function roomFor(names, width) {
  const longest = Math.max(0, ...names.map((name) => name.length));
  return Math.min(longest * 7.5 + 16, Math.max(90, width * 0.34));
}
