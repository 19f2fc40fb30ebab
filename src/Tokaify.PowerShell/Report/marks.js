
/* Marks: keep, again, drop. They stay in the browser. Data leaves the page only by the clipboard or a file that the user saves. */
(() => {
  const find = (selector, within = document) => within.querySelector(selector);
  const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];
  const marks = ['keep', 'again', 'drop'];
  const columns = [
    'Path', 'SavedAs', 'Prompt', 'Model', 'AspectRatio', 'ImageSize', 'ThinkingLevel', 'SystemInstruction', 'Temperature', 'TopP', 'TopK',
    'MaxOutputTokens', 'Seed', 'Destination', 'OutputName', 'ReferenceImage',
  ];
  const files = ['Path', 'SavedAs', 'Destination', 'ReferenceImage'];

  // If the browser has no storage for pages on a disk, marks last as long as the page is open.
  const place = `tokaify-marks:${location.pathname}`;
  const read = () => { try { return JSON.parse(localStorage.getItem(place)) ?? {}; } catch { return {}; } };
  const write = marked => {
    try {
      if (Object.keys(marked).length) localStorage.setItem(place, JSON.stringify(marked));
      else localStorage.removeItem(place);
    } catch { /* see above */ }
  };

  let cards = [];

  const show = (card, within = card) => findAll('[data-mark]', within).forEach(button => {
    button.setAttribute('aria-pressed', String(button.dataset.mark === card.dataset.marked));
  });

  // The same edit may be on the page twice, so its id gets a number.
  const number = all => {
    const seen = new Map();
    all.forEach(card => {
      const count = (seen.get(card.dataset.edit) ?? 0) + 1;
      seen.set(card.dataset.edit, count);
      if (count > 1) card.dataset.edit += `-${count}`;
    });
  };

  const restore = () => {
    const marked = read();
    cards.forEach(card => {
      const mark = marked[card.dataset.edit];
      if (marks.includes(mark)) card.dataset.marked = mark;
      show(card);
    });
  };

  // The card of an element; for an element in the viewer, the card that the viewer shows a copy of.
  const cardOf = element => element.closest('.card')
    ?? cards.find(card => card.dataset.edit === element.closest('#viewer')?.querySelector('#viewed').dataset.edit);

  const set = (card, mark) => {
    if (card.dataset.marked === mark) delete card.dataset.marked;
    else card.dataset.marked = mark;
    show(card);
    if (find('#viewed').dataset.edit === card.dataset.edit) show(card, find('#viewed'));
    write(Object.fromEntries(cards.filter(each => each.dataset.marked).map(each => [each.dataset.edit, each.dataset.marked])));
    document.dispatchEvent(new CustomEvent('marked', { detail: card }));
  };

  /* The table. */

  // Converts links of the page to paths. They become full paths if the page links its pictures. A page with embedded pictures may be in any
  // folder, so its paths stay relative.
  const pathOf = (link, isAnywhere) => {
    if (!/^file:/i.test(link) && (isAnywhere || location.protocol !== 'file:')) return decodeURIComponent(link);
    const url = new URL(link, location.href);
    const path = decodeURIComponent(url.pathname);
    if (url.host) return `\\\\${url.host}${path.replaceAll('/', '\\')}`;
    return /^\/[a-z]:/i.test(path) ? path.slice(1).replaceAll('/', '\\') : path;
  };

  const rowOf = card => {
    const row = card.dataset.row ? JSON.parse(card.dataset.row) : null;
    if (!row) return null;
    const isAnywhere = card.dataset.embedded !== undefined;
    files.filter(name => row[name]).forEach(name => {
      row[name] = row[name].split('|').map(link => pathOf(link, isAnywhere)).join('|');
    });
    return row;
  };

  const csvOf = rows => {
    const used = columns.filter(name => rows.some(row => row[name]));
    const line = values => values.map(value => `"${value.replaceAll('"', '""')}"`).join(',');
    return [line(used), ...rows.map(row => line(used.map(name => row[name] ?? '')))].map(each => `${each}\r\n`).join('');
  };

  const kindOf = () => find('#mark').value || 'again';
  const chosen = () => findAll('.card:not([hidden])').filter(card => (card.dataset.marked ?? 'none') === kindOf());

  // Edits and images from text need different commands, and so different tables. If there are edits, the table has only edits.
  const choose = () => {
    const kind = kindOf();
    const all = chosen().map(card => ({ card, row: rowOf(card) }));
    const known = all.filter(each => each.row && (kind !== 'again' || each.row.Prompt));
    const edits = known.filter(each => each.row.Path);
    const taken = edits.length ? edits : known;
    const words = [];
    const options = [...new Set(taken.flatMap(each => each.card.dataset.options?.split(' ') ?? []))];
    if (options.length) words.push(`Some were made with ${options.join(', ')}: give these parameters on the command line again.`);
    const left = known.length - taken.length;
    if (left) words.push(`Left out, because they go to New-TokaifyImage: ${left} from text alone. Unmark the others to get them.`);
    if (all.length > known.length) words.push(`Left out, because their requests are not known or are turns of a conversation: ${all.length - known.length}.`);
    return { csv: csvOf(taken.map(each => each.row)), words, command: edits.length ? 'Invoke-TokaifyImageEdit' : 'New-TokaifyImage', count: taken.length };
  };

  const tell = (what, pipe, table) => {
    const end = kindOf() === 'again' ? `${pipe} | ${table.command}` : pipe;
    find('#choice-words').textContent = [`${what} ${table.count}: ${end}`, ...table.words].join(' \u2014 ');
  };

  const copy = async () => {
    const table = choose();
    try {
      await navigator.clipboard.writeText(table.csv);
      tell('Copied', 'Get-Clipboard -Raw | ConvertFrom-Csv', table);
    } catch {
      find('#choice-words').textContent = 'The browser does not allow the page to copy. Save the table instead.';
    }
  };

  const save = () => {
    const table = choose();
    const link = document.createElement('a');
    link.download = `${kindOf()}.csv`;
    // With a byte order mark, Windows PowerShell and Excel read the file as UTF-8.
    link.href = URL.createObjectURL(new Blob(['\uFEFF', table.csv], { type: 'text/csv' }));
    link.click();
    URL.revokeObjectURL(link.href);
    tell('Saved', `Import-Csv ${link.download}`, table);
  };

  const count = () => {
    const of = mark => cards.filter(card => (card.dataset.marked ?? 'none') === mark).length;
    findAll('#mark option').forEach(option => {
      const name = option.dataset.name;
      option.textContent = option.value ? `${name} (${of(option.value)})` : name;
    });
    const number = chosen().length;
    find('#choice').hidden = of('none') === cards.length;
    find('#copy').textContent = `Copy table: ${kindOf() === 'none' ? 'not marked' : kindOf()} (${number})`;
    find('#save').textContent = `Save as ${kindOf()}.csv`;
    find('#copy').disabled = find('#save').disabled = number === 0;
    find('#choice-words').textContent = '';
  };

  document.addEventListener('DOMContentLoaded', () => {
    cards = findAll('.card');
    number(cards);
    restore();
    document.addEventListener('click', event => {
      const button = event.target.closest('button[data-mark]');
      if (button) set(cardOf(button), button.dataset.mark);
    });
    document.addEventListener('keydown', event => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.repeat || event.target.matches('select, [type="search"]')) return;
      const mark = marks.find(each => each[0] === event.key.toLowerCase());
      const card = mark && cardOf(event.target);
      if (card) set(card, mark);
    });
    find('#copy').addEventListener('click', copy);
    find('#save').addEventListener('click', save);
    document.addEventListener('filtered', count);
    document.dispatchEvent(new Event('marked'));
    count();
  });
})();
