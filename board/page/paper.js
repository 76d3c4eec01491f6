// What is printed. Beside app.js, whose helpers it uses.

function printable(heading, paper) {
  return [title(heading), h('p.screen', {}, button(t('print'), () => window.print(), 'main')), h('div.paper', {}, paper), h('div.screen.said', {}, paper.map(p => p.cloneNode(true)))];
}
async function viewPrint() {
  return [title(t('print')), h('ul.tiles', {}, [['wall', '#/wall'], ['slip', '#/slip'], ['poster', '#/poster'], ['card', '#/card'], ['setup', '#/setup'], ['upgrade', '#/upgrade']].map(([k, href]) => h('li', {}, link(t(k), href))))];
}
// A sheet stays on the wall while time goes on: it has clock times, says as of when, and how many it leaves out.
const WALL_ROWS = 60, WALL_ALERTS = 12;
// As the display has them: when they were said, by whom, until when; and who denies them.
const wallAlert = n => h('p.alert', {}, oneOf('severities', n.severity) + ': ' + noteText(n), ' · ' + moment(n.changed) + ' · ' + byOf(n), n.until && ' · ' + t('until') + ' ' + moment(n.until),
  denial(n) && [h('br'), h('strong', {}, denial(n))]);
async function viewWall() {
  await items();
  const status = await call('/v1/status'), page = await call('/v1/lines' + q({ kind: 'need', status: 'open', limit: WALL_ROWS })), rest = page.total - page.lines.length;
  const said = await call('/v1/notes' + q({ kind: 'alert', limit: WALL_ALERTS })), left = said.total - said.notes.length;
  const head = [t('item'), t('quantity'), t('place'), t('when'), t('said')];
  const row = l => [itemName(l), isUnsaid(l) ? t('unsaid') : amount(l.open, l.unit), places(l), joined([l.due && moment(l.due), l.status === 'overdue' && due(l.due), l.check_on_them && t('check-on-them')]), moment(l.said) + (l.trust === 'stranger' ? ', ' + t('stranger') : '')];
  return printable(t('wall'), [h('h2', {}, status.name + ' · ' + moment(status.now)), ...said.notes.map(wallAlert), ...(left > 0 ? [h('p.big', {}, t('and-more', left))] : []), h('table', {}, h('thead', {}, h('tr', {}, head.map(x => h('th', {}, x)))),
    h('tbody', {}, page.lines.map(l => h('tr', {}, row(l).map(x => h('td', {}, x)))))), ...(rest > 0 ? [h('p.big', {}, t('and-more', rest))] : [])]);
}
async function viewSlip() {
  const blank = () => h('div.cut', {}, h('h2', {}, t('need')), h('table', {}, h('tbody', {}, [t('item'), t('quantity'), t('people'), t('infants'), t('when') + [6, 24, 72, 168].map(hours => ' ☐ ' + span(hours * 3600)).join(''), t('place'), t('name') + ' / ' + t('phone'), t('code')].map(x => h('tr', {}, h('th', {}, x), h('td', { style: 'width:60%;height:11mm' }, '\u00a0'))))));
  return printable(t('slip'), [blank(), blank()]);
}
async function viewWaybill(ref) {
  await items();
  const m = (await call('/v1/record/' + encodeURIComponent(ref))).record;
  const half = who => h('div.cut', {}, qr('#/r/' + m.ref), h('h2', {}, t('waybill') + ' ' + m.ref), h('p', {}, t(who)), h('table', {}, h('tbody', {},
    [[t('item'), joined([itemName(m), goodsOf(m)])], [t('quantity'), amount(m.quantity, m.unit)], [t('from'), m.from_site], [t('to'), m.to_site], [t('due'), m.due ? moment(m.due) : ''], [t('handed'), '\u00a0'], [t('taken'), '\u00a0']].map(([k, v]) => h('tr', {}, h('th', {}, k), h('td', {}, v))))));
  return printable(t('waybill'), [half('driver'), half('stays')]);
}
// As the node draws them, with their own style. The poster has the Wi-Fi's password: for volunteers.
async function viewSheet(name) {
  const drawn = new DOMParser().parseFromString((await call('/v1/' + name + q({ language }))).text, 'text/html');
  const parts = printable(t(name), [...drawn.body.children].map(part => document.importNode(part, true)));
  parts[0].className = 'screen'; // the sheet has a heading of its own
  return parts;
}
