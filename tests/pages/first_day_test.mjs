// docs/first-day.md, step by step: what the test presses, types and waits for are the words that stand there in bold.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {after, before, describe, it} from 'node:test';
import {fileURLToPath} from 'node:url';
import {City, eventually, launch} from './stage.mjs';

const guide = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'first-day.md'), 'utf8');
const steps = [...guide.matchAll(/^(\d+)\. (.*)$/gm)].map(([, number, text]) => ({number: Number(number), bold: [...text.matchAll(/\*\*(.+?)\*\*/g)].map((found) => found[1])}));

describe('the first day', () => {
  let city;
  let browser;
  let centre;
  let first;
  let second;
  before(async () => {
    city = await City.start();
    for (const name of ['a', 'b']) await city.tell({do: 'add_pc', name, unit: 'W-VYDA', run: ['--http', '127.0.0.1:0']});
    browser = await launch('today');
    [centre, first, second] = await Promise.all(['centre', 'a', 'b'].map((site) => city.open(browser, site)));
  });
  after(async () => {
    await browser?.close();
    await city?.close();
    for (const page of [centre, first, second]) assert.deepEqual(page?.complaints, []);
  });

  const says = (page, words) => page.waitForSelector(`text=${words}`);
  const count = (page, label, number) => page.waitForSelector(`nav a:has-text("${label}") .count >> text=${number}`);
  /** Search, open, F6, name, F9. */
  async function rename(page, [editKey, name, saveKey]) {
    await page.click('nav a[href="#/"]');
    await page.click('tbody th a >> text=Nguyễn Thị Ngày Đầu');
    await page.waitForSelector('.facts');
    await page.keyboard.press(editKey);
    await page.fill('[name=ChuHoSo]', name);
    await page.keyboard.press(saveKey);
    await page.waitForSelector(`h1 >> text=${name}`);
  }

  const acts = [
    async ([list, connected]) => {
      await centre.click(`nav >> text=${list}`);
      await eventually('both PCs to be connected', async () => (await centre.$$(`tbody tr >> text=${connected}`)).length === 2);
    },
    async ([connected]) => {
      for (const page of [first, second]) await says(page, connected);
    },
    async ([newKey, procedure, name]) => {
      await first.keyboard.press(newKey);
      await first.waitForSelector('.form');
      await first.keyboard.type(procedure);
      await first.keyboard.press('Enter');
      await first.keyboard.press('Enter');
      await first.keyboard.type(name);
    },
    async ([saveKey, applied]) => {
      await first.keyboard.press(saveKey);
      await says(first, applied);
    },
    async ([searchKey, typed, list]) => {
      await second.keyboard.press(searchKey);
      await eventually('the search to have the focus', () => second.evaluate(() => document.activeElement?.id === 'search'));
      await second.keyboard.type(typed);
      await second.waitForSelector('tbody th >> text=Nguyễn Thị Ngày Đầu');
      await centre.click(`nav >> text=${list}`);
      await centre.waitForSelector('tbody th >> text=Nguyễn Thị Ngày Đầu');
    },
    async ([unlinked]) => {
      await city.line('cut', 'a');
      await says(first, unlinked);
    },
    async ([editKey, name, saveKey, saved, lost]) => {
      await rename(first, [editKey, name, saveKey]);
      await says(first, saved);
      await says(first, lost);
    },
    async (words) => rename(second, words),
    async ([safe, decide, number]) => {
      await city.line('heal', 'a');
      await says(first, safe);
      for (const page of [first, second]) await count(page, decide, number);
    },
    async ([decide, name, reason, confirm]) => {
      await second.click(`nav >> text=${decide}`);
      await second.click(`label.side >> text=${name}`);
      await second.waitForSelector(`.preview >> text=${name}`);
      await second.fill('.card .field input', reason);
      await second.click(`.card button.primary >> text=${confirm}`);
    },
    async ([nothing, history]) => {
      await second.waitForSelector(`text=${nothing}`);
      await first.click('nav a[href="#/inbox"]');
      await first.waitForSelector(`text=${nothing}`);
      for (const page of [first, second]) await page.click('nav a[href="#/"]');
      for (const page of [first, second, centre]) await page.waitForSelector('tbody th >> text=Nguyễn Thị Ngày Đầu Tiên');
      await first.click('tbody th a');
      await first.click(`text=${history}`);
      await first.waitForSelector('.acts >> text=Nguyễn Thị Ngày Đầu Hai');
    },
  ];

  it('has as many steps as are done here, and each says in bold what to press and what to see', () => {
    assert.deepEqual(steps.map((step) => step.number), acts.map((_, index) => index + 1));
    for (const step of steps) assert.ok(step.bold.length > 0, String(step.number));
  });
  for (const [index, act] of acts.entries()) it(`step ${index + 1}`, () => act(steps[index].bold));
});
