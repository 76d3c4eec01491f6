// SPDX-License-Identifier: AGPL-3.0-or-later
// What the node says, beside what the page makes of it in three other languages: no sentence of the door goes without.
//   node --test tests/page/test_says.mjs
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { SAYS, translated } = vm.runInNewContext(readFileSync(root + 'board/page/says.js', 'utf8') + ';({ SAYS, translated })');
const own = (text, language = 1) => translated(text, language, value => value);

// Every string of a C file, as the compiler joins them.
function strings(path) {
  const code = readFileSync(root + path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '').replace(/"\s*\n\s*"/g, '');
  return [...code.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map(m => m[1].replace(/\\(.)/g, '$1'));
}
const files = (folder, name) => readdirSync(root + folder, { recursive: true }).filter(f => name.test(f)).map(f => folder + '/' + f);
const DOOR = [files('node/desk', /^(draft.*|confirm|typed_input|desk.*)\.[ch]$/), files('node/questions', /^questions.*\.c$/)].flat();

// Made of pieces: tried by example below.
const PIECES = /%s%s|day%s|%u %s\?|%s %s, as|^%s\? %s/;
// Of imports and of the node's settings: they reach no page.
const ELSEWHERE = /import|bundle\. |file ends early|entries wait for the cards|rest was not kept|PIN stands|PIN has 4/;

test('every sentence that the door says is known in three languages', () => {
  const sentences = DOOR.flatMap(strings).filter(t => / .*[.?]$/.test(t) && /^["A-Z%]/.test(t) && !PIECES.test(t) && !ELSEWHERE.test(t));
  assert.ok(sentences.length > 80, `only ${sentences.length} sentences found`);
  const plain = t => t.replace(/%[-.*0-9]*(?:zu|[sdu])/g, '7').replace(/^7 people/, '7 people');
  assert.deepEqual(sentences.filter(t => !own(plain(t))), []);
});

test('nothing is translated that no node says', () => {
  const said = ['node', 'board', 'proto'].flatMap(f => files(f, /\.[ch]$/)).flatMap(strings).join('\n');
  const gone = [...SAYS].map(row => row[0]).filter(english => !english.includes(' = ')) // put together from smaller pieces
    .filter(english => english.split(/\{\w*\}|"|: | \(/).some(piece => /[a-z]{4}/.test(piece) && !said.includes(piece.replace(/^\W+|\W+$/g, ''))));
  assert.deepEqual(gone, []);
});

test('each language fills in what the English says, once', () => {
  for (const [english, ...others] of SAYS) {
    assert.equal(others.length, 3, english);
    const count = (english.match(/\{\w*\}/g) || []).length;
    for (const text of others) {
      const used = (text.match(/\{\d\}/g) || []).map(x => Number(x[1]));
      assert.ok(used.every(n => n <= count) && new Set(used).size === used.length, `${english}: ${text}`);
    }
  }
});

for (const [english, spanish] of [
  ['5000 L for 12 people? Usual is 144 L for 3 days.', '¿5000 L para 12 personas? Lo usual es 144 L para 3 días.'],
  ['90 for 1 person? Usual is 1.', '¿90 para 1 persona? Lo usual es 1.'],
  ['Is it the same as 7KD-9QX: 120 L Drinking water for 40 people, said 5 min ago?', '¿Es lo mismo que 7KD-9QX: 120 L Drinking water para 40 personas, dicho hace 5 min?'],
  ['Is it the same as 7KD-9QX: Blanket, said 5 min ago?', '¿Es lo mismo que 7KD-9QX: Blanket, dicho hace 5 min?'],
  ['"agua" was taken as Drinking water (101). 5000 L for 12 people? Usual is 144 L for 3 days.',
    '«agua» se tomó como Drinking water (101). ¿5000 L para 12 personas? Lo usual es 144 L para 3 días.'],
  ['144 L Drinking water, as the catalogue has it (a suggestion): change it where you know better.', '144 L Drinking water, según el catálogo (una sugerencia): cámbielo si sabe mejor.'],
  ['60 L? 20 L Drinking water is left there, beyond what is promised.', '¿60 L? Allí quedan 20 L Drinking water, fuera de lo prometido.'],
  ['30 gal = 113.562 L.', '30 gal = 113.562 L.'],
  ['10 lb = 9, at about 0.5 kg each.', '10 lb = 9, a unos 0.5 kg cada uno.'],
  ['Oak: 40 people, 6 infants, 31 h without, due 24 h, 120 L = 1 day', 'Oak: 40 personas, 6 bebés, 31 h sin nada, para 24 h, 120 L = 1 día'],
  ['Oak: people not counted, 1 infant, 31 h without, due 24 h, 120 L = 2.5 days, not heard for 9 h',
    'Oak: personas sin contar, 1 bebé, 31 h sin nada, para 24 h, 120 L = 2.5 días, sin noticias desde hace 9 h'],
  ['Oak: 40 people, 31 h without, due 24 h, 6 Blanket', 'Oak: 40 personas, 31 h sin nada, para 24 h, 6 Blanket'],
  ['The lift is broken. Say how much.', null],
]) test(`in Spanish: ${english}`, () => assert.equal(own(english), spanish));
