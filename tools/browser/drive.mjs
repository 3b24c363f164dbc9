// Opens both pages in a headless Chromium: each loads, runs its first tab and shows the result, and nothing is refused by
// the page's own security policy. `node drive.mjs CHROMIUM [FOLDER FOR PICTURES]`, with the store's address in STORE.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [chromium, pictures] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), 'browser-'));
const SECONDS = 60;

const browser = spawn(
  chromium,
  [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--remote-debugging-pipe',
    `--user-data-dir=${profile}`,
    '--window-size=1400,900',
    'about:blank',
  ],
  { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
);

// The DevTools protocol over the pipes 3 and 4: JSON texts that end with NUL.
const answers = [];
const pages = new Map();
let unread = '';
browser.stdio[4].on('data', (chunk) => {
  const texts = (unread + chunk).split('\0');
  unread = texts.pop();
  texts.map((text) => JSON.parse(text)).forEach(hear);
});

function hear(message) {
  if (message.id !== undefined) {
    answers[message.id](message);
  } else {
    pages.get(message.sessionId)?.hear(message);
  }
}

function send(method, params = {}, sessionId = undefined) {
  return new Promise((resolve, reject) => {
    const id = answers.push((answer) => (answer.error ? reject(new Error(answer.error.message)) : resolve(answer.result))) - 1;
    browser.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  });
}

class Page {
  static async open(address) {
    const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(sessionId);
    await page.send('Runtime.enable');
    await page.send('Log.enable');
    await page.send('Page.enable');
    await page.send('Page.navigate', { url: address });
    return page;
  }

  constructor(sessionId) {
    this.sessionId = sessionId;
    this.complaints = [];
    pages.set(sessionId, this);
  }

  hear({ method, params }) {
    if (method === 'Runtime.exceptionThrown') {
      this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    } else if (method === 'Log.entryAdded' && params.entry.level === 'error') {
      this.complaints.push(params.entry.text);
    }
  }

  send(method, params = {}) {
    return send(method, params, this.sessionId);
  }

  async value(expression) {
    const { result } = await this.send('Runtime.evaluate', { expression, returnByValue: true });
    return result.value;
  }

  async until(expression, what) {
    const deadline = Date.now() + SECONDS * 1000;
    while (Date.now() < deadline) {
      const value = await this.value(expression);
      if (value) return value;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    if (pictures) await this.picture('failed');
    throw new Error(`${what}: not within ${SECONDS} seconds. ${this.complaints.join(' | ')}`);
  }

  async picture(name) {
    const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
    writeFileSync(join(pictures, `${name}.png`), Buffer.from(data, 'base64'));
  }
}

const shown = `document.querySelector('.result-window')?.innerText ?? ''`;

async function tryPage(path, expected) {
  const page = await Page.open(process.env.STORE + path);
  await page.until(`document.querySelector('.graphiql-execute-button') !== null`, `${path} loads`);
  await page.value(`document.querySelector('.graphiql-execute-button').click()`);
  await page.until(`(${shown}).includes(${JSON.stringify(expected)})`, `${path} shows ${expected}`);
  await page.value(`document.querySelector('[aria-label="Show Documentation Explorer"]')?.click()`);
  await page.until(`document.querySelector('.graphiql-doc-explorer')?.innerText.includes('Query')`, `${path} explains itself`);
  if (pictures) await page.picture(path.replaceAll('/', '-').slice(1));
  if (page.complaints.length) throw new Error(`${path}: ${page.complaints.join(' | ')}`);
  console.log(`${path}: loads, explains the schema, runs its first tab, shows the result`);
}

try {
  await tryPage('/graphql', '"pageInfo"');
  await tryPage('/staff/graphql', '"data"');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  const ended = new Promise((resolve) => browser.on('exit', resolve));
  browser.kill();
  await ended;
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
}
