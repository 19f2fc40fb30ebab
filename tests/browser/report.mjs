// Opens pages of Export-TokaifyReport in a browser, and prints the results as JSON. The tests check them.
//   node report.mjs <browser> <folder with report.html, many.html, embedded.html, variations.html, shapes.html, shared.html, sources.html>
import { cardOf, check, complaints, openPage, requests, run } from './browser.mjs';

const stateOf = card => card.evaluate(element => {
  const slider = element.querySelector('.slider');
  return {
    value: Number(slider.value),
    words: slider.getAttribute('aria-valuetext'),
    before: getComputedStyle(element.querySelector('.before')).clipPath,
  };
});
const shownNames = page => page.locator('.card:not([hidden]) .name').allTextContents();
const shownTitles = page => page.locator('.card:not([hidden]) h2').allTextContents();
const loaded = card => card.locator('img').first().evaluate(image => image.complete && image.naturalWidth > 0 || new Promise(done => {
  image.addEventListener('load', () => done(true));
  image.addEventListener('error', () => done(false));
}));

const whole = { viewport: { width: 1280, height: 6000 } };

const checks = {
  async mouse() {
    const page = await openPage('report.html');
    const card = cardOf(page, 'cat.png');
    await card.scrollIntoViewIfNeeded();
    const box = await card.locator('.stage').boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    await page.mouse.move(box.x + box.width * 0.2, box.y + box.height / 2 + 9);
    await page.mouse.up();
    // After the pointer is released, the position stays.
    await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2);
    return { ...await stateOf(card), picture: await loaded(card) };
  },

  async keyboard() {
    const page = await openPage('report.html');
    const card = page.locator('.card').first();
    await page.locator('#mark').focus();
    await page.keyboard.press('Tab');
    const reached = await page.evaluate(() => document.activeElement.className);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const right = await stateOf(card);
    await page.keyboard.press('End');
    const end = await stateOf(card);
    await page.keyboard.press('Home');
    const home = await stateOf(card);
    const ring = await card.locator('.grip').evaluate(grip => getComputedStyle(grip, '::after').outlineStyle);
    return { reached, ring, right, end, home };
  },

  async touch() {
    const page = await openPage('report.html', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    const card = cardOf(page, 'cat.png');
    await card.locator('.stage').evaluate(stage => stage.scrollIntoView({ block: 'center' }));
    const box = await card.locator('.stage').boundingBox();
    const client = await page.context().newCDPSession(page);
    const touch = (type, share, up = 0) => client.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: share === undefined ? [] : [{ x: box.x + box.width * share, y: box.y + box.height / 2 - up }],
    });
    await touch('touchStart', 0.5);
    for (const share of [0.55, 0.65, 0.75]) await touch('touchMove', share);
    await touch('touchEnd');
    const dragged = await stateOf(card);
    await page.touchscreen.tap(box.x + box.width * 0.3, box.y + box.height / 2);
    const tapped = await stateOf(card);
    const top = await page.evaluate(() => scrollY);
    await touch('touchStart', 0.8);
    for (let up = 10; up <= 150; up += 10) await touch('touchMove', 0.8, up);
    await touch('touchEnd');
    await page.waitForFunction(from => scrollY > from + 50, top);
    return { dragged, tapped, scrolled: true, afterScroll: await stateOf(card) };
  },

  async filter() {
    const page = await openPage('report.html');
    const count = () => page.getByRole('status').first().textContent();
    const outcome = name => page.getByRole('radio', { name }).check();
    const all = { names: await shownNames(page), count: await count() };
    await page.getByRole('searchbox').fill('BANNER  wide');
    const words = { names: await shownNames(page), count: await count() };
    await page.getByRole('searchbox').fill('cafe');
    const accents = await shownNames(page);
    await page.getByRole('searchbox').fill('');
    const outcomes = {};
    for (const name of ['Saved', 'Skipped', 'Failed']) {
      await outcome(name);
      outcomes[name] = { names: await shownNames(page), count: await count() };
    }
    await page.getByRole('searchbox').fill('banner');
    const nothing = { names: await shownNames(page), count: await count(), words: await page.locator('#none').isVisible() };
    await page.getByRole('button', { name: 'Show all' }).click();
    return { all, words, accents, outcomes, nothing, cleared: (await shownNames(page)).length };
  },

  async variations() {
    const page = await openPage('variations.html', whole);
    const finished = await shownTitles(page);
    const groups = await page.locator('.variations').evaluateAll(all => all.map(group => ({
      label: group.getAttribute('aria-label'),
      from: group.querySelector('.from').textContent,
      befores: [...group.querySelectorAll('.before')].filter(each => each.checkVisibility()).length,
      prompts: [...group.querySelectorAll('.prompt')].filter(each => each.checkVisibility()).length,
      sliders: [...group.querySelectorAll('.slider')].filter(each => each.checkVisibility()).length,
      cards: [...group.querySelectorAll('.card h2')].map(each => each.textContent),
      lefts: [...group.querySelectorAll('.card')].map(each => Math.round(each.getBoundingClientRect().left)),
      tops: [...group.querySelectorAll('.card')].map(each => Math.round(each.getBoundingClientRect().top)),
    })));
    const labels = await page.locator('.slider, .enlarge').evaluateAll(all => all.map(each => each.getAttribute('aria-label')));
    await page.getByRole('searchbox').fill('variation cat 9');
    const found = await shownTitles(page);
    const groupsFound = await page.locator('.variations:visible').count();
    await page.getByRole('searchbox').fill('');
    await page.keyboard.press('Tab');
    const control = await page.evaluate(() => document.activeElement.labels[0].firstChild.data.trim());
    await page.keyboard.press('b');
    await page.waitForFunction(() => document.activeElement.value === 'name');
    const byName = await shownTitles(page);
    const tabs = [];
    for (let reached = 0; tabs.length < byName.length && reached < 100; reached++) {
      await page.keyboard.press('Tab');
      const title = await page.evaluate(() => document.activeElement.matches('.enlarge')
        && document.activeElement.closest('.card').querySelector('h2').textContent);
      if (title) tabs.push(title);
    }
    await page.locator('.enlarge').first().click();
    const viewed = [await page.locator('#viewer-name').textContent()];
    await page.getByRole('button', { name: 'Next' }).click();
    viewed.push(await page.locator('#viewer-name').textContent());
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('#viewed').firstElementChild);
    await page.getByRole('searchbox').fill('no such words');
    await page.getByRole('button', { name: 'Show all' }).click();
    const afterShowAll = await shownTitles(page);
    await page.getByRole('combobox', { name: 'Sort' }).selectOption('As finished');
    await page.locator('.list .enlarge').nth(1).click();
    const compared = await page.locator('#viewed').evaluate(viewed => ['.before', '.slider'].map(
      each => viewed.querySelector(each).checkVisibility()));
    await page.keyboard.press('Escape');
    return { groups, groupsFound, compared, finished, labels, found, control, byName, tabs, viewed, afterShowAll, back: await shownTitles(page) };
  },

  async shapes() {
    const page = await openPage('shapes.html', whole);
    const shape = async (name, within = page) => {
      const stage = within.locator('.stage', { has: page.locator('.slider') }).first();
      const card = name ? cardOf(page, name).locator('.stage') : stage;
      for (const image of await card.locator('figure:not([hidden]) img').all()) {
        await image.scrollIntoViewIfNeeded();
      }
      await card.locator('figure:not([hidden]) img.drawn').nth(1).waitFor();
      return card.evaluate(element => {
        const [before, after] = ['.before img', '.after:not([hidden]) img'].map(each => {
          const box = element.querySelector(each).getBoundingClientRect();
          return { left: box.left, top: box.top, width: box.width, height: box.height };
        });
        return { before, after, words: element.querySelector('.shapes')?.textContent ?? null };
      });
    };
    const seenShapes = { wider: await shape('wider.png'), same: await shape('same.png'), nearly: await shape('nearly.png') };
    await cardOf(page, 'wider.png').getByRole('button', { name: /^Enlarge/ }).click();
    seenShapes.viewer = await shape(null, page.locator('#viewed'));
    return seenShapes;
  },

  async shared() {
    const read = async name => {
      const page = await openPage(name, whole);
      return page.evaluate(() => ({
        top: Object.fromEntries([...document.querySelectorAll('.shared > div')].map(
          each => [each.querySelector('dt').textContent, each.querySelector('dd').textContent])),
        cards: document.querySelectorAll('.card').length,
        prompts: [...document.querySelectorAll('main .prompt')].filter(each => each.checkVisibility()).length,
        models: [...document.querySelectorAll('main .fact-model dd')].filter(each => each.checkVisibility()).length,
        costs: [...document.querySelectorAll('main .fact-cost dd')].filter(each => each.checkVisibility()).length,
      }));
    };
    const page = await openPage('shared.html', whole);
    await page.locator('.enlarge').first().click();
    const viewer = await page.locator('#viewed').evaluate(viewed => viewed.querySelector('.prompt').checkVisibility()
      && viewed.querySelector('.fact-model dd').checkVisibility());
    return { same: await read('shared.html'), mixed: await read('report.html'), viewer };
  },

  async sources() {
    const page = await openPage('sources.html', whole);
    const address = page.url();
    const links = await page.locator('.links').evaluateAll(all => all.map(each => ({
      role: each.querySelector('h3').textContent,
      texts: [...each.querySelectorAll('li')].map(item => item.textContent),
      addresses: [...each.querySelectorAll('a')].map(link => link.getAttribute('href')),
      guarded: [...each.querySelectorAll('a')].every(link => link.rel === 'noopener noreferrer' && link.target === '_blank'),
    })));
    // Clicks on all elements that are not links.
    for (const item of await page.locator('.links li:not(:has(a))').all()) await item.click();
    const foreign = await page.locator(':is(main, body) :is(script, iframe, style, meta, svg, object, embed, base, [onclick], [onerror])').count();
    const count = () => page.getByRole('status').first().textContent();
    await page.getByRole('radio', { name: 'Not as requested' }).focus();
    await page.keyboard.press('Space');
    const mismatches = { names: await shownNames(page), count: await count() };
    await page.getByRole('radio', { name: 'Saved' }).check();
    const saved = await shownNames(page);
    await page.locator('.enlarge').first().click();
    const viewed = await page.locator('#viewed .links a').count();
    return { links, foreign, mismatches, saved, viewed, ran: await page.evaluate(() => typeof window.ran), stayed: page.url() === address };
  },

  async accessibility() {
    const found = {};
    for (const colorScheme of ['light', 'dark']) {
      const page = await openPage('report.html', { ...whole, colorScheme });
      found[colorScheme] = await check(page);
      found[`${colorScheme} ground`] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      await cardOf(page, 'cat.png').getByRole('button', { name: /^Enlarge/ }).click();
      found[`${colorScheme} viewer`] = await check(page);
      found[`${colorScheme} shared`] = await check(await openPage('shared.html', { ...whole, colorScheme }));
      found[`${colorScheme} sources`] = await check(await openPage('sources.html', { ...whole, colorScheme }));
      found[`${colorScheme} shapes`] = await check(await openPage('shapes.html', { ...whole, colorScheme }));
      found[`${colorScheme} variations`] = await check(await openPage('variations.html', { ...whole, colorScheme }));
    }
    found.narrow = await check(await openPage('report.html', { viewport: { width: 360, height: 9000 } }));
    return found;
  },

  async theme() {
    const page = await openPage('report.html');
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const button = page.getByRole('button', { name: 'Dark' });
    const before = { ground: await ground(), pressed: await button.getAttribute('aria-pressed') };
    await button.click();
    const after = { ground: await ground(), pressed: await button.getAttribute('aria-pressed') };
    // The browser saves the choice asynchronously.
    let reloads = 0;
    do await page.reload(); while (await ground() !== after.ground && ++reloads < 50);
    return { before, after, reloaded: await ground() };
  },

  async viewer() {
    const page = await openPage('report.html');
    const place = () => page.locator('#place').textContent();
    await page.getByRole('radio', { name: 'Saved' }).check();
    await page.locator('.card:not([hidden]) .enlarge').first().click();
    const opened = { place: await place(), modal: await page.locator('#viewer').evaluate(viewer => viewer.matches(':modal')) };
    await page.getByRole('button', { name: 'Next' }).click();
    const next = { place: await place(), name: await page.locator('#viewer-name').textContent() };
    const slider = page.locator('#viewed .slider');
    await slider.focus();
    await page.keyboard.press('Home');
    const compared = await slider.getAttribute('aria-valuetext');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('#viewed').firstElementChild);
    const focused = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
    return { opened, next, compared, isOpen: await page.locator('#viewer').isVisible(), focused };
  },

  async pictures() {
    const page = await openPage('report.html', whole);
    const several = page.locator('.card', { has: page.locator('.chooser') }).first();
    const shown = () => several.locator('.after:not([hidden]) img').getAttribute('src');
    const first = await shown();
    await several.getByRole('button', { name: 'Picture 2 of 2' }).click();
    const second = await shown();
    const moved = cardOf(page, 'moved.png');
    await moved.getByText('cannot be shown').waitFor();
    const heic = cardOf(page, 'photo.heic');
    return {
      first,
      second,
      movedHasSlider: await moved.locator('.slider').isVisible(),
      heic: await heic.locator('.before').textContent(),
      heicHasSlider: await heic.locator('.slider').count() > 0,
      odd: await loaded(cardOf(page, `100% & #1 'odd'.png`)).catch(() => null),
    };
  },

  async markup() {
    const page = await openPage('report.html', whole);
    return page.evaluate(() => ({
      ran: typeof window.ran !== 'undefined',
      title: document.title,
      scripts: document.scripts.length,
      handlers: document.querySelectorAll('[onerror], [onclick], [onload], [style*="url"]').length,
      foreign: document.querySelectorAll('main :is(script, iframe, object, embed, link, meta, base, form, svg)').length,
      prompts: [...document.querySelectorAll('.prompt')].map(each => each.lastChild.textContent),
      errors: [...document.querySelectorAll('.error')].map(each => each.textContent),
    }));
  },

  async policy() {
    const page = await openPage('report.html');
    const before = complaints.length;
    const seenThere = await page.evaluate(async () => {
      const broken = [];
      const told = new Promise(done => document.addEventListener('securitypolicyviolation', event => {
        broken.push(event.effectiveDirective);
        if (broken.length === 3) done();
      }));
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<b onclick="window.injected = true">x</b>');
      document.body.lastElementChild.click();
      const answer = await fetch('http://127.0.0.1:9/').then(() => 'answered', () => 'refused');
      await told;
      return { injected: typeof window.injected !== 'undefined', answer, broken };
    });
    complaints.length = before;
    requests.delete('http://127.0.0.1:9/');
    return seenThere;
  },

  async narrow() {
    const size = { viewport: { width: 360, height: 740 } };
    const width = page => page.evaluate(() => document.documentElement.scrollWidth);
    const page = await openPage('report.html', size);
    const closed = await width(page);
    await page.locator('.enlarge').first().click();
    const variations = await width(await openPage('variations.html', size));
    const sources = await width(await openPage('sources.html', size));
    return { closed, variations, sources, viewer: await page.locator('#viewer').evaluate(viewer => viewer.scrollWidth) };
  },

  async many() {
    const page = await openPage('many.html');
    await loaded(page.locator('.card').first());
    return page.evaluate(() => {
      const images = [...document.querySelectorAll('figure:not([hidden]) img')];
      return { all: images.length, loaded: images.filter(image => image.complete && image.naturalWidth > 0).length };
    });
  },

  async embedded() {
    const page = await openPage('embedded.html');
    const card = page.locator('.card').first();
    return { shown: await loaded(card), source: (await card.locator('img').first().getAttribute('src')).slice(0, 22) };
  },

  async motion() {
    const duration = async reducedMotion => (await openPage('report.html', { reducedMotion }))
      .locator('#theme').evaluate(button => getComputedStyle(button).transitionDuration);
    return { usual: await duration('no-preference'), reduced: await duration('reduce') };
  },
};

await run(checks, () => ({
  requests: [...requests].filter(url => !url.startsWith('file:') && !url.startsWith('data:')),
  complaints,
}));
