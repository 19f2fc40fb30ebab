'use strict';
(() => {
  const root = document.documentElement;
  const find = (selector, within = document) => within.querySelector(selector);
  const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];

  // A page on a disk may have no storage. Then the choice lasts as long as the page is open.
  const storage = {
    read: () => { try { return localStorage.getItem('tokaify-theme'); } catch { return null; } },
    write: theme => { try { localStorage.setItem('tokaify-theme', theme); } catch { /* see above */ } },
  };

  /* Light or dark: as the system is set, unless the user has chosen. Set before anything is drawn. */

  const chosen = storage.read();
  if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;

  const startTheme = () => {
    const button = find('#theme');
    const system = matchMedia('(prefers-color-scheme: dark)');
    const isDark = () => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
    const show = () => button.setAttribute('aria-pressed', isDark());
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      storage.write(root.dataset.theme);
      show();
    });
    system.addEventListener('change', show);
    show();
  };

  /* Pictures that are missing since the page was written, or that this browser cannot show. */

  const replaceBroken = image => {
    const figure = image.closest('figure');
    const stage = image.closest('.stage');
    if (!figure || !stage) return;
    const words = document.createElement('p');
    words.className = 'plain';
    const name = document.createElement('b');
    name.textContent = image.alt.replace(/^\w+: /, '');
    words.append(name, ' This picture cannot be shown: it was moved, or is damaged.');
    image.replaceWith(words);
    if (!figure.hidden) stage.classList.remove('compared');
  };
  addEventListener('error', event => {
    if (event.target instanceof HTMLImageElement) replaceBroken(event.target);
  }, true);

  // At the document, because the load event of an image does not reach the window, unlike its error event.
  document.addEventListener('load', event => {
    const image = event.target;
    if (!(image instanceof HTMLImageElement) || !image.naturalHeight) return;
    image.style.setProperty('--shape', shapeOf(image));
    image.classList.add('shaped');
    // An image is loaded before it is drawn. Until then, the checkerboard would show through every picture.
    image.decode().then(() => image.classList.add('drawn'), () => { /* replaced meanwhile */ });
    const stage = image.closest('.stage');
    if (stage) fit(stage);
  }, true);

  /* If before and after have different shapes, both are fitted into the box of the picture after, so that the slider is at the same place
     in both. Each fills the box in one direction. Shapes with an invisible difference are treated as equal. */

  const shapeOf = image => image.naturalWidth / image.naturalHeight;
  const sizeOf = image => `${image.naturalWidth} \u00D7 ${image.naturalHeight}`;

  const fit = stage => {
    const [before, after] = ['.before img', '.after:not([hidden]) img'].map(each => find(each, stage));
    find('.shapes', stage)?.remove();
    stage.style.removeProperty('--box');
    if (!stage.matches('.compared') || !before?.naturalHeight || !after?.naturalHeight) return;
    const difference = shapeOf(before) / shapeOf(after);
    const isSame = difference > 0.98 && difference < 1.02;
    before.style.setProperty('--shape', shapeOf(isSame ? after : before));
    stage.style.setProperty('--box', shapeOf(after));
    if (isSame) return;
    const words = document.createElement('p');
    words.className = 'shapes';
    words.textContent = `Other shape: ${sizeOf(before)} and ${sizeOf(after)}, fitted into one box`;
    stage.append(words);
  };

  /* Before and after. The slider is a range input, so it works with the keyboard and screen readers. The pointer moves it from any place
     in the picture. Moving up or down still scrolls. */

  const show = slider => {
    const share = Number(slider.value);
    slider.closest('.stage').style.setProperty('--at', `${share}%`);
    slider.setAttribute('aria-valuetext', `${share} % before, ${100 - share} % after`);
  };

  const moveTo = (stage, event) => {
    const slider = find('.slider', stage);
    const box = stage.getBoundingClientRect();
    slider.value = Math.round((event.clientX - box.left) / box.width * 100);
    show(slider);
  };

  const startSliders = () => {
    let dragged = null;
    findAll('.slider').forEach(show);
    document.addEventListener('input', event => {
      if (event.target.matches('.slider')) show(event.target);
    });
    document.addEventListener('pointerdown', event => {
      const stage = event.target.closest('.compared');
      if (!stage || event.button !== 0 || event.target.closest('button, .list')) return;
      const slider = find('.slider', stage);
      dragged = { stage, id: event.pointerId, x: event.clientX, y: event.clientY, before: slider.value, isSure: event.pointerType !== 'touch' };
      stage.setPointerCapture(event.pointerId);
      if (dragged.isSure) {
        event.preventDefault();
        slider.focus({ preventScroll: true, focusVisible: false });
        moveTo(stage, event);
      }
    });
    document.addEventListener('pointermove', event => {
      if (dragged?.id !== event.pointerId) return;
      // A touch may begin a scroll. The direction of the first move decides.
      const across = Math.abs(event.clientX - dragged.x);
      dragged.isSure ||= across > 4 && across > Math.abs(event.clientY - dragged.y);
      if (dragged.isSure) moveTo(dragged.stage, event);
    });
    document.addEventListener('pointerup', event => {
      if (dragged?.id !== event.pointerId) return;
      moveTo(dragged.stage, event);
      dragged = null;
    });
    document.addEventListener('pointercancel', event => {
      if (dragged?.id !== event.pointerId) return;
      const slider = find('.slider', dragged.stage);
      slider.value = dragged.before;
      show(slider);
      dragged = null;
    });
  };

  /* If an edit has several pictures, one is shown. */

  const startChoosers = () => document.addEventListener('click', event => {
    const button = event.target.closest('.chooser button');
    if (!button) return;
    const buttons = findAll('button', button.parentElement);
    const stage = find('.stage', button.parentElement.parentElement);
    const pictures = findAll('.after', stage);
    buttons.forEach((each, index) => {
      each.setAttribute('aria-pressed', each === button);
      pictures[index].hidden = each !== button;
    });
    const isWhole = [find('.before', stage), pictures.find(each => !each.hidden)].every(each => each && find('img', each));
    stage.classList.toggle('compared', isWhole && Boolean(find('.slider', stage)));
    fit(stage);
  });

  /* The variations of one request are side by side, in order, beside their source. The first variation gets its text here, because only
     now it is known that there are others. */

  const nameVariation = card => {
    if (find('h2 .variation', card)) return;
    const words = document.createElement('span');
    words.className = 'variation';
    words.textContent = 'variation 1';
    find('h2', card).append(' ', words);
    findAll('.slider, .enlarge, .chooser', card).forEach(each => {
      each.setAttribute('aria-label', `${each.getAttribute('aria-label')}, variation 1`);
    });
  };

  // The part that is equal for all variations. The cards do not repeat it.
  const originOf = card => {
    const origin = document.createElement('div');
    origin.className = 'origin';
    const before = find('.before', card);
    if (before) {
      const stage = document.createElement('div');
      stage.className = 'stage single';
      stage.append(before.cloneNode(true));
      origin.append(stage);
    }
    const name = document.createElement('h2');
    name.className = 'from';
    name.dir = 'auto';
    name.textContent = find('.name', card).textContent;
    origin.append(name, ...findAll('.prompt', card).map(each => each.cloneNode(true)));
    return origin;
  };

  const gather = cards => {
    const group = document.createElement('section');
    group.className = 'variations';
    group.setAttribute('aria-label', `Variations of ${find('.name', cards[0]).textContent}`);
    const list = document.createElement('div');
    list.className = 'list';
    group.append(originOf(cards.find(card => find('.before img', card)) ?? cards[0]), list);
    return { group, list };
  };

  const startVariations = () => {
    const requests = new Map(findAll('.card .variation').map(each => [each.closest('.card').dataset.request, []]));
    findAll('.card').forEach(card => requests.get(card.dataset.request)?.push(card));
    requests.forEach(cards => {
      cards.filter(card => card.dataset.index === '1').forEach(nameVariation);
      if (cards.length < 2) return;
      const { group, list } = gather(cards);
      cards[0].before(group);
      list.append(...cards.sort((a, b) => a.dataset.index - b.dataset.index));
    });
  };

  /* The filter (all words in any order, the outcome, the mark) and the order of the edits. */

  const fold = text => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  let cards = [];
  let shown = [];

  const readCards = () => {
    const asked = new Map();
    return findAll('.card').map((card, at) => {
      const { outcome, request, index } = card.dataset;
      if (!asked.has(request)) asked.set(request, at);
      return {
        card,
        group: card.closest('.variations'),
        outcome,
        isMismatch: 'mismatch' in card.dataset,
        text: fold(find('.body', card).textContent),
        name: find('.name', card).textContent,
        asked: asked.get(request),
        index: Number(index),
      };
    });
  };

  // Sorted by name, then by the order of the requests, then by the variation, so that the variations of one request stay together.
  const sortByName = cards => {
    const { compare } = new Intl.Collator(undefined, { numeric: true });
    return [...cards].sort((a, b) => compare(a.name, b.name) || a.asked - b.asked || a.index - b.index);
  };

  const startFilter = () => {
    const form = find('#filter');
    const text = find('#text');
    const order = find('#order');
    const mark = find('#mark');
    const finished = readCards();

    const apply = () => {
      const words = fold(text.value).split(/\s+/).filter(Boolean);
      const outcome = form.elements.outcome.value;
      shown = cards.filter(each => {
        const isChosen = outcome === 'mismatch' ? each.isMismatch : !outcome || each.outcome === outcome;
        const isMarked = !mark.value || (each.card.dataset.marked ?? 'none') === mark.value;
        const matches = isChosen && isMarked && words.every(word => each.text.includes(word));
        each.card.hidden = !matches;
        return matches;
      }).map(each => each.card);
      const edits = cards.length === 1 ? 'edit' : 'edits';
      find('#count').textContent = shown.length === cards.length
        ? `${cards.length} ${edits}` : `${shown.length} of ${cards.length} ${edits}`;
      find('#none').hidden = shown.length > 0;
      findAll('.variations').forEach(group => { group.hidden = !find('.card:not([hidden])', group); });
      document.dispatchEvent(new Event('filtered'));
    };

    // If a new mark hides a card, the keyboard focus moves to the next card.
    const applyMark = card => {
      if (find('#viewer').open) return;
      const at = shown.indexOf(card);
      const next = shown[at + 1] ?? shown[at - 1];
      const button = document.activeElement?.dataset.mark;
      apply();
      if (card?.hidden && card.contains(document.activeElement)) {
        (next ? find(`[data-mark="${button}"]`, next) ?? find('.enlarge', next) : find('#clear')).focus();
      }
    };

    // The elements themselves are moved, not only by style, so that keyboard and screen reader follow the visible order.
    const arrange = () => {
      cards = order.value === 'name' ? sortByName(finished) : finished;
      find('#none').before(...new Set(cards.map(each => each.group ?? each.card)));
      apply();
    };

    form.addEventListener('input', apply);
    document.addEventListener('marked', event => applyMark(event.detail));
    find('#viewer').addEventListener('close', apply);
    order.addEventListener('change', arrange);
    form.addEventListener('submit', event => event.preventDefault());
    find('#clear').addEventListener('click', () => {
      text.value = '';
      form.elements.outcome[0].checked = true;
      mark.value = '';
      apply();
      text.focus();
    });
    cards = finished;
    apply();
  };

  /* One edit enlarged: a copy of its card, in a dialog. */

  const startViewer = () => {
    const viewer = find('#viewer');
    let at = 0;
    let card = null;

    const view = index => {
      at = index;
      card = shown[at];
      const copy = shown[at].cloneNode(true);
      copy.removeAttribute('aria-labelledby');
      find('h2', copy).id = 'viewer-name';
      findAll('img', copy).forEach(image => { image.loading = 'eager'; image.classList.remove('drawn'); });
      const slider = find('.slider', copy);
      if (slider) slider.value = find('.slider', shown[at]).value;
      const place = find('#viewed');
      place.dataset.outcome = copy.dataset.outcome;
      place.dataset.edit = copy.dataset.edit;
      place.replaceChildren(...copy.children);
      if (slider) show(slider);
      find('#place').textContent = `${at + 1} of ${shown.length}`;
      find('#previous').disabled = at === 0;
      find('#next').disabled = at === shown.length - 1;
    };
    const step = by => {
      if (at + by < 0 || at + by >= shown.length) return;
      const button = document.activeElement;
      view(at + by);
      if (button?.disabled) find('#close').focus();
    };

    document.addEventListener('click', event => {
      const card = event.target.closest('.enlarge')?.closest('.card');
      if (!card) return;
      view(shown.indexOf(card));
      viewer.showModal();
    });
    find('#previous').addEventListener('click', () => step(-1));
    find('#next').addEventListener('click', () => step(1));
    find('#close').addEventListener('click', () => viewer.close());
    viewer.addEventListener('keydown', event => {
      if (event.target.matches('.slider') || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === 'ArrowLeft') step(-1);
      if (event.key === 'ArrowRight') step(1);
    });
    // After closing, the focus returns to the card that was shown.
    viewer.addEventListener('close', () => {
      find('#viewed').replaceChildren();
      delete find('#viewed').dataset.edit;
      const back = shown.includes(card) ? find('.enlarge', card) : shown.length ? find('.enlarge', shown[Math.min(at, shown.length - 1)]) : find('#clear');
      back.scrollIntoView({ block: 'nearest' });
      back.focus();
    });
  };

  document.addEventListener('DOMContentLoaded', () => {
    startTheme();
    startSliders();
    startChoosers();
    startVariations();
    startFilter();
    startViewer();
  });
})();
