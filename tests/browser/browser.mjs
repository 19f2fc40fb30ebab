// Helpers for the scripts that drive a browser.
//   node <script> <browser> <folder of the pages>
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

export const [executablePath, folder] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
export const requests = new Set();
export const complaints = [];

export const openPage = async (name, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  context.on('request', request => requests.add(request.url()));
  page.on('console', message => complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(error.message));
  page.on('dialog', dialog => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  await page.goto(pathToFileURL(join(folder, name)).href);
  return page;
};

export const cardOf = (page, name) => page.locator('.card', { has: page.getByRole('heading', { name, exact: true }) }).first();
export const check = async page => {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run());
  const contrast = found.passes.find(rule => rule.id === 'color-contrast');
  return {
    violations: found.violations.map(rule => `${rule.id}: ${rule.nodes.slice(0, 3).map(node => node.html).join(' | ')}`),
    textsWithEnoughContrast: contrast ? contrast.nodes.length : 0,
  };
};

// Runs each check by its name, and prints all results.
export const run = async (checks, rest) => {
  const seen = {};
  try {
    for (const [name, look] of Object.entries(checks)) {
      try {
        seen[name] = await look();
      } catch (error) {
        seen[name] = { failed: error.message };
      }
      await Promise.all(browser.contexts().map(context => context.close()));
    }
    console.log(JSON.stringify({ ...seen, ...rest?.() }));
  } finally {
    await browser.close();
  }
};
