// What to take for which wish, and how the report was computed.

import { el } from './dom.js';
import { plain } from './text.js';

function cellsLink(model) {
  return el('a', { href: `#cells?${new URLSearchParams({ model })}` }, plain(model));
}

function listed(nodes) {
  return nodes.flatMap((node, i) => {
    if (!i) return [node];
    return [i === nodes.length - 1 ? ' and ' : ', ', node];
  });
}

function answerOf({ models, can_tell: canTell }) {
  if (!models.length) return el('strong', {}, 'none');
  if (canTell) return el('strong', {}, cellsLink(models[0]));
  return [el('strong', {}, 'cannot tell'), ' between ', listed(models.map(cellsLink))];
}

/** Null where nothing is ranked. */
export function adviceViews(report) {
  const found = report.json.summary.recommendations ?? [];
  if (!found.length) return null;
  const questions = report.json.questions ?? [];
  return [
    el(
      'p',
      {},
      'Of the whole run, whatever is shown below. Models that a test does not tell apart are not thereby ',
      'equally good: with more test rows, tasks or seeds they may come apart.',
    ),
    el(
      'ul',
      { class: 'advice' },
      found.map((one, i) =>
        el(
          'li',
          {},
          el('h3', {}, questions[i] ?? one.wish),
          el('p', { class: 'answered' }, answerOf(one)),
          el('p', { class: 'note' }, plain(one.evidence)),
        ),
      ),
    ),
  ];
}

/** Null in a report without such sentences. */
export function methodViews(report) {
  const sentences = report.json.method ?? [];
  if (!sentences.length) return null;
  return [
    el(
      'ul',
      {},
      sentences.map((one) => el('li', {}, plain(one))),
    ),
  ];
}
