// Opens both pages in a headless Chromium and runs all their tabs: from browsing to a placed order, and from signing in as
// staff to a call that is taken, an order that is blocked, edited and copied, and a quote. Each must show its answer, and the page's own security policy must have nothing to refuse. `node drive.mjs CHROMIUM [FOLDER FOR PICTURES]`, with the store's address in STORE.
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

// What stands on the right, as soon as there is an answer.
const answer = `(() => {
  const text = document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue();
  return text ? JSON.parse(text) : null;
})()`;

const problems = (value) =>
  value && typeof value === 'object'
    ? Object.entries(value).flatMap(([name, below]) => (name === 'errors' ? below : problems(below)))
    : [];

// Runs every tab from left to right, of which some are `refused` with a code; what all of them answered, by field.
async function walk(path, refused = {}) {
  const page = await Page.open(process.env.STORE + path);
  await page.until(`document.querySelectorAll('[role=tab]').length > 1`, `${path} loads`);
  await page.until(`!document.querySelector('.graphiql-execute-button').disabled`, `${path} is ready`);
  const tabs = await page.value(`document.querySelectorAll('[role=tab]').length`);
  const answered = {};
  for (let tab = 0; tab < tabs; tab += 1) {
    const place = `document.querySelectorAll('[role=tab]')[${tab}]`;
    await page.value(`(${place}.querySelector("button") ?? ${place}).click()`);
    const name = await page.until(`${place}.ariaSelected === 'true' && ${place}.innerText`, `${path} shows tab ${tab + 1}`);
    await page.value(`document.querySelector('.graphiql-execute-button').click()`);
    const shown = await page.until(answer, `${path} answers ${name}`);
    if (pictures) await page.picture(`${path.replaceAll('/', '-').slice(1)}-${tab + 1}`);
    const found = problems(shown).map((problem) => problem.extensions?.code ?? problem.code);
    if (found.join() !== (refused[name] ?? '')) throw new Error(`${path}, ${name}: ${JSON.stringify(problems(shown))}`);
    Object.assign(answered, shown.data);
  }
  await page.value(`document.querySelector('[aria-label="Show Documentation Explorer"]')?.click()`);
  await page.until(`document.querySelector('.graphiql-doc-explorer')?.innerText.includes('Query')`, `${path} explains itself`);
  const complaints = page.complaints.filter((text) => !(text.includes('status of 403') && Object.values(refused).includes('FORBIDDEN')));
  if (complaints.length) throw new Error(`${path}: ${complaints.join(' | ')}`);
  console.log(`${path}: explains the schema, runs its ${tabs} tabs, shows every answer`);
  return answered;
}

try {
  await walk('/graphql');
  const { placeOrder, orders } = await walk('/staff/graphql', { LiftBlock: 'FORBIDDEN' });
  const [order] = orders.nodes;
  if (placeOrder.order.number !== order.number) throw new Error('staff find another order than the one placed');
  console.log(`order ${order.number} was placed and found`);
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
