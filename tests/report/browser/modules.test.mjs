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
  const { groupsAmong } = await load('marks.js');
  assert.deepEqual(
    groupsAmong(
      [
        [0, 2],
        [2, 3],
      ],
      [0, 1, 2, 3],
    ),
    [
      [0, 2],
      [2, 3],
    ],
  );
  assert.deepEqual(
    groupsAmong(
      [
        [0, 2],
        [2, 3],
      ],
      [0, 2],
    ),
    [[0, 1]],
  );
  assert.deepEqual(groupsAmong([[0, 1]], [0, 2]), []);
  assert.deepEqual(groupsAmong(null, [0, 1]), []);
});

test('an address and its values come apart', async () => {
  const { readAddress } = await load('state.js');
  const address = readAddress('#examples?task=a%20b&q=x%3Fy');
  assert.deepEqual(address, { section: 'examples', values: { task: 'a b', q: 'x?y' } });
  assert.deepEqual(readAddress(''), { section: '', values: {} });
});
