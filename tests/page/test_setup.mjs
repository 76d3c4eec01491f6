// SPDX-License-Identifier: AGPL-3.0-or-later
// A node that nobody has set up, as a volunteer with the PIN finds it on a phone: five questions, then the poster.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DEADLINE, freePort, Node, openBrowser, PIN } from './phone.mjs';

const folder = mkdtempSync(join(tmpdir(), 'aidmesh-'));
let node, browser, page;

before(async () => {
  node = new Node(folder, await freePort(), 'Card');
  await node.start();
  browser = await openBrowser();
  const context = await browser.newContext({ viewport: { width: 360, height: 640 }, locale: 'en-US', hasTouch: true });
  context.setDefaultTimeout(DEADLINE);
  page = await context.newPage();
});
after(async () => {
  if (browser) await browser.close();
  if (node) await node.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('what is asked, and the Wi-Fi\'s password, are for volunteers', async () => {
  for (const path of ['/v1/setup', '/v1/poster'])
    assert.equal((await fetch(`http://127.0.0.1:${node.port}${path}`)).status, 403);
});

test('a volunteer answers on a phone, and the poster that is printed leads to this node', async () => {
  await page.goto(node.url);
  await page.getByRole('link', { name: 'Nobody has set this node up yet' }).tap();
  await page.getByLabel("Volunteers' PIN").fill(PIN);
  await page.getByRole('button', { name: 'OK', exact: true }).tap();
  await page.getByLabel('Where it stands').fill('35.1064,-77.0936');
  await page.getByLabel("The neighbourhood's words").fill('oak elm');
  await page.getByRole('button', { name: 'Done' }).tap();
  await page.getByText('at least 4 different ones').waitFor();
  await page.getByLabel("The neighbourhood's words").fill('bumel takis rolum fedas');
  await page.getByLabel('Where the radio sends').selectOption('US915');
  await page.getByRole('button', { name: 'Done' }).tap();
  await page.getByRole('heading', { level: 1, name: 'Poster' }).waitFor();
  await page.getByText('http://aidmesh.lan/').last().waitFor();
  const setup = JSON.parse(await node.aid('setup', '--language', 'en', '--json'));
  assert.equal(setup.region, 'US915');
  assert.ok(setup.words && setup.site_ref && setup.answered);
  await page.reload();
  const drawn = page.locator('div.screen.said');
  await drawn.getByText(setup.wifi_password, { exact: true }).waitFor();
  await drawn.getByText(setup.wifi_name, { exact: true }).waitFor();
  assert.equal(await drawn.locator('svg').count(), 2);
  await page.goto(node.url);
  assert.equal(await page.getByRole('link', { name: 'Nobody has set this node up yet' }).count(), 0);
});

// Pages of a PDF: each has one such object.
const pages = pdf => (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) || []).length;

test('poster and field card are one sheet each, on both papers and in four languages', async () => {
  for (const language of ['en', 'es', 'fr', 'ht'])
    for (const name of ['poster', 'card']) {
      await page.goto(node.url);
      await page.locator('#language').selectOption(language);
      await page.goto(node.url + '#/' + name);
      await page.locator('div.screen.said .sheet h1').waitFor();
      for (const format of ['A4', 'Letter'])
        assert.equal(pages(await page.pdf({ format })), 1, `${name} in ${language} on ${format}`);
    }
  await page.locator('#language').selectOption('en');
});

test('a file that is no upgrade is handed over by a phone, and it is said why nothing comes of it', async () => {
  await page.goto(node.url + '#/print');
  await page.getByRole('link', { name: 'Put a newer version on this node' }).tap();
  await page.getByText('This node runs ').waitFor();
  await page.getByLabel('The upgrade file').setInputFiles({ name: 'x.upgrade', mimeType: 'application/octet-stream', buffer: Buffer.from('nothing') });
  await page.getByRole('button', { name: 'OK', exact: true }).tap();
  await page.getByText('Nothing installs upgrades here').last().waitFor();
  // It is no record: there is nothing to take back.
  assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0);
  assert.equal(await page.getByText('It is written down').count(), 0);
});

test('a passphrase opens households again after a start, on a phone', async () => {
  await node.post('/v1/passphrase', JSON.stringify({ new: 'three old green boats' }));
  await node.stop();
  await node.start();
  await page.goto(node.url);
  await page.getByRole('link', { name: 'Households are locked' }).tap();
  await page.getByLabel('Passphrase').fill('three old green goats');
  await page.getByRole('button', { name: 'OK', exact: true }).tap();
  await page.getByText('That is not the passphrase. Wrong ones since the start: 1.').waitFor();
  await page.getByLabel('Passphrase').fill('three old green boats');
  await page.getByRole('button', { name: 'OK', exact: true }).tap();
  await page.getByRole('heading', { level: 1, name: 'Card' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Households are locked' }).count(), 0);
  assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes('green boats')), false);
});
