// An administrator's day at the centre page: in today's Chromium and in Chrome 109.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, describe, it} from 'node:test';
import {assertAccessible, assertLive, browsers, City, eventually, go, launch, openListening, picture, timeOfNews, weight} from './stage.mjs';

const city = await City.start();
const folder = await city.tell({do: 'folder'});
await city.tell({do: 'add_pc', name: 'a', unit: 'W-VYDA', run: []});
for (const made of await city.tell({do: 'dossiers', seed: 3, first: 1, count: 12})) await city.call('a', 'POST', '/v1/dossiers', made);
await city.command('a', 'sync', 'wait', '--timeout', '30');
await city.tell({do: 'add_pc', name: 'b', unit: 'W-KIMLONG', run: ['--http', '127.0.0.1:0']});
after(() => city.close());

let number = 0;
const digits = (text) => text.replace(/\D/g, '');

for (const name of Object.keys(browsers)) {
  describe(`centre page in ${name}`, () => {
    let browser;
    let page;
    before(async () => {
      browser = await launch(name);
      page = await city.open(browser, 'centre', {acceptDownloads: true});
    });
    after(async () => {
      await browser?.close();
      assert.deepEqual(page?.complaints, []);
    });

    it('makes a ticket, sees the PC that uses it wait, approves it by its digits, and revokes it with a reason', async () => {
      const pc = `new-${(number += 1)}`;
      await go(page, '#/tickets');
      await page.selectOption('select >> nth=-2', 'W-KIMLONG');
      await page.getByLabel('Nhãn').fill(pc);
      await page.click('text=Lập phiếu');
      await page.waitForSelector('text=Tải phiếu về');
      await assertAccessible(page, 'tickets');
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Tải phiếu về')]);
      await page.click('text=Hiện mã QR');
      const picture_of_code = join(folder, `${pc}.png`);
      await page.locator('svg.qr').screenshot({path: picture_of_code});
      assert.match(execFileSync('zbarimg', ['--raw', '--quiet', picture_of_code], {encoding: 'utf8'}), /^01\d{300,}\n$/);
      await assertAccessible(page, 'ticket as a code');
      const ticket = join(folder, `${pc}.ticket`);
      await download.saveAs(ticket);
      await city.tell({do: 'known_pc', name: pc});
      const {err} = await city.command(pc, 'enrol', '--ticket', ticket, '--yes');
      await go(page, '#/');
      await page.waitForSelector(`tbody tr >> text=${pc}`);
      assert.match(await page.textContent('tbody tr'), /chờ quản trị viên phê duyệt/); // what asks for an act stands first
      await page.click('text=Phê duyệt…');
      const shown = digits(await page.textContent('dialog .digits'));
      assert.equal(shown.length, 30);
      assert.ok(digits(err).includes(shown));
      await picture(page, 'centre-approve');
      await assertAccessible(page, 'approval');
      assert.equal(await page.isDisabled('dialog .primary'), true);
      await page.check('dialog input');
      await page.click('dialog .primary');
      await page.waitForSelector('dialog', {state: 'detached'});
      const row = page.locator('tbody tr', {hasText: pc});
      await row.locator('text=chờ quản trị viên phê duyệt').waitFor({state: 'detached'});
      await row.locator('text=Thu hồi…').click();
      assert.equal(await page.isDisabled('dialog .danger'), true);
      await page.fill('dialog textarea', 'máy mất');
      await page.click('dialog .danger');
      await row.locator('text=Đã thu hồi').waitFor();
    });

    it('gives somebody an account, and the ward takes what is written in that name, and in no other, until the account ends', async () => {
      const user = `hoa${(number += 1)}`;
      await page.click('nav a[href="#/users"]');
      await page.click('text=Thêm tài khoản…');
      await page.selectOption('dialog [name=unit]', 'W-KIMLONG');
      assert.equal(await page.isDisabled('dialog .primary'), true);
      await page.fill('dialog [name=name]', user);
      await page.fill('dialog [name=display]', `Lê Thị ${user}`);
      await page.selectOption('dialog [name=role]', 'leader');
      await assertAccessible(page, 'a new account');
      await page.click('dialog .primary');
      const row = page.locator('tbody tr', {hasText: user});
      await row.locator('text=Lãnh đạo đơn vị').waitFor();
      await picture(page, 'centre-users');
      await assertAccessible(page, 'users');

      const [made] = await city.tell({do: 'dossiers', seed: 5, first: 1000 * (number += 1), count: 1});
      await eventually('the ward to hear', async () => (await city.call('b', 'GET', '/v1/users?unit=W-KIMLONG')).users.some((one) => one.name === user));
      const saved = await city.call('b', 'POST', `/v1/dossiers?by=${user}`, made);
      const desk = await city.open(browser, 'b');
      const offered = await desk.$$eval('[name=person] option', (all) => all.map((one) => one.textContent));
      assert.ok(offered.includes(`Lê Thị ${user}`));
      assert.ok(!offered.includes('Thêm tên…'));
      await go(desk, `#/dossiers/${encodeURIComponent(saved.id)}/edit`);
      await desk.fill('[name=GhiChu]', `của ${user}`);
      await desk.keyboard.press('F9');
      await desk.waitForSelector('text=Tên này không có tài khoản ở đơn vị');
      await desk.selectOption('[name=person]', user);
      await desk.keyboard.press('F9');
      await desk.waitForSelector('.facts');
      const {history} = await city.call('b', 'GET', `/v1/dossiers/${encodeURIComponent(saved.id)}/history`);
      assert.equal(history.find((entry) => entry.value === `của ${user}`).by, user);
      await desk.close();

      await row.locator('text=Sửa…').click();
      await page.selectOption('dialog [name=role]', 'auditor');
      await page.click('dialog .primary');
      await row.locator('text=Kiểm tra, chỉ xem').waitFor();
      await row.locator('text=Ngừng…').click();
      assert.equal(await page.isDisabled('dialog .danger'), true);
      await page.fill('dialog textarea', 'nghỉ việc');
      await page.click('dialog .danger');
      await row.locator('text=Đã ngừng').waitFor();
      await row.locator('text=nghỉ việc').waitFor();
    });

    it('shows each PC with its condition, and follows it without being asked', async () => {
      await go(page, '#/');
      const row = page.locator('tbody tr', {hasText: 'Vỹ Dạ'});
      await row.locator('text=Đang nối').waitFor();
      await picture(page, 'centre-devices');
      await assertAccessible(page, 'devices');
      await city.tell({do: 'stop', site: 'a'});
      await row.locator('text=Đang nối').waitFor({state: 'detached'});
      await city.tell({do: 'start', site: 'a'});
      await row.locator('text=Đang nối').waitFor();
      await page.fill('#search', 'vy da');
      await eventually('the search to leave one', async () => (await page.$$('tbody tr')).length === 1);
      await page.fill('#search', '');
    });

    it('shows a dossier that arrives within a second of the event that tells of it', async () => {
      const tab = await openListening(page);
      await go(tab, '#/dossiers');
      await tab.waitForSelector('tbody tr');
      const times = [];
      for (const word of ['Một', 'Hai', 'Ba']) {
        const [made] = await city.tell({do: 'dossiers', seed: 4, first: 1000 * (number += 1), count: 1});
        const owner = `Tôn Nữ Vừa Đến ${word} ${number}`;
        const save = () => city.call('a', 'POST', '/v1/dossiers', {...made, ChuHoSo: owner});
        times.push(await timeOfNews(tab, {selector: 'tbody th', text: owner, name: 'arrived', about: 'size'}, save));
      }
      await tab.close();
      assertLive(times);
    });

    it('reports how appointments were kept and the share of online service, and hands both out as tables', async () => {
      await page.click('nav a[href="#/reports"]');
      await page.waitForSelector('table.figures');
      await page.fill('[name=from]', '01/01/2020');
      await page.fill('[name=to]', '31/12/2020');
      await page.click('form.tools button.primary');
      const first = page.locator('table.figures').first();
      const {total} = await city.call('centre', 'GET', '/v1/reports/deadlines?from=01/01/2020&to=31/12/2020');
      assert.ok(total.accepted > 0);
      await eventually('the total of that year', async () => (await first.locator('tfoot td').first().textContent()) === String(total.accepted));
      assert.match((await first.locator('tbody th').allTextContents()).join(), /Vỹ Dạ/);
      await page.waitForSelector('table.figures >> nth=1 >> text=Tỷ lệ hồ sơ trực tuyến');
      await picture(page, 'centre-reports');
      await assertAccessible(page, 'reports');
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Tải bảng (CSV) >> nth=0')]);
      await download.saveAs(join(folder, 'deadlines.csv'));
      assert.match(await readFile(join(folder, 'deadlines.csv'), 'utf8'), /^\ufeffunit,name_vi,name_en,accepted,early/);
      await page.fill('[name=from]', '31/02/2020');
      await page.click('form.tools button.primary');
      await page.waitForSelector('text=must be a day');
    });

    it('weighs less than 150 kB', async () => {
      const bytes = await weight(new URL(page.url()).origin);
      assert.ok(bytes > 10_000 && bytes < 150_000, `${bytes} bytes`);
    });

    it('finds and shows dossiers, and offers no way to change them', async () => {
      await go(page, '#/dossiers');
      await page.waitForSelector('tbody tr');
      await picture(page, 'centre-dossiers');
      await assertAccessible(page, 'dossiers');
      await page.click('tbody th a');
      await page.waitForSelector('.facts');
      await assertAccessible(page, 'dossier');
      assert.equal(await page.$('main input, main textarea, main select'), null);
    });
  });
}
