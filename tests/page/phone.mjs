// SPDX-License-Identifier: AGPL-3.0-or-later
// A node of its own and a browser, for the tests of the page. The programs come from the environment: AIDMESHD, AIDMESH.
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const { AIDMESHD, AIDMESH } = process.env;
export const PIN = '4711', DEADLINE = 15000;

export async function freePort() {
  const server = createServer();
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  const found = server.address().port;
  await new Promise(done => server.close(done));
  return found;
}

// Plain http under a name, as phones see it: on localhost a page may do more.
export const openBrowser = () => chromium.launch({ executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-proxy-server', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP aidmesh.lan 127.0.0.1'] });

// Ends a daemon that the test started.
export async function end(daemon) {
  const ended = new Promise(done => daemon.once('exit', done));
  daemon.kill('SIGTERM');
  await ended;
}

// A daemon with its folder and its port, both kept while it is stopped and started again.
export class Node {
  constructor(folder, port, name) { Object.assign(this, { folder, port, name, socket: join(folder, 'control.sock'), daemon: null }); }
  get url() { return `http://aidmesh.lan:${this.port}/`; }
  async start(...more) {
    const settings = [`node.folder=${this.folder}`, `node.name=${this.name}`, `control.socket=${this.socket}`, `control.listen=127.0.0.1:${this.port}`, 'control.hosts=aidmesh.lan',
      `control.pin=${PIN}`, 'link.discovery=no', 'link.listen=none', 'node.clock=set', ...more];
    this.daemon = spawn(AIDMESHD, ['--config', '/dev/null', ...settings.flatMap(s => ['--set', s])], { stdio: 'ignore' });
    for (const until = Date.now() + DEADLINE; ;) {
      try { await fetch(`http://127.0.0.1:${this.port}/v1/status`); return; } catch (e) { if (Date.now() > until) throw e; }
    }
  }
  async stop() { if (this.daemon) await end(this.daemon); this.daemon = null; }
  async aid(...words) {
    const { stdout } = await promisify(execFile)(AIDMESH, ['--socket', this.socket, ...words]);
    return stdout;
  }
  // The record that the words made: its ref is the first that is printed.
  async ref(...words) { return (await this.aid(...words)).split(' ')[0]; }
  async shown(ref) { return JSON.parse(await this.aid('show', ref, '--json')).record; }
  async lines(kind) { return JSON.parse(await this.aid('list', kind, '--json')).lines; }
  post(path, body, type = 'application/json') {
    return fetch(`http://127.0.0.1:${this.port}${path}`, { method: 'POST', headers: { 'Content-Type': type, 'Aidmesh-Pin': PIN }, body });
  }
}
