// report.html of a run that has all there may be: seeds, a band of learning rates, a teacher, energy.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { makeWholeRun } from './make_run.mjs';
import { checkAxe, drawn, lookAt, missing, openBrowser, reportOf, rows } from './page.mjs';

const why = missing();
assert.ok(!why || !process.env.CI, why);
const options = { skip: why || false };
let browser, whole;
const onPage = (run, look, more) => lookAt(browser, run, look, more);

before(async () => {
  if (why) return;
  browser = await openBrowser();
  whole = reportOf(makeWholeRun);
});

after(async () => {
  await browser?.close();
  if (whole) rmSync(whole.folder, { recursive: true });
});

test('a run with all there is shows all of it', options, () =>
  onPage(whole, async (page) => {
    const titles = [
      'What tuning gained',
      'By form and by content',
      'Which models differ',
      'Share of the headroom',
      'Students against their teacher',
      'No worse than the teacher',
      'Learning curve, epoch by epoch',
      'Scores of several seeds',
      'Ranks under one rate and under chosen ones',
      'Loss by learning rate',
    ];
    for (const title of titles) {
      const chart = await drawn(page, title);
      await chart.locator('svg path').nth(1).waitFor({ state: 'attached' });
      await chart.locator('summary').click();
      await chart.locator('tbody tr').first().waitFor();
    }
    const advice = page.locator('#advice li');
    assert.ok((await advice.count()) >= 4);
    assert.match(await advice.first().innerText(), /Most accurate after tuning/);
    const costs = page.getByRole('region', { name: 'Table of costs by model' });
    assert.equal(await costs.locator('tbody tr').count(), 3);
    assert.match(await costs.innerText(), /3 MiB[^]*kJ/);
    assert.match(await page.locator('#cost').innerText(), /teacher \(big\): [\d,]+ prompt tokens/);
    assert.ok((await page.locator('#method li').count()) >= 4);
    await page.getByText('What the ranks show').click();
    await page
      .getByText(/Nemenyi's critical difference is/)
      .first()
      .waitFor();
  }),
);

test('a gain that is noise is not called one', options, () =>
  onPage(whole, async (page) => {
    const chart = await drawn(page, 'What tuning gained');
    await chart.locator('summary').click();
    const verdict = (model) => chart.locator('tbody tr', { hasText: model }).locator('td').nth(5);
    await verdict('stays').getByText('cannot be told from noise').waitFor();
    await verdict('middle').getByText('gain').waitFor();
    const cell = page.locator('#cells tbody tr', { hasText: 'stays' }).first();
    assert.match(await cell.innerText(), /cannot be told from noise/);
  }),
);

test('who alone is right leads to as many examples', options, () =>
  onPage(whole, async (page) => {
    const chart = await drawn(page, 'Which models differ');
    await chart.locator('summary').click();
    // Of several seeds there are means, not counts: base scores have one.
    await page.locator('#pairs').getByRole('combobox', { name: 'Compared' }).selectOption('base');
    const alone = chart.locator('tbody tr').first().locator('td').nth(9).locator('a');
    const count = await alone.innerText();
    await alone.press('Enter');
    await page.getByText(/^\d+ of 80 examples/).waitFor();
    assert.deepEqual(await rows(page), [count, '80']);
    const beside = page.locator('#examples').getByRole('combobox', { name: 'Beside' });
    assert.notEqual(await beside.inputValue(), '');
    await beside.selectOption('');
    await page.getByText(/^80 of 80 examples/).waitFor();
  }),
);

test('choices of task and figure change the chart', options, () =>
  onPage(whole, async (page) => {
    const section = page.locator('#epochs');
    const chart = await drawn(page, 'Learning curve, epoch by epoch');
    const label = () => chart.locator('.stage').getAttribute('aria-label');
    const before = await label();
    await section.getByRole('combobox', { name: 'Figure' }).selectOption('score');
    await chart.locator(`.stage:not([aria-label="${before}"])`).waitFor();
    assert.match(await label(), /ends at 0\.90/);
    const pairs = await drawn(page, 'Which models differ');
    const choose = page.locator('#pairs').getByRole('combobox', { name: 'Task' });
    await choose.selectOption({ label: 'all tasks together' });
    await pairs.locator('summary').click();
    await pairs.getByRole('button', { name: 'Wilcoxon, adjusted' }).waitFor();
  }),
);

test('filters reach the charts of tests', options, () =>
  onPage(whole, async (page) => {
    await page.getByText('Models: all 3').click();
    await page.getByLabel('stays', { exact: true }).uncheck();
    const chart = await drawn(page, 'What tuning gained');
    await chart.locator('.stage[aria-label*="2 of 2 differences"]').waitFor();
    const costs = page.getByRole('region', { name: 'Table of costs by model' });
    await costs.locator('tbody tr').nth(2).waitFor({ state: 'detached' });
    assert.equal(await costs.locator('tbody tr').count(), 2);
  }),
);

for (const [colorScheme, width] of [
  ['light', 1280],
  ['dark', 360],
]) {
  test(`axe finds nothing in all of it, ${colorScheme}, ${width} wide`, options, () =>
    onPage(
      whole,
      async (page) => {
        for (const fold of await page.locator('main summary').all()) await fold.click();
        for (const chart of await page.locator('figure.chart').all()) {
          await chart.scrollIntoViewIfNeeded();
          await chart.locator('.stage > *').first().waitFor();
        }
        await checkAxe(page);
        const beyond = await page.evaluate(
          () => document.documentElement.scrollWidth - window.innerWidth,
        );
        assert.ok(beyond <= 0, `the page is ${beyond} px too wide`);
      },
      { colorScheme, viewport: { width, height: 800 } },
    ),
  );
}
