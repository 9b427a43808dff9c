// What every test of the pages stands on: a city of real programs, two browsers, a page of it opened as a person opens it.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import {get} from 'node:http';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {chromium} from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const browsers = {
  today: process.env.WARDSYNC_CHROMIUM ?? '/usr/bin/chromium',
  'Chrome 109': process.env.WARDSYNC_CHROME_109,
};

const options = (path) => ({executablePath: path, args: ['--no-sandbox', '--disable-gpu']});

/** A missing browser is a failure, never a test less. */
function pathOf(name) {
  const path = browsers[name];
  if (!path || !existsSync(path)) throw new Error(`${name}: no browser at ${path}. On Debian: apt install chromium; Chrome 109 is unpacked by the build (target ward_pages_tests).`);
  return path;
}

/** With a profile on the disk, as people have one. */
export function launchProfile(name, folder) {
  return chromium.launchPersistentContext(folder, options(pathOf(name)));
}

export async function launch(name) {
  const browser = await chromium.launch(options(pathOf(name)));
  if (name === 'Chrome 109') assert.match(browser.version(), /^109\./);
  return browser;
}

/** The orders of city_server.py, one after the other. */
export class City {
  static async start() {
    const city = new City();
    city.process = spawn('python3', ['-B', join(here, 'city_server.py')], {stdio: ['pipe', 'pipe', 'inherit']});
    city.answers = createInterface({input: city.process.stdout})[Symbol.asyncIterator]();
    await city.answer();
    return city;
  }

  async answer() {
    const {value, done} = await this.answers.next();
    if (done) throw new Error('the city ended');
    const said = JSON.parse(value);
    if (said.error) throw new Error(said.error);
    return said.ok;
  }

  tell(order) {
    // Orders are answered in their order, so whoever asks waits for the ones before.
    this.last = (this.last ?? Promise.resolve()).catch(() => undefined).then(() => {
      this.process.stdin.write(JSON.stringify(order) + '\n');
      return this.answer();
    });
    return this.last;
  }

  command(site, ...words) {
    return this.tell({do: 'command', site, words});
  }

  async call(site, method, path, body) {
    const {status, answer} = await this.tell({do: 'call', site, method, path, body});
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Two who did not know of each other write into one field. */
  async quarrel(site, id, field, values) {
    const path = `/v1/dossiers/${encodeURIComponent(id)}`;
    const seen = (await this.call(site, 'GET', path)).version;
    for (const value of values) await this.call(site, 'POST', `${path}/changes`, {set: {[field]: value}, seen});
  }

  line(...words) {
    return this.tell({do: 'line', words});
  }

  async close() {
    const ended = new Promise((done) => this.process.once('exit', done));
    this.process.stdin.end();
    await ended;
  }

  /** The one-time address, as the command prints it. */
  async address(site) {
    return /http:\/\/\S+/.exec((await this.command(site, 'page')).out)[0];
  }

  /** A tab of a fresh profile, logged in. Whatever the page complains about in its console is a failure. */
  async open(browser, site, options = {}) {
    const context = await browser.newContext({viewport: {width: 1040, height: 640}, ...options});
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    page.complaints = [];
    page.on('pageerror', (error) => page.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED/.test(message.text())) page.complaints.push(message.text());
    });
    await page.goto(await this.address(site));
    await page.waitForSelector('main h1');
    return page;
  }
}

/** Another tab of the same profile, which notes from its first moment when the daemon's events arrived, by its own clock. */
export async function openListening(page) {
  const tab = await page.context().newPage();
  await tab.addInitScript(() => {
    const arrivals = (window.arrivals = []);
    window.EventSource = class extends EventSource {
      addEventListener(name, listener) {
        super.addEventListener(name, (event) => {
          arrivals.push({name, data: event.data, at: performance.now()});
          listener(event);
        });
      }
    };
  });
  await tab.goto(new URL(page.url()).origin);
  await tab.waitForSelector('main h1');
  return tab;
}

/**
 * Does `act` and waits until `selector` holds `text`. All three times are the tab's own, so that a busy machine cannot come between them:
 * `asked` before the act, `arrived` of the first event called `name` whose data hold `about`, `shown` of the change of the document.
 */
export async function timeOfNews(tab, {selector, text, name, about}, act) {
  const asked = await tab.evaluate(([wantedSelector, wantedText]) => {
    const isShown = () => [...document.querySelectorAll(wantedSelector)].some((one) => one.textContent.includes(wantedText));
    if (isShown()) throw new Error('it is shown already');
    window.arrivals.length = 0;
    window.shown = new Promise((resolve) => {
      const watcher = new MutationObserver(() => {
        if (!isShown()) return;
        watcher.disconnect();
        resolve(performance.now());
      });
      watcher.observe(document, {subtree: true, childList: true, characterData: true});
    });
    return performance.now();
  }, [selector, text]);
  await act();
  const [shown, arrived] = await tab.evaluate(async ([wantedName, wantedAbout]) => {
    const at = await window.shown;
    return [at, window.arrivals.find((one) => one.name === wantedName && one.data.includes(wantedAbout))?.at];
  }, [name, about]);
  return {asked, arrived, shown};
}

/** The page shows what an event tells of within a second of its arrival, and not because it asks all the time; best of several from the act on. */
export function assertLive(times) {
  for (const {arrived, shown} of times) {
    assert.ok(arrived !== undefined && arrived <= shown, 'it was shown before its event came');
    assert.ok(shown - arrived <= 1000, `${shown - arrived} ms after the event`);
  }
  const fromAct = Math.min(...times.map(({asked, shown}) => shown - asked));
  assert.ok(fromAct <= 1000, `at best ${fromAct} ms after the act began`);
}

/** Bytes of the whole page as they travel. */
export async function weight(origin) {
  const sizes = await Promise.all(['/', '/assets/app.js', '/assets/app.css'].map((path) => new Promise((resolve, reject) => {
    get(origin + path, (response) => {
      let bytes = 0;
      response.on('data', (chunk) => (bytes += chunk.length)).on('end', () => resolve(bytes));
    }).on('error', reject);
  })));
  return sizes.reduce((sum, size) => sum + size, 0);
}

export async function go(page, hash) {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
  await page.waitForSelector('main h1');
}

/** Nothing that axe-core knows of WCAG 2.2 A and AA is broken, by day, by night and in large letters. */
export async function assertAccessible(page, what) {
  await page.evaluate(axeSource);
  for (const [theme, text] of [['light', 'normal'], ['dark', 'larger']]) {
    const found = await page.evaluate(async ([themeName, textName]) => {
      const root = document.documentElement;
      const before = [root.dataset.theme, root.dataset.text];
      [root.dataset.theme, root.dataset.text] = [themeName, textName];
      const result = await window.axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']});
      [root.dataset.theme, root.dataset.text] = before;
      return result.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html).join(' | ')}`);
    }, [theme, text]);
    assert.deepEqual(found, [], `${what}, ${theme}, ${text}`);
  }
}

/** Into the build folder; what is worth showing is copied to docs/images by hand. */
export async function picture(page, name) {
  const folder = process.env.WARDSYNC_PICTURES;
  if (!folder || page.context().browser().version().startsWith('109.')) return;
  mkdirSync(folder, {recursive: true});
  await page.screenshot({path: join(folder, `${name}.png`)});
}

export async function eventually(what, ask, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`gave up waiting for ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
