// docs/clerk.md, step by step: what the test presses, types and waits for are the words that stand there in bold.
import assert from 'node:assert/strict';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {after, before, describe, it} from 'node:test';
import {fileURLToPath} from 'node:url';
import {assertAccessible, browsers, City, eventually, go, launch, picture} from './stage.mjs';

const guide = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'clerk.md'), 'utf8');
const steps = [...guide.matchAll(/^(\d+)\. (.*)$/gm)].map(([, number, text]) => ({number: Number(number), bold: [...text.matchAll(/\*\*(.+?)\*\*/g)].map((found) => found[1])}));

describe('a clerk’s day between two wards', () => {
  let city;
  let browser;
  let vyda;
  let kimlong;
  let made;
  const hash = (...parts) => '#/' + parts.map(encodeURIComponent).join('/');
  const show = (site) => city.call(site, 'GET', `/v1/dossiers/${encodeURIComponent(made.id)}`);
  before(async () => {
    city = await City.start();
    await city.tell({do: 'add_pc', name: 'a', unit: 'W-VYDA', run: ['--http', '127.0.0.1:0']});
    await city.tell({do: 'add_pc', name: 'b', unit: 'W-KIMLONG', run: ['--http', '127.0.0.1:0']});
    const [dossier] = await city.tell({do: 'dossiers', seed: 31, first: 1, count: 1});
    const {id} = await city.call('a', 'POST', '/v1/dossiers', {...dossier, TrangThaiHoSo: '2', SoDienThoai: '0905000111'});
    made = {...dossier, id};
    browser = await launch('today');
    [vyda, kimlong] = await Promise.all(['a', 'b'].map((site) => city.open(browser, site, {viewport: {width: 1366, height: 768}})));
  });
  after(async () => {
    await browser?.close();
    await city?.close();
    for (const page of [vyda, kimlong]) assert.deepEqual(page?.complaints, []);
  });

  const opened = async (page) => {
    await go(page, hash('dossiers', made.id));
    await page.waitForSelector('.custody');
  };

  const acts = [
    async ([open]) => {
      await opened(vyda);
      await vyda.click(`text=${open}`);
    },
    async ([typed, note, confirm, inFlight]) => {
      await vyda.fill('dialog [role=combobox]', typed);
      await vyda.press('dialog [role=combobox]', 'Enter');
      await vyda.fill('dialog textarea', note);
      await assertAccessible(vyda, 'the offer');
      await vyda.click(`dialog button.primary >> text=${confirm}`);
      await vyda.waitForSelector(`.custody .banner >> text=${inFlight}`);
    },
    async ([section, number, incoming]) => {
      await kimlong.waitForSelector(`nav a:has-text("${section}") .count >> text=${number}`);
      await kimlong.click(`nav a:has-text("${section}")`);
      await kimlong.waitForSelector(`section[aria-label="${incoming}"] tbody tr`);
      await assertAccessible(kimlong, 'hand-overs');
      await picture(kimlong, 'ward-hand-overs');
    },
    async ([accept, checked, confirm, elsewhere]) => {
      await kimlong.click(`tbody button >> text=${accept}`);
      assert.equal(await kimlong.isDisabled('dialog button.primary'), true);
      await kimlong.click(`dialog label.tick >> text=${checked}`);
      await kimlong.click(`dialog button.primary >> text=${confirm}`);
      await kimlong.waitForSelector('dialog', {state: 'detached'});
      await vyda.waitForSelector(`.custody >> text=${elsewhere}`);
    },
    async ([slip, print]) => {
      await opened(kimlong);
      await kimlong.click(`.custody a >> text=${slip}`);
      await eventually('two rows', async () => (await kimlong.$$('.slip tbody tr')).length === 2);
      await kimlong.waitForSelector(`button >> text=${print}`);
      await assertAccessible(kimlong, 'the control slip');
      await picture(kimlong, 'ward-slip');
      await kimlong.emulateMedia({media: 'print'});
      assert.equal(await kimlong.isVisible('header'), false);
      await kimlong.emulateMedia({media: 'screen'});
    },
    async ([editKey, phone, saveKey, proposed]) => {
      await opened(vyda);
      await vyda.keyboard.press(editKey);
      await vyda.waitForSelector('.banner >> text=Đơn vị này không giữ hồ sơ');
      await vyda.fill('[name=SoDienThoai]', phone);
      await vyda.keyboard.press(saveKey);
      await vyda.waitForSelector(`.unapplied li:has-text("${phone}") >> text=${proposed}`);
      assert.equal((await show('a')).fields.SoDienThoai, '0905000111');
      await go(vyda, '#/inbox'); // it waits, and not for whoever proposed it
      await vyda.waitForSelector(`section[aria-label^="Chờ nơi giữ hồ sơ"] article.card >> text=${phone}`);
      assert.equal(await vyda.locator('main > article.card').count(), 0);
    },
    async ([accept, reason, confirm, phone]) => {
      await opened(kimlong);
      await kimlong.waitForSelector('.unapplied button');
      await picture(kimlong, 'ward-proposal');
      await kimlong.click(`.unapplied button >> text=${accept}`);
      await kimlong.waitForSelector(`dialog .preview >> text=${phone}`);
      await kimlong.fill('dialog textarea', reason);
      await assertAccessible(kimlong, 'a proposal');
      await kimlong.click(`dialog button.primary >> text=${confirm}`);
      await eventually('the number to be accepted', async () => (await show('b')).fields.SoDienThoai === phone);
      await kimlong.waitForSelector('.unapplied', {state: 'detached'});
    },
    async ([open, status, confirm]) => {
      await kimlong.click(`button >> text=${open}`);
      await kimlong.click(`dialog label.side >> text=${status}`);
      await assertAccessible(kimlong, 'the status');
      await kimlong.click(`dialog button.primary >> text=${confirm}`);
      await eventually('the status', async () => (await show('b')).fields.TrangThaiHoSo === '4');
    },
    async ([status, confirm]) => {
      await kimlong.waitForSelector('dialog', {state: 'detached'});
      await kimlong.click('button >> text=Chuyển trạng thái…');
      await kimlong.click(`dialog label.side >> text=${status}`);
      await kimlong.waitForSelector('dialog >> text=Ngày kết thúc xử lý');
      await kimlong.click(`dialog button.primary >> text=${confirm}`);
      await eventually('the end', async () => Boolean((await show('b')).fields.NgayKetThucXuLy));
    },
    async ([reason, confirm]) => {
      await kimlong.waitForSelector('dialog', {state: 'detached'});
      await city.quarrel('b', made.id, 'ChuHoSo', ['Bùi Thị Một', 'Bùi Thị Hai']);
      await go(kimlong, '#/inbox');
      await kimlong.click('label.side >> text=Bùi Thị Hai');
      await kimlong.waitForSelector('.preview >> text=Bùi Thị Hai');
      await kimlong.fill('.card .field input', reason);
      await assertAccessible(kimlong, 'a question');
      await kimlong.click(`.card button.primary >> text=${confirm}`);
      await eventually('the name', async () => (await show('b')).fields.ChuHoSo === 'Bùi Thị Hai');
    },
    async ([decided, takeBack]) => {
      const row = kimlong.locator(`section[aria-label="${decided}"] .card`, {hasText: 'Bùi Thị Hai'}).first();
      await row.locator(`text=${takeBack}`).click();
      await kimlong.waitForSelector('article.card label.side >> text=Bùi Thị Một');
    },
  ];

  it('has as many steps as are done here, and each says in bold what to press and what to see', () => {
    assert.deepEqual(steps.map((step) => step.number), acts.map((_, index) => index + 1));
    for (const step of steps) assert.ok(step.bold.length > 0, String(step.number));
  });
  for (const [index, act] of acts.entries()) it(`step ${index + 1}`, () => act(steps[index].bold));

  it('tells in the history who gave the dossier to whom, and to which status it went, by name', async () => {
    await opened(kimlong);
    await kimlong.click('text=Lịch sử');
    for (const words of ['Bàn giao → Ủy ban nhân dân phường Kim Long; 3 giấy tờ', 'Tiếp nhận bàn giao', 'Đã xử lý xong; Ngày kết thúc xử lý: ']) await kimlong.waitForSelector(`.acts >> text=${words}`);
    assert.doesNotMatch(await kimlong.textContent('.acts'), /undo|W-KIMLONG|W-VYDA/);
  });

  it('can be done from the keyboard alone: to whom, what goes with it, and back', async () => {
    await opened(kimlong);
    await kimlong.focus('text=Bàn giao cho đơn vị khác…');
    await kimlong.keyboard.press('Enter');
    await kimlong.waitForSelector('dialog [role=combobox]:focus:not([readonly])');
    await kimlong.keyboard.type('vy da');
    await kimlong.keyboard.press('Escape'); // closes the list, not the box
    await eventually('the list to be closed', async () => (await kimlong.inputValue('dialog [role=combobox]')) === '');
    await kimlong.keyboard.type('vy da');
    await kimlong.keyboard.press('Enter');
    assert.match(await kimlong.inputValue('dialog [role=combobox]'), /Ủy ban nhân dân phường Vỹ Dạ/);
    await kimlong.keyboard.press('Tab');
    await kimlong.keyboard.type('trả lại');
    for (let times = 0; times < 2; times += 1) await kimlong.keyboard.press('Tab');
    await kimlong.keyboard.press('Enter');
    await kimlong.waitForSelector('.custody .banner >> text=Gửi kèm: trả lại');
    assert.match(await kimlong.evaluate(() => document.activeElement?.textContent), /Bàn giao cho đơn vị khác…/);
  });

  describe('signs with the official’s key', () => {
    const passphrase = 'cày đồng đang buổi ban trưa';
    const part = 'dialog fieldset.sign';
    const path = (id) => `/v1/dossiers/${encodeURIComponent(id)}`;
    let folder;
    const secrets = () => [passphrase, ...['hoa', 'minh'].map((name) => readFileSync(join(folder, `${name}.key`), 'utf8').split(' ')[1].trim())];
    const withKey = async (name, unit) => {
      await city.command('a', 'official', 'new-key', '--user', name, '-o', join(folder, `${name}.key`), '--passphrase-file', join(folder, 'phrase'));
      await city.command('centre', 'user', 'add', name, '--unit', unit, '--role', 'leader', '--key', join(folder, `${name}.key.pub`));
    };
    const offered = async (first, to) => {
      const [dossier] = await city.tell({do: 'dossiers', seed: 32, first, count: 1});
      const {id} = await city.call('a', 'POST', '/v1/dossiers', {...dossier, TrangThaiHoSo: '4'});
      await city.call('a', 'POST', `${path(id)}/hand-overs`, {to});
      return {id, code: dossier.MaHoSo};
    };
    const asked = async (page, {code}) => {
      await go(page, '#/hand-overs');
      await page.locator('tbody tr', {hasText: code}).locator('button >> text=Tiếp nhận…').click();
      await page.click('dialog label.tick >> nth=0');
    };
    const signs = async (page, key, phrase, wrong) => {
      await page.setInputFiles(`${part} input[type=file]`, join(folder, key));
      await page.getByLabel('Cụm mật khẩu của khóa').fill(phrase);
      await page.click('dialog .buttons button >> nth=1');
      if (wrong) await page.waitForSelector(`dialog [role=alert] >> text=${wrong}`);
      else await page.waitForSelector('dialog', {state: 'detached'});
    };
    /** Nothing of it is in what the browser keeps. */
    const assertNotKept = async (page) => {
      const kept = await page.evaluate(async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await indexedDB.databases(), await caches.keys(), location.href, document.cookie, history.state, document.documentElement.outerHTML]));
      for (const secret of secrets()) assert.ok(!kept.includes(secret));
    };
    before(async () => {
      folder = await city.tell({do: 'folder'});
      writeFileSync(join(folder, 'phrase'), `${passphrase}\n`);
      await withKey('hoa', 'W-KIMLONG');
      await withKey('minh', 'C-TTHCC');
    });

    for (const [index, name] of Object.keys(browsers).entries())
      it(`what is taken over and how it ends, after a wrong file and a wrong passphrase, in ${name}`, async () => {
        const dossier = await offered(2 + index, 'W-KIMLONG');
        const own = await launch(name);
        try {
          const page = await city.open(own, 'b', {viewport: {width: 1366, height: 900}});
          await page.selectOption('[name=person]', 'hoa');
          await asked(page, dossier);
          await page.fill('dialog textarea', 'đã đếm đủ');
          assert.equal(await page.isDisabled('dialog button.primary'), true);
          await assertAccessible(page, 'an act that is signed');
          await signs(page, 'hoa.key.pub', passphrase, 'không phải là tệp khóa');
          await signs(page, 'minh.key', passphrase, 'không phải là khóa mà Trung tâm đã ghi');
          await signs(page, 'hoa.key', 'cày đồng đang buổi ban chiều', 'không mở được khóa');
          await picture(page, 'ward-sign');
          assert.deepEqual([await page.inputValue('dialog textarea'), await page.getByLabel('Cụm mật khẩu của khóa').inputValue()], ['đã đếm đủ', '']);
          assert.equal((await city.call('b', 'GET', path(dossier.id))).custody.unit, 'W-VYDA');
          await signs(page, 'hoa.key', passphrase);
          await assertNotKept(page);
          await go(page, hash('dossiers', dossier.id));
          await page.click('button >> text=Chuyển trạng thái…');
          await page.click('dialog label.side >> text=Yêu cầu bổ sung');
          assert.equal(await page.locator(part).count(), 0);
          await page.click('dialog label.side >> text=Đã xử lý xong');
          await signs(page, 'hoa.key', passphrase);
          await eventually('the end', async () => (await city.call('b', 'GET', path(dossier.id))).fields.TrangThaiHoSo === '9');
          await page.click('text=Lịch sử');
          await eventually('two signed acts', async () => (await page.locator('.acts > li', {hasText: 'đã ký bằng khóa của công chức'}).count()) === 2);
          await go(page, hash('dossiers', dossier.id, 'slip'));
          await page.waitForSelector('.slip >> text=Đã ký số: hoa');
          await assertNotKept(page);
          assert.deepEqual(page.complaints, []);
        } finally {
          await own.close();
        }
      });

    it('when only the daemon knows that it is needed: it says so, and nothing that was entered is lost', async () => {
      const dossier = await offered(8, 'W-KIMLONG');
      const page = await city.open(browser, 'b');
      await page.selectOption('[name=person]', 'hoa');
      await page.route('**/v1/users**', (route) => route.fulfill({json: {users: []}}));
      await page.reload();
      await page.waitForSelector('main h1');
      await asked(page, dossier);
      assert.equal(await page.locator(part).count(), 0);
      await page.click('dialog button.primary');
      await page.waitForSelector('dialog [role=alert] >> text=phải được ký bằng khóa');
      assert.equal(await page.isChecked('dialog label.tick >> nth=0 >> input'), true);
      await signs(page, 'hoa.key', passphrase);
      assert.deepEqual(page.complaints, []);
    });

    it('at the centre’s page, too, and no site keeps the key or the passphrase', async () => {
      const dossier = await offered(9, 'C-TTHCC');
      const page = await city.open(browser, 'centre');
      await page.selectOption('[name=person]', 'minh');
      await asked(page, dossier);
      await signs(page, 'minh.key', 'sai', 'không mở được khóa');
      await signs(page, 'minh.key', passphrase);
      await assertNotKept(page);
      const {stays} = await city.call('centre', 'GET', `${path(dossier.id)}/slip`);
      assert.deepEqual([stays.at(-1).taken_by, stays.at(-1).taken_signed], ['minh', true]);
      const files = readdirSync(folder, {recursive: true, withFileTypes: true}).filter((one) => one.isFile() && !/^(phrase|\w+\.key)$/.test(one.name));
      assert.ok(files.some((one) => one.name === 'wardsync.db') && files.some((one) => one.name === 'centre.db'));
      for (const one of files) {
        const content = readFileSync(join(one.parentPath ?? one.path, one.name));
        for (const secret of secrets()) assert.ok(!content.includes(secret), one.name);
      }
      assert.deepEqual(page.complaints, []);
    });
  });

  it('tells dossiers without a name apart by their codes', async () => {
    const [{ChuHoSo: _, ...unnamed}] = await city.tell({do: 'dossiers', seed: 33, first: 20, count: 1});
    await city.call('a', 'POST', '/v1/dossiers', unnamed);
    await go(vyda, '#/');
    const cell = vyda.locator('tbody tr', {hasText: unnamed.MaHoSo}).locator('th');
    assert.equal(await cell.locator('a').textContent(), unnamed.MaHoSo);
    assert.match(await cell.textContent(), /\(chưa có tên\)/);
  });

  it('says to the centre what nobody answered for a working day, and what went up to it', async () => {
    await city.tell({do: 'set_clock', site: 'centre', seconds: 14 * 86_400});
    const centre = await city.open(browser, 'centre');
    await centre.click('.status a >> text=1 hồ sơ bàn giao quá một ngày làm việc chưa ai trả lời');
    const late = centre.locator('section[aria-label="Quá một ngày làm việc chưa ai trả lời, mọi đơn vị"] tbody tr');
    assert.match(await late.textContent(), /phường Kim Long → Ủy ban nhân dân phường Vỹ Dạ[^]*Quá một ngày làm việc chưa ai trả lời/);
    await picture(centre, 'centre-hand-overs');
    await assertAccessible(centre, 'late hand-overs');
    await centre.click('nav >> text=Cần quyết định');
    await centre.selectOption('main select >> nth=0', 'centre');
    await centre.waitForSelector('article.card >> text=đã lên Trung tâm');
    await assertAccessible(centre, 'what went up to the centre');
    assert.deepEqual(centre.complaints, []);
  });
});
