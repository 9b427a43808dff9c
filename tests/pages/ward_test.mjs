// A clerk's day at the ward page: in today's Chromium and in Chrome 109, against the real daemon and the real centre.
import assert from 'node:assert/strict';
import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, describe, it} from 'node:test';
import {assertAccessible, assertLive, City, eventually, go, launch, launchProfile, openListening, picture, timeOfNews, weight} from './stage.mjs';

const city = await City.start();
await city.tell({do: 'add_pc', name: 'a', unit: 'W-VYDA', run: ['--http', '127.0.0.1:0']});
await city.tell({do: 'add_pc', name: 'b', unit: 'W-VYDA', run: []});
// The page's address must outlive the daemon.
const http = (await city.call('a', 'GET', '/v1/status')).http;
after(() => city.close());

let serial = 0;
/** A dossier that is here and at the centre. */
async function dossier(fields = {}) {
  const [made] = await city.tell({do: 'dossiers', seed: 7, first: (serial += 10), count: 1});
  const {id} = await city.call('a', 'POST', '/v1/dossiers', {...made, ...fields});
  await city.command('a', 'sync', 'wait', '--timeout', '30');
  return {...made, ...fields, id};
}

const hash = (...parts) => '#/' + parts.map(encodeURIComponent).join('/');
const show = (site, id) => city.call(site, 'GET', `/v1/dossiers/${encodeURIComponent(id)}`);
/** Whether the browser keeps a draft by now: sealing takes a moment. */
const kept = (page) => page.evaluate(() => Object.keys(localStorage).some((name) => name.startsWith('wardsync.draft.')));
/** Whether any file below the folder holds the text, in either of the two forms in which browsers write text. */
async function holds(folder, text) {
  const files = (await readdir(folder, {recursive: true, withFileTypes: true})).filter((file) => file.isFile());
  const forms = [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')];
  for (const file of files) {
    const bytes = await readFile(join(file.parentPath ?? file.path, file.name)).catch(() => Buffer.alloc(0)); // a running browser removes files
    if (forms.some((form) => bytes.includes(form))) return true;
  }
  return false;
}

/** The page's own heading once it is that of a dossier. */
const savedId = (page) => eventually('the saved dossier to be shown', () => /^#\/dossiers\/([^/]+)$/.exec(new URL(page.url()).hash)?.[1]).then(decodeURIComponent);

for (const [name, given, identity] of [['today', 'Nhung', '046199001234'], ['Chrome 109', 'Trang', '046199005678']]) {
  describe(`ward page in ${name}`, () => {
    let browser;
    let page;
    before(async () => {
      browser = await launch(name);
      page = await city.open(browser, 'a');
    });
    after(async () => {
      await browser?.close();
      assert.deepEqual(page?.complaints, []);
    });

    it('lodges a dossier without a mouse, and sees it reach the centre', async () => {
      await page.keyboard.press('F2');
      await page.waitForSelector('.form');
      await page.keyboard.type('dang ky khai sinh');
      await page.keyboard.press('Enter'); // takes the first that fits
      await page.keyboard.press('Enter'); // goes on to the next box
      await page.keyboard.type(`Nguyễn Thị Hồng ${given}`);
      await page.keyboard.press('Tab');
      await page.keyboard.type(identity);
      await page.keyboard.press('Tab');
      await page.keyboard.type('31/12/1999');
      await picture(page, 'ward-new');
      await page.focus('text=Thêm giấy tờ');
      await page.keyboard.press('Space');
      await page.keyboard.type('Giấy chứng sinh');
      assert.match(await page.textContent('.form'), /Giải quyết trong ngày/);
      await page.keyboard.press('F9');
      const id = await savedId(page);
      await page.waitForSelector('.state.applied');
      const {fields} = await show('a', id);
      assert.equal(fields.MaTTHC, '1.001193');
      assert.equal(fields.ChuHoSo, `Nguyễn Thị Hồng ${given}`);
      assert.equal(fields.NgaySinhChuHoSo, '1999-12-31');
      assert.equal(fields.TrangThaiHoSo, '2');
      const [paper] = (await show('a', id)).collections.DanhSachTepDinhKemKhac;
      assert.deepEqual([paper.TenGiayTo, paper.SoLuong, paper.LoaiGiayTo], ['Giấy chứng sinh', 1, '1']);
    });

    it('leaves typing to the keyboard: backspaces and letters of input methods, no letter that does something, Enter that saves nothing', async () => {
      await go(page, '#/new');
      await page.focus('[name=ChuHoSo]');
      for (const [typed, corrected] of [['Nguye', 'ê'], ['n', 'ễn'], [' Thi', 'ị'], [' Tra', 'à']]) {
        await page.keyboard.type(typed);
        await page.keyboard.press('Backspace');
        await page.keyboard.insertText(corrected);
      }
      await page.keyboard.type(' nsx/?');
      assert.equal(await page.inputValue('[name=ChuHoSo]'), 'Nguyêễn Thị Trà nsx/?');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'SoGiayToChuHoSo');
      await page.focus('[name=GhiChu]');
      await page.keyboard.type('một');
      await page.keyboard.press('Enter');
      await page.keyboard.type('hai');
      assert.equal(await page.inputValue('[name=GhiChu]'), 'một\nhai');
      assert.equal(new URL(page.url()).hash, '#/new');
      await go(page, '#/');
      await page.click('.drafts button');
      await page.waitForSelector('.drafts', {state: 'detached'});
    });

    it('says what is missing or wrong, and what is worth another look', async () => {
      await go(page, '#/new');
      await page.fill('[name=SoGiayToChuHoSo]', '046099001234');
      await page.fill('[name=NgaySinhChuHoSo]', '31/02/2020');
      await page.keyboard.press('F9');
      await page.waitForSelector('.form .error');
      assert.deepEqual(await page.$$eval('.form .error', (all) => all.map((one) => one.textContent)),
                       ['Ô này bắt buộc.', 'Ô này bắt buộc.', 'Không phải là ngày. Viết như 31/12/2020, hoặc chỉ năm.']);
      assert.match(await page.textContent('.form'), /Năm sinh không khớp/);
      await eventually('the focus to be where the first mistake is', () => page.evaluate(() => document.activeElement?.getAttribute('role') === 'combobox'));
      await go(page, '#/');
      await page.click('.drafts button');
      await page.waitForSelector('.drafts', {state: 'detached'});
    });

    it('asks before it saves the same person and procedure twice in a day', async () => {
      const owner = `Nguyễn Thị Hồng ${given}`;
      await go(page, '#/new');
      await page.fill('[role=combobox]', '1.001193');
      await page.keyboard.press('Enter');
      await page.fill('[name=ChuHoSo]', owner);
      await page.keyboard.press('F9');
      await page.waitForSelector('dialog >> text=' + owner);
      await assertAccessible(page, 'similar');
      await page.keyboard.press('Escape');
      await page.waitForSelector('dialog', {state: 'detached'});
      assert.equal(await page.inputValue('[name=ChuHoSo]'), owner);
      await page.keyboard.press('F9');
      await page.click('text=Vẫn lưu thành hồ sơ khác');
      await savedId(page);
      await page.waitForSelector('.facts');
    });

    it('makes one dossier although the answer was lost and the clerk pressed again', async () => {
      const owner = `Huỳnh Thị Mất Trả Lời ${given}`;
      await go(page, '#/new');
      await page.fill('[role=combobox]', '1.000894');
      await page.keyboard.press('Enter');
      await page.fill('[name=ChuHoSo]', owner);
      await page.route((url) => url.pathname === '/v1/dossiers', async (route) => {
        await route.fetch(); // the daemon has saved it
        await route.abort('connectionreset');
      }, {times: 1});
      await page.keyboard.press('F9');
      await page.waitForSelector('[role=alert] >> text=không trả lời');
      await assertAccessible(page, 'trouble');
      await eventually('the page to allow another try', () => page.isEnabled('.buttons .primary'));
      await page.keyboard.press('F9');
      await savedId(page);
      const {dossiers} = await city.call('a', 'GET', `/v1/dossiers?query=${encodeURIComponent(owner)}`);
      assert.equal(dossiers.length, 1);
    });

    it('voids a dossier made by mistake, with its reason, and takes that back', async () => {
      const made = await dossier();
      await go(page, hash('dossiers', made.id));
      await page.click('text=Hủy hồ sơ lập nhầm');
      assert.equal(await page.isDisabled('dialog .danger'), true);
      await assertAccessible(page, 'voiding');
      await page.fill('dialog textarea', 'nhập hai lần');
      await page.click('dialog .danger');
      await page.waitForSelector('.banner >> text=nhập hai lần');
      assert.equal(await page.$('text=Sửa hồ sơ'), null);
      await go(page, '#/');
      await page.fill('#search', made.MaHoSo);
      await page.waitForSelector('text=Không có hồ sơ nào khớp.');
      await page.selectOption('[name=filter]', 'void');
      await page.waitForSelector('tr.voided >> text=' + made.MaHoSo);
      await page.click('tr.voided a');
      await page.click('text=Bỏ đánh dấu hủy');
      await page.waitForSelector('text=Sửa hồ sơ');
      await go(page, '#/');
    });

    it('finds as one types, without marks, by name, code, and the end of a number', async () => {
      const made = await dossier({ChuHoSo: 'Hoàng Phủ Quỳnh Châu', SoGiayToChuHoSo: '046199007788'});
      await go(page, '#/');
      for (const typed of ['hoang phu quynh', made.MaHoSo, '7788']) {
        await page.keyboard.press('F4');
        await eventually('the search to have the focus', () => page.evaluate(() => document.activeElement?.id === 'search'));
        await page.fill('#search', '');
        await page.keyboard.type(typed);
        await eventually(`${typed} to find it`, async () => (await page.$$eval('tbody th a', (all) => all.map((one) => one.textContent))).every((one) => one === 'Hoàng Phủ Quỳnh Châu'));
      }
      await page.fill('#search', 'không ai tên như vậy');
      await page.waitForSelector('text=Không có hồ sơ nào khớp.');
      await page.fill('#search', '');
    });

    it('works on while the line is cut, counts what would be lost, and settles the conflict that healing brings', async () => {
      const made = await dossier();
      await city.command('b', 'sync', 'wait', '--timeout', '30');
      await eventually('the other desk to hold it', () => show('b', made.id).catch(() => undefined));
      await city.line('cut', 'a');
      await page.waitForSelector('.status .chip.warn');
      await go(page, hash('dossiers', made.id));
      await page.keyboard.press('F6');
      await page.waitForSelector('.form');
      await page.fill('[name=ChuHoSo]', 'Trần Văn Tại Đây');
      await page.keyboard.press('F9');
      await page.waitForSelector('main .state.on_this_pc');
      await page.waitForSelector('text=1 hồ sơ sẽ mất');
      assert.equal(await page.textContent('nav a[href="#/outbox"] .count'), '1');
      await page.click('nav a[href="#/outbox"]');
      await page.waitForSelector('tbody tr');
      assert.equal((await page.$$('tbody tr')).length, 1);
      await picture(page, 'ward-outbox');
      await city.call('b', 'POST', `/v1/dossiers/${encodeURIComponent(made.id)}/changes`, {set: {ChuHoSo: 'Trần Văn Nơi Khác'}, by: 'Lê Thị Quầy Hai'});
      await city.command('b', 'sync', 'wait', '--timeout', '30');
      await city.line('heal', 'a');
      await page.waitForSelector('nav a[href="#/inbox"] .count.urgent >> text=1');
      await page.waitForSelector('text=không mất hồ sơ nào');
      await page.click('nav a[href="#/inbox"]');
      await page.waitForSelector('article.card');
      assert.equal((await page.$$('article.card')).length, 1);
      await go(page, hash('inbox', made.id));
      await page.waitForSelector('fieldset .before >> text=' + made.ChuHoSo);
      assert.equal(await page.$('fieldset input:checked'), null);
      assert.equal(await page.isDisabled('.card button.primary'), true);
      const sides = await page.textContent('fieldset');
      for (const part of ['Trần Văn Tại Đây', 'Trần Văn Nơi Khác', 'Lê Thị Quầy Hai', 'Tại máy này', 'Nơi khác']) assert.ok(sides.includes(part), part);
      await picture(page, 'ward-inbox');
      await assertAccessible(page, 'inbox with a conflict');
      await page.click('label.side >> text=Trần Văn Nơi Khác');
      await page.waitForSelector('.preview >> text=Trần Văn Nơi Khác');
      assert.equal(await page.isDisabled('.card button.primary'), true); // no reason yet
      await page.fill('.card .field input', 'theo căn cước');
      await page.click('.card button.primary');
      await page.waitForSelector('text=Không có gì cần quyết định.');
      for (const site of ['a', 'b'])
        await eventually(`${site} to hold the decision`, async () => (await show(site, made.id)).fields.ChuHoSo === 'Trần Văn Nơi Khác');
    });

    it('leaves a question to the officer, and takes a decision back: the question stands again', async () => {
      const made = await dossier();
      await city.quarrel('a', made.id, 'ChuHoSo', ['Bùi Thị Một', 'Bùi Thị Hai']);
      await go(page, hash('inbox', made.id));
      await page.click('text=Để cán bộ chuyên môn quyết định…');
      assert.equal(await page.isDisabled('dialog .primary'), true);
      await assertAccessible(page, 'leaving');
      await page.fill('dialog textarea', 'chờ bản gốc');
      await page.click('dialog .primary');
      await page.waitForSelector('.card .banner >> text=chờ bản gốc');
      assert.equal(await page.textContent('nav a[href="#/inbox"] .count'), '1'); // it is still open
      assert.deepEqual((await show('a', made.id)).notes.map((note) => note.text), ['Để cán bộ chuyên môn quyết định (Chủ hồ sơ): chờ bản gốc']);
      await page.click('label.side >> text=Bùi Thị Hai');
      await page.fill('.card .field input', 'theo bản gốc');
      await page.click('.card button.primary');
      await page.waitForSelector('text=Không có gì cần quyết định.');
      await go(page, '#/inbox');
      const decided = page.locator('.acts .card', {hasText: made.MaHoSo});
      await decided.locator('text=Bùi Thị Một').waitFor();
      await picture(page, 'ward-decided');
      await assertAccessible(page, 'decisions');
      await decided.locator('text=Lấy lại quyết định này').click();
      await page.waitForSelector('article.card label.side >> text=Bùi Thị Một');
      await decided.locator('text=Đã được lấy lại').waitFor();
      assert.equal((await show('a', made.id)).fields.ChuHoSo, undefined);
      await city.call('a', 'POST', `/v1/inbox/${(await show('a', made.id)).conflicts[0].id}/resolutions`, {keep: 'A', why: 'x'});
      await page.waitForSelector('text=Không có gì cần quyết định.');
    });

    it('adds papers to a dossier that exists, and keeps them typed until they are saved', async () => {
      const made = await dossier();
      const papers = async () => (await show('a', made.id)).collections.DanhSachTepDinhKemKhac.map((paper) => paper.TenGiayTo).sort();
      const before = (await show('a', made.id)).collections.DanhSachTepDinhKemKhac?.length ?? 0;
      await go(page, hash('dossiers', made.id, 'edit'));
      await page.click('text=Thêm giấy tờ');
      await page.keyboard.type('Đơn bổ sung');
      await go(page, hash('dossiers', made.id));
      await page.waitForSelector('.facts');
      await page.keyboard.press('F6');
      await page.waitForSelector('.paper');
      assert.equal(await page.inputValue('.paper input'), 'Đơn bổ sung');
      assert.match(await page.textContent('.buttons .primary >> nth=-1'), /Lưu 1 thay đổi/);
      await page.keyboard.press('F9');
      await page.waitForSelector('.elements >> text=Đơn bổ sung');
      assert.equal((await papers()).length, before + 1);
      assert.ok((await papers()).includes('Đơn bổ sung'));
      await go(page, hash('dossiers', made.id, 'edit'));
      await page.waitForSelector('text=Đã nhận: >> text=Đơn bổ sung');
      await page.click('text=Bỏ sửa');
    });

    it('proposes the appointment by the procedure and the working days, and leaves it to the clerk', async () => {
      const due = () => page.inputValue('[name=NgayHenTra]');
      const choose = async (code) => {
        await page.fill('[role=combobox]', code);
        await page.keyboard.press('Enter');
      };
      await go(page, '#/new');
      await page.waitForSelector('[name=NgayHenTra]');
      assert.equal(await page.$('.drafts'), null);
      await choose('1.000689');
      const threeDays = await eventually('the proposal', async () => /^\d\d\/\d\d\/\d{4} \d\d:\d\d$/.exec(await due())?.[0]);
      assert.match(await page.inputValue('[name=NgayTiepNhan]'), /^\d\d\/\d\d\/\d{4}/);
      assert.match(await page.textContent('.form'), /Đề xuất/);
      await assertAccessible(page, 'a proposal');
      await choose('1.003583');
      await eventually('the proposal of the other procedure', async () => (await due()) !== '' && (await due()) !== threeDays);
      await page.fill('[name=NgayHenTra]', '31/12/2030 10:00');
      await choose('1.000689');
      await page.fill('[name=ChuHoSo]', `Phan Văn ${given}`);
      await page.keyboard.press('F9');
      const id = await savedId(page);
      const {fields} = await show('a', id);
      assert.equal(fields.NgayHenTra, '20301231100000');
      assert.match(fields.NgayTiepNhan, /^\d{14}$/);
      await page.waitForSelector('.deadline.later >> text=/Còn \\d+ ngày làm việc/');
    });

    it('writes a supplement round when papers are asked for, and closes it when they come', async () => {
      const made = await dossier({TrangThaiHoSo: '4', NgayHenTra: '20301231100000', MaTTHC: '1.003583'});
      const rounds = async () => (await show('a', made.id)).collections.DanhSachHoSoBoSung;
      const move = async (status, said) => {
        await go(page, hash('dossiers', made.id));
        await page.click('text=Chuyển trạng thái…');
        await page.getByLabel(status).check();
        if (said) await page.getByLabel('Giấy tờ phải bổ sung').fill(said);
        await assertAccessible(page, `to ${status}`);
        await page.click('dialog .buttons .primary');
      };
      await move('Yêu cầu bổ sung giấy tờ', 'Bản chính giấy chứng sinh');
      await page.waitForSelector('.deadline.waiting >> text=Tạm dừng');
      const [asked] = await rounds();
      assert.deepEqual([asked.NoiDungBoSung, asked.NgayHenTraTruoc, asked.TrangThaiBoSung], ['Bản chính giấy chứng sinh', '20301231100000', false]);
      await move('Đang xử lý');
      await page.waitForSelector('.deadline.later');
      const [closed] = await rounds();
      assert.equal(closed.TrangThaiBoSung, true);
      assert.match(closed.NgayTiepNhanBoSung, /^\d{14}$/);
      assert.equal(closed.NgayHenTraMoi, (await show('a', made.id)).fields.NgayHenTra);
    });

    it('apologises for what is late, with another appointment', async () => {
      const made = await dossier({TrangThaiHoSo: '4', NgayHenTra: '20200812100000'});
      await go(page, hash('dossiers', made.id));
      await page.waitForSelector('.deadline.overdue');
      await page.click('text=Xin lỗi và hẹn lại');
      await page.fill('[name=apology-due]', '31/02/2030');
      await page.fill('[name=apology-why]', 'mất điện');
      assert.ok(await page.isDisabled('text=Ghi phiếu xin lỗi'));
      await assertAccessible(page, 'apology');
      await page.fill('[name=apology-due]', '31/12/2030 10:00');
      await page.click('text=Ghi phiếu xin lỗi');
      await page.waitForSelector('.deadline.later >> text=Tính là quá hạn');
      const held = await show('a', made.id);
      assert.equal(held.fields.NgayHenTra, '20301231100000');
      assert.deepEqual(held.collections.DanhSachXinLoi.map((slip) => [slip.LyDoXinLoi, slip.NgayHenTraTruoc]), [['mất điện', '20200812100000']]);
    });

    it('takes whatever people type as text and nothing else', async () => {
      const nasty = '<script>window.hacked=1</script><img src=x onerror="window.hacked=1">';
      await go(page, '#/new');
      await page.fill('[role=combobox]', '1.000656');
      await page.keyboard.press('Enter');
      await page.fill('[name=ChuHoSo]', `Nguyễn Thị Hậu ${given}`.normalize('NFD'));
      await page.fill('[name=DiaChiChuHoSo]', nasty);
      await page.fill('[name=GhiChu]', '\u202Etxt.exe 👩‍👩‍👧 مرحبا');
      await page.fill('[name=NguoiNop]', 'x'.repeat(5000));
      await page.keyboard.press('F9');
      await page.waitForSelector('.form .error >> text=Dài quá 4.000 ký tự');
      await page.fill('[name=NguoiNop]', '');
      assert.match(await page.textContent('.form'), /Có ký tự ẩn/);
      await page.keyboard.press('F9');
      const id = await savedId(page);
      await page.waitForSelector('.facts');
      const {fields} = await show('a', id);
      assert.equal(fields.ChuHoSo, `Nguyễn Thị Hậu ${given}`);
      assert.equal(fields.DiaChiChuHoSo, nasty);
      assert.equal(fields.GhiChu, '\u202Etxt.exe 👩‍👩‍👧 مرحبا');
      assert.ok((await page.textContent('.facts')).includes(nasty));
      await go(page, '#/');
      await page.waitForSelector('tbody tr');
      assert.equal(await page.evaluate(() => window.hacked), undefined);
      assert.equal(await page.$('main script, main img'), null);
    });

    it('keeps what is typed over a reload and a restart of the daemon, and goes on by itself', async () => {
      await go(page, '#/new');
      const typed = `Phan Thị Đang Gõ ${given}`;
      await page.fill('[name=ChuHoSo]', typed);
      await eventually('the draft to be kept', () => kept(page));
      await page.reload();
      await page.waitForSelector('.form');
      assert.equal(await page.inputValue('[name=ChuHoSo]'), typed);
      await city.tell({do: 'kill', site: 'a'});
      await page.waitForSelector('text=Không rõ từ');
      assert.equal(await page.$('.status .chip'), null); // what was true before is not claimed
      await page.fill('[name=SoDienThoai]', '0905123456');
      await picture(page, 'ward-unknown');
      await page.keyboard.press('F9');
      await page.waitForSelector('.form .error'); // the procedure is missing: nothing was sent
      await city.tell({do: 'start', site: 'a', run: ['--http', http]});
      await page.waitForSelector('.status .chip'); // the same session goes on: nobody logs in anew
      assert.equal(await page.inputValue('[name=ChuHoSo]'), typed);
      assert.equal(await page.inputValue('[name=SoDienThoai]'), '0905123456');
      await page.fill('[role=combobox]', '1.000894');
      await page.keyboard.press('Enter');
      await page.keyboard.press('F9');
      const {fields} = await show('a', await savedId(page));
      assert.equal(fields.SoDienThoai, '0905123456');
    });

    it('keeps what is typed when an administrator ends all sessions, and goes on once somebody logs in anew', async () => {
      await go(page, '#/new');
      const typed = `Phan Thị Hết Phiên ${given}`;
      await page.fill('[name=ChuHoSo]', typed);
      await city.command('a', 'page', '--end-sessions');
      await page.keyboard.press('F9');
      await page.fill('[role=combobox]', '1.000894');
      await page.keyboard.press('Enter');
      await page.keyboard.press('F9');
      await page.waitForSelector('text=wardsync page');
      await assertAccessible(page, 'session closed');
      const second = await page.context().newPage();
      await second.goto(await city.address('a'));
      await second.waitForSelector('main h1');
      await second.close();
      await page.waitForSelector('text=wardsync page', {state: 'detached'});
      await eventually('what was typed to be in the form again', async () => (await page.inputValue('[name=ChuHoSo]')) === typed);
      await page.keyboard.press('F9');
      assert.equal((await show('a', await savedId(page))).fields.ChuHoSo, typed);
    });

    it('says in words that control characters cannot be kept, and loses nothing until they are dropped', async () => {
      await go(page, '#/new');
      await page.fill('[role=combobox]', '1.000894');
      await page.keyboard.press('Enter');
      await page.fill('[name=ChuHoSo]', `Mai Thị Chuông ${given}`);
      await page.fill('[name=GhiChu]', 'trước\u0007sau');
      await page.waitForSelector('.form >> text=Có ký tự ẩn');
      await page.keyboard.press('F9');
      await page.waitForSelector('[role=alert] >> text=chưa có gì được lưu');
      assert.equal(await page.inputValue('[name=GhiChu]'), 'trước\u0007sau');
      await page.click('text=Bỏ ký tự ẩn');
      await page.keyboard.press('F9');
      assert.equal((await show('a', await savedId(page))).fields.GhiChu, 'trướcsau');
    });

    it('keeps marks that turn the reading direction inside what somebody entered, wherever it is shown', async () => {
      const turned = `Vũ \u202Eược gN ${given}`;
      const made = await dossier({ChuHoSo: turned, GhiChu: turned});
      await city.call('a', 'POST', `/v1/dossiers/${encodeURIComponent(made.id)}/changes`, {append: {notes: turned}, by: turned.slice(0, 20)});
      for (const where of [hash('dossiers', made.id), '#/']) {
        await go(page, where);
        await page.waitForSelector(`main >> text=${turned}`);
        if (where !== '#/') await page.click('text=Lịch sử');
        if (where !== '#/') await page.waitForSelector('.acts .facts');
        const outside = await page.evaluate((mark) => {
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const bare = [];
          while (walker.nextNode()) if (walker.currentNode.data.includes(mark) && !walker.currentNode.parentElement.closest('bdi, input, textarea')) bare.push(walker.currentNode.data);
          return bare;
        }, '\u202E');
        assert.deepEqual(outside, []);
      }
    });

    it('keeps what is typed when the browser is closed, and nothing of it readable on the disk', async (t) => {
      const typed = `Nguyễn Khoa Bí Mật ${given}`;
      const profile = await mkdtemp(join(tmpdir(), 'wardsync-profile-'));
      const first = await launchProfile(name, profile);
      t.after(() => first.close());
      const tab = await first.newPage();
      await tab.goto(await city.address('a'));
      await tab.waitForSelector('main h1');
      await tab.keyboard.press('F2');
      await tab.fill('[name=ChuHoSo]', typed);
      await tab.fill('[name=DiaChiChuHoSo]', typed);
      await eventually('the draft to be on the disk', () => holds(profile, 'wardsync.draft.'), 60); // browsers write some seconds later
      await first.close();
      assert.ok(await holds(profile, 'wardsync.draft.')); // the search finds what is there
      assert.equal(await holds(profile, 'Bí Mật'), false);
      const second = await launchProfile(name, profile);
      t.after(() => second.close());
      const again = await second.newPage();
      await again.goto(await city.address('a'));
      await again.click(`.drafts a >> text=${typed}`);
      assert.equal(await again.inputValue('[name=DiaChiChuHoSo]'), typed);
      await second.close();
      await rm(profile, {recursive: true});
    });

    it('lets two tabs edit one dossier: both are kept, and a quarrel is asked about', async () => {
      const made = await dossier();
      const second = await page.context().newPage();
      await second.goto(new URL(page.url()).origin);
      await second.waitForSelector('main h1');
      for (const tab of [page, second]) {
        await go(tab, hash('dossiers', made.id, 'edit'));
        await tab.waitForSelector('.form');
      }
      await page.fill('[name=GhiChu]', 'từ tab một');
      await page.fill('[name=ChuHoSo]', 'Lê Tab Một');
      await second.fill('[name=SoDienThoai]', '0914000111');
      await second.fill('[name=ChuHoSo]', 'Lê Tab Hai');
      await page.keyboard.press('F9');
      await page.waitForSelector('.facts');
      await second.waitForSelector('text=đã được sửa ở nơi khác');
      assert.equal(await second.inputValue('[name=ChuHoSo]'), 'Lê Tab Hai');
      await second.keyboard.press('F9');
      await second.waitForSelector('.facts');
      const state = await show('a', made.id);
      assert.equal(state.fields.GhiChu, 'từ tab một');
      assert.equal(state.fields.SoDienThoai, '0914000111');
      assert.deepEqual(state.conflicts[0].values.map((one) => one.value).sort(), ['Lê Tab Hai', 'Lê Tab Một']);
      await second.close();
      await city.call('a', 'POST', `/v1/inbox/${state.conflicts[0].id}/resolutions`, {keep: 'A', why: 'x'});
    });

    it('shows what others do within a second of the event that tells of it, in the dossier, in the list and in the counts', async () => {
      const made = await dossier();
      const tab = await openListening(page);
      await go(tab, hash('dossiers', made.id));
      await tab.waitForSelector('.facts');
      const times = [];
      for (const text of ['lần một', 'lần hai', 'lần ba']) {
        const change = () => city.call('a', 'POST', `/v1/dossiers/${encodeURIComponent(made.id)}/changes`, {set: {GhiChu: text}});
        times.push(await timeOfNews(tab, {selector: '.facts', text, name: 'saved', about: made.id}, change));
      }
      await go(tab, '#/');
      await tab.waitForSelector('tbody tr');
      for (const owner of [`Trương Thị Vừa Lưu ${given}`, `Trương Văn Vừa Lưu ${given}`])
        times.push(await timeOfNews(tab, {selector: 'tbody th', text: owner, name: 'saved', about: 'id:'}, () => dossier({ChuHoSo: owner})));
      await city.line('cut', 'a');
      await tab.waitForSelector('.status .chip.warn');
      const edit = () => city.call('a', 'POST', `/v1/dossiers/${encodeURIComponent(made.id)}/changes`, {set: {GhiChu: 'trong lúc đứt'}});
      times.push(await timeOfNews(tab, {selector: 'nav a[href="#/outbox"] .count', text: '1', name: 'saved', about: made.id}, edit));
      await city.line('heal', 'a');
      await tab.waitForSelector('text=không mất hồ sơ nào');
      await tab.close();
      assertLive(times);
    });

    it('writes the chosen name into the history, and says that it proves nothing', async () => {
      const made = await dossier();
      await page.selectOption('[name=person]', '#add');
      assert.match(await page.textContent('dialog'), /không chứng minh/);
      await page.fill('dialog input', 'Võ Thị Quầy Một');
      await page.click('dialog .primary');
      await go(page, hash('dossiers', made.id, 'edit'));
      await page.fill('[name=GhiChu]', 'ghi tên');
      await page.keyboard.press('F9');
      await page.waitForSelector('.facts');
      const {history} = await city.call('a', 'GET', `/v1/dossiers/${encodeURIComponent(made.id)}/history`);
      assert.equal(history.find((entry) => entry.value === 'ghi tên').by, 'Võ Thị Quầy Một');
    });

    it('says why a field shows what it shows, with all that it ever had', async () => {
      const made = await dossier({GhiChu: 'ghi lần đầu'});
      await city.command('a', 'dossier', 'edit', made.MaHoSo, '--set', 'GhiChu=ghi lần sau');
      await go(page, hash('dossiers', made.id));
      await page.waitForSelector('.facts >> text=ghi lần sau');
      await page.click('[aria-label*="Ghi chú"]');
      await page.waitForSelector('dialog >> text=đã thấy giá trị trước và thay nó');
      assert.match(await page.textContent('dialog'), /ghi lần sau[^]*ghi lần đầu/);
      await page.click('dialog >> text=Đóng');
      await page.waitForSelector('dialog', {state: 'detached'});
    });

    it('reads the code aloud', async () => {
      const made = await dossier();
      await go(page, hash('dossiers', made.id));
      await page.click('text=Đọc mã');
      assert.match(await page.textContent('.spoken'), /^không không khôngchấmbốn năm/);
    });

    it('is accessible on each screen, by day, by night and in large letters', async () => {
      const made = await dossier();
      await go(page, '#/');
      await page.waitForSelector('tbody tr');
      await picture(page, 'ward-list');
      await assertAccessible(page, 'list');
      for (const [what, ...parts] of [['new', 'new'], ['outbox', 'outbox'], ['inbox', 'inbox'], ['machine', 'machine'], ['edit', 'dossiers', made.id, 'edit'], ['dossier', 'dossiers', made.id]]) {
        await go(page, hash(...parts));
        await page.waitForSelector(parts[0] === 'dossiers' ? '.facts, .form' : 'main h1');
        if (what === 'new') await page.keyboard.press('F8');
        if (what === 'new') await page.click('text=Thêm giấy tờ');
        if (what === 'dossier') await picture(page, 'ward-dossier');
        if (what === 'dossier') await page.click('text=Lịch sử');
        if (what === 'dossier') await page.waitForSelector('.acts .facts');
        await assertAccessible(page, what);
      }
    });

    it('weighs less than 150 kB', async () => {
      const bytes = await weight(new URL(page.url()).origin);
      assert.ok(bytes > 10_000 && bytes < 150_000, `${bytes} bytes`);
    });

    it('speaks English when asked to', async () => {
      await page.click('summary');
      await page.selectOption('[name=language]', 'en');
      await page.waitForSelector('nav >> text=For you to decide');
      await eventually('the title to be English', async () => (await page.title()) === 'Dossiers · wardsync');
      assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
      await page.selectOption('[name=language]', 'vi');
      await page.click('summary');
    });

    it('says that drafts are lost where the browser keeps nothing, and works', async () => {
      const context = await browser.newContext();
      await context.addInitScript(() => {
        for (const name of ['localStorage', 'sessionStorage'])
          Object.defineProperty(window, name, {get() { throw new DOMException('no', 'SecurityError'); }});
      });
      const bare = await context.newPage();
      await bare.goto(await city.address('a'));
      await bare.waitForSelector('text=Trình duyệt không cho lưu tạm');
      await bare.waitForSelector('main h1');
      await bare.keyboard.press('F2');
      await bare.waitForSelector('.form');
      await bare.fill('[role=combobox]', '1.000894');
      await bare.keyboard.press('Enter');
      await bare.fill('[name=ChuHoSo]', `Đỗ Không Lưu ${given}`);
      await bare.keyboard.press('F9');
      const {fields} = await show('a', await savedId(bare));
      assert.equal(fields.ChuHoSo, `Đỗ Không Lưu ${given}`);
      await context.close();
    });
  });
}
