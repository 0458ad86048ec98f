/** Has the built worker, in a real browser, turn the files of a folder into planes: `node planes.ts FOLDER SPEC.json OUT.json`. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { chromium } from '@playwright/test';
import { browser } from '../browser.ts';

const [folder = '', spec = '', out = ''] = process.argv.slice(2);
const ASSETS = join(import.meta.dirname, '../../dist/assets');
const TYPES: Record<string, string> = { '.js': 'text/javascript' };

const worker = (await readdir(ASSETS)).find((name) => /^worker-.*\.js$/.test(name));
if (worker === undefined) throw new Error('dist/assets has no worker; build the pages first');
const names = (await readdir(folder)).sort();

const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://127.0.0.1').pathname);
  const file = path.startsWith('/files/') ? join(folder, path.slice('/files/'.length)) : join(ASSETS, path.slice('/assets/'.length));
  if (path === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>planes</title>');
  readFile(file).then(
    (content) => response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(content),
    () => response.writeHead(404).end(),
  );
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;

const chrome = await chromium.launch(await browser());
const page = await chrome.newPage();
await page.goto(`http://127.0.0.1:${port}/`);
const planes = await page.evaluate(
  async ({ worker, names, input }) => {
    const studio = new Worker(`/assets/${worker}`, { type: 'module' });
    const ask = (id: number, file: Blob) =>
      new Promise<unknown>((resolve, reject) => {
        studio.onerror = (event) => reject(new Error(event.message));
        studio.onmessage = ({ data }) => {
          if (!('step' in data)) resolve('refusal' in data ? data.refusal : { greys: Array.from(data.value.greys), integers: Array.from(data.value.integers) });
        };
        studio.postMessage({ id, ask: { kind: 'plane', file, input } });
      });
    const found: Record<string, unknown> = {};
    for (const [id, name] of names.entries()) found[name] = await ask(id, await (await fetch(`/files/${encodeURIComponent(name)}`)).blob());
    return found;
  },
  { worker, names, input: JSON.parse(await readFile(spec, 'utf8')) as never },
);
await writeFile(out, JSON.stringify(planes));
await chrome.close();
server.close();
