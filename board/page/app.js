// The page. Routes are hashes; each view builds its nodes from text, never from markup.
const $ = id => document.getElementById(id);
let language = localStorage.getItem('language') || (navigator.language || 'en').slice(0, 2);
if (!LANGUAGES.some(l => l[0] === language)) language = 'en';
const index = () => LANGUAGES.findIndex(l => l[0] === language);
// '{}' is the value; '{0|need|needs}' the value and what it counts, the word for one and for several.
function t(key, value) {
  const words = WORDS[key], isOne = new Intl.PluralRules(language).select(Number(value)) === 'one';
  return (words ? words[index()] : key).replace('{}', value).replace(/\{0\|([^|}]*)\|([^}]*)\}/, (all, one, many) => value + ' ' + (isOne ? one : many));
}

// h('a.button.main', {href}, 'text', node...)
function h(spec, props, ...children) {
  const [tag, ...classes] = spec.split('.');
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(' ');
  for (const [key, value] of Object.entries(props || {})) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, '');
    else if (value !== undefined && value !== false && value !== null) node.setAttribute(key, value);
  }
  for (const child of children.flat(Infinity)) if (child !== undefined && child !== null && child !== false && child !== '') node.append(child);
  return node;
}
const button = (text, act, kind) => h('button' + (kind ? '.' + kind : ''), { type: 'button', onclick: act }, text);
const link = (text, href, kind) => h('a.button' + (kind ? '.' + kind : ''), { href }, text);

// --- the node ---

class Refused extends Error { constructor(status, body) { super(body.error || String(status)); this.status = status; this.body = body; } }
class Away extends Error {}

async function call(path, body) {
  const headers = { 'Accept-Language': language };
  const pin = sessionStorage.getItem('pin');
  if (pin) headers['Aidmesh-Pin'] = pin;
  const isFile = body instanceof Blob;
  if (body) headers['Content-Type'] = isFile ? 'application/octet-stream' : 'application/json';
  const patience = new AbortController(), bell = setTimeout(() => patience.abort(), PATIENCE_MS);
  let answer, text;
  try {
    answer = await fetch(path, { method: body ? 'POST' : 'GET', headers, body: isFile ? body : body && JSON.stringify(body), signal: patience.signal });
    text = await answer.text();
  } catch (e) {
    notHeard();
    throw new Away(t('no-answer'));
  } finally { clearTimeout(bell); }
  heard();
  let value = {};
  try { value = JSON.parse(text); } catch (e) { value = { text }; }
  if (!answer.ok) {
    if (value.code === 'pin-wrong') sessionStorage.removeItem('pin'); // any other refusal says nothing against the PIN
    throw new Refused(answer.status, value);
  }
  return value;
}
const asksPin = e => e instanceof Refused && ['pin-wanted', 'pin-wrong'].includes(e.body.code);

// --- whether it is in reach: each word from it says so, and what it does not answer; it says something each half minute ---

const PATIENCE_MS = 20000, SILENCE_MS = 75000;
let heardAt = Date.now(), inReach = null;
function drawReach() {
  if (inReach === null) return;
  const since = new Date(heardAt).toLocaleTimeString(locale(), { hour: '2-digit', minute: '2-digit' });
  $('live').textContent = inReach ? '● ' + t('live') : '○ ' + t('away', since);
}
function heard() { heardAt = Date.now(); if (inReach !== true) { inReach = true; drawReach(); } }
function notHeard() { if (inReach !== false) { inReach = false; drawReach(); } }
const q = params => '?' + Object.entries(params).filter(([, v]) => v !== '' && v !== undefined).map(([k, v]) => k + '=' + encodeURIComponent(v)).join('&');

let catalog;
async function items() { return catalog || (catalog = (await call('/v1/catalog')).items); }
const label = item => item.labels[language] || item.labels.en;

// --- what waits on this phone ---

const waiting = () => JSON.parse(localStorage.getItem('waiting') || '[]');
function keep(list) { localStorage.setItem('waiting', JSON.stringify(list)); tellWaiting(); }
let sending = false;
async function sendWaiting() {
  if (sending) return;
  sending = true;
  try {
    for (let list = waiting(); list.length; list = waiting()) {
      const one = list[0];
      try {
        const answer = await call(one.path, one.body);
        tell(t('written'), answer.ticket && h('div.ticket', {}, answer.ticket), answer.remark && sentence(answer.remark));
      } catch (e) {
        if (e instanceof Away || e.status === 503) return;
        if (asksPin(e)) { askPin(sendWaiting, e); return; }
        if (e.body.ask && e.body.code !== 'place-leaves') { askWaiting(one, e.message); return; }
        tell(t('not-written'), sentence(e.message));
      }
      keep(waiting().slice(1));
    }
  } finally { sending = false; }
}
// It may have arrived already, or somebody must say yes: until then it stays on the phone.
function askWaiting(one, text) {
  const rest = () => waiting().slice(1);
  ask(text, () => { keep([{ ...one, body: { ...one.body, sure: true } }, ...rest()]); sendWaiting(); }, () => { keep(rest()); sendWaiting(); });
}
function tellWaiting() {
  const count = waiting().length, old = $('waiting');
  if (old) old.remove();
  if (count) $('note').append(h('p.said', { id: 'waiting' }, t('waiting', count)));
}
function tell(...parts) {
  for (const old of document.querySelectorAll('#note .told')) old.remove();
  if (parts.some(p => p)) $('note').prepend(h('div.said.told', {}, parts));
}

// What the node says comes in the reader's language.
const sentence = (text, spec = 'p') => h(spec, { lang: language }, text);

// What is done to the node itself: a date that comes late is wrong, no secret stays on a phone, and no file. None of it is a record to take back.
const isOfNode = path => ['/v1/clock', '/v1/setup', '/v1/passphrase', '/v1/lock', '/v1/upgrade'].includes(path);

// Writes, or keeps it for later; asks back, for the PIN too. Gives the answer, or null.
async function write(path, body, after) {
  try {
    const answer = await call(path, body);
    const isRecord = !isOfNode(path);
    tell(!answer.unchanged && (isRecord || !answer.remark) && t('written'), answer.remark && sentence(answer.remark),
      !answer.unchanged && isRecord && path !== '/v1/undo' && undoButton());
    if (after) after(answer);
    return answer;
  } catch (e) {
    if (e instanceof Away) {
      if (!isOfNode(path)) keep([...waiting(), { path, body }]);
      tell(t('no-answer'));
      if (after) after(null);
    } else if (e.body && e.body.code === 'place-leaves') {
      await askRest(e.message, more => write(path, { ...body, ...more }, after));
    } else if (e.body && e.body.ask) {
      ask(e.message, () => write(path, { ...body, sure: true }, after));
    } else if (e.body && e.body.changed) {
      tell(t('changed'));
      show();
    } else if (asksPin(e)) {
      askPin(() => write(path, body, after), e);
    } else tell(t('not-written'), sentence(e.message));
    return null;
  }
}
function ask(text, then, otherwise) {
  for (const old of document.querySelectorAll('main > .ask')) old.remove();
  const box = h('div.ask', { role: 'alertdialog', 'aria-label': t('look-again') }, h('p', {}, t('look-again')), sentence(text),
    button(t('yes'), () => { box.remove(); then(); }), button(t('no'), () => { box.remove(); if (otherwise) otherwise(); }));
  $('main').prepend(box);
  box.querySelector('button').focus();
}
// A place that closes: what becomes of its needs and stock, and where people go.
async function askRest(text, then) {
  const sites = (await call('/v1/sites?limit=1000')).sites.filter(s => s.state === 'open' && !s.own);
  const to = h('select', { id: 'rest-to' }, h('option', { value: '' }, '—'), sites.map(s => h('option', { value: s.ref }, s.name + inBrackets(wayOf(s)))));
  const choice = (key, more) => button(t(key), () => { const rest = more(); if (rest) { box.remove(); then(rest); } });
  const instead = () => to.value ? { instead: to.value } : {};
  const box = h('div.ask', { role: 'alertdialog', 'aria-label': t('look-again') }, sentence(text.replace(/ \([^()]*--rest[^()]*\)$/, '')),
    h('label', { for: 'rest-to' }, t('go-to')), to, choice('rest-keep', () => ({ rest: 'keep', ...instead() })), choice('rest-close', () => ({ rest: 'close', ...instead() })),
    choice('rest-over', () => to.value && { rest: to.value }), button(t('no'), () => box.remove()));
  $('main').prepend(box);
  to.focus();
}
function askPin(then, refused) {
  for (const old of document.querySelectorAll('form.pin')) old.remove();
  const why = refused.body.code === 'pin-wrong' && refused.message;
  const input = h('input', { id: 'pin', type: 'password', inputmode: 'numeric', autocomplete: 'off' });
  const box = h('form.said.pin', { onsubmit: e => { e.preventDefault(); sessionStorage.setItem('pin', input.value); box.remove(); Promise.resolve(then()).then(checkStatus); } },
    why ? sentence(why) : h('p', {}, t('pin-why')), h('label', { for: 'pin' }, t('pin')), input, h('button.main', {}, t('ok')));
  $('main').prepend(box);
  input.focus();
}

// --- words for figures ---

function span(seconds) {
  if (seconds < 3570) return t('span-min', Math.max(1, Math.round(seconds / 60)));
  return seconds < 171000 ? t('span-h', Math.round(seconds / 3600)) : t('span-d', Math.round(seconds / 86400));
}
let clock = 0; // the node's, ahead of this phone's
function when(iso) {
  if (!iso) return '';
  const s = (Date.parse(iso) - Date.now() - clock) / 1000;
  return Math.abs(s) < 60 ? t('now') : s > 0 ? t('in-time', span(s)) : t('ago', span(-s));
}
function due(iso) {
  const s = (Date.parse(iso) - Date.now() - clock) / 1000;
  return Math.abs(s) < 60 ? t('due-now') : s > 0 ? t('due-in', span(s)) : t('overdue', span(-s));
}
// Browsers do not write dates in Kreyol: as in French.
const locale = () => language === 'ht' ? 'fr' : language;
const moment = iso => new Date(iso).toLocaleString(locale(), { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false });
// "3 kits"; L and kg are the same in every language.
function amount(n, unit) {
  if (!unit || unit === 'each') return String(n);
  const key = 'unit-' + unit;
  return WORDS[key] ? t(key, n) : n + ' ' + unit;
}
const unitName = unit => amount('', unit).trim();
// A word of a list, as the API names it, in the language of the page.
const oneOf = (key, name) => t(key).split(' ')[WORDS[key][0].replace(/\u00a0/g, '-').split(' ').indexOf(name.replace(/ /g, '-'))] || name;
const howMuch = (unit, key) => t(key || 'how-much') + (unitName(unit) ? ' (' + unitName(unit) + ')' : '');
// "about 1.2 km NE", as the API names it, in the language of the page.
function wayOf(row) {
  if (!row.way || row.way === 'here') return '';
  const [direction, unit, distance] = row.way.split(' ').reverse(), way = [distance, unit, oneOf('directions', direction)].join(' ');
  return row.way.startsWith('about ') ? t('about', way) : way;
}
const inBrackets = text => text ? ' (' + text + ')' : '';
const places = row => (row.site || '') + inBrackets(wayOf(row));
const joined = parts => parts.filter(p => p).join(', ');
const byOf = r => r.author + (r.trust === 'stranger' ? ', ' + t('stranger') : '');
const saidBy = r => t('said') + ' ' + when(r.said || r.changed) + (r.author ? ' · ' + byOf(r) : '');
function itemName(row) {
  const drill = row.flags && row.flags.includes('drill') ? t('drill') + ' ' : '';
  const [name, size] = (row.item_name || '').split(' · '), variant = row.variant || size;
  const known = catalog && catalog.find(i => row.item ? i.code === row.item : i.labels.en === name);
  return drill + (known ? label(known) : name || row.item || '') + (variant ? ' · ' + variant : '');
}
// How goods are, as far as somebody said.
const goodsOf = l => [l.use_by && t('use-by') + ' ' + l.use_by, l.past_use && t('past-use'),
  ...['keep-cold', 'used', 'damaged'].filter(f => (l.flags || []).includes(f)).map(f => t(f))].filter(x => x).join(', ');

// --- views ---

function title(text) { document.title = text + ' · aidmesh'; return h('h1', { tabindex: '-1' }, text); }
// What is empty says what is not there.
function none(what) { const key = 'none-' + what; return t(key); }
function rowsOf(rows, draw, none) { return rows.length ? h('ul.rows', {}, rows.map(r => h('li', {}, draw(r)))) : h('p', {}, none); }

function copyButton(path) {
  return button(t('copy'), async () => {
    const text = (await call(path + (path.includes('?') ? '&' : '?') + 'as=text&limit=1000')).text || '';
    const box = h('textarea', { 'aria-label': t('copy') });
    box.value = text;
    $('main').append(box);
    box.select();
    if (document.execCommand('copy')) tell(t('copied'));
  });
}

// Nobody said how much: that is never told as none. What stands on a shelf was counted.
const isUnsaid = l => ['need', 'offer'].includes(l.kind) && !l.quantity;
// What became of it; why, where it is closed.
const stateOf = r => r.status === 'closed' && r.reason ? oneOf('statuses', r.status) + ': ' + oneOf('reasons', r.reason)
  : r.kind !== 'need' && r.status === 'open' ? '' : oneOf('statuses', r.status);
const isOpen = l => l.status === 'open' || l.status === 'overdue';
// "asked 3 h ago at 40 doors, 31 answered, nothing needed"
function roundText(r) {
  const about = catalog && catalog.find(i => i.code === r.item);
  return [t('round-asked', when(r.when)) + (about ? ' (' + label(about) + ')' : ''), r.asked ? t('round-doors', r.answered + ' / ' + r.asked) : '',
    !r.asked || (r.answered && r.nothing === r.answered) ? t('round-none') : t('round-nothing', r.nothing)].filter(x => x).join(', ');
}
const roundRow = l => h('a', { href: '#/r/' + l.ref }, l.site ? l.site + ': ' : '', joined([roundText(l.round), stateOf(l)]), l.text ? h('br') : '', l.text, h('br'),
  h('span.small', {}, saidBy(l)));
// Of each period of a need that opens again: what was asked for, and what came.
const periodRows = l => !l.periods ? false : h('table', {}, h('thead', {}, h('tr', {}, ['when', 'quantity', 'came'].map(k => h('th', {}, t(k))))),
  h('tbody', {}, l.periods.map(p => h('tr', {}, h('td', {}, moment(p.from)), h('td', {}, p.asked == null ? '?' : amount(p.asked, l.unit)), h('td', {}, amount(p.met, l.unit))))));
function lineRow(l) {
  if (l.kind === 'round') return roundRow(l);
  return h('a', { href: '#/r/' + l.ref },
    h('span.big', {}, isUnsaid(l) ? '' : l.kind !== 'need' ? amount(l.on_hand, l.unit) : amount(l.open, l.unit) + (l.open === l.quantity ? '' : ' / ' + l.quantity), ' ', itemName(l)),
    h('br'), joined([!isOpen(l) && stateOf(l), places(l), l.people && t('of-people', l.people), l.every && (l.every === 24 ? t('every-day') : t('every-hours', l.every)),
      isOpen(l) && l.due && l.kind === 'need' && due(l.due), l.check_on_them && t('check-on-them'), l.reckoned && t('reckoned'), goodsOf(l)]),
    h('br'), h('span.small', {}, saidBy(l)));
}

// Where there is a radio: whether it works, and whether what is here is elsewhere as well.
function radioLine(radio) {
  if (radio.state === 'off') return false;
  const up = radio.stations.length === 0 ? 'radio-nobody' : radio.not_taken.clock ? 'radio-clock'
    : !radio.safe ? 'radio-waits' : radio.sealed ? 'radio-safe' : 'radio-says';
  return h('p.small', {}, t(radio.state === 'up' ? up : 'radio-' + radio.state));
}

async function viewHome() {
  const [status, radio] = await Promise.all([call('/v1/status'), call('/v1/radio')]);
  tellStatus(status);
  $('home').textContent = status.name || 'aidmesh';
  const tiles = [['need', '#/need'], ['have', '#/have'], ['board', '#/board'], ['places', '#/places'], ['load', '#/load'],
    ['news', '#/ask/news'], ['note', '#/note'], ['here', '#/here'], ['questions', '#/questions'], ['peers', '#/peers'], ['trust', '#/trust'], ['print', '#/print']];
  const notes = status.alerts ? (await call('/v1/notes?kind=alert&limit=20')).notes : [];
  return [title(status.name || 'aidmesh'), notes.map(alertLine), !status.site_ref && h('p', {}, link(t('setup-first'), '#/setup')),
    status.households === 'locked' && h('p', {}, link(t('unlock'), '#/unlock')),
    h('ul.tiles', {}, tiles.map(([key, href], i) => h('li', {}, link(t(key) + (key === 'board' ? ' (' + status.needs_open + ')' : ''), href, i < 2 ? 'main' : '')))), radioLine(radio)];
}

// What stands in the node's way, above every view, as the node says it; then the date while nobody has said that it is right.
function tellStatus(status) {
  clock = Date.parse(status.now) - Date.now();
  $('notices').replaceChildren(...(status.notices || []).map(n => h('p.alert', {}, n.sentence)));
  tellClock(status.clock);
  tellPhone(status.clock);
}
async function checkStatus() {
  try { tellStatus(await call('/v1/status')); } catch (e) { /* as the live sign says */ }
}

// --- the date ---

const isKnown = c => c.quality === 'set' && !c.asks && !c.wrong;
let dateKnown = true;
function tellClock(c) {
  dateKnown = isKnown(c);
  if (dateKnown || $('clock').querySelector('details[open]')) { // somebody is setting it
    if (dateKnown) $('clock').replaceChildren();
    return;
  }
  const shown = c.asks ? new Date(c.asks).toLocaleString(locale()) : c.date + ' ' + c.zone;
  const [whenLabel, at] = field('date', t('clock-when'), { type: 'datetime-local' });
  at.value = new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  const send = body => { for (const d of $('clock').querySelectorAll('details')) d.open = false; write('/v1/clock', body, checkStatus); };
  const ofAll = (c.sentence_said || []).some(s => s.code === 'clock-guess-of-all');
  const rests = c.asks ? 'clock-asks' : ofAll ? 'clock-guess-of-all' : c.quality === 'told' ? 'clock-told' : 'clock-guessed';
  $('clock').replaceChildren(h('div.said', {}, h('p', {}, t(rests, shown)),
    button(t('clock-right'), () => send({ confirm: true })),
    h('details', {}, h('summary.button', {}, t('clock-set')), whenLabel, at,
      h('p', {}, button(t('ok'), () => at.value && send({ set: new Date(at.value).toISOString().slice(0, 19) + 'Z' }), 'main')))));
}
// Which of two dates is right a person says, once.
let phoneAsked = false;
function askPhone(text) {
  phoneAsked = true;
  const choice = (label, then) => button(t(label), () => { box.remove(); then(); });
  const box = h('div.ask', { role: 'alertdialog', 'aria-label': t('clock-when') }, sentence(text), choice('clock-keep', () => {}),
    choice('clock-take', () => write('/v1/clock', { set: new Date().toISOString().slice(0, 19) + 'Z' }, checkStatus)));
  $('main').before(box);
}
// A volunteer's phone says what its date is: at once, and again where the two differ; once where the node's is set.
let phoneSaid = false;
async function tellPhone(c) {
  const differs = Math.abs(clock) > 300000;
  if (!sessionStorage.getItem('pin') || (!differs && (phoneSaid || c.quality === 'set')) || (phoneAsked && c.quality === 'set')) return;
  const first = !phoneSaid, phone = Date.now();
  phoneSaid = true;
  try {
    const answer = await call('/v1/clock', { phone }), now = answer.clock;
    if (answer.remark && !phoneAsked) askPhone(answer.remark);
    clock = Date.parse(now.now) - Date.now();
    tellClock(now);
  } catch (e) {
    if (first && e.body && e.body.ask) ask(e.message, () => write('/v1/clock', { phone: Date.now(), sure: true }, checkStatus));
    else if (asksPin(e)) phoneSaid = false;
  }
}

// --- neighbours ---

// As on the display: what strangers say makes nothing safe.
function safeLine(status, peers) {
  const trusted = peers.filter(p => p.trust === 'trusted'), strangers = peers.filter(p => p.trust === 'stranger' && p.state === 'safe').length;
  const left = trusted.reduce((sum, p) => sum + p.left_in + p.left_out, 0), is = state => trusted.some(p => p.state === state);
  if (status.store_failed) return false;
  if (is('comparing') || is('transfer')) return h('p.alert', {}, left || is('transfer') ? t('stay', left) : t('stay-comparing'));
  if (is('not-taken')) return h('p.alert', {}, t('not-all-safe'));
  return [trusted.length > 0 && trusted.every(p => p.state === 'safe') && h('p.said.big', {}, t('all-safe', trusted.length)),
    strangers > 0 && h('p.said', {}, t('strangers-say', strangers), ' ', link(t('trust'), '#/trust'))];
}
async function viewPeers() {
  const [status, found] = await Promise.all([call('/v1/status'), call('/v1/peers')]), peers = found.peers;
  if (!peers.length) return [title(t('peers')), h('p', {}, t('peers-none'))];
  return [title(t('peers')), safeLine(status, peers), rowsOf(peers, p => [h('span.big', {}, p.name), p.trust === 'stranger' && ', ' + t('stranger'), h('br'),
    h('span.small', {}, oneOf('peer-states', p.state) + ', ' + when(p.since)), p.about && sentence(p.about)], t('peers-none'))];
}

// What: tiles of what is asked for most, or what is written.
const COMMON = [101, 201, 303, 601, 211, 301, 404, 403, 509, 505, 703, 603];
async function chooseItem(heading, then) {
  const all = await items();
  const input = h('input', { id: 'search', type: 'search', autocomplete: 'off' });
  const tiles = h('ul.tiles', {});
  const fill = list => tiles.replaceChildren(...list.map(item => h('li', {}, button(label(item), () => then(item)))));
  fill(COMMON.map(code => all.find(i => i.code === code)).filter(i => i));
  let turn = 0;
  input.addEventListener('input', async () => {
    const mine = ++turn, text = input.value.trim();
    if (!text) return;
    const found = (await call('/v1/catalog' + q({ q: text, limit: 8 }))).items;
    if (mine !== turn) return;
    fill(found);
    tiles.append(h('li', {}, button(t('own-words') + ': ' + text, () => then({ words: text, labels: { en: text }, unit: '' }))));
  });
  return [title(heading), h('h2', {}, t('what')), tiles, h('label', { for: 'search' }, t('search')), input];
}

function chips(legend, values, chosen, pick, other) {
  const buttons = values.map(([value, text]) => button(text, () => { press(value); pick(value); }));
  const press = value => buttons.forEach((b, i) => b.setAttribute('aria-pressed', values[i][0] === value));
  press(chosen);
  return h('fieldset', {}, h('legend', {}, legend), h('div.chips', {}, buttons), other);
}
function field(id, text, props) { const input = h('input', { id, ...props }); return [h('label', { for: id }, text), input, input]; }

async function viewNeed() {
  return chooseItem(t('need'), item => { draft = { item }; location.hash = '#/need/how'; });
}
let draft = null;
async function viewNeedHow() {
  if (!draft) { location.hash = '#/need'; return []; }
  const item = draft.item, figures = item.per_person_per_day || item.once_per_unit;
  const said = { people: 4, within: 24, quantity: '' };
  const counts = [1, 2, 3, 4, 5, 6, 8, 10, 20, 50].map(n => [n, String(n)]);
  const [peopleLabel, people] = field('people', t('people'), { type: 'number', min: 1, inputmode: 'numeric' });
  const [infantsLabel, infants] = field('infants', t('infants'), { type: 'number', min: 0, inputmode: 'numeric' });
  const [quantityLabel, quantity] = field('quantity', howMuch(item.unit), { autocomplete: 'off' });
  const [variantLabel, variant] = field('variant', t('variant'), { autocomplete: 'off', maxlength: 16 });
  const [nameLabel, name] = field('name', t('name'), { autocomplete: 'off' });
  const [phoneLabel, phone] = field('phone', t('phone'), { type: 'tel', autocomplete: 'off' });
  const [addressLabel, address] = field('address', t('address'), { autocomplete: 'off' });
  const finish = () => {
    const body = { kind: 'need', item: item.words ? '=' + item.words : item.code, people: Number(people.value) || said.people, within: said.within, ticket: true };
    if (said.every) body.every = said.every;
    if (Number(infants.value)) body.infants = Number(infants.value);
    if (quantity.value.trim()) body.quantity = quantity.value.trim();
    else if (figures) body.days = Math.max(1, Math.round(said.within / 24));
    for (const [key, input] of [['variant', variant], ['name', name], ['phone', phone], ['address', address]]) if (input.value.trim()) body[key] = input.value.trim();
    write('/v1/line', body, answer => { draft = null; done = answer || { kept: true }; location.hash = '#/done'; });
  };
  return [title(t('need') + ': ' + label(item)), chips(t('people'), counts, said.people, n => { said.people = n; people.value = ''; }),
    h('details', { open: !figures }, h('summary.button', {}, t('more')), peopleLabel, people, infantsLabel, infants, quantityLabel, quantity, variantLabel, variant),
    figures && item.suggestion && h('p.small', {}, t('quantity') + ': ' + t('suggestion')),
    chips(t('when'), [[6, t('h-6')], [24, t('h-24')], [72, t('h-72')], [168, t('h-168')]], said.within, n => { said.within = n; }),
    chips(t('how-often'), [[0, t('once')], [24, t('every-day')], [12, t('every-hours', 12)]], 0, n => { said.every = n; }),
    h('details', {}, h('summary.button', {}, t('household')), nameLabel, name, phoneLabel, phone, addressLabel, address),
    h('p', {}, button(t('done'), finish, 'main'))];
}
let done = null;
async function viewDone() {
  if (!done) { location.hash = '#/'; return []; }
  await items();
  const parts = [title(t(done.kept ? 'kept' : 'written')), done.ref && lineRow((await call('/v1/record/' + done.ref)).record)];
  if (done.ticket) parts.push(h('p', {}, t('ticket')), h('p.ticket', {}, done.ticket), qr('#/give/' + done.ticket));
  return [...parts, h('p', {}, link(t('need'), '#/need'), ' ', link(t('board'), '#/board'))];
}
function qr(hash) { return h('img.qr', { alt: location.origin + '/' + hash, src: '/v1/qr' + q({ text: location.origin + '/' + hash }) }); }

async function viewHave() { return chooseItem(t('have'), item => { draft = { item }; location.hash = '#/have/how'; }); }
async function viewHaveHow() {
  if (!draft) { location.hash = '#/have'; return []; }
  const item = draft.item, said = { kind: 'stock', condition: 'new', cold: false };
  const [quantityLabel, quantity] = field('quantity', howMuch(item.unit), { required: true, autocomplete: 'off' });
  const [variantLabel, variant] = field('variant', t('variant'), { autocomplete: 'off', maxlength: 16 });
  const [useLabel, use] = field('use', t('use-by'), { type: 'date' });
  const goods = () => ({ ...(variant.value.trim() && { variant: variant.value.trim() }), ...(use.value && { use_by: use.value }),
    ...(said.condition !== 'new' && { condition: said.condition }), ...(said.cold && { cold: true }) });
  return [title(t('have') + ': ' + label(item)), chips(t('have'), [['stock', t('stock')], ['offer', t('offer')]], 'stock', k => { said.kind = k; }),
    quantityLabel, quantity, h('details', {}, h('summary.button', {}, t('more')), variantLabel, variant, useLabel, use,
      chips(t('condition'), ['new', 'used', 'damaged'].map(c => [c, t(c)]), 'new', c => { said.condition = c; }), chips(t('keep-cold'), [[false, t('no')], [true, t('yes')]], false, c => { said.cold = c; })),
    h('p', {}, button(t('done'), () => write('/v1/line',
      { kind: said.kind, item: item.words ? '=' + item.words : item.code, ...(quantity.value.trim() && { quantity: quantity.value.trim() }), ...goods() },
      answer => { draft = null; location.hash = answer ? '#/r/' + answer.ref : '#/'; }), 'main'))];
}

const PAGE = 50;
// What is needed, what is there, what is offered: as it stands, the rest on demand.
const BOARDS = { need: 'board', stock: 'what-stock', offer: 'what-offer' };
async function viewBoard(part) {
  await items();
  const kind = BOARDS[part] ? part : 'need', path = '/v1/lines' + q({ kind, status: 'open' });
  const list = h('ul.rows', {});
  let offset = 0;
  const next = async () => {
    const page = await call(path + '&limit=' + PAGE + '&offset=' + offset);
    list.append(...page.lines.map(l => h('li', {}, lineRow(l))));
    offset += page.lines.length;
    more.hidden = !page.next;
    return page.total;
  };
  const more = button(t('more'), next);
  const total = await next();
  const others = Object.keys(BOARDS).filter(k => k !== kind).map(k => link(t(BOARDS[k]), '#/board/' + k));
  return [title(t(BOARDS[kind])), total ? list : h('p', {}, kind === 'need' ? t('none') : none(kind)), more,
    h('p.chips', {}, others, link(t('moves'), '#/moves'), link(t('places'), '#/places'), copyButton(path))];
}
// Somebody went from door to door.
async function viewRound(ref) {
  const site = (await call('/v1/record/' + encodeURIComponent(ref))).record;
  const number = (id, key) => field(id, t(key), { type: 'number', min: 0, inputmode: 'numeric' });
  const [doorsLabel, doors] = number('doors', 'doors'), [answeredLabel, answered] = number('answered', 'answered'), [nothingLabel, nothing] = number('nothing', 'need-nothing');
  const [wordsLabel, words] = field('words', t('words'), { maxlength: 64, autocomplete: 'off' });
  const finish = () => {
    const body = { kind: 'round', site: site.ref, ...(words.value.trim() ? { text: words.value.trim() } : {}) };
    if (doors.value || answered.value || nothing.value) body.doors = { asked: Number(doors.value), answered: Number(answered.value), nothing: Number(nothing.value) };
    write('/v1/line', body, () => { location.hash = '#/r/' + site.ref; });
  };
  return [title(t('round') + ': ' + site.name), h('p', {}, t('round-how')), doorsLabel, doors, answeredLabel, answered, nothingLabel, nothing, wordsLabel, words,
    h('p', {}, button(t('done'), finish, 'main'))];
}
async function viewPlaces() {
  const sites = (await call('/v1/sites?limit=1000')).sites;
  sites.sort((a, b) => b.open_needs - a.open_needs);
  return [title(t('places')), rowsOf(sites, s => h('a', { href: '#/r/' + s.ref }, h('span.big', {}, s.name), ' ' + t(s.state), s.instead && ', ' + t('go-to') + ' ' + s.instead, wayOf(s) && ', ' + wayOf(s),
    h('br'), t('count-needs', s.open_needs), s.round ? [h('br'), roundText(s.round)] : '', h('br'), h('span.small', {}, t('said') + ' ' + when(s.heard))), t('none-places')), copyButton('/v1/sites')];
}

async function viewRecord(ref) {
  await items();
  const found = await call('/v1/record/' + encodeURIComponent(ref)), r = found.record;
  if (found.kind === 'site') return siteView(found);
  if (found.kind === 'move') return moveView(r);
  if (found.kind === 'note') return noteView(found);
  const parts = [title(found.kind === 'round' ? t('rounds') : itemName(r)), lineRow(r), r.text && h('p', {}, r.text), isUnsaid(r) && h('p', {}, t('unsaid')), r.ask_still_needed && h('p.said', {}, t('still-needed') + '?')];
  if (found.kind === 'need') parts.push(periodRows(r), needAnswers(r), await needActions(r));
  else if (found.kind === 'round') parts.push(r.status !== 'closed' && closing(r, 'mistake', 'take-word-back'));
  else if (r.status !== 'closed') parts.push(stockActions(r));
  parts.push(found.moves.length > 0 && rowsOf(found.moves, moveRow, ''));
  return parts;
}
// What a person who comes by says of a need.
const stillNeeded = of => button(t('still-needed'), () => write('/v1/note', { kind: 'still-needed', of }, show));
const closing = (r, closed, text) => button(t(text), () => write('/v1/line', { ref: r.ref, was: r.id, closed }, show));
const needAnswers = r => r.kind === 'need' && r.status !== 'closed' && h('p.chips', {}, r.status !== 'met' && stillNeeded(r.ref), closing(r, 'done', 'close'), closing(r, 'not-needed', 'not-needed'));
function siteView(found) {
  const s = found.record, rounds = found.rounds.filter(l => l.status !== 'closed');
  return [title(s.name), h('p', {}, t(s.state), s.instead_ref && [', ' + t('go-to') + ' ', h('a', { href: '#/r/' + s.instead_ref }, s.instead)], wayOf(s) && ', ' + wayOf(s), s.people > 0 && ', ' + t('of-people', s.people)),
    s.takes.length > 0 && h('p', {}, t('takes') + ': ' + s.takes.map(sector).join(', ')), s.refuses.length > 0 && h('p', {}, t('refuses') + ': ' + s.refuses.map(sector).join(', ')),
    hours(s, 'giving'), hours(s, 'receiving'),
    rounds.length > 0 && [h('h2', {}, t('rounds')), rowsOf(rounds, roundRow, '')], h('p', {}, link(t('round'), '#/round/' + s.ref)),
    s.open_needs > 0 && h('p', {}, button(t('still-needed-all'), () => write('/v1/note', { kind: 'still-needed', of: s.ref }, show))),
    rowsOf(found.lines.filter(l => l.status !== 'closed' && l.status !== 'met'), l => [lineRow(l), needAnswers(l)], t('none-here')), found.moves.length > 0 && rowsOf(found.moves, moveRow, '')];
}
const DAYS = WORDS.days[0].split(' ');
function hours(s, key) {
  const said = s[key];
  if (!said) return '';
  return h('p', {}, t(key) + ': ' + said.from + '–' + said.to + (said.days.length < DAYS.length ? ' ' + said.days.map(d => oneOf('days', d)).join(', ') : ''));
}
const SECTORS = WORDS.sectors[0].split(' ');
const sector = name => oneOf('sectors', name);

async function viewHere() {
  const status = await call('/v1/status');
  if (!status.site_ref) return [title(t('here')), h('p', {}, t('nowhere'))];
  const s = (await call('/v1/record/' + status.site_ref)).record;
  const said = { refuses: new Set(s.refuses), takes: new Set(s.takes) };
  const save = body => write('/v1/site', { ref: s.ref, was: s.id, ...body }, show);
  const [peopleLabel, people] = field('people', t('people-here'), { type: 'number', min: 0, inputmode: 'numeric', value: s.people });
  const toggles = (names, word, set) => h('div.chips', {}, names.map(name => {
    const b = button(word(name), () => { set[set.has(name) ? 'delete' : 'add'](name); b.setAttribute('aria-pressed', set.has(name)); });
    b.setAttribute('aria-pressed', set.has(name));
    return b;
  }));
  const sectors = key => h('fieldset', {}, h('legend', {}, t(key)), toggles(SECTORS, sector, said[key]));
  const giving = hoursField(s, 'giving', toggles), receiving = hoursField(s, 'receiving', toggles);
  return [title(s.name), chips(t('here'), [['open', t('open')], ['full', t('full')], ['closed', t('closed')], ['moved', t('moved')]], s.state, state => save({ state })),
    peopleLabel, people, sectors('takes'), sectors('refuses'), giving.box, receiving.box,
    h('p', {}, button(t('save'), () => save({ people: Number(people.value), takes: [...said.takes], refuses: [...said.refuses], ...giving.said(), ...receiving.said() }), 'main'))];
}
// From when to when, in half hours, on which days; said() gives what to send.
function hoursField(site, key, toggles) {
  const was = site[key] || { from: '', to: '', days: [] }, days = new Set(was.days.length < DAYS.length ? was.days : []);
  const times = ['', ...Array.from({ length: 49 }, (_, i) => String(i >> 1).padStart(2, '0') + (i % 2 ? ':30' : ':00'))];
  const choose = end => {
    const select = h('select', { id: key + end }, times.map(at => h('option', { value: at, selected: at === was[end] }, at || t('always'))));
    return [h('label', { for: key + end }, t(end === 'from' ? 'hours-from' : 'hours-to')), select, select];
  };
  const [fromLabel, from] = choose('from'), [toLabel, to] = choose('to');
  return { box: h('fieldset', {}, h('legend', {}, t(key)), fromLabel, from, toLabel, to, toggles(DAYS, d => oneOf('days', d), days)),
    said: () => {
      if (from.value || to.value) return { [key]: { from: from.value || '00:00', to: to.value || '24:00', ...(days.size ? { days: [...days] } : {}) } };
      return site[key] ? { [key]: { from: '00:00', to: '00:00' } } : {};
    } };
}

async function viewLoad() {
  const sites = (await call('/v1/sites?limit=1000')).sites.filter(s => !s.own);
  const to = h('select', { id: 'to' }, sites.map(s => h('option', { value: s.ref }, s.name + inBrackets(wayOf(s)))));
  const [kgLabel, kg] = field('kg', t('kg'), { type: 'number', min: 0, inputmode: 'numeric' });
  const result = h('div', { 'aria-live': 'polite' });
  return [title(t('load')), h('label', { for: 'to' }, t('to')), to, kgLabel, kg, h('p', {}, button(t('show'), async () => {
    result.replaceChildren(...await answers('load', { site: to.value, kg: kg.value }));
  }, 'main')), result];
}

function answerRow(name, r) {
  const goods = joined([r.item && (r.quantity !== undefined ? amount(r.quantity, r.unit) + ' ' : '') + itemName({ item_name: r.item }), name === 'load' && r.kg && Math.round(r.kg) + ' kg' + inBrackets(r.estimate && t('estimate'))]);
  const head = (r.what || '') + (r.what && (goods || r.site) ? ': ' : '') + (goods || places(r));
  const rest = joined([goods && places(r), r.count && t('count-needs', r.count), r.people && t('of-people', r.people), name === 'served' && r.of && amount(r.of, r.unit) + ' ' + t('each'), r.when && when(r.when), r.about]);
  const body = [h('span.big', {}, head), h('br'), rest, rest && h('br'), h('span.small', {}, saidBy({ said: r.said, author: r.by, trust: r.trust }))];
  return r.ref ? h('a', { href: '#/r/' + r.ref }, body) : body;
}
async function answers(name, params) {
  const path = '/v1/ask/' + name + q(params || {}), found = await call(path);
  await items();
  return [found.remark && sentence(found.remark, 'p.said'), rowsOf(found.rows, r => answerRow(name, r), found.remark ? '' : none(name)), copyButton(path)];
}
async function viewAsk(name) { return [title(t(name)), ...await answers(name)]; }
async function viewPlan() {
  const plan = await call('/v1/plan');
  const row = p => h('a', { href: '#/r/' + p.need }, h('span.big', {}, amount(p.quantity, p.unit) + ' ' + itemName(p)), sentence(p.why, 'div'), p.from_site);
  const apart = plan.others.length > 0 && [plan.remark ? sentence(plan.remark, 'p.said') : h('h2', {}, t('of-strangers')), rowsOf(plan.others, row, '')];
  const kept = plan.kept.length > 0 && [h('h2', {}, t('kept-back')), rowsOf(plan.kept, row, '')];
  const unserved = plan.unserved.length > 0 && [h('h2', {}, t('unserved')), rowsOf(plan.unserved, p => h('a', { href: '#/r/' + p.need },
    h('span.big', {}, (p.quantity ? amount(p.quantity, p.unit) + ' ' : '') + itemName(p)), sentence(p.why, 'div'), p.need_site), ''), plan.unserved_more > 0 && h('p', {}, t('unserved-more', plan.unserved_more))];
  return [title(t('plan')), h('p', {}, t('is-suggestion') + (plan.digest ? ' ' + plan.digest : '')), rowsOf(plan.portions, row, t('none-plan')), kept, apart, unserved, copyButton('/v1/plan')];
}
async function viewQuestions() {
  const names = ['short', 'runs-out', 'news', 'late', 'surplus', 'unconfirmed', 'silent', 'served', 'expiring'];
  return [title(t('questions')), h('ul.tiles', {}, names.map(n => h('li', {}, link(t(n), '#/ask/' + n))), h('li', {}, link(t('plan'), '#/plan')), h('li', {}, link(t('load'), '#/load')))];
}

async function viewTrust() {
  const status = await call('/v1/status'), authors = (await call('/v1/authors?limit=200')).authors.filter(a => a.trust !== 'self');
  return [title(t('trust')), h('p', {}, t('my-code')), qr('#/vouch/' + status.key + '/' + encodeURIComponent(status.name)), h('p', {}, status.name + ' · ' + phrase(status.key)),
    rowsOf(authors, a => [h('span.big', {}, a.name), ' ' + (a.vouched ? t('vouched') : ''), h('br'), h('span.small', {}, phrase(a.key) + ' · ' + when(a.heard)), h('br'), !a.vouched && link(t('vouch'), '#/vouch/' + a.key + '/' + encodeURIComponent(a.name))], t('none-trust'))];
}
// The beginning of a key, in groups that two people can read to each other.
const phrase = key => key.slice(0, 20).replace(/(.{4})(?=.)/g, '$1 ');
async function viewVouch(key, name) {
  return [title(t('trust') + ': ' + (name || '')), h('p', {}, t('vouch-how')), h('p.ticket', {}, phrase(key)),
    h('p', {}, button(t('vouch'), () => write('/v1/trust', { kind: 'vouch', key }, () => { location.hash = '#/trust'; }), 'main'))];
}

// --- routes ---

const ROUTES = { '': viewHome, need: viewNeed, 'need/how': viewNeedHow, done: viewDone, have: viewHave, 'have/how': viewHaveHow, board: viewBoard, moves: viewMoves, places: viewPlaces, round: viewRound,
  r: viewWhole, note: viewNote, history: viewHistory, here: viewHere, peers: viewPeers, load: viewLoad, ask: viewAsk, plan: viewPlan, questions: viewQuestions, trust: viewTrust, vouch: viewVouch, give: viewGive,
  print: viewPrint, wall: viewWall, slip: viewSlip, waybill: viewWaybill, poster: () => viewSheet('poster'), card: () => viewSheet('card'), setup: viewSetup, unlock: viewUnlock, upgrade: viewUpgrade };
let turn = 0;
async function show(keepPlace) {
  const mine = ++turn, path = location.hash.replace(/^#\//, '');
  const name = ROUTES[path] ? path : path.split('/')[0], rest = ROUTES[path] ? [] : path.split('/').slice(1).map(decodeURIComponent);
  document.documentElement.lang = language;
  document.querySelector('.skip').textContent = t('skip');
  $('language').setAttribute('aria-label', t('language'));
  drawReach();
  tellWaiting();
  let parts, refused = null;
  try { parts = await (ROUTES[name] || viewHome)(...rest); }
  catch (e) { refused = e; parts = [title(t(e instanceof Refused ? 'refused' : 'no-answer')), e instanceof Refused && sentence(e.message), button(t('show'), () => show())]; }
  if (mine !== turn || (keepPlace === true && !isReading())) return; // somebody has begun to fill in a form meanwhile
  $('main').replaceChildren(...parts.flat(2).filter(p => p));
  if (keepPlace !== true) { window.scrollTo(0, 0); const head = $('main').querySelector('h1'); if (head) head.focus(); }
  if (refused && asksPin(refused)) askPin(() => show(), refused);
}
// A list is drawn anew when something changed; a form that somebody fills in is left alone.
const LISTS = ['', 'history', 'board', 'moves', 'places', 'ask', 'plan', 'r', 'peers'];
function isReading() {
  const name = location.hash.replace(/^#\//, '').split('/')[0], open = $('main').querySelector('details[open]');
  const typed = [...$('main').querySelectorAll('input, textarea')].some(i => i.value !== i.defaultValue);
  return LISTS.includes(name) && !open && !typed && !['INPUT', 'SELECT', 'TEXTAREA'].includes((document.activeElement || {}).tagName) && !$('main').querySelector('.ask, form');
}
let again = 0;
function listen() {
  const events = new EventSource('/v1/events');
  events.addEventListener('here', heard);
  events.addEventListener('changed', () => {
    heard();
    clearTimeout(again);
    again = setTimeout(() => {
      if (!dateKnown) checkStatus();
      if (isReading()) show(true);
    }, 1000);
  });
  events.onopen = () => { heard(); sendWaiting(); };
  events.onerror = () => {
    checkStatus(); // it may have no room for one more who listens, and answer yet
    if (events.readyState === 2) setTimeout(listen, 5000);
  };
}
function begin() {
  $('language').append(...LANGUAGES.map(([code, name]) => h('option', { value: code, lang: code, selected: code === language }, name)));
  $('language').addEventListener('change', () => { language = $('language').value; localStorage.setItem('language', language); show(); });
  document.querySelector('.skip').addEventListener('click', e => { e.preventDefault(); $('main').focus(); });
  window.addEventListener('hashchange', () => { tell(); show(); });
  window.addEventListener('online', sendWaiting);
  window.addEventListener('offline', notHeard);
  setInterval(() => { if (Date.now() - heardAt > SILENCE_MS) checkStatus(); }, SILENCE_MS / 3);
  checkStatus();
  setInterval(() => { if (!dateKnown) checkStatus(); }, 60000);
  show();
  listen();
}
begin();
