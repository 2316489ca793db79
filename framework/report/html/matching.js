// Which rows a filter shows.

import { pause } from './dom.js';
import { isRight } from './data.js';

/** The filters, by name; each has a test of a row's headline scores and marks. */
export const filters = {
  all: ['all examples', () => true],
  right: ['right after tuning', (row) => row.isRight(row.tuned)],
  wrong: ['wrong after tuning', (row) => row.isWrong(row.tuned)],
  right_base: ['right before tuning', (row) => row.isRight(row.base)],
  wrong_base: ['wrong before tuning', (row) => row.isWrong(row.base)],
  gained: [
    'gained: wrong before, right after',
    (row) => row.isWrong(row.base) && row.isRight(row.tuned),
  ],
  regressed: [
    'regressed: right before, wrong after',
    (row) => row.isRight(row.base) && row.isWrong(row.tuned),
  ],
  better: ['better score after tuning', (row) => row.change() > 0],
  worse: ['worse score after tuning', (row) => row.change() < 0],
  unparsed_tuned: ['not of the form asked, tuned', (row) => row.isUnread(row.tuned)],
  unparsed_base: ['not of the form asked, base', (row) => row.isUnread(row.base)],
  became_valid: [
    'of the form asked only after tuning',
    (row) => row.isUnread(row.base) && row.isRead(row.tuned),
  ],
  became_invalid: [
    'of the form asked only before tuning',
    (row) => row.isRead(row.base) && row.isUnread(row.tuned),
  ],
  unscored: [
    'left out of the score',
    (row) => row.isUnscored(row.base) || row.isUnscored(row.tuned),
  ],
};

/** The filters that need another model, beside which this one is seen at one stage. */
export const besideFilters = {
  ahead: [
    'right where the other is wrong',
    (row) => row.isRight(row.shown) && row.isWrong(row.other),
  ],
  behind: [
    'wrong where the other is right',
    (row) => row.isWrong(row.shown) && row.isRight(row.other),
  ],
};

/** A row under the eye of a filter: one object for all rows, moved from one to the next. */
export class Cursor {
  /** `bounds`: {higher, best, worst} of the metric, `metric` its name. `beside`: {against, stage}, the
   *  other model and the stage at which the two are seen; what is no model has but the first. */
  constructor(examples, model, metric, bounds, { against = '', stage = 'tuned' } = {}) {
    const at = (name) => ['base', 'tuned'].map((one) => examples.stage(name, one));
    const seen = ([base, tuned]) => (stage === 'base' || tuned < 0 ? base : tuned);
    this.stages = at(model);
    [this.base, this.tuned] = this.stages;
    this.shown = seen(this.stages);
    this.other = against ? seen(at(against)) : -1;
    this.columns = new Map(
      [...this.stages, this.other]
        .filter((place) => place >= 0)
        .map((place) => [place, Math.max(0, examples.head.stages[place].metrics.indexOf(metric))]),
    );
    this.bounds = bounds;
  }
  move(block, at) {
    this.block = block;
    this.at = at;
  }
  isThere(stage) {
    return stage >= 0 && this.block.stages[stage].prompt[this.at] >= 0;
  }
  score(stage) {
    if (!this.isThere(stage)) return undefined;
    return this.block.stages[stage].scores[this.columns.get(stage)]?.[this.at];
  }
  isRight(stage) {
    const score = this.score(stage);
    return typeof score === 'number' && isRight(score, this.bounds);
  }
  isWrong(stage) {
    const score = this.score(stage);
    return typeof score === 'number' && !isRight(score, this.bounds);
  }
  isUnread(stage) {
    return this.isThere(stage) && this.block.stages[stage].parsed[this.at] === '0';
  }
  isRead(stage) {
    return this.isThere(stage) && this.block.stages[stage].parsed[this.at] === '1';
  }
  isUnscored(stage) {
    return this.isThere(stage) && typeof this.score(stage) !== 'number';
  }
  /** Above 0 where tuning made the score better. */
  change() {
    const [base, tuned] = [this.score(this.base), this.score(this.tuned)];
    if (typeof base !== 'number' || typeof tuned !== 'number') return 0;
    return this.bounds.higher ? tuned - base : base - tuned;
  }
  /** Whether a text of the row has `wanted`, which is in lower case, in it. */
  says(wanted) {
    const has = (place) => place >= 0 && this.block.texts[place].toLowerCase().includes(wanted);
    if (this.block.references[this.at].some(has)) return true;
    return this.stages.some(
      (stage) =>
        stage >= 0 &&
        (has(this.block.stages[stage].prompt[this.at]) ||
          has(this.block.stages[stage].completion[this.at])),
    );
  }
  /** Whether it is of that cell of a confusion matrix; '' asks for nothing. */
  isOf(stageName, reference, prediction) {
    const stage = this.stages[stageName === 'base' ? 0 : 1];
    const text = (place) => this.block.texts[place];
    if (reference && !this.block.references[this.at].some((place) => text(place) === reference))
      return false;
    if (!prediction) return true;
    return this.isRead(stage) && text(this.block.stages[stage].prediction[this.at]) === prediction;
  }
}

/** The rows that pass, in order; null once `signal` is aborted. Works in slices of a few
 *  milliseconds, so that the page stays alive beside it. */
export async function matchingRows(examples, cursor, wish, signal) {
  const [, test] = filters[wish.show] ?? besideFilters[wish.show] ?? filters.all;
  const wanted = wish.q.toLowerCase();
  const found = [];
  let until = performance.now() + 8;
  for (const [number, block] of examples.blocks.entries()) {
    for (let at = 0; at < block.index.length; ++at) {
      cursor.move(block, at);
      if (
        test(cursor) &&
        cursor.isOf(wish.stage, wish.reference, wish.prediction) &&
        (!wanted || cursor.says(wanted))
      )
        found.push(examples.starts[number] + at);
      if (at % 64 === 0 && performance.now() > until) {
        await pause();
        if (signal.aborted) return null;
        until = performance.now() + 8;
      }
    }
  }
  return signal.aborted ? null : found;
}
