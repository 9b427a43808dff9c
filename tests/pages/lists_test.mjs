// A ward page with more than anybody reads, on a PC without a line and with a wrong clock.
import assert from 'node:assert/strict';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, describe, it} from 'node:test';
import {assertAccessible, City, eventually, launch} from './stage.mjs';

describe('lists that are longer than anybody reads', () => {
  const many = 510;
  const questions = 23;
  let city;
  let browser;
  let page;
  before(async () => {
    city = await City.start();
    await city.tell({do: 'add_pc', name: 'c', unit: 'W-KIMLONG', run: ['--http', '127.0.0.1:0']});
    await city.line('cut', 'c');
    const file = join(await city.tell({do: 'folder'}), 'many.jsonl');
    await writeFile(file, (await city.tell({do: 'dossiers', seed: 21, first: 1, count: many})).map((one) => JSON.stringify(one) + '\n').join(''));
    await city.command('c', 'dossier', 'import', file);
    const {dossiers} = await city.call('c', 'GET', `/v1/dossiers?limit=${questions}`);
    for (const {id} of dossiers) await city.quarrel('c', id, 'ChuHoSo', ['Một', 'Hai']);
    browser = await launch('today');
    page = await city.open(browser, 'c');
  });
  after(async () => {
    await browser?.close();
    await city?.close();
    assert.deepEqual(page?.complaints, []);
  });

  /** What every page of the list holds, from the first on. */
  async function walk(rows) {
    const found = [];
    for (;;) {
      const here = await page.$$eval(rows, (all) => all.map((one) => one.textContent));
      found.push(...here);
      const forward = page.locator('main >> text=Trang sau →');
      if ((await forward.count()) === 0 || (await forward.isDisabled())) return found;
      await forward.click();
      await eventually('the next page', async () => (await page.$$eval(rows, (all) => all.map((one) => one.textContent)))[0] !== here[0]);
    }
  }

  it('each count is the length of the list that it opens', async () => {
    assert.equal(await page.textContent('nav a[href="#/outbox"] .count'), String(many));
    assert.equal(await page.textContent('nav a[href="#/inbox"] .count'), String(questions));
    await page.click('nav a[href="#/outbox"]');
    await page.waitForSelector('tbody tr');
    await assertAccessible(page, 'a page of the outbox');
    const unsent = await walk('tbody th');
    assert.deepEqual([unsent.length, new Set(unsent).size], [many, many]);
    await page.click('nav a[href="#/inbox"]');
    await page.waitForSelector('article.card');
    const open = await walk('article.card h2');
    assert.deepEqual([open.length, new Set(open).size], [questions, questions]);
  });

  it('walks through the list of dossiers and back, and a search begins anew', async () => {
    await page.click('nav a[href="#/"]');
    await page.waitForSelector('tbody tr');
    const all = await walk('tbody th');
    assert.deepEqual([all.length, new Set(all).size], [many, many]);
    await page.waitForSelector('text=501–510');
    await page.click('text=← Trang trước');
    await page.waitForSelector('text=451–500');
    await page.fill('#search', all[0].match(/\d{6}-\d+/)?.[0] ?? '');
    await eventually('the search to find one', async () => (await page.$$('tbody tr')).length === 1);
    assert.equal(await page.$('text=Trang sau →'), null);
  });

  it('shows the lists by deadline, each as long as it says, in words and not in colour alone', async () => {
    await page.click('nav a[href="#/"]');
    await page.fill('#search', '');
    const counts = await city.call('c', 'GET', '/v1/deadlines');
    assert.ok(counts.overdue > 50);
    for (const [list, label] of [['overdue', 'Quá hạn'], ['today', 'Đến hạn hôm nay'], ['supplement', 'Chờ bổ sung hồ sơ'], ['payment', 'Chờ nghĩa vụ tài chính']]) {
      const chip = page.locator('.chips button', {hasText: label});
      await eventually(`the count of ${list}`, async () => (await chip.locator('.count').textContent()) === String(counts[list]));
      await chip.click();
      assert.equal(await chip.getAttribute('aria-pressed'), 'true');
      await eventually(`the list of ${list}`, async () => ((await page.textContent('p[role="status"].hint')) ?? '').startsWith(counts[list] === 0 ? 'Không có' : String(Math.min(counts[list], 50))));
      const found = await walk('tbody th');
      assert.deepEqual([found.length, new Set(found).size], [counts[list], counts[list]]);
      if (list === 'overdue') {
        assert.match((await page.textContent('tbody td .deadline.overdue .words')) ?? '', /Quá hạn \d+ ngày làm việc/);
        await assertAccessible(page, 'what is overdue');
      }
      await chip.click();
      assert.equal(await chip.getAttribute('aria-pressed'), 'false');
    }
  });

  it('goes back to the first page when what stood on the last one is done', async () => {
    await page.click('nav a[href="#/inbox"]');
    await page.waitForSelector('article.card');
    await page.click('main >> text=Trang sau →');
    await page.waitForSelector('text=21–23');
    const {conflicts} = await city.call('c', 'GET', '/v1/inbox?limit=500');
    for (const {id} of conflicts.slice(-3)) await city.call('c', 'POST', `/v1/inbox/${id}/resolutions`, {keep: 'B', why: 'x'});
    await eventually('the first page', async () => (await page.$$('article.card')).length === 20);
  });

  it('says that the clock of this PC is wrong, saves all the same, and stops saying so', async () => {
    await city.tell({do: 'stop', site: 'c'});
    await city.tell({do: 'start', site: 'c', run: ['--http', new URL(page.url()).host]}); // where the page finds it
    await city.tell({do: 'set_clock', site: 'c', seconds: -1_700_000_000});
    await page.waitForSelector('.status .chip');
    const save = async (first) => city.call('c', 'POST', '/v1/dossiers', (await city.tell({do: 'dossiers', seed: 31, first, count: 1}))[0]);
    assert.equal((await save(7001)).clock_believed, false);
    await page.waitForSelector('.banner.bad >> text=Đồng hồ của máy này sai');
    await assertAccessible(page, 'a wrong clock');
    await city.tell({do: 'set_clock', site: 'c', seconds: 0});
    assert.equal((await save(8001)).clock_believed, true);
    await page.waitForSelector('.banner.bad', {state: 'detached'});
  });
});
