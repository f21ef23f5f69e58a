import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { chromiumPath, type OpenPage, type PageOpener, startBrowser } from './open-page.ts';
import { sampleReport } from './sample-report.ts';

if (chromiumPath === null) {
  if (process.env.CI === undefined) test.skip('the page in a browser: there is no Chromium on this machine');
  else
    test('the page in a browser', () =>
      expect.fail('CI needs a Chromium: install the distribution’s package'));
} else {
  describe('the page', () => pageTests(chromiumPath!));
}

/** What a key or a click leads to appears after the next frame, and a busy machine draws late. */
const patience = { timeout: 10_000 };

function pageTests(executablePath: string): void {
  const report = sampleReport();
  let browser: PageOpener;
  let opened: OpenPage[] = [];

  beforeAll(async () => {
    browser = await startBrowser(executablePath);
  });
  afterAll(() => browser?.close());

  /** Whatever a test did, the page stayed silent and asked for nothing. */
  afterEach(async () => {
    const complaints = opened.flatMap(one => one.complaints);
    await Promise.all(opened.map(one => one.page.context().close()));
    opened = [];
    expect(complaints).toEqual([]);
  });

  async function open(
    options: Parameters<PageOpener['open']>[1] = {},
    shown: Report = report,
  ): Promise<Page> {
    const one = await browser.open(shown, options);
    opened.push(one);
    return one.page;
  }

  test('says what was judged, counts what counts, and shows a failing tool’s words whole', async () => {
    const page = await open();
    await expect.poll(() => page.title(), patience).toBe('Assay · shop-api, shop-cli, shop-stock');
    await expect
      .poll(() => textOf(page.locator('.report-header h1')), patience)
      .toBe('shop-api 0.4.2, shop-cli 0.4.2, shop-stock 0.4.0');
    await expect.poll(() => textOf(page.locator('.toolchain')), patience).toContain('rustc 1.95.0');
    expect(words(await textOf(page.locator('.counts')))).toBe(
      '3 errors 8 warnings 10 notes 3 unchanged since the baseline 1 suppressed in the source',
    );
    await expect
      .poll(() => textOf(page.locator('.notice')), patience)
      .toContain('recorded evidence was judged');
    await expect.poll(() => textOf(page.locator('.failure pre')), patience).toBe(report.failures[0]!.output);
    await expect
      .poll(() => page.locator('#provenance td code').allInnerTexts(), patience)
      .toEqual(report.provenance.map(run => run.command));
    await expect
      .poll(() => page.locator('#unknowns tbody tr').count(), patience)
      .toBe(report.unknowns.length);
  });

  test('findings are searched, filtered and grouped', async () => {
    const page = await open();
    const lines = page.locator('[data-finding]');
    const passing = page.locator('#findings .passing');
    await expect.poll(() => lines.count(), patience).toBe(21);
    await page.keyboard.press('/');
    await page.keyboard.type('GUARD parking_lot');
    await expectText(passing, '1 of 25');
    await expect.poll(() => lines.count(), patience).toBe(1);
    await page.getByLabel('Search the findings').fill('');
    await page.getByRole('checkbox', { name: 'note' }).uncheck();
    await page.getByRole('radio', { name: 'build', exact: true }).check();
    const passingNow = report.findings.filter(
      one => one.rule.startsWith('build/') && one.severity !== 'note',
    ).length;
    await expectText(passing, `${passingNow} of 25`);
    await page.getByRole('checkbox', { name: 'note' }).check();
    await page.getByRole('radio', { name: 'all areas' }).check();
    await page.getByRole('radio', { name: 'rule' }).check();
    expect((await page.locator('.group-title bdi').allInnerTexts())[0]).toBe('async/guard-held-across-await');
    await page.getByLabel('Search the findings').fill('no such thing');
    await page.getByText('No finding passes this filter.').waitFor();
  });

  test('suppressed and known findings are folded, with the reason', async () => {
    const page = await open();
    await expect.poll(() => page.getByText('measured in #214').count(), patience).toBe(0);
    await page.getByRole('button', { name: '1 suppressed in the source' }).click();
    const { reason, location } = report.findings.find(finding => finding.suppressed !== undefined)!
      .suppressed!;
    await page.getByText(`allowed at line ${location.startLine}: ${reason}`).waitFor();
    await page.getByRole('button', { name: '3 unchanged since the baseline' }).click();
    await expect.poll(() => page.locator('[data-finding]').count(), patience).toBe(25);
  });

  test('a finding is followed to its source, step by step', async () => {
    const page = await open();
    const finding = report.findings[0]!;
    await page.locator('[data-finding]').first().click();
    const detail = page.locator('.detail');
    await expect.poll(() => detail.locator('mark.primary').allInnerTexts(), patience).toEqual(['sessions']);
    await expect.poll(() => textOf(detail.locator('.label')), patience).toContain('is alive at the await');
    await expect
      .poll(() => detail.locator('.step-message').allInnerTexts(), patience)
      .toEqual(finding.steps.map(step => step.message));
    await detail.locator('.step').nth(1).click();
    const active = detail.locator('.line.active');
    await expect
      .poll(() => textOf(active.locator('.line-number')), patience)
      .toBe(String(finding.steps[1]!.location.startLine));
    await expect.poll(() => textOf(active.locator('mark.active')), patience).toBe('await');
    await expect
      .poll(() => textOf(detail.locator('.step-label')), patience)
      .toContain('the future may be suspended here');
    await detail.getByRole('button', { name: 'Step 3' }).click();
    await expect
      .poll(() => textOf(active.locator('.line-number')), patience)
      .toBe(String(finding.steps[2]!.location.startLine));
    for (const text of [...finding.notes!, ...finding.help!]) {
      expect(words(await textOf(detail))).toContain(words(text.replaceAll('`', '')));
    }
  });

  test('a step in another file leads there', async () => {
    const page = await open();
    await page.locator('[data-finding]', { hasText: 'parking_lot::RwLock' }).click();
    await expect
      .poll(() => page.locator('.frame figcaption').allInnerTexts(), patience)
      .toEqual(['crates/stock/src/reserve.rs', 'crates/api/src/main.rs']);
    await page.locator('.step', { hasText: 'called from here' }).click();
    const line = page.locator('.line.active');
    await expect.poll(() => textOf(line.locator('mark')), patience).toBe('axum::serve(listener, app)');
    await expectInView(page, '.line.active');
  });

  test('text is only ever text', async () => {
    const page = await open();
    const hostile = report.findings.find(finding => finding.rule === 'async/hostile-text')!;
    await page.locator('[data-finding]', { hasText: 'hostile text' }).click();
    const message = await textOf(page.locator('.finding.open .finding-message'));
    expect(message).toContain('</script> <img src=x onerror=alert(1)> <!-- --> مرحبا 👩‍🚀 ');
    expect(message).toContain('U+202E');
    await expect.poll(() => textOf(page.locator('.remarks')), patience).toContain(hostile.notes![0]);
    await expect.poll(() => page.locator('img, iframe, object').count(), patience).toBe(0);
    const controls = await page.locator('.detail .control-character').allInnerTexts();
    expect(controls).toContain('U+2066');
  });

  test('a finding’s address survives a reload and opens a fold', async () => {
    const page = await open();
    await page.locator('[data-finding]').nth(1).click();
    await expect
      .poll(() => page.evaluate(() => location.hash), patience)
      .toBe(`#finding/${report.findings[1]!.fingerprint}`);
    await page.reload();
    await expect
      .poll(() => page.locator('.finding.open').getAttribute('data-finding-item'), patience)
      .toBe('1');
    await page.locator('.finding.open [data-finding]').click();
    await expect.poll(() => page.evaluate(() => location.hash), patience).toBe('');

    const suppressed = report.findings.find(finding => finding.suppressed !== undefined)!;
    const linked = await open({ hash: `#finding/${suppressed.fingerprint}` });
    await linked.getByText('a guard may be held at an await').first().waitFor();
    await expect.poll(() => linked.locator('.finding.open').count(), patience).toBe(1);
    await expectInView(linked, '.finding.open .finding-line');
  });

  test('a location is copied', async () => {
    const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('[data-finding]').first().click();
    await page.getByRole('button', { name: 'Copy the location' }).click();
    await expectText(page.locator('.copy-word'), 'copied');
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()), patience)
      .toBe('crates/api/src/session.rs:25:17');
  });

  test('the keyboard alone is enough', async () => {
    const page = await open();
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute('data-finding') ?? document.activeElement?.id);
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await expect.poll(() => focused(), patience).toBe('findings');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await expect.poll(() => focused(), patience).toBe('1');
    await page.keyboard.press('k');
    await expect.poll(() => focused(), patience).toBe('0');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.finding.open').count(), patience).toBe(1);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.finding.open').count(), patience).toBe(0);
    await expect.poll(() => focused(), patience).toBe('0');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await expect.poll(() => focused(), patience).toBe('build');
    await page.keyboard.press('/');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')), patience)
      .toBe('Search the units');
    await page.keyboard.type('tokio');
    await page.keyboard.press('Enter');
    await expect.poll(() => textOf(page.locator('.selected-bar .bar-name')), patience).toContain('tokio');
    const outline = await page
      .locator('input:focus')
      .evaluate(element => getComputedStyle(element).outlineStyle);
    expect(outline).toBe('solid');
  });

  test('units are searched, from match to match and back', async () => {
    const page = await open();
    const search = page.getByLabel('Search the units');
    const bars = unitBars(report).filter(bar => bar.label.startsWith('tokio '));
    await search.fill('tokio');
    const found = page.locator('#build .passing');
    await expectText(found, String(bars.length));
    await search.press('Enter');
    await search.press('Enter');
    await expectText(found, `2 of ${bars.length}`);
    await expect.poll(() => textOf(page.locator('.selected-bar .bar-name b')), patience).toBe(bars[1]!.label);
    await search.press('Shift+Enter');
    await search.press('Shift+Enter');
    await expectText(found, `${bars.length} of ${bars.length}`);
    await search.fill('no such unit');
    await expectText(found, 'none');
  });

  test('the chart zooms and pans by wheel, keys and buttons, and shows what the report says of a unit', async () => {
    const page = await open();
    const canvas = page.locator('canvas');
    await canvas.scrollIntoViewIfNeeded();
    await page.evaluate(() => document.querySelector('canvas')!.scrollIntoView({ block: 'center' }));
    const box = (await canvas.boundingBox())!;
    const start = await pixels(page);

    // Without the focus a wheel scrolls the page; with Control it zooms.
    const scrolled = await page.evaluate(() => window.scrollY);
    await page.mouse.move(box.x + 400, box.y + 76);
    const pointed = await textOf(page.locator('.tooltip .bar-name'));
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -900);
    await page.keyboard.up('Control');
    await page.mouse.move(2, 2);
    await expectOther(page, start);
    await page.mouse.move(box.x + 400, box.y + 76);
    await expect.poll(() => textOf(page.locator('.tooltip .bar-name')), patience).toBe(pointed);
    await expect.poll(() => page.evaluate(() => window.scrollY), patience).toBe(scrolled);

    await page.getByRole('button', { name: 'whole build' }).click();
    await page.mouse.move(2, 2);
    await expectSame(page, start);
    // The button gave the chart the focus: now the wheel alone zooms.
    await page.mouse.move(box.x + 400, box.y + 76);
    await page.mouse.wheel(0, -300);
    await page.mouse.move(2, 2);
    await expectOther(page, start);
    await expect.poll(() => page.evaluate(() => window.scrollY), patience).toBe(scrolled);
    await page.keyboard.press('0');
    await expectSame(page, start);
    await page.keyboard.press('+');
    const zoomed = await expectOther(page, start);
    await page.keyboard.press('ArrowRight');
    await expectOther(page, zoomed);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('-');
    await expectSame(page, start);
    await page.getByRole('button', { name: 'Zoom in' }).click();
    const larger = await expectOther(page, start);
    await page.mouse.move(box.x + 600, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 300, box.y + 100, { steps: 4 });
    await page.mouse.up();
    await page.mouse.move(2, 2);
    await expectOther(page, larger);
    await expect.poll(() => page.locator('.selected-bar').count(), patience).toBe(0);

    await page.getByRole('application').focus();
    await page.keyboard.press('0');
    await page.keyboard.press('n');
    const first = unitBars(report)[0]!;
    const card = words(await textOf(page.locator('.selected-bar')));
    expect(card).toContain(`${first.label} ${first.detail}`);
    expect(card).toContain(`duration ${(first.endSeconds - first.startSeconds).toFixed(2)} s`);
    await expectText(page.locator('[role="status"]'), new RegExp(`^${first.label}`));
    await page.mouse.move(box.x + 40, box.y + 80);
    await expect.poll(() => textOf(page.getByRole('tooltip')), patience).toContain('dependency');
  });

  test('a wheel over a chart without the focus scrolls the page', async () => {
    const page = await open();
    await page.evaluate(() => document.querySelector('canvas')!.scrollIntoView({ block: 'center' }));
    const box = (await page.locator('canvas').boundingBox())!;
    const start = await pixels(page);
    const scrolled = await page.evaluate(() => window.scrollY);
    await page.mouse.move(box.x + 400, box.y + 76);
    await page.mouse.wheel(0, 200);
    await page.waitForFunction(before => window.scrollY > before, scrolled);
    await page.mouse.move(2, 2);
    await expectSame(page, start);
  });

  test('the table says the same numbers as the chart', async () => {
    const page = await open();
    await page.getByText('All 400 as a table').click();
    const table = page.getByRole('region', { name: 'Units over time' });
    await table.locator('tbody tr').nth(399).waitFor();
    const longest = unitBars(report).toSorted((a, b) => lengthOf(b) - lengthOf(a))[0]!;
    await table.getByRole('button', { name: 'Duration' }).click();
    const cells = await table.locator('tbody tr').first().locator('td').allInnerTexts();
    expect(cells.slice(0, 4)).toEqual([
      longest.label,
      longest.detail,
      longest.startSeconds.toFixed(2),
      lengthOf(longest).toFixed(2),
    ]);
    await expect
      .poll(() => textOf(table.locator('th[aria-sort="descending"]')), patience)
      .toContain('Duration');
  });

  test.each(['light', 'dark'] as const)('%s is followed, switched and remembered', async colorScheme => {
    const page = await open({ colorScheme });
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const colours = { light: 'rgb(253, 253, 251)', dark: 'rgb(21, 23, 26)' };
    const other = colorScheme === 'light' ? 'dark' : 'light';
    await expect.poll(() => paper(), patience).toBe(colours[colorScheme]);
    const drawn = await pixels(page);
    await page.getByRole('button', { name: `Use the ${other} theme` }).click();
    await expect.poll(() => paper(), patience).toBe(colours[other]);
    await expectOther(page, drawn);
    await page.reload();
    await expect.poll(() => paper(), patience).toBe(colours[other]);
  });

  test('on paper everything is open, light and whole', async () => {
    const page = await open({ colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    await page.locator('.finding.open').nth(24).waitFor();
    await expect
      .poll(() => page.evaluate(() => document.documentElement.dataset.theme), patience)
      .toBe('light');
    await expect.poll(() => page.locator('.top-bar').isVisible(), patience).toBe(false);
    expect((await page.pdf()).length).toBeGreaterThan(50_000);
    await page.emulateMedia({ media: 'screen' });
    await page.locator('.finding.open').first().waitFor({ state: 'detached' });
    await expect
      .poll(() => page.evaluate(() => document.documentElement.dataset.theme), patience)
      .toBe('dark');
  });

  test('a phone’s width needs no sideways scrolling', async () => {
    const page = await open({ viewport: { width: 390, height: 844 } });
    await page.locator('[data-finding]').first().click();
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), patience).toBe(390);
  });

  test('a section of an area that the page has never heard of is shown', async () => {
    const build = report.build!;
    const page = await open(
      {},
      { ...report, embed: { ...build, title: 'Embed', blocks: build.blocks.slice(0, 1) } },
    );
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await expect.poll(() => page.locator('#embed .measure').count(), patience).toBe(5);
  });

  test('a report with nothing in it says so', async () => {
    const { build: _build, async: _async, ...rest } = report;
    const page = await open(
      {},
      { ...rest, findings: [], unknowns: [], failures: [], provenance: [], excerpts: [], notices: [] },
    );
    await page.getByText('Nothing was found. What could not be seen stands under Unknowns.').waitFor();
    await page.getByText('Nothing that was looked at stayed unseen.').waitFor();
  });

  test('five thousand units are drawn and found', async () => {
    const page = await open({}, sampleReport({ unitCount: 5000 }));
    await page.getByLabel('Search the units').fill('shop-cli');
    await page.getByLabel('Search the units').press('Enter');
    await page.locator('.selected-bar', { hasText: 'workspace member' }).waitFor();
    await page.getByText('All 5,000 as a table').waitFor();
  });
}

function unitBars(report: Report) {
  const block = report.build!.blocks.find(one => one.kind === 'timeline');
  if (block?.kind !== 'timeline') throw new Error('the sample has no timeline');
  return block.bars;
}

function lengthOf(bar: { readonly startSeconds: number; readonly endSeconds: number }): number {
  return bar.endSeconds - bar.startSeconds;
}

/** The text that a reader sees, once there is such an element. */
async function textOf(locator: Locator): Promise<string> {
  await locator.first().waitFor({ state: 'attached' });
  return (await locator.allInnerTexts()).join('\n');
}

function words(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim();
}

/** What the chart shows, once it has drawn what was asked of it. */
async function pixels(page: Page): Promise<string> {
  return page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    return document.querySelector('canvas')!.toDataURL();
  });
}

async function expectOther(page: Page, than: string): Promise<string> {
  const now = await pixels(page);
  expect(now === than, 'the chart is as it was').toBe(false);
  return now;
}

async function expectSame(page: Page, as: string): Promise<void> {
  expect((await pixels(page)) === as, 'the chart is as it was').toBe(true);
}

async function expectInView(page: Page, selector: string): Promise<void> {
  await page.waitForFunction(wanted => {
    const box = document.querySelector(wanted)!.getBoundingClientRect();
    return box.top >= 0 && box.bottom <= window.innerHeight;
  }, selector);
}

async function expectText(locator: Locator, text: string | RegExp): Promise<void> {
  await locator.filter({ hasText: text }).waitFor({ state: 'attached' });
  const shown = words((await locator.textContent()) ?? '');
  if (typeof text === 'string') expect(shown).toBe(text);
  else expect(shown).toMatch(text);
}
