// SPDX-License-Identifier: AGPL-3.0-or-later
// What each view says, at two real nodes: a person who does one thing reads that it was done, and every view in every language and
// state has no word that is not of that language, nothing half said, nothing wider than a small phone.
//   AIDMESHD=... AIDMESH=... node --test tests/page/test_views.mjs
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DEADLINE, freePort, Node, openBrowser, PIN } from './phone.mjs';

const folder = mkdtempSync(join(tmpdir(), 'aidmesh-')), LANGUAGES = ['en', 'es', 'fr', 'ht'];
const languageFile = code => readFileSync(new URL(`../../board/text/languages/${code}.txt`, import.meta.url), 'utf8');
let oak, mill, browser, context, page, heard = [];
const refs = {};

// Waits until `find` gives something.
async function until(find) {
  for (const end = Date.now() + DEADLINE; Date.now() < end;) {
    const found = await find();
    if (found) return found;
  }
  throw new Error('it never came');
}

async function tellMill() {
  await mill.aid('init', '--name', 'Mill', '--at', '35.2,-77.1');
  refs.theirStock = await mill.ref('stock', 'blanket', '40');
  refs.theirNeed = await mill.ref('need', 'tarp', '5', '--people', '5');
}
// Of each kind of record one, the texts in no language at all.
async function tellOak() {
  refs.oak = (await oak.aid('init', '--name', 'Oak', '--at', '35.1085,-77.0441')).match(/\(([0-9A-Z-]+)\)/)[1];
  refs.shut = await oak.ref('site', 'Qumran', '--at', '35.15,-77.0', '--people', '60');
  refs.need = await oak.ref('need', 'drinking-water', '120', '--people', '1', '--within', '24', '--site', 'Qumran', '--sure');
  refs.standing = await oak.ref('need', '601', '20', '--people', '9', '--infants', '5', '--every', '24h', '--sure');
  const ticketed = await oak.aid('need', 'blanket', '9', '--people', '9', '--ticket');
  refs.household = ticketed.split(' ')[0];
  refs.ticket = ticketed.match(/Ticket: (\S+)/)[1];
  refs.stock = await oak.ref('stock', 'drinking-water', '500', '--reserve', '50', '--use-by', '2027-01-05', '--cold');
  refs.blankets = await oak.ref('stock', 'blanket', '12');
  refs.offer = await oak.ref('offer', 'tarp', '12');
  refs.round = await oak.ref('round', 'Qumran', '--doors', '40', '--answered', '31', '--nothing', '1');
  refs.alert = await oak.ref('note', '--alert', 'severe', 'Zqv zqv, qwx Zqv');
  await oak.aid('note', refs.need, 'Zqv');
  refs.ask = await oak.ref('ask', refs.need, '30', '--from', refs.stock);
  refs.pledge = await oak.ref('pledge', refs.need, '20', '--from', refs.stock);
}

before(async () => {
  const linkPort = await freePort();
  oak = new Node(join(folder, 'oak'), await freePort(), 'Oak');
  mill = new Node(join(folder, 'mill'), await freePort(), 'Mill');
  refs.linkPort = linkPort;
  for (const node of [oak, mill]) node.socket = join(folder, node.name + '.sock');
  [browser] = await Promise.all([openBrowser(), oak.start(`link.listen=127.0.0.1:${linkPort}`), mill.start(`link.peer=127.0.0.1:${linkPort}`)]);
  await Promise.all([tellMill(), tellOak()]);
  await until(async () => (await oak.lines('stocks')).some(s => s.ref === refs.theirStock) && (await oak.lines('needs')).some(s => s.ref === refs.theirNeed));
  await phone();
});
after(async () => {
  if (browser) await browser.close();
  await Promise.all([oak, mill].map(node => node && node.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function phone() {
  context = await browser.newContext({ viewport: { width: 320, height: 568 }, locale: 'en-US', hasTouch: true });
  context.setDefaultTimeout(DEADLINE);
  page = await context.newPage();
  page.on('pageerror', e => heard.push('page error: ' + e.message));
  page.on('console', m => heard.push('console: ' + m.text() + ' ' + m.location().url));
  await open(oak, '');
}
const pin = code => page.evaluate(code => code ? sessionStorage.setItem('pin', code) : sessionStorage.removeItem('pin'), code);
const keptPin = () => page.evaluate(() => sessionStorage.getItem('pin'));
async function open(node, hash) {
  await page.goto(node.url + hash);
  await page.locator('main h1').waitFor();
}
// Another view of the same page, drawn anew.
async function view(hash) {
  await page.evaluate(hash => {
    for (const old of document.querySelectorAll('main > *')) old.remove();
    if (hash.endsWith('/how')) draft = { item: catalog[0] };
    if (hash === '#/done') done = { ticket: 'ZZZ' };
    history.replaceState(null, '', hash); // not by the hash, whose event comes later: what is drawn then is this view
    tell();
    return show();
  }, hash || '#/');
  await page.locator('main h1').filter({ hasText: /./ }).waitFor();
}
const main = () => page.locator('main');
const tap = (name, at = main()) => at.getByRole('button', { name, exact: true }).click();
const group = name => page.getByRole('group', { name, exact: true });

test('a wrong PIN is asked for again; another refusal is a sentence, and the right PIN stays', async () => {
  await pin('0000');
  await view('#/r/' + refs.blankets);
  await group('Count anew').getByLabel('How much is there now?').fill('13');
  await tap('Count anew');
  await page.getByText("That is not the volunteers' PIN.").waitFor();
  await page.getByLabel("Volunteers' PIN").fill(PIN);
  await tap('OK');
  await page.getByText('It is written down.').waitFor();
  assert.equal((await oak.shown(refs.blankets)).on_hand, 13);

  await view('#/r/' + refs.theirStock);
  await group('Count anew').getByLabel('How much is there now?').fill('3');
  await tap('Count anew');
  await page.getByText('Only its author or the keepers of its site may change').waitFor();
  assert.equal(await page.getByLabel("Volunteers' PIN").count(), 0);
  assert.equal(await keptPin(), PIN);
});

test('what is handed out is taken from what is there, in a box of its own', async () => {
  await pin(PIN);
  await view('#/r/' + refs.blankets);
  const before = (await oak.shown(refs.blankets)).on_hand;
  await group('Hand out').getByLabel('How much?').fill('2');
  await tap('Hand out');
  await page.locator('#note').getByText('It is written down.').waitFor();
  assert.equal((await oak.shown(refs.blankets)).on_hand, before - 2);
  assert.deepEqual(await page.locator('main fieldset > input').evaluateAll(all => all.map(i => i.labels[0].textContent)),
    ['How much?', 'Ticket code', 'How much is there now?', 'How much is gone?']);
});

test('an ask is declined, or answered with a promise', async () => {
  await view('#/moves');
  await page.getByRole('link', { name: '30 L Drinking water asked' }).click();
  await page.getByLabel('How much is promised? (L)').fill('10');
  await tap('Yes: promise it');
  await page.locator('#note').getByText('It is written down.').waitFor();
  await until(async () => (await oak.shown(refs.ask)).promised === 10);
  const other = await oak.ref('ask', refs.need, '7', '--from', refs.stock);
  await view('#/r/' + other);
  await tap('No: it cannot be given');
  await until(async () => (await oak.shown(other)).stage === 'declined');
});

test('how much arrived, and that the rest is still to come', async () => {
  await oak.aid('send', refs.pledge);
  await view('#/r/' + refs.pledge);
  await page.getByLabel('How much arrived? (L)').fill('8');
  await tap('Part of it arrived, the rest is still to come');
  await page.locator('#note').getByText('It is written down.').waitFor();
  const { arrived, on_way: onWay } = await oak.shown(refs.pledge);
  assert.deepEqual([arrived, onWay], [8, 12]);
});

test('what is there is listed, with what is offered beside it; More is there only when there is more', async () => {
  await view('#/board');
  await page.getByRole('link', { name: 'What is there' }).click();
  await page.getByRole('heading', { level: 1, name: 'What is there' }).waitFor();
  await page.getByText(/^\d+ L Drinking water$/).waitFor();
  assert.equal(await main().getByRole('button', { name: 'More' }).count(), 0);
  await view('#/board/offer');
  await page.getByText('12 Tarp').waitFor();
  assert.equal(await main().getByRole('button', { name: 'More' }).count(), 0);
});

test('a ticket shows what was asked, what was collected, and what is left', async () => {
  await pin(null);
  await view('#/give/' + refs.ticket);
  await tap('Show what was asked');
  await page.getByLabel("Volunteers' PIN").fill(PIN);
  await tap('OK');
  await page.locator('#asked').getByText('asked for 9, collected 0, left 9').waitFor();
  assert.equal(await page.getByLabel('From which stock?').inputValue(), refs.blankets);
  await oak.aid('give', refs.blankets, '4', '--ticket', refs.ticket);
  await view('#/give/' + refs.ticket);
  await page.locator('#asked').getByText('asked for 9, collected 4, left 5').waitFor();
  await page.locator('#code').fill('KABEN-BOGIR-123');
  await tap('Show what was asked');
  await page.getByText('This node has not heard of that ticket.').or(page.getByText(/is not a ticket|No such ticket/i)).first().waitFor();
});

test('of two needs that are one the ticket tells what the one that stays has; of a closed one it says so', async () => {
  await pin(PIN);
  const asked = async (...words) => { const said = await oak.aid('need', 'towel', '2', ...words, '--ticket', '--sure'); return [said.split(' ')[0], said.match(/Ticket: (\S+)/)[1]]; };
  const [first] = await asked('--people', '2'), [second, ticket] = await asked('--people', '3'), towels = await oak.ref('stock', 'towel', '9');
  await oak.aid('give', towels, '2', '--ticket', ticket);
  await oak.aid('note', second, '--kind', 'duplicate', '--other', first);
  await view('#/give/' + ticket);
  await page.locator('#asked').getByText('asked for 2, collected 2, left 0').waitFor();
  await view('#/r/' + second);
  await page.getByText('closed: duplicate').waitFor();
  await page.getByText('Counts as one with').waitFor();
  const [gone, shown] = await asked('--people', '7');
  await oak.aid('close', gone, '--reason', 'not-needed');
  await view('#/give/' + shown);
  await page.locator('#asked').getByText('closed: not needed').waitFor();
  assert.equal(await page.locator('#asked').getByText('left').count(), 0);
});

test('what is closed or was taken back says so, and why; no round that was taken back stands at its place', async () => {
  await pin(PIN);
  refs.closed = await oak.ref('need', 'tent', '3', '--people', '3');
  refs.closedStock = await oak.ref('stock', 'tent', '3');
  refs.closedOffer = await oak.ref('offer', 'tent', '3');
  for (const [ref, reason, said] of [[refs.closed, 'not-needed', 'not needed'], [refs.closedStock, 'moved', 'moved elsewhere'], [refs.closedOffer, 'done', 'done']]) {
    await oak.aid('close', ref, '--reason', reason);
    await view('#/r/' + ref);
    await page.getByText('closed: ' + said).waitFor();
    await page.getByRole('button', { name: 'Open again' }).waitFor();
    assert.equal(await main().getByRole('button', { name: 'Hand out' }).count(), 0);
  }
  refs.closedRound = await oak.ref('round', 'Qumran', '--item', 'tent', '--text', 'Zqv');
  await view('#/r/' + refs.shut);
  await page.getByText('nothing needed').waitFor();
  await oak.aid('withdraw', refs.closedRound);
  await view('#/r/' + refs.shut);
  await page.getByText('1 needs nothing').waitFor();
  assert.equal(await page.getByText('nothing needed').count(), 0);
  await view('#/r/' + refs.closedRound);
  await page.getByText('closed: mistake').waitFor();
});

test('nobody said how much is told as that, never as none', async () => {
  refs.unsaid = await oak.ref('need', 'tent', '--people', '2', '--within', '6', '--sure');
  refs.unsaidOffer = await oak.ref('offer', 'tent', '--sure');
  for (const hash of ['#/r/' + refs.unsaid, '#/board', '#/ask/short', '#/ask/unconfirmed', '#/ask/expiring', '#/wall', '#/plan']) {
    await view(hash);
    const rows = main().locator('a, li, tr').filter({ hasText: /Tent/ }), text = await rows.first().innerText();
    assert.doesNotMatch(text, /(^|[^\d:/.])0( |$)/m, hash);
    assert.match(await main().innerText(), hash === '#/board' ? /Tent/ : /nobody said how much/, hash);
  }
  await view('#/board/offer');
  assert.match(await main().innerText(), /^ *Tent$/m);
  await view('#/r/' + refs.unsaid);
  assert.equal(await page.locator('#pledge').inputValue(), '');
});

test('what was typed out of reach and needs the PIN stays on the phone until it is given', async () => {
  await pin(null);
  await view('#/r/' + refs.blankets);
  await oak.stop();
  await group('Count anew').getByLabel('How much is there now?').fill('21');
  await tap('Count anew');
  await page.locator('#waiting').getByText('1 word waits on this phone').waitFor();
  assert.equal(await page.getByText('It is written down').count(), 0);
  await oak.start(`link.listen=127.0.0.1:${refs.linkPort}`);
  await page.getByLabel("Volunteers' PIN").fill(PIN);
  await tap('OK');
  await page.locator('#note').getByText('It is written down.').waitFor();
  await page.locator('#waiting').waitFor({ state: 'detached' });
  assert.equal((await oak.shown(refs.blankets)).on_hand, 21);
});

test('an empty list says what is empty; words and figures are sentences; notes stand at their record', async () => {
  await view('#/ask/late');
  await page.getByText('Nobody is late.').waitFor();
  await view('#/places');
  assert.match(await main().innerText(), /^1 need$/m);
  await view('#/r/' + refs.need);
  await page.getByText(/, 1 person, due in/).waitFor();
  await page.getByText('Zqv').waitFor();
  await view('');
  assert.match(await page.locator('main .alert').innerText(), /^Zqv zqv, qwx Zqv · /);
});

test('a wall board has clock times, and says how many it leaves out', async () => {
  const rows = ['item,quantity,people,within,site', ...Array.from({ length: 70 }, (_, i) => `drinking-water,${10 + i},${1 + i % 50},72,Oak`)].join('\n');
  assert.equal((await (await oak.post('/v1/import?kind=need', rows, 'text/csv')).json()).added, 70);
  const { total } = await (await fetch(`http://127.0.0.1:${oak.port}/v1/lines?kind=need&status=open&limit=1`)).json();
  await view('#/wall');
  const sheet = page.locator('main .screen.said');
  // What holds now for everybody stands on it, too, with who denies it.
  assert.match((await sheet.locator('.alert').first().innerText()), /^severe: Zqv zqv, qwx Zqv · .*\d\d:\d\d · Oak · Until .*\d\d:\d\d$/);
  await oak.aid('note', refs.alert, '--kind', 'denial', 'Qwx');
  await view('#/wall');
  assert.match((await sheet.locator('.alert').first().innerText()), /denied by Oak: Qwx/i);
  assert.equal(await sheet.locator('tbody tr').count(), 60);
  await sheet.getByText(`and ${total - 60} more: on the page`).waitFor();
  assert.match(await sheet.locator('tbody tr').first().innerText(), /\d\d:\d\d[^]*\d\d:\d\d/);
  assert.match(await sheet.locator('h2').innerText(), /^Oak · .*\d\d:\d\d/);
  // Nobody runs for a drill, on the wall or on a phone.
  const drill = await oak.ref('note', '--alert', 'minor', 'Qwx qwx', '--drill');
  for (const hash of ['#/wall', '', '#/r/' + drill]) {
    await view(hash);
    await main().getByText('DRILL Qwx qwx').last().waitFor();
  }
  await oak.aid('withdraw', drill);
  await view('#/board');
  await tap('More');
  await page.locator('ul.rows > li').nth(60).waitFor();
  assert.equal(await main().getByRole('button', { name: 'More' }).count(), 0);
});

test('two rows of sixteen say until when, and tell two places of one beginning apart', async () => {
  for (const [name, item] of [['Zqvqwx Zqv Oak', 'blanket'], ['Zqvqwx Zqv Mill', 'tarp']]) {
    await mill.aid('site', name, '--at', '35.3,-77.1', '--sure');
    await mill.aid('need', item, '4', '--people', '4', '--within', '6', '--site', name, '--sure');
  }
  const shown = await mill.aid('lcd', '--size', '16x2');
  assert.match(shown, /4 Blanket *\|\n\|Zqvq\w*\.Oak +0m [56]h!\|/);
  assert.match(shown, /4 Tarp *\|\n\|Zqv\w*\.Mill +0m [56]h!\|/);
});

// --- every view ---

// Refs and tickets are drawn by lot, and may spell a word.
const CODES = /\b[0-9A-Z]{3}-[0-9A-Z]{4}\b|\b[A-Z]{5}-[A-Z]{5}-\d{3}\b/g;
const wordsIn = text => text.replace(CODES, ' ').toLowerCase().match(/[\p{L}\p{M}’'-]{3,}/gu) || [];
// The words of a language: what the files say, and the names of things.
function vocabularies(items) {
  const all = {};
  for (const code of LANGUAGES) {
    const texts = languageFile(code).split('\n').filter(l => /^[a-z0-9-]+ = /.test(l)).map(l => l.slice(l.indexOf(' = ') + 3).replace(/\{[a-z]*(\|)?/g, ' '));
    all[code] = new Set(wordsIn([...texts, ...items.map(i => i.labels[code])].join(' ')));
  }
  return all;
}
const NAMES = ['oak', 'mill', 'qumran', 'qwx', 'zqv', 'aidmesh', 'english', 'español', 'français', 'kreyòl'];
const VIEWS = () => ['', '#/need', '#/need/how', '#/done', '#/have', '#/have/how', '#/board', '#/board/stock', '#/board/offer', '#/moves', '#/places', '#/questions', '#/note', '#/here', '#/peers', '#/trust', '#/print', '#/load',
  '#/wall', '#/slip', '#/unlock', '#/plan', '#/vouch/' + '0'.repeat(64) + '/Mill', '#/give/' + (refs.ticket || ''), '#/round/' + refs.oak, '#/history/' + refs.need, '#/waybill/' + refs.pledge,
  ...['short', 'runs-out', 'news', 'late', 'surplus', 'unconfirmed', 'silent', 'served', 'expiring'].map(n => '#/ask/' + n),
  ...['oak', 'shut', 'need', 'standing', 'household', 'stock', 'theirStock', 'theirNeed', 'offer', 'round', 'alert', 'ask', 'pledge', 'closed', 'closedStock', 'closedOffer', 'closedRound', 'unsaid', 'unsaidOffer'].map(k => '#/r/' + refs[k])];

async function speak(language) {
  await page.evaluate(language => {
    const select = document.getElementById('language');
    select.value = language;
    select.dispatchEvent(new Event('change'));
    window.lacking = window.lacking || new Set();
    if (!window.heeded) { const plain = t; window.heeded = true; t = (key, value) => { if (!WORDS[key]) window.lacking.add(key); return plain(key, value); }; }
  }, language);
}
// What a person sees or is read out of the present view, in pieces; and how much it is wider than the phone.
const seen = () => page.evaluate(() => {
  for (const d of document.querySelectorAll('main details')) d.open = true; // a hidden part may be wide, too
  const pieces = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) if (!['SCRIPT', 'STYLE'].includes(n.parentNode.tagName) && !n.parentNode.closest('.ticket, #language')) pieces.push(n.data);
  for (const e of document.querySelectorAll('[aria-label], [placeholder]')) pieces.push(e.getAttribute('aria-label') || e.getAttribute('placeholder'));
  return { pieces, wide: document.documentElement.scrollWidth - document.documentElement.clientWidth, lacking: [...window.lacking] };
});
// Half said; or an option of the command line, of which a phone has none.
const HALF_SAID = /--[a-z]|\b(false|undefined|null|NaN)\b|\[object|\{[^}]*\}/;

async function walk(state, hashes, words, isQuiet) {
  const found = [];
  for (const language of LANGUAGES) {
    await speak(language);
    heard = [];
    for (const hash of hashes) {
      await view(hash);
      const { pieces, wide, lacking } = await seen(), at = `${state} ${language} ${hash}: `;
      if (wide > 0) found.push(at + `wider by ${wide}`);
      for (const key of lacking) found.push(at + 'no words for ' + key);
      for (const piece of pieces) {
        if (HALF_SAID.test(piece)) found.push(at + piece);
        if (language !== 'en') found.push(...wordsIn(piece).filter(w => words.en.has(w) && !words[language].has(w) && !NAMES.includes(w)).map(w => at + `"${w}" in "${piece}"`));
      }
    }
    found.push(...heard.filter(h => !isQuiet || !/Failed to load resource/.test(h)).map(h => `${state} ${language}: ${h}`));
  }
  await speak('en');
  return [...new Set(found)];
}

test('every view, in every language and state, says all it says in that language', async () => {
  const words = vocabularies((await (await fetch(`http://127.0.0.1:${oak.port}/v1/catalog`)).json()).items), found = [];
  await oak.aid('edit', 'Qumran', '--state', 'closed', '--instead', 'Oak', '--rest', 'keep');
  await pin(PIN);
  found.push(...await walk('full, with PIN', VIEWS(), words));
  await pin(null);
  found.push(...await walk('no PIN', ['', '#/give/' + refs.ticket, '#/board', '#/r/' + refs.ask, '#/r/' + refs.shut], words, true));
  await oak.aid('edit', refs.oak, '--state', 'closed', '--instead', 'Mill', '--rest', 'keep');
  found.push(...await walk('its own place is closed', ['', '#/here', '#/places', '#/r/' + refs.oak], words));
  for (const language of LANGUAGES.slice(1)) {
    const plain = await (await fetch(`http://127.0.0.1:${oak.port}/plain`, { headers: { 'Accept-Language': language } })).text();
    const text = plain.replace(/<(style|script)[^]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, '\n').replace(/&[a-z]+;/g, ' ');
    found.push(...wordsIn(text).filter(w => words.en.has(w) && !words[language].has(w) && !NAMES.includes(w)).map(w => `/plain ${language}: ${w}`));
  }
  await oak.stop();
  found.push(...await walk('out of reach', ['', '#/need', '#/board', '#/peers'], words, true));
  const empty = new Node(join(folder, 'empty'), oak.port, 'Oak');
  empty.socket = oak.socket;
  await empty.start();
  try {
    await page.evaluate(() => { WORDS.board[1] = WORDS.board[0]; });
    assert.ok((await walk('left in English', ['#/board'], words)).some(f => /^left in English es .*"needed"/.test(f)), 'the walk sees an English word');
    await page.reload();
    found.push(...await walk('empty', VIEWS().filter(hash => !hash.includes('undefined') && !/#\/(r|round|history|waybill|give)\//.test(hash)), words, true)); // a node without a place has no surplus: refused
  } finally { await empty.stop(); }
  assert.deepEqual(found, []);
});

test('a quiet node is live; one that went without a word is out of reach, since when it was heard', async () => {
  await oak.start();
  await context.close();
  context = await browser.newContext({ viewport: { width: 320, height: 568 }, locale: 'en-US' });
  context.setDefaultTimeout(DEADLINE);
  page = await context.newPage();
  await page.clock.install();
  await open(oak, '');
  const live = page.locator('#live');
  await live.getByText('● live').waitFor();
  const asked = page.waitForResponse(/v1.status/);
  await page.clock.fastForward(100000);
  await asked;
  await live.getByText('● live').waitFor();
  process.kill(oak.daemon.pid, 'SIGSTOP');
  try {
    const tried = page.waitForRequest(/v1.status/);
    await page.clock.fastForward(100000);
    await tried;
    await page.clock.fastForward(21000);
    await live.getByText(/^○ out of reach since \d/).waitFor();
  } finally { process.kill(oak.daemon.pid, 'SIGCONT'); }
});
