// An administrator looks at what a revoked PC had written and at the sides of a fork, and lets in or rejects it, at the centre's page.
import assert from 'node:assert/strict';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, describe, it} from 'node:test';
import {assertAccessible, browsers, City, eventually, go, launch, picture} from './stage.mjs';

const evil = '<img src=x onerror="document.title=1">';

for (const browserName of Object.keys(browsers))
  describe(`what waits for an administrator, ${browserName}`, () => {
    let city;
    let browser;
    let page;
    let folder;
    let code;
    const phoneAt = async (site) => (await city.call(site, 'GET', `/v1/dossiers/${encodeURIComponent(code)}`)).fields.SoDienThoai;
    const count = async () => (await page.locator('nav a[href="#/to-admit"]').textContent()).replace(/\D/g, '');
    /** A PC of the ward that wrote `lines` after its line was cut, and was revoked. */
    const revoked = async (name, changes) => {
      await city.tell({do: 'add_pc', name, unit: 'W-VYDA', run: []});
      await eventually('the dossier to come', async () => (await city.call(name, 'GET', '/v1/dossiers')).dossiers.length === 1);
      const {device} = await city.call(name, 'GET', '/v1/status');
      await city.line('cut', name);
      for (const set of changes) await city.call(name, 'POST', `/v1/dossiers/${encodeURIComponent(code)}/changes?by=lan`, {set});
      await city.call('centre', 'POST', `/v1/devices/${device}/revocation`, {reason: `hỏng, đã thay máy ${name}`});
      await city.line('heal', name);
      await city.command(name, 'sync', 'now');
      await eventually('the PC to be refused', async () => (await city.call(name, 'GET', '/v1/status')).link.state === 'revoked');
      return city.tell({do: 'hand_in', site: name, name: `${name}.jsonl`});
    };
    const bring = async (path, said) => {
      await page.setInputFiles('[name=handed-in]', path);
      await page.waitForSelector(`text=${said}`);
    };

    before(async () => {
      city = await City.start();
      folder = await city.tell({do: 'folder'});
      await city.tell({do: 'add_pc', name: 'k', unit: 'W-VYDA', run: ['--http', '127.0.0.1:0']});
      const [made] = await city.tell({do: 'dossiers', seed: 71, first: 1, count: 1});
      code = (await city.call('k', 'POST', '/v1/dossiers', {...made, SoDienThoai: '0905000001', TrangThaiHoSo: '4'})).code;
      await city.command('k', 'sync', 'wait', '--timeout', '30');
      browser = await launch(browserName);
      page = await city.open(browser, 'centre');
    });
    after(async () => {
      await browser?.close();
      await city?.close();
      assert.deepEqual(page?.complaints, []);
    });

    it('brings the file of a revoked PC, shows what it says as text, and admits what was shown, as proposals', async () => {
      const path = await revoked('a', [{SoDienThoai: '0905999999'}, {GhiChu: evil}]);
      await go(page, '#/to-admit');
      await page.waitForSelector('text=Không có gì đang chờ.');
      assert.equal(await count(), '0');
      for (const [text, name] of [['no json\n', 'x'], ['{}\n', 'y']]) {
        await writeFile(join(folder, name), text);
        await bring(join(folder, name), 'không phải do lệnh');
      }
      await writeFile(join(folder, 'z'), '{"format":"wsync-unsent-v1","org":"00","run":"AAAA"}\n');
      await page.setInputFiles('[name=handed-in]', join(folder, 'z'));
      await page.waitForSelector('[role=alert]');
      await page.waitForSelector('text=Không có gì đang chờ.');
      await bring(path, 'Đã để riêng');
      await bring(path, 'Đã để riêng 0 bản ghi');
      await eventually('the count of the list', async () => (await count()) === String(await page.locator('main tbody tr').count()));
      await assertAccessible(page, 'what waits');
      await page.click('main tbody a');
      await page.waitForSelector('.acts .card');
      const shown = await page.textContent('main');
      for (const word of [code, '0905999999', evil, 'lan', 'hỏng, đã thay máy a', 'Vỹ Dạ']) assert.ok(shown.includes(word), word);
      assert.equal(await page.locator('main img').count(), 0);
      assert.match(await page.textContent('.preview'), /thêm 2 đề xuất/);
      await page.locator('h2 >> text=Những gì đã được viết').evaluate((heading) => heading.scrollIntoView());
      await picture(page, 'centre-admission');
      await assertAccessible(page, 'what was handed in');

      // What came to it after it was shown is not admitted with it.
      const admission = 'dialog button.primary';
      await page.click('text=Cho nhận…');
      assert.equal(await page.isDisabled(admission), true);
      await page.fill('dialog [name=reason]', 'đã hỏi chị Lan');
      await city.call('a', 'POST', `/v1/dossiers/${encodeURIComponent(code)}/changes?by=lan`, {set: {Email: 'later@hue.vn'}});
      const more = await city.tell({do: 'hand_in', site: 'a', name: 'more.jsonl'});
      await city.command('centre', 'quarantine', 'import', more);
      await page.click(admission);
      await page.waitForSelector('dialog [role=alert] >> text=not what was shown');
      await page.keyboard.press('Escape');
      assert.equal(await phoneAt('centre'), '0905000001');
      await page.click('button >> text=Xem lại');
      await page.waitForSelector('text=later@hue.vn');
      await page.click('text=Cho nhận…');
      await page.fill('dialog [name=reason]', 'đã hỏi chị Lan');
      await page.click(admission);
      await page.waitForSelector('text=Không có gì đang chờ.');
      await eventually('the proposals', async () => (await city.call('centre', 'GET', `/v1/dossiers/${encodeURIComponent(code)}`)).proposals.length === 3);
      assert.equal(await phoneAt('centre'), '0905000001');
      await eventually('the count', async () => (await count()) === '0');
    });

    it('shows what admitting in full would make of the dossier, and makes exactly that of it', async () => {
      const path = await revoked('b', [{SoDienThoai: '0905777777'}]);
      await go(page, '#/to-admit');
      await bring(path, 'Đã để riêng');
      await page.click('main tbody a');
      await page.waitForSelector('.preview >> text=thêm 1 đề xuất');
      await page.fill('[name=until]', '1');
      await page.waitForSelector('.banner.warn >> text=Chưa thể cho nhận');
      assert.equal(await page.isDisabled('button >> text=Cho nhận…'), true);
      await page.fill('[name=until]', '');
      await page.check('[name=in_full] >> nth=1');
      await page.waitForSelector('.preview >> text=0905777777');
      assert.equal(await phoneAt('centre'), '0905000001');
      await page.click('text=Cho nhận…');
      await page.fill('dialog [name=reason]', 'máy hỏng tại quầy');
      await page.click('dialog button.primary');
      await page.waitForSelector('text=Không có gì đang chờ.');
      await eventually('the number', async () => (await phoneAt('k')) === '0905777777');
    });

    it('rejects with a reason, which stays', async () => {
      const path = await revoked('c', [{SoDienThoai: '0905666666'}]);
      await go(page, '#/to-admit');
      await bring(path, 'Đã để riêng');
      await page.click('main tbody a');
      await page.click('text=Từ chối…');
      assert.equal(await page.isDisabled('dialog .danger'), true);
      await page.fill('dialog [name=reason]', 'máy bị trộm');
      await page.click('dialog .danger');
      await page.waitForSelector('text=Không có gì đang chờ.');
      await page.click('text=Đã từ chối (1)');
      await page.waitForSelector('td >> text=máy bị trộm');
      assert.equal(await phoneAt('centre'), '0905777777');
    });

    it('lets one side of a fork stand, as it was shown, and health shows it no more', async () => {
      await city.call('k', 'POST', `/v1/dossiers/${encodeURIComponent(code)}/changes?by=lan`, {set: {SoDienThoai: '0905111111'}});
      await city.command('k', 'sync', 'wait', '--timeout', '30');
      await city.tell({do: 'fork', site: 'k', value: '0905222222'});
      const seen = (await city.call('centre', 'GET', '/v1/forks')).forks.find((side) => !side.came_first);
      const {head} = await city.call('centre', 'GET', `/v1/forks/${seen.id}`);
      await city.tell({do: 'fork', site: 'k', value: '0905333333'}); // another side, after somebody had looked
      await assert.rejects(city.call('centre', 'POST', `/v1/forks/${seen.id}/admission`, {head, reason: 'x'}), /not what was shown/);
      await assert.rejects(city.call('centre', 'POST', `/v1/forks/${seen.id}/admission`, {head: 'no hash', reason: 'x'}), /not what was shown/);
      const {devices: worse} = await city.call('centre', 'GET', '/v1/health');
      assert.equal(worse[0].alert, 'fork');
      await page.close();
      page = await city.open(browser, 'centre'); // its port is another
      await go(page, '#/to-admit');
      await page.waitForSelector('main tbody tr >> nth=2');
      assert.equal(await count(), '3');
      await go(page, `#/to-admit/fork/${seen.id}`);
      await page.waitForSelector('[aria-labelledby=this-side] >> text=0905222222');
      for (const other of ['0905111111', '0905333333']) await page.waitForSelector(`[aria-labelledby=set-aside] >> text=${other}`);
      await page.waitForSelector('.preview strong >> text=0905222222');
      await picture(page, 'centre-fork');
      await assertAccessible(page, 'a fork');
      await page.click('text=Cho bên này đứng…');
      await page.fill('dialog [name=reason]', 'đã hỏi chị Lan');
      await page.click('dialog button.primary');
      await page.waitForSelector('main tbody tr', {state: 'detached'});
      await eventually('the count', async () => (await count()) === '0');
      await eventually('the value that stands', async () => (await phoneAt('centre')) === '0905222222');
      await eventually('the ward to hear of it', async () => (await phoneAt('k')) === '0905222222');
      const {devices} = await city.call('centre', 'GET', '/v1/health');
      assert.deepEqual(devices.filter((one) => one.alert === 'fork'), []);
    });

    it('counts what one may decide and nothing else, and shows what others decide apart', async () => {
      await go(page, '#/inbox');
      await page.waitForSelector('section[aria-label^="Chờ nơi giữ hồ sơ"] article.card >> nth=2');
      assert.equal(await page.locator('main > article.card').count(), 0);
      assert.match(await page.textContent('nav a[href="#/inbox"]'), /^\D*0$/);
      const desk = await city.open(browser, 'k');
      await go(desk, '#/inbox');
      await desk.waitForSelector('main > article.card >> nth=2');
      assert.equal(await desk.locator('section[aria-label^="Chờ nơi giữ hồ sơ"]').count(), 0);
      assert.match(await desk.textContent('nav a[href="#/inbox"]'), /^\D*3$/);
      await desk.close();
    });

    it('tells the clerk which work does not count, why, and what to do', async () => {
      const desk = await city.open(browser, 'k');
      await desk.click('.banner >> text=Xem là việc gì, và phải làm gì');
      const told = desk.locator('section[aria-labelledby=set-aside-title]');
      await told.locator('text=Đã lưu nhưng không có hiệu lực (').waitFor();
      const text = await told.textContent();
      for (const word of [code, '0905111111', 'lan', 'đã hỏi chị Lan', 'nhập lại', 'hỏng, đã thay máy c', 'thành đề xuất', 'trọn vẹn']) assert.ok(text.includes(word), word);
      await picture(desk, 'ward-set-aside');
      await assertAccessible(desk, 'what does not count');
      await told.locator('a').first().click();
      await desk.waitForSelector('.banner >> text=một bản ghi khác cùng số đứng');
      await desk.close();
      // The PC that was revoked before it had sent this.
      await city.tell({do: 'stop', site: 'c'});
      await city.tell({do: 'start', site: 'c', run: ['--http', '127.0.0.1:0']});
      await eventually('it to know', async () => (await city.call('c', 'GET', '/v1/status')).set_aside === 1);
      const shut = await city.open(browser, 'c');
      await shut.click('.banner >> text=Xem là việc gì, và phải làm gì');
      await shut.waitForSelector('section[aria-labelledby=set-aside-title] >> text=0905666666');
      await shut.waitForSelector('section[aria-labelledby=set-aside-title] >> text=sync hand-in');
      await shut.close();
    });
  });
