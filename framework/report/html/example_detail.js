// One example with all that became of it.

import { el, fill } from './dom.js';
import { isRight } from './data.js';
import { decimals, number, plain, quoted, shown, signed } from './text.js';

/** A sign, words and a tone for a score. */
export function verdict(score, bounds) {
  if (score === undefined || score === null) return ['–', 'no score', ''];
  if (typeof score === 'string' && Number.isNaN(Number(score)))
    return ['·', `not scored: ${score}`, ''];
  const value = number(score);
  const right = isRight(value, bounds);
  const words = value === bounds.best || value === bounds.worst ? '' : ` (${decimals(value)})`;
  return right ? ['✓', `right${words}`, 'good'] : ['✗', `wrong${words}`, 'bad'];
}

function scoreTable(answer) {
  return el(
    'dl',
    { class: 'scores' },
    answer.scores
      .filter(({ value }) => value !== null)
      .map(({ name, value }) => [
        el('dt', {}, plain(name)),
        el('dd', {}, typeof value === 'number' ? decimals(value) : `not scored: ${plain(value)}`),
      ]),
  );
}

function promptOf(answer, wanted) {
  return el(
    'div',
    { class: 'text', tabindex: '0', role: 'group', 'aria-label': `Prompt, ${answer.stage}` },
    quoted('span', answer.before, { class: 'faint' }),
    quoted('span', answer.own, {}, wanted),
    quoted('span', answer.after, { class: 'faint' }),
  );
}

function answerCard(answer, bounds, metric, wanted) {
  const score = answer.scores.find((one) => one.name === metric) ?? answer.scores[0];
  const [sign, words, tone] = verdict(score?.value, bounds);
  return el(
    'section',
    { class: 'answer' },
    el(
      'h4',
      {},
      answer.stage === 'base' ? 'Before tuning' : 'After tuning',
      ' ',
      el('span', { class: tone }, `${sign} ${words}`),
    ),
    quoted(
      'div',
      answer.completion || '(empty)',
      { class: 'text', tabindex: '0', role: 'group', 'aria-label': `Completion, ${answer.stage}` },
      wanted,
    ),
    el(
      'p',
      { class: 'note' },
      answer.parsed ? ['read as ', quoted('code', answer.prediction)] : 'not of the form asked for',
      `; ended by ${answer.stop || 'nothing known'}`,
    ),
    scoreTable(answer),
  );
}

/** Fills `node` with a row of Examples.row(). */
export function showExample(node, row, { bounds, metric, wanted, place, count, move }) {
  const answers = [row.base, row.tuned].filter(Boolean);
  const [base, tuned] = [row.base, row.tuned].map(
    (answer) => (answer?.scores.find((one) => one.name === metric) ?? answer?.scores[0])?.value,
  );
  const change = typeof base === 'number' && typeof tuned === 'number' ? tuned - base : null;
  const samePrompt =
    row.base &&
    row.tuned &&
    ['before', 'own', 'after'].every((part) => row.base[part] === row.tuned[part]);
  fill(
    node,
    el(
      'div',
      { class: 'choices' },
      el('h3', {}, `Example ${row.index + 1}`),
      el(
        'button',
        { type: 'button', disabled: place === 0, on: { click: () => move(place - 1) } },
        'Previous',
      ),
      el(
        'button',
        { type: 'button', disabled: place + 1 >= count, on: { click: () => move(place + 1) } },
        'Next',
      ),
      el(
        'span',
        { class: 'note' },
        plain(row.where),
        change ? `, ${signed(change)} by tuning` : '',
      ),
    ),
    el('h4', {}, 'Prompt'),
    (samePrompt ? answers.slice(1) : answers).map((answer) => promptOf(answer, wanted)),
    el('h4', {}, row.references.length === 1 ? 'Reference' : 'References, any of which is right'),
    el(
      'ul',
      { class: 'references' },
      row.references.map((text) => el('li', {}, quoted('span', text, {}, wanted))),
    ),
    el(
      'div',
      { class: 'answers' },
      answers.map((answer) => answerCard(answer, bounds, metric, wanted)),
    ),
  );
}

const excerptLength = 180;

/** The beginning of a text in one line. */
export function excerpt(text, wanted = '') {
  const hit = wanted ? text.toLowerCase().indexOf(wanted) : -1;
  const from = hit > excerptLength / 2 ? hit - 40 : 0;
  const part = text.slice(from, from + excerptLength).replace(/\s+/g, ' ');
  return [from ? '… ' : '', shown(part.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, ''), wanted)];
}
