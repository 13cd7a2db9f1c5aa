// Has VS Code debug a program, in a headless browser: run by .ci/clients, with VSCODE naming the folder of README.md and
// PAUSA_TEST_FOLDER an empty one. What is debugged and by what is in the other variables of trial/main.js.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const DEADLINE = 180000;
const { VSCODE, PAUSA_TEST_FOLDER, PAUSA_TEST_CHILDREN } = process.env;
const here = dirname(fileURLToPath(import.meta.url));
const server = join(VSCODE, 'node_modules/code-server/lib/vscode');
const bring = async (name) => {
  const path = createRequire(join(VSCODE, 'package.json')).resolve(name);
  return (await import(pathToFileURL(path))).default;
};

async function freePort() {
  const socket = createServer().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

const extensions = join(PAUSA_TEST_FOLDER, 'extensions');
mkdirSync(extensions);
for (const name of ['python', 'trial']) {
  cpSync(join(here, name), join(extensions, name), { recursive: true });
}
symlinkSync(join(VSCODE, 'debugpy'), join(extensions, 'debugpy'));
const port = await freePort();
const result = join(PAUSA_TEST_FOLDER, 'result');
const child = spawn(
  process.execPath,
  [
    'out/server-main.js', '--host', '127.0.0.1', '--port', String(port), '--without-connection-token',
    '--accept-server-license-terms', '--server-data-dir', join(PAUSA_TEST_FOLDER, 'data'), '--extensions-dir', extensions,
  ],
  { cwd: server, env: { ...process.env, PAUSA_TEST_RESULT: result }, stdio: ['ignore', 'pipe', 'ignore'], detached: true },
);
let browser;
let outcome = 'VS Code has not come to an end';
try {
  for await (const text of child.stdout) {
    if (String(text).includes(`listening on ${port}`)) break;
  }
  child.stdout.resume();
  const chromium = await bring('@sparticuz/chromium');
  const executablePath = await chromium.executablePath();
  const puppeteer = await bring('puppeteer-core');
  browser = await puppeteer.launch({ args: [...chromium.args, '--no-sandbox'], executablePath, headless: 'shell' });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/?folder=${dirname(PAUSA_TEST_CHILDREN)}`);
  const trusts = await page.waitForSelector('.dialog-buttons a.monaco-button:not(.secondary)', { timeout: DEADLINE });
  await trusts.click();
  const deadline = Date.now() + DEADLINE;
  while (!existsSync(result) && Date.now() < deadline) {
    await new Promise((done) => setTimeout(done, 50));
  }
  if (existsSync(result)) outcome = readFileSync(result, 'utf8');
  if (outcome) await page.screenshot({ path: join(VSCODE, 'failed.png') });
} finally {
  await browser?.close();
  process.kill(-child.pid);
}
console.log(outcome ? `VS Code: ${outcome}` : 'VS Code: launch, children, restart, attach: as it should be');
process.exit(outcome ? 1 : 0);
