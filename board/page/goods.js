// What moves: asks, promises and loads on their way; what is taken from a shelf; a ticket that was shown. Each thing that can be
// said has its own box and button. Beside app.js, whose helpers it uses.

const MOVE_PARTS = [['promised', 'pledged'], ['on_way', 'sent'], ['arrived', 'received'], ['lost', 'lost'], ['back', 'returned']];
const partsOf = m => {
  const there = MOVE_PARTS.filter(([part]) => m[part] > 0);
  return there.length < 2 ? '' : there.map(([part, stage]) => amount(m[part], m.unit) + ' ' + oneOf('stages', stage)).join(', ') + ' · ';
};
// What its carrier should know.
const moveMark = m => {
  const goesOn = ['pledged', 'sent'].includes(m.stage);
  const mark = goesOn && m.need_closed ? t('move-need-closed') : m.lapsed ? t('move-lapsed') : goesOn && m.too_late ? t('move-too-late')
    : goesOn && m.extra > 0 ? t('move-extra', amount(m.extra, m.unit)) : '';
  return mark && [' · ', h('b', {}, mark)];
};
const moveRow = m => h('a', { href: '#/r/' + m.ref }, h('span.big', {}, amount(m.quantity, m.unit) + ' ' + itemName(m)), ' ' + oneOf('stages', m.stage) + (m.from_site ? ', ' + m.from_site : '') + (m.to_site ? ' → ' + m.to_site : ''),
  m.due && ['pledged', 'sent'].includes(m.stage) ? ', ' + due(m.due) : '', moveMark(m), 
  h('br'), h('span.small', {}, partsOf(m) + (m.counted_once ? t('counted-once') + ' · ' : '') + saidBy(m)));
// A thing to say with a figure of its own.
function figure(id, legend, label, acts) {
  const [labelled, input] = field(id, label, { inputmode: 'decimal', autocomplete: 'off' });
  return h('fieldset', {}, h('legend', {}, legend), labelled, input, h('p.chips', {}, acts(() => input.value.trim())));
}

async function viewMoves() {
  await items();
  const under = m => ['asked', 'pledged', 'sent'].includes(m.stage);
  const moves = (await call('/v1/moves?limit=200')).moves.filter(under);
  return [title(t('moves')), rowsOf(moves, moveRow, t('none-moves')), copyButton('/v1/moves')];
}

async function needActions(r) {
  const stocks = (await call('/v1/lines' + q({ kind: 'stock', item: String(r.item || r.item_name), status: 'open', limit: 200 }))).lines.filter(s => s.on_hand > 0 && s.trust === 'self');
  const [label1, quantity] = field('pledge', howMuch(r.unit, 'promised-much'), { value: r.open || '', inputmode: 'decimal' });
  const from = h('select', { id: 'from' }, h('option', { value: '' }, '–'), stocks.map(s => h('option', { value: s.ref }, itemName(s) + ', ' + amount(s.on_hand, s.unit) + ', ' + s.site)));
  if (stocks.length) from.value = stocks[0].ref;
  return h('details', {}, h('summary.button', {}, t('more')), label1, quantity, h('label', { for: 'from' }, t('from')), from,
    h('p.chips', {}, button(t('pledge'), () => write('/v1/move', { stage: 'pledged', of: r.ref, quantity: quantity.value.trim(), ...(from.value ? { from: from.value } : {}) },
      a => a && (location.hash = '#/r/' + a.ref)), 'main')));
}

// Of a stock: handing out, counting anew, and what is gone otherwise.
function stockActions(r) {
  const [codeLabel, code] = field('code', t('code'), { autocomplete: 'off' });
  const gone = [['lost', 'lose'], ['spoiled', 'spoil'], ['returned', 'give-back']];
  const give = figure('give', t('give'), howMuch(r.unit), said => button(t('give'), () => write('/v1/move',
    { stage: 'given', from: r.ref, quantity: said(), ...(code.value.trim() ? { ticket: code.value.trim() } : {}) }, show), 'main'));
  give.querySelector('p').before(codeLabel, code);
  return [give,
    figure('count', t('recount'), howMuch(r.unit, 'count-there'), said => button(t('recount'), () => write('/v1/line', { ref: r.ref, was: r.id, quantity: said() }, show))),
    figure('gone', t('gone'), howMuch(r.unit, 'gone-much'), said => gone.map(([stage, key]) => button(t(key), () => write('/v1/move', { stage, from: r.ref, quantity: said() }, show))))];
}

// --- a move ---

function stepOf(m) {
  return (stage, key, said, more) => button(t(key), () => write('/v1/move', { stage, after: m.ref, ...(said && said() ? { quantity: said() } : {}), ...more }, show));
}
// Whoever has the goods answers an ask; whoever needs them says that a stranger's promise is welcome.
function moveAnswers(m) {
  const step = stepOf(m);
  if (m.stage === 'asked' && !m.promised && !m.on_way)
    return figure('answer-ask', oneOf('stages', 'asked'), howMuch(m.unit, 'promised-much'), said => [step('pledged', 'accept', said), step('declined', 'decline')]);
  return ['pledged', 'sent'].includes(m.stage) && !m.counts && !m.too_late && h('p.chips', {}, step('asked', 'welcome'));
}
function moveSteps(m) {
  const step = stepOf(m), moves = m.promised > 0 || m.on_way > 0;
  return [m.promised > 0 && figure('promise', oneOf('stages', 'pledged'), howMuch(m.unit), said => [step('sent', 'send', said), step('released', 'release', said)]),
    moves && figure('arrival', t('arrival'), howMuch(m.unit, 'arrived-much'), said => [step('received', 'receive', said), m.on_way > 0 && step('received', 'receive-part', said, { more: true })]),
    m.on_way > 0 && figure('became', t('became'), howMuch(m.unit), said => [step('lost', 'lose', said), step('spoiled', 'spoil', said), step('returned', 'turn-back', said)])];
}
// What was typed wrong, or brought back.
const takeBack = m => figure('take-back', t('take-back'), howMuch(m.unit), said => stepOf(m)('returned', 'take-back', said));
const moveView = m => [title(t('waybill')), moveRow(m), m.text && h('p', {}, m.text),
  moveAnswers(m), moveSteps(m), m.stage === 'given' && m.trust === 'self' && takeBack(m), h('p', {}, link(t('print'), '#/waybill/' + m.ref))];

// --- a ticket ---

// The need that a ticket is for; of two that are one the one that stays, which tells what was collected. Null where this node knows none,
// or several.
async function ticketNeed(code) {
  const found = (await call('/v1/tickets' + q({ q: code }))).tickets;
  const of = async ref => (await call('/v1/record/' + ref)).record, need = found.length === 1 ? await of(found[0].ref) : null;
  return need && need.duplicate ? of(need.duplicate_of) : need;
}
// What was asked for, what was collected of it, and what is left; of a need that is closed nothing is.
const leftOf = need => need.status !== 'closed' && !isUnsaid(need) && t('still-left', amount(Math.max(0, need.quantity - need.received), need.unit));
const askedRow = need => h('div.said', { id: 'asked' }, h('p', {}, t('ticket-whose')), lineRow(need),
  h('p.big', {}, joined([isUnsaid(need) ? t('unsaid') : t('asked-for', amount(need.quantity, need.unit)), t('collected', amount(need.received, need.unit)), leftOf(need)])));
// A household's code was read with the camera: what was asked, and from which stock is it handed out?
async function viewGive(code) {
  await items();
  const stocks = (await call('/v1/lines?kind=stock&status=open&limit=200')).lines.filter(s => s.trust === 'self' && s.on_hand > 0);
  const from = h('select', { id: 'from' }, stocks.map(s => h('option', { value: s.ref }, itemName(s) + ', ' + amount(s.on_hand, s.unit))));
  const [codeLabel, input] = field('code', t('code'), { value: code || '', autocomplete: 'off' });
  const [quantityLabel, quantity] = field('quantity', t('how-much'), { inputmode: 'decimal' });
  const asked = h('div', { 'aria-live': 'polite' });
  const look = async () => {
    try {
      const need = await ticketNeed(input.value.trim()), stock = need && stocks.find(s => s.item === need.item);
      asked.replaceChildren(need ? askedRow(need) : h('p.said', {}, t('ticket-unknown')));
      if (stock) from.value = stock.ref;
    } catch (e) {
      if (asksPin(e)) askPin(look, e);
      else asked.replaceChildren(sentence(e.message, 'p.said'));
    }
  };
  const hasPin = sessionStorage.getItem('pin');
  if (code && hasPin) await look();
  return [title(t('give')), codeLabel, input, h('p', {}, button(t('look-up'), look)), asked, h('label', { for: 'from' }, t('from')), from, quantityLabel, quantity,
    h('p', {}, button(t('give'), () => write('/v1/move', { stage: 'given', from: from.value, quantity: quantity.value.trim(), ticket: input.value.trim() }, a => a && (location.hash = '#/r/' + from.value)), 'main'))];
}
