// docs/linked.md, step by step: what the test presses, types and waits for are the words that stand there in bold.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {after, before, describe, it} from 'node:test';
import {fileURLToPath} from 'node:url';
import {assertAccessible, City, eventually, go, launch, picture} from './stage.mjs';

const guide = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'linked.md'), 'utf8');
const steps = [...guide.matchAll(/^(\d+)\. (.*(?:\n {3}.*)*)$/gm)].map(([, number, text]) => ({number: Number(number), bold: [...text.matchAll(/\*\*(.+?)\*\*/g)].map((found) => found[1])}));

describe('one lodging, several authorities', () => {
  let city;
  let browser;
  let vyda;
  let police;
  let whole;
  const hash = (...parts) => '#/' + parts.map(encodeURIComponent).join('/');
  const path = (id) => `/v1/dossiers/${encodeURIComponent(id)}`;
  const parts = async () => Object.fromEntries((await city.call('a', 'GET', path(whole))).linked.parts.map((part) => [part.part, part]));
  before(async () => {
    city = await City.start();
    await city.command('centre', 'unit', 'add', 'X-CA', '--kind', 'police', '--name', 'Công an thành phố Huế');
    await city.command('centre', 'unit', 'add', 'X-BHXH', '--kind', 'insurance', '--name', 'Bảo hiểm xã hội thành phố Huế');
    await city.tell({do: 'add_pc', name: 'a', unit: 'W-VYDA', run: ['--http', '127.0.0.1:0']});
    await city.tell({do: 'add_pc', name: 'b', unit: 'X-CA', run: ['--http', '127.0.0.1:0']});
    await city.tell({do: 'add_pc', name: 'c', unit: 'X-BHXH', run: []});
    const [dossier] = await city.tell({do: 'dossiers', seed: 41, first: 1, count: 1});
    const stored = (days) => new Date(Date.now() + 7 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
    const named = {MaTTHC: '2.000986', TenTTHC: 'Liên thông đăng ký khai sinh, đăng ký thường trú, cấp thẻ bảo hiểm y tế cho trẻ em dưới 6 tuổi'};
    const times = {NgayNopHoSo: `${stored(0)}080000`, NgayTiepNhan: `${stored(0)}080000`, NgayHenTra: `${stored(8)}170000`};
    whole = (await city.call('a', 'POST', '/v1/dossiers', {...dossier, ...named, ...times, TrangThaiHoSo: '2'})).id;
    browser = await launch('today');
    [vyda, police] = await Promise.all(['a', 'b'].map((site) => city.open(browser, site, {viewport: {width: 1366, height: 768}})));
  });
  after(async () => {
    await browser?.close();
    await city?.close();
    for (const page of [vyda, police]) assert.deepEqual(page?.complaints, []);
  });

  const opened = async () => {
    await go(vyda, hash('dossiers', whole));
    await vyda.waitForSelector('section.linked');
  };
  const fannedOut = async (open, confirm) => {
    await vyda.click(`section.linked button >> text=${open}`);
    await vyda.waitForSelector('dialog li');
    await vyda.click(`dialog button.primary >> text=${confirm}`);
    await vyda.waitForSelector('dialog', {state: 'detached'});
  };

  const acts = [
    async ([heading, notMade, open]) => {
      await opened();
      await vyda.waitForSelector(`section[aria-label="${heading}"]`);
      assert.equal(await vyda.locator(`section.linked tbody tr:has-text("${notMade}")`).count(), 3);
      await assertAccessible(vyda, 'the parts before');
      await vyda.click(`section.linked button >> text=${open}`);
    },
    async ([waits, note, confirm, inWork]) => {
      await eventually('two parts that wait', async () => (await vyda.locator(`dialog li:has-text("${waits}")`).count()) === 2);
      await vyda.fill('dialog textarea', note);
      await assertAccessible(vyda, 'the preview');
      await picture(vyda, 'ward-fan-out');
      await vyda.click(`dialog button.primary >> text=${confirm}`);
      await vyda.waitForSelector('dialog', {state: 'detached'});
      await vyda.waitForSelector(`section.linked tbody tr:has-text("Đăng ký khai sinh") >> text=${inWork}`);
    },
    async ([toOffer, open, confirm, offered]) => {
      await city.call('a', 'POST', `${path((await parts())['khai-sinh'].id)}/status`, {status: '9'});
      await eventually('both to have their turn', async () => (await vyda.locator(`section.linked tbody tr:has-text("${toOffer}")`).count()) === 2);
      await fannedOut(open, confirm);
      await eventually('both to be on their way', async () => (await vyda.locator(`section.linked tbody tr:has-text("${offered}")`).count()) === 2);
      await assertAccessible(vyda, 'the parts');
    },
    async ([section, number, partOf, accept, checked, confirm]) => {
      await police.waitForSelector(`nav a:has-text("${section}") .count >> text=${number}`);
      await go(police, hash('dossiers', (await parts())['thuong-tru'].id));
      await police.waitForSelector(`.part-of >> text=${partOf}`);
      await police.waitForSelector('.part-of >> text=phường Vỹ Dạ');
      await assertAccessible(police, 'a part');
      await police.click(`.custody button >> text=${accept}`);
      await police.click(`dialog label.tick >> text=${checked}`);
      await police.click(`dialog button.primary >> text=${confirm}`);
      await police.waitForSelector('dialog', {state: 'detached'});
    },
    async ([change, status, missing, confirm, told]) => {
      await police.click(`button >> text=${change}`);
      await police.click(`dialog label.side >> text=${status}`);
      await police.fill('dialog textarea', missing);
      await police.click(`dialog button.primary >> text=${confirm}`);
      await police.waitForSelector('dialog', {state: 'detached'});
      await vyda.waitForSelector(`section.linked p strong >> text=${told}`);
    },
    async ([why, declined]) => {
      const part = (await parts()).bhyt;
      await eventually('the offer to come', async () => (await city.call('c', 'GET', '/v1/hand-overs?direction=in')).hand_overs.length === 1);
      await city.command('c', 'dossier', 'decline', part.code, '--reason', why);
      const row = vyda.locator('section.linked tbody tr', {hasText: declined});
      await row.waitFor();
      assert.match(await row.textContent(), new RegExp(`Bảo hiểm xã hội thành phố Huế.*${why}`));
      await picture(vyda, 'ward-linked');
      await assertAccessible(vyda, 'what was declined');
    },
  ];

  it('has as many steps as are done here, and each says in bold what to press and what to see', () => {
    assert.deepEqual(steps.map((step) => step.number), acts.map((_, index) => index + 1));
    for (const step of steps) assert.ok(step.bold.length > 0, String(step.number));
  });
  for (const [index, act] of acts.entries()) it(`step ${index + 1}`, () => act(steps[index].bold));

  it('refuses to finish the whole while a part is open, and says so', async () => {
    await opened();
    await vyda.click('button >> text=Chuyển trạng thái…');
    await vyda.click('dialog label.side >> text=Đã xử lý xong');
    await vyda.click('dialog button.primary');
    await vyda.waitForSelector('dialog >> text=Còn phần liên thông chưa xong');
    await vyda.keyboard.press('Escape');
  });

  it('shows the centre the same parts, and says in lists of what a dossier is a part', async () => {
    const centre = await city.open(browser, 'centre');
    await go(centre, hash('dossiers', whole));
    await eventually('three parts', async () => (await centre.locator('section.linked tbody tr').count()) === 3);
    await assertAccessible(centre, 'the parts at the centre');
    await go(police, '#/');
    await police.waitForSelector('tbody th >> text=Phần của hồ sơ');
    assert.deepEqual(centre.complaints, []);
  });
});
