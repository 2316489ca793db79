// A list box of any length of which only the rows in sight exist.

import { el } from './dom.js';

const beyond = 6; // rows kept above and below what is in sight

export class VirtualList {
  /** render(place) → nodes of a row; choose(place) is told when one is chosen by mouse or keys. */
  constructor({ label, rowHeight, render, choose }) {
    this.rowHeight = rowHeight;
    this.render = render;
    this.choose = choose;
    this.count = 0;
    this.chosen = -1;
    this.rows = new Map();
    this.spacer = el('div', { role: 'presentation', class: 'spacer' });
    this.node = el(
      'div',
      {
        class: 'list',
        role: 'listbox',
        tabindex: '0',
        'aria-label': label,
        on: { scroll: () => this.later(), keydown: (event) => this.key(event) },
      },
      this.spacer,
    );
    new ResizeObserver(() => this.later()).observe(this.node);
  }

  /** Another list of so many rows, from its top. */
  reset(count) {
    this.count = count;
    this.chosen = -1;
    this.spacer.style.height = `${count * this.rowHeight}px`;
    this.node.removeAttribute('aria-activedescendant');
    this.clear();
    this.node.scrollTop = 0;
    this.draw();
  }

  clear() {
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
  }

  later() {
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      this.draw();
    });
  }

  draw() {
    const height = this.node.clientHeight || 1;
    const first = Math.max(0, Math.floor(this.node.scrollTop / this.rowHeight) - beyond);
    const last = Math.min(
      this.count,
      Math.ceil((this.node.scrollTop + height) / this.rowHeight) + beyond,
    );
    for (const [place, row] of this.rows) {
      if (place >= first && place < last) continue;
      row.remove();
      this.rows.delete(place);
    }
    for (let place = first; place < last; ++place) if (!this.rows.has(place)) this.make(place);
  }

  make(place) {
    const row = el(
      'div',
      {
        role: 'option',
        id: `row-${place}`,
        class: 'row',
        'aria-setsize': this.count,
        'aria-posinset': place + 1,
        'aria-selected': String(place === this.chosen),
        on: { click: () => this.pick(place) },
      },
      this.render(place),
    );
    row.style.transform = `translateY(${place * this.rowHeight}px)`;
    row.style.height = `${this.rowHeight}px`;
    this.rows.set(place, row);
    this.spacer.append(row);
  }

  /** Chooses a row and brings it into sight. */
  pick(place) {
    if (!this.count) return;
    const wanted = Math.min(this.count - 1, Math.max(0, place));
    this.rows.get(this.chosen)?.setAttribute('aria-selected', 'false');
    this.chosen = wanted;
    const top = wanted * this.rowHeight;
    if (top < this.node.scrollTop) this.node.scrollTop = top;
    const bottom = top + this.rowHeight - this.node.clientHeight;
    if (bottom > this.node.scrollTop) this.node.scrollTop = bottom;
    this.draw();
    this.rows.get(wanted)?.setAttribute('aria-selected', 'true');
    this.node.setAttribute('aria-activedescendant', `row-${wanted}`);
    this.choose(wanted);
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.node.clientHeight / this.rowHeight) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    if (event.key in steps) this.pick(this.chosen < 0 ? 0 : this.chosen + steps[event.key]);
    else if (event.key === 'Home') this.pick(0);
    else if (event.key === 'End') this.pick(this.count - 1);
    else return;
    event.preventDefault();
  }
}
