// Marks edits of pages of Export-TokaifyReport in a browser, and prints the results as JSON. The tests check them.
//   node marks.mjs <browser> <folder with marks.html, embedded.html>
import { join } from 'node:path';
import { cardOf, check, complaints, folder, openPage, run } from './browser.mjs';

const shownNames = page => page.locator('.card:not([hidden]) .name').allTextContents();
const button = (card, name) => card.getByRole('button', { name, exact: true });
const pressed = card => card.locator('[data-mark][aria-pressed="true"]').allTextContents();
const words = page => page.locator('#choice-words').textContent();

const save = async (page, name) => {
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Save as/ }).click();
  const file = await waiting;
  await file.saveAs(join(folder, name));
  return { suggested: file.suggestedFilename(), words: await words(page) };
};

await run({
  async marks() {
    const page = await openPage('marks.html');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const hiddenAtFirst = await page.locator('#choice').isHidden();
    // By the mouse, by the keyboard on the button, and by its letter anywhere on the card.
    await button(cardOf(page, 'cat.png'), 'Again').click();
    await button(cardOf(page, 'one.png'), 'Keep').focus();
    await page.keyboard.press('Enter');
    await cardOf(page, 'two.png').getByRole('button', { name: /^Enlarge/ }).focus();
    await page.keyboard.press('d');
    await cardOf(page, 'three.png').getByRole('button', { name: /^Enlarge/ }).focus();
    await page.keyboard.press('a');
    await page.keyboard.press('a');
    const untouched = await pressed(cardOf(page, 'three.png'));
    // A letter that is typed into the search does not set a mark.
    await page.getByRole('searchbox').fill('');
    await page.getByRole('searchbox').press('k');
    await page.getByRole('searchbox').fill('');
    for (const name of ['three.png', 'four.png', 'refused.png']) await button(cardOf(page, name), 'Again').click();
    const options = await page.locator('#mark option').allTextContents();
    const bar = await page.getByRole('button', { name: /^Copy table/ }).textContent();
    await page.getByRole('combobox', { name: 'Mark' }).selectOption('again');
    const again = { names: await shownNames(page), count: await page.getByRole('status').first().textContent() };
    await page.getByRole('button', { name: /^Copy table/ }).click();
    await page.locator('#choice-words:not(:empty)').waitFor();
    const copied = { text: await page.evaluate(() => navigator.clipboard.readText()), words: await words(page) };
    const saved = await save(page, 'again.csv');
    await page.getByRole('combobox', { name: 'Mark' }).selectOption('keep');
    const kept = { names: await shownNames(page), ...await save(page, 'keep.csv') };
    await page.getByRole('combobox', { name: 'Mark' }).selectOption('none');
    const unmarked = await shownNames(page);
    return { hiddenAtFirst, untouched, options, bar, again, copied, saved, kept, unmarked };
  },

  async reload() {
    const page = await openPage('marks.html');
    await button(cardOf(page, 'cat.png'), 'Drop').click();
    // The browser saves it asynchronously.
    let reloads = 0;
    do await page.reload(); while ((await pressed(cardOf(page, 'cat.png'))).length === 0 && ++reloads < 50);
    const kept = await pressed(cardOf(page, 'cat.png'));
    await button(cardOf(page, 'cat.png'), 'Drop').click();
    return { kept, taken: await pressed(cardOf(page, 'cat.png')), hidden: await page.locator('#choice').isHidden() };
  },

  async focus() {
    const page = await openPage('marks.html');
    for (const name of ['one.png', 'two.png']) await button(cardOf(page, name), 'Again').click();
    await page.getByRole('combobox', { name: 'Mark' }).selectOption('again');
    const reached = () => page.evaluate(() => document.activeElement.closest('.card')?.querySelector('.name').textContent ?? document.activeElement.id);
    await button(cardOf(page, 'one.png'), 'Again').focus();
    await page.keyboard.press('Space');
    const next = await reached();
    await page.keyboard.press('Space');
    return { next, last: await reached() };
  },

  async viewer() {
    const page = await openPage('marks.html');
    await cardOf(page, 'one.png').getByRole('button', { name: /^Enlarge/ }).click();
    await page.keyboard.press('k');
    const byKey = await pressed(page.locator('#viewed'));
    await page.getByRole('button', { name: 'Next' }).click();
    const nextAtFirst = await pressed(page.locator('#viewed'));
    const second = await page.locator('#viewer-name .name').textContent();
    await button(page.locator('#viewed'), 'Again').click();
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('#viewed').firstElementChild);
    return { byKey, nextAtFirst, first: await pressed(cardOf(page, 'one.png')), second: await pressed(cardOf(page, second)) };
  },

  async mixed() {
    const page = await openPage('marks.html');
    for (const name of ['cat.png', 'fox.png', 'turn.png']) await button(cardOf(page, name), 'Again').click();
    await page.getByRole('button', { name: /^Copy table/ }).waitFor();
    const both = await save(page, 'mixed.csv');
    await button(cardOf(page, 'cat.png'), 'Again').click();
    const images = await save(page, 'fox.csv');
    return { both, images };
  },

  async embedded() {
    const page = await openPage('embedded.html');
    await button(cardOf(page, 'one.png'), 'Again').click();
    return await save(page, 'embedded.csv');
  },

  async accessibility() {
    const found = {};
    for (const colorScheme of ['light', 'dark']) {
      const page = await openPage('marks.html', { viewport: { width: 1280, height: 6000 }, colorScheme });
      for (const [name, mark] of [['cat.png', 'Again'], ['one.png', 'Keep'], ['two.png', 'Drop']]) await button(cardOf(page, name), mark).click();
      found[colorScheme] = await check(page);
    }
    const page = await openPage('marks.html', { viewport: { width: 360, height: 740 } });
    await button(cardOf(page, 'cat.png'), 'Again').click();
    return { ...found, width: await page.evaluate(() => document.documentElement.scrollWidth) };
  },
}, () => ({ complaints }));
