// Tables whose columns sort them.

import { el, fill } from './dom.js';
import { plain } from './text.js';

/** Columns of numbers with these titles. */
export function numberColumns(titles) {
  return titles.map((title) => ({ title: plain(title), number: true }));
}

function sortKey(cell) {
  return cell !== null && typeof cell === 'object' && 'sort' in cell ? cell.sort : text(cell);
}

function isNothing(value) {
  return value === null || value === undefined || Number.isNaN(value);
}

/** Orders two keys; nothing comes last both ways. */
function compared(one, other, down) {
  if (isNothing(one) || isNothing(other)) return isNothing(one) - isNothing(other);
  const result =
    typeof one === 'number' && typeof other === 'number'
      ? one - other
      : String(one).localeCompare(String(other), 'en', { numeric: true });
  return down ? -result : result;
}

/** columns: [{title, number}]; rows: arrays of {text, sort, link, tone}, of texts or of null. A cell
 *  sorts by `sort` where it has one, else by its text. */
export function sortableTable({ columns, rows }) {
  const body = el('tbody');
  let sorted = -1;
  let down = false;
  const heads = columns.map((column, place) =>
    el(
      'th',
      { scope: 'col', class: column.number ? 'number' : null },
      el('button', { type: 'button', on: { click: () => sortBy(place) } }, column.title),
    ),
  );

  function show(order) {
    const cells = (row) => row.map((cell, i) => tableCell(cell, columns[i], i));
    fill(
      body,
      order.map((row) => el('tr', {}, cells(row))),
    );
  }

  function sortBy(place) {
    down = sorted === place ? !down : Boolean(columns[place].number);
    sorted = place;
    heads.forEach((head, i) => {
      if (i === place) head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    show([...rows].sort((a, b) => compared(sortKey(a[place]), sortKey(b[place]), down)));
  }

  show(rows);
  return el('table', {}, el('thead', {}, el('tr', {}, heads)), body);
}

/** A table in a place that scrolls and follows the filters; make() gives columns and rows. `show`
 *  makes it anew. */
export function liveTable(label, state, make) {
  const node = el('div', { class: 'scrolls', tabindex: '0', role: 'region', 'aria-label': label });
  const show = () => {
    const table = make();
    fill(
      node,
      table.rows.length
        ? sortableTable(table)
        : el('p', { class: 'empty' }, 'Nothing that is shown has such figures.'),
    );
  };
  state.listen(show);
  show();
  return { node, show };
}

function text(cell) {
  return cell !== null && typeof cell === 'object' ? cell.text : cell;
}

function tableCell(cell, column, place) {
  const words = plain(text(cell) ?? '–');
  // A text has a method `link` of its own, so only objects are asked.
  const { link = null, tone = '' } = cell !== null && typeof cell === 'object' ? cell : {};
  const inside = link ? el('a', { href: link }, words) : words;
  const kind = [column.number ? 'number' : '', tone].join(' ').trim();
  return place === 0
    ? el('th', { scope: 'row', class: kind || null }, inside)
    : el('td', { class: kind || null }, inside);
}
