// The page's modules that need no page.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const html = new URL('../../../framework/report/html/', import.meta.url);
const load = (name) => import(`data:text/javascript,${encodeURIComponent(joined(name))}`);

/** A module with those that it imports, as the build joins them, with its exports. */
function joined(name, seen = new Set()) {
  if (seen.has(name)) return '';
  seen.add(name);
  const text = readFileSync(new URL(name, html), 'utf8');
  const imports = [...text.matchAll(/^import \{[^}]*\} from '\.\/([a-z_]+\.js)';/gm)].map(
    (match) => match[1],
  );
  return (
    imports.map((one) => joined(one, seen)).join('') +
    text.replace(/^import \{[^}]*\} from '\.\/[a-z_]+\.js';/gm, '')
  );
}

const top = /^(?:export )?(?:async )?(?:function|class|const|let) (\w+)/gm;

test('names at the top of the modules differ, for they become one', () => {
  const owner = new Map();
  for (const file of readdirSync(html).filter((name) => name.endsWith('.js'))) {
    for (const [, name] of readFileSync(new URL(file, html), 'utf8').matchAll(top)) {
      assert.equal(owner.get(name), undefined, `${name} is in ${owner.get(name)} and ${file}`);
      owner.set(name, file);
    }
  }
  assert.ok(owner.size > 50);
});

test('nothing parses text as HTML or as code', () => {
  const sinks =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setTimeout\(['"]/;
  for (const file of readdirSync(html).filter((name) => name.endsWith('.js'))) {
    assert.doesNotMatch(readFileSync(new URL(file, html), 'utf8'), sinks, file);
  }
});

test('hidden characters are named, joiners stay', async () => {
  const { plain, pieces } = await load('text.js');
  assert.equal(plain('a\u202eb\u2066c\u0000'), 'a[RLO]b[LRI]c[U+0000]');
  assert.equal(plain('tab\tand\nline'), 'tab\tand\nline');
  assert.equal(plain('👩\u200d🔬'), '👩\u200d🔬');
  assert.equal(plain('\u{e0041}'), '[U+E0041]');
  assert.deepEqual(pieces(''), []);
});

test('numbers are written as people read them', async () => {
  const { decimals, signed, short, number } = await load('text.js');
  assert.equal(decimals(0.12345), '0.123');
  assert.equal(decimals(null), '–');
  assert.equal(signed(0.5), '+0.500');
  assert.equal(signed(-0.5), '−0.500');
  assert.equal(signed(-0.0001), '0.000');
  assert.equal(short(1234567), '1.23M');
  assert.equal(short(999), '999');
  assert.equal(decimals(number('Infinity')), 'Infinity');
});

test('the Pareto front is what nothing beats in both', async () => {
  const { paretoFront } = await load('data.js');
  const points = [
    { x: 1, y: 1 },
    { x: 2, y: 3 },
    { x: 3, y: 2 },
    { x: 2, y: 3 },
    { x: 4, y: 4 },
  ];
  assert.deepEqual(paretoFront(points), [points[0], points[1], points[3], points[4]]);
});

test('right is at least halfway, as in the summary', async () => {
  const { isRight } = await load('data.js');
  const bounds = { higher: true, best: 1, worst: 0 };
  assert.equal(isRight(0.5, bounds), true);
  assert.equal(isRight(0.49, bounds), false);
  assert.equal(isRight(4, { higher: false, best: 0, worst: 10 }), true);
  assert.equal(isRight(1, { higher: false, best: 0, worst: null }), false);
  assert.equal(isRight(1, { higher: true, best: null, worst: 0 }), false);
});

test('groups of places follow the rows that are shown', async () => {
  globalThis.matchMedia = () => ({ matches: false, addEventListener() {} });
  const { groupsAmong, lettersOf } = await load('marks.js');
  const groups = [['a', 'c'], ['c', 'b', 'd'], ['e']];
  assert.deepEqual(groupsAmong(groups, ['a', 'b', 'c', 'd', 'e']), [
    [0, 2],
    [1, 2, 3],
  ]);
  assert.deepEqual(groupsAmong(groups, ['b', 'c', 'e']), [[0, 1]]);
  assert.deepEqual(
    groupsAmong(
      [
        ['a', 'b'],
        ['b', 'a', 'c'],
        ['a', 'b'],
      ],
      ['a', 'b'],
    ),
    [[0, 1]],
  );
  assert.deepEqual(groupsAmong([['a', 'b']], ['a', 'e']), []);
  assert.deepEqual(groupsAmong(undefined, ['a', 'b']), []);
  assert.equal(lettersOf('c', groups), 'ab');
  assert.equal(lettersOf('x', groups), '');
  assert.equal(
    lettersOf(
      'z',
      [...Array(27).keys()].map((i) => (i > 25 ? ['z'] : [])),
    ),
    'aa',
  );
});

test('several seeds of a curve are a mean with the least and the most', async () => {
  globalThis.matchMedia = () => ({ matches: false, addEventListener() {} });
  for (const name of ['IntersectionObserver', 'ResizeObserver'])
    globalThis[name] ??= class {
      observe() {}
    };
  const { curveOf } = await load('epoch_chart.js');
  const runs = [
    [{ loss: 1 }, { loss: 0.5 }, { loss: null }],
    [{ loss: 3 }, { loss: 'NaN' }],
  ];
  assert.deepEqual(curveOf(runs, 'loss'), [
    { mean: 2, low: 1, high: 3, runs: 2 },
    { mean: 0.5, low: 0.5, high: 0.5, runs: 1 },
    null,
  ]);
  assert.deepEqual(curveOf([], 'loss'), []);
});

const block = {
  index: [0, 1, 2, 3],
  references: [[0], [0], [0], [0]],
  texts: ['yes'],
  stages: [
    { prompt: [0, 0, 0, 0], parsed: '0011', scores: [[0, 0, 1, 1]] },
    { prompt: [0, 0, 0, 0], parsed: '0110', scores: [[0, 1, 1, 0]] },
    { prompt: [0, 0, 0, 0], parsed: '1111', scores: [[1, 0, 1, 0]] },
  ],
};
const examples = {
  head: { stages: [0, 1, 2].map(() => ({ metrics: ['accuracy'] })) },
  blocks: [block],
  starts: [0],
  stage: (model, stage) => ['m base', 'm tuned', 'teacher base'].indexOf(`${model} ${stage}`),
};

test('filters find what became valid, and who alone is right', async () => {
  const { Cursor, matchingRows } = await load('matching.js');
  const bounds = { higher: true, best: 1, worst: 0 };
  const found = (show, more = {}) => {
    const wish = { show, q: '', stage: 'tuned', reference: '', prediction: '', ...more };
    const cursor = new Cursor(examples, 'm', 'accuracy', bounds, wish);
    return matchingRows(examples, cursor, wish, new AbortController().signal);
  };
  assert.deepEqual(await found('gained'), [1]);
  assert.deepEqual(await found('became_valid'), [1]);
  assert.deepEqual(await found('became_invalid'), [3]);
  const against = 'teacher'; // which has a base score alone, beside the tuned one of the model
  assert.deepEqual(await found('ahead', { against }), [1]);
  assert.deepEqual(await found('behind', { against }), [0]);
  assert.deepEqual(await found('ahead', { against, stage: 'base' }), [3]);
  assert.deepEqual(await found('ahead'), [], 'beside no other model there is nothing to show');
});

test('what tests found is said as the text reports say it', async () => {
  const { effectWords, pWords, rangeWords } = await load('verdict_words.js');
  assert.equal(pWords(0.0004), '< 0.001');
  assert.equal(pWords(0.25), '0.250');
  assert.equal(rangeWords([-0.1, 0.25]), '[−0.10, +0.25]');
  assert.equal(rangeWords(null), '');
  assert.equal(effectWords({ told: 'better' }), 'gain');
  assert.equal(effectWords({ told: 'noise' }), 'cannot be told from noise');
});

test('bytes and energy have units that fit', async () => {
  const { bytes, joules } = await load('text.js');
  assert.equal(bytes(3 * 2 ** 20), '3 MiB');
  assert.equal(bytes(1.5 * 2 ** 30), '1.5 GiB');
  assert.equal(bytes(0), '–');
  assert.equal(joules(4500), '4.5 kJ');
  assert.equal(joules(12), '12 J');
});

test('an address and its values come apart', async () => {
  const { readAddress } = await load('state.js');
  const address = readAddress('#examples?task=a%20b&q=x%3Fy');
  assert.deepEqual(address, { section: 'examples', values: { task: 'a b', q: 'x?y' } });
  assert.deepEqual(readAddress(''), { section: '', values: {} });
});
