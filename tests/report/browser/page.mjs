// What the tests of the report in a browser share.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = new URL('../../../', import.meta.url).pathname;
const npm = process.env.TUNEVAL_NPM ?? join(root, '.deps/npm');
export const program = process.env.TUNEVAL_PROGRAM ?? join(root, 'build/bin/tuneval');
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const browserPath = process.env.TUNEVAL_CHROMIUM ?? places.find((path) => existsSync(path));

/** Why these tests cannot run here, or ''. */
export function missing() {
  if (!browserPath) return 'no Chromium here';
  if (!existsSync(join(npm, 'node_modules/playwright-core'))) return `no playwright-core in ${npm}`;
  return existsSync(program) ? '' : `no ${program}`;
}

export async function openBrowser() {
  const { chromium } = createRequire(join(npm, 'package.json'))('playwright-core');
  // Containers seldom allow Chromium's own sandbox; the pages are ours.
  return chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu'] });
}

function axeSource() {
  return readFileSync(join(npm, 'node_modules/axe-core/axe.min.js'), 'utf8');
}

/** A new run folder filled by `make`, reported; gives the page's address. */
export function reportOf(make) {
  const folder = mkdtempSync(join(tmpdir(), 'tuneval-report-'));
  make(folder);
  execFileSync(program, ['report', folder, '--format', 'html', '--quiet']);
  return { folder, address: pathToFileURL(join(folder, 'report.html')).href };
}

/** A page of its own with what went wrong in it: errors, refusals of its policy, requests. */
export async function openPage(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      wrong.push(`${message.type()}: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) wrong.push(`request: ${request.url().slice(0, 80)}`);
  });
  await page.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.longTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
  });
  await page.goto(address);
  await page.waitForSelector('html[data-ready]');
  return { page, wrong };
}

/** Runs `look` on a fresh page, which must not have complained of anything. */
export async function lookAt(browser, run, look, more) {
  const { page, wrong } = await openPage(browser, run.address, more);
  try {
    await look(page);
    assert.deepEqual(wrong, []);
  } finally {
    await page.context().close();
  }
}

/** Scrolls a chart into sight and waits for its drawing. */
export async function drawn(page, title) {
  const chart = page.locator('figure.chart', { hasText: title }).first();
  await chart.scrollIntoViewIfNeeded();
  await chart.locator('svg').waitFor();
  return chart;
}

/** How many examples are shown, and of how many, once they are. */
export async function rows(page) {
  await page.locator('.row').first().waitFor();
  return (await page.locator('#examples [role=status]').innerText())
    .match(/^([\d,]+) of ([\d,]+)/)
    .slice(1);
}

export async function checkAxe(page) {
  // Injected through the protocol: the page's policy does not bind it.
  await page.evaluate(axeSource());
  const found = await page.evaluate(() =>
    window.axe.run(document, { resultTypes: ['violations'] }),
  );
  const words = found.violations.map(
    (one) => `${one.id}: ${one.nodes.map((node) => node.target).join(' ')}`,
  );
  assert.deepEqual(words, []);
}
