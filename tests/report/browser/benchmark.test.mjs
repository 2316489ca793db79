// The report of examples/benchmark.toml, of its first rows alone: four models on nine tasks of every type.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { checkAxe, drawn, lookAt, missing, openBrowser, program, rows } from './page.mjs';

const why = missing();
assert.ok(!why || !process.env.CI, why);
const options = { skip: why || false };
const manifest = new URL('../../../examples/benchmark.toml', import.meta.url).pathname;
// Scores of so few steps and rows say nothing of the models: the shape is what is tested.
const small = ['tasks.train_limit=16', 'tasks.test_limit=8', 'tuning.epochs=1'];
let browser, run;

before(async () => {
  if (why) return;
  const folder = mkdtempSync(join(tmpdir(), 'tuneval-benchmark-'));
  run = { folder, address: pathToFileURL(join(folder, 'report.html')).href };
  const more = ['--jobs', '2', '--output', folder, '--quiet'];
  execFileSync(program, ['run', manifest, ...more, '--set', ...small, 'report.formats=["html"]']);
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  if (run) rmSync(run.folder, { recursive: true });
});

test('every task type has its cells, charts and examples', options, () =>
  lookAt(browser, run, async (page) => {
    assert.match(
      await page.locator('#subtitle').innerText(),
      /4 models, 9 tasks; cells: 36 done, 0 failed/,
    );
    assert.equal(await page.locator('#cells tbody tr').count(), 36);
    for (const title of [
      'Best after tuning',
      'Scores, model by task',
      'What tuning gained',
      'Which models differ',
    ]) {
      const chart = await drawn(page, title);
      await chart.locator('svg path').nth(1).waitFor({ state: 'attached' });
    }
    assert.ok((await page.locator('#advice li').count()) >= 4);
    const tasks = await page.locator('#cells tbody td:nth-child(2)').allInnerTexts();
    const distinct = [...new Set(tasks)];
    assert.equal(distinct.length, 9);
    for (const task of distinct) {
      const query = new URLSearchParams({ task, model: 'tiny-qwen3' });
      await page.goto(`${run.address}#examples?${query}`);
      const chosen = page.locator('#examples select').first().locator('option:checked');
      await chosen.filter({ hasText: task }).waitFor({ state: 'attached' });
      await page.locator('#examples [role=status]', { hasText: /^\d+ of \d+ examples/ }).waitFor();
      const [shown, all] = await rows(page);
      assert.equal(shown, all, task);
    }
    await checkAxe(page);
  }),
);
