// What tests found, in words: the summary's "verdict" (docs/records.md).

import { decimals, number, signed } from './text.js';

/** "0.031", "< 0.001". */
export function pWords(p) {
  return p < 0.001 ? '< 0.001' : decimals(p);
}

/** "p = 0.031", "p < 0.001". */
export function pSentence(p) {
  return p < 0.001 ? 'p < 0.001' : `p = ${decimals(p)}`;
}

/** "[+0.02, +0.31]" of a difference's interval, a pair of numbers or null. */
export function rangeWords(range) {
  return range ? `[${range.map((value) => signed(number(value), 2)).join(', ')}]` : '';
}

export function isTold(result) {
  return result.told !== 'noise';
}

/** What tuning did to a score. */
export function effectWords(effect) {
  return { better: 'gain', worse: 'loss' }[effect.told] ?? 'cannot be told from noise';
}

export function toldTone(result) {
  return { better: 'good', worse: 'bad' }[result.told] ?? 'faint';
}

const tests = {
  mcnemar: 'McNemar, exact',
  sign_flips: 'sign flips',
  bootstrap: 'paired bootstrap',
};

export function testWords(result) {
  return tests[result.test] ?? result.test;
}

/** Cells of a table: a p-value, an interval, a difference; null where there is none. */
export function pCell(p) {
  return p === null || p === undefined ? null : { text: pWords(p), sort: p };
}
export function rangeCell(range) {
  return range ? { text: rangeWords(range), sort: number(range[0]) } : null;
}
export function differenceCell(value, more = {}) {
  const known = number(value);
  return known === null ? null : { text: signed(known), sort: known, ...more };
}
