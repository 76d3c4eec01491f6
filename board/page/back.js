// A way back, and what is said about things: notes on a record with their answers, who denies what; correcting, taking back,
// opening again; who said what, when. Beside app.js, whose helpers it uses.

// --- texts: what is left over is said before it is written ---

const BYTES = { note: 112, words: 64 };
const bytesOf = text => new TextEncoder().encode(text).length;
// How many characters more fit, if they are like the last; below 0: are left over.
function left(text, bytes) {
  const last = [...text].pop() || 'a', room = bytes - bytesOf(text);
  if (room >= 0) return Math.floor(room / bytesOf(last));
  let over = 0;
  for (const all = [...text]; bytesOf(all.join('')) > bytes; all.pop()) over++;
  return -over;
}
function textField(id, label, bytes, value) {
  const input = h('textarea', { id, rows: 2 }), count = h('p.small', { id: id + '-left', 'aria-live': 'polite' });
  const tellLeft = () => { const n = left(input.value.trim(), bytes); count.textContent = n < 0 ? t('left-over', -n) : t('left', n); };
  input.value = value || '';
  input.addEventListener('input', tellLeft);
  tellLeft();
  return [h('div', {}, h('label', { for: id }, label), input, count), input];
}

// --- notes ---

const denial = n => n.denied && t(n.denied.before ? 'denied-before-by' : 'denied-by', byOf({ author: n.denied.by, trust: n.denied.trust })) + ': ' + n.denied.text;
const noteWords = n => n.instead ? t('go-to') + ' ' + n.instead : (n.source ? n.source + ': ' : '') + n.text;
// Nobody runs for a drill.
const noteText = n => ((n.flags || []).includes('drill') ? t('drill') + ' ' : '') + noteWords(n);
function noteRow(n) {
  return [h('a', { href: '#/r/' + n.ref }, h('span.big', {}, n.kind === 'message' ? '' : oneOf('note-kinds', n.kind) + ' ', noteText(n)),
    denial(n) && [h('br'), h('strong', {}, denial(n))], h('br'),
    h('span.small', {}, (n.until && !n.over ? t('until') + ' ' + when(n.until) + ' · ' : '') + (n.over ? t(n.over === 'past' ? 'over' : 'taken-back') + ' · ' : '') +
      saidBy(n)))];
}
// An alert above all else, with who denies it.
const alertLine = n => h('p.alert', { role: 'alert' }, h('a', { href: '#/r/' + n.ref }, noteText(n)), ' · ' + when(n.changed) + ' · ' + byOf(n), denial(n) && [h('br'), denial(n)]);

function noteForm(of, label, kind) {
  const [box, input] = textField((kind || 'note') + '-text', label, BYTES.note - 14);
  return h('details', {}, h('summary.button', {}, label), box,
    h('p', {}, button(t('send-note'), () => write('/v1/note', { ...(kind ? { kind } : {}), of, text: input.value.trim() }, show), 'main')));
}
async function viewNote() {
  const said = { kind: 'message', severity: 'moderate', hours: 24 };
  const [box, input] = textField('note-text', t('note-text'), BYTES.note - 5);
  const more = h('div', { hidden: true }, chips(t('severity'), ['minor', 'moderate', 'severe', 'extreme'].map(s => [s, oneOf('severities', s)]), said.severity, s => { said.severity = s; }),
    chips(t('until'), [[6, t('h-6')], [24, t('h-24')], [72, t('h-72')]], 24, n => { said.hours = n; }));
  const send = () => {
    const until = new Date(Date.now() + clock + said.hours * 3600000).toISOString().slice(0, 19) + 'Z';
    write('/v1/note', { text: input.value.trim(), kind: said.kind, ...(said.kind === 'alert' ? { severity: said.severity, until } : {}) },
      a => { location.hash = a && a.ref ? '#/r/' + a.ref : '#/'; });
  };
  return [title(t('note')), chips(t('note'), [['message', oneOf('note-kinds', 'message')], ['alert', oneOf('note-kinds', 'alert')]], 'message',
    k => { said.kind = k; more.hidden = k !== 'alert'; }), more, box, h('p', {}, button(t('send-note'), send, 'main'))];
}

// --- correcting, taking back ---

const PATHS = { site: '/v1/site', need: '/v1/line', offer: '/v1/line', stock: '/v1/line', round: '/v1/line', move: '/v1/move', note: '/v1/note' };
const undo = () => write('/v1/undo', {}, show);
const undoButton = () => sessionStorage.getItem('pin') && button(t('undo'), undo);
const withdraw = ref => button(t('withdraw'), () => ask(t('withdraw-sure'), () => write('/v1/withdraw', { ref }, show)));
const reopen = (r, kind) => button(t('reopen'), () => write(PATHS[kind], { ref: r.ref, was: r.id, [kind === 'site' ? 'state' : 'closed']: 'open' }, show));

// What can be corrected of a record on the page; what was not touched is not sent.
function fieldsOf(r, kind) {
  if (kind === 'note') return [['text', t('note-text'), r.text]];
  if (kind === 'move') return [['quantity', howMuch(r.unit), r.quantity], ['text', t('note-text'), r.text]];
  const fields = [['item', t('item'), itemName(r)], ['quantity', howMuch(r.unit), isUnsaid(r) ? '' : r.quantity], ['text', t('note-text'), r.text], ['site', t('place'), r.site]];
  if (kind === 'need') fields.push(['people', t('people'), r.people], ['infants', t('infants'), r.infants]);
  if (kind === 'stock') fields.push(['reserve', t('reserve'), r.reserve]);
  return fields;
}
const COUNTS = ['people', 'infants'];
function correct(r, kind) {
  const inputs = fieldsOf(r, kind).map(([key, label, value]) => {
    const before = value === undefined || value === null ? '' : String(value);
    if (key === 'text') {
      const [box, input] = textField('fix-text', label, kind === 'note' ? BYTES.note : BYTES.words, before);
      return { key, before, input, parts: [box] };
    }
    const [labelled, input] = field('fix-' + key, label, { value: before, autocomplete: 'off' });
    return { key, before, input, parts: [labelled, input] };
  });
  const save = () => {
    const body = { ref: r.ref, ...(kind === 'move' || kind === 'note' ? {} : { was: r.id }) };
    for (const { key, before, input } of inputs) if (input.value.trim() !== before) body[key] = COUNTS.includes(key) ? Number(input.value) : input.value.trim();
    write(PATHS[kind], body, show);
  };
  return h('details', { id: 'correct' }, h('summary.button', {}, t('correct')), inputs.map(i => i.parts), h('p', {}, button(t('save'), save, 'main')));
}
// The same was written down twice: which one stays?
async function sameAs(r) {
  const others = (await call('/v1/lines' + q({ kind: r.kind, item: String(r.item || r.item_name), status: 'open', limit: 100 }))).lines.filter(o => o.ref !== r.ref);
  if (!others.length) return '';
  const other = h('select', { id: 'same' }, others.map(o => h('option', { value: o.ref }, joined([!isUnsaid(o) && amount(o.quantity, o.unit), o.site || o.author]))));
  return h('details', {}, h('summary.button', {}, t('same-as')), h('label', { for: 'same' }, t('same-stays')), other,
    h('p', {}, button(t('save'), () => write('/v1/note', { kind: 'duplicate', of: r.ref, other: other.value }, show), 'main')));
}

async function viewHistory(ref) {
  const found = await call('/v1/history' + q({ ref }));
  return [title(t('history')), h('p', {}, link(found.ref, '#/r/' + found.ref)), rowsOf(found.words, w => [h(w.stands ? 'span' : 'del', { lang: language }, w.what), h('br'),
    h('span.small', {}, when(w.when) + ' · ' + byOf(w))], t('none-words')), copyButton('/v1/history' + q({ ref }))];
}

function noteView(found) {
  const r = found.record;
  return [title(oneOf('note-kinds', r.kind)), r.kind === 'alert' && h('p', {}, oneOf('severities', r.severity)), h('p.big', {}, noteText(r)), denial(r) && h('p.alert', {}, denial(r)),
    r.of && h('p', {}, link(r.of, '#/r/' + r.of)),
    h('p.small', {}, (r.until ? t('until') + ' ' + when(r.until) + ' · ' : '') + (r.over ? t(r.over === 'past' ? 'over' : 'taken-back') + ' · ' : '') + saidBy(r))];
}

// A record, and below it what was said about it and what can be done about a mistake.
async function viewWhole(ref) {
  const parts = await viewRecord(ref), found = await call('/v1/record/' + encodeURIComponent(ref)), r = found.record, kind = found.kind;
  const mine = r.trust === 'self', isLine = ['need', 'offer', 'stock'].includes(kind), closed = r.status === 'closed' || r.state === 'closed';
  if (r.duplicate_of) parts.push(h('p.said', {}, t(r.duplicate ? 'is-duplicate' : 'may-be-duplicate'), ' ', link(r.duplicate_of, '#/r/' + r.duplicate_of)));
  if (found.notes.length) parts.push(h('h2', {}, t('notes')), rowsOf(found.notes, noteRow, ''));
  parts.push(noteForm(r.ref, t(kind === 'note' ? 'answer' : 'write-note')));
  if (kind === 'note') parts.push(noteForm(r.ref, t('not-true'), 'denial'));
  if (kind !== 'site' && !closed && !r.over && (mine || isLine)) parts.push(correct(r, kind));
  if (isLine && !closed) parts.push(await sameAs(r));
  parts.push(h('p.chips', {}, closed && !r.duplicate && PATHS[kind] && reopen(r, kind), mine && !closed && !r.over && withdraw(r.ref), link(t('history'), '#/history/' + r.ref)));
  return parts;
}
