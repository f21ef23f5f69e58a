import { resolve } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { reportOf } from '../command/run-assay.ts';
import { chromiumPath, type OpenPage, type PageOpener, startBrowser } from './open-page.ts';

if (chromiumPath === null) {
  if (process.env.CI === undefined) test.skip('what-ifs in a browser: there is no Chromium on this machine');
  else
    test('what-ifs in a browser', () =>
      expect.fail('CI needs a Chromium: install the distribution’s package'));
} else {
  describe('what-ifs in the page', () => whatIfTests(chromiumPath!));
}

const patience = { timeout: 10_000 };
const evidence = resolve(import.meta.dirname, '../../examples/shop.assay');
const command = ['build', '--from', evidence];
const options = { cwd: resolve(import.meta.dirname, '../..') };

function whatIfTests(executablePath: string): void {
  let browser: PageOpener;
  let opened: OpenPage;
  let page: Page;

  beforeAll(async () => {
    browser = await startBrowser(executablePath);
    opened = await browser.open(await reportOf(command, options));
    page = opened.page;
  });
  afterAll(async () => {
    await browser?.close();
    expect(opened.complaints).toEqual([]);
  });

  const cores = () => page.getByLabel('cores and jobs');
  const more = () => page.getByRole('textbox', { name: 'and' });
  const answer = () => page.locator('.what-if-answer');

  test('says nothing of a build that is not changed', async () => {
    await expect
      .poll(() => page.locator('.what-if .hint').first().textContent(), patience)
      .toContain('Nothing is changed: the simulator replays the build in ');
    expect(await answer().count()).toBe(0);
  });

  test('the cores control: drawn in the next frame, and the numbers of the command line', async () => {
    await moveTo(cores(), 3);
    await page.locator('.comparison canvas[data-drawn="cores=3"]').waitFor();
    for (const count of [1, 4, 8]) {
      expect(await framesUntilDrawn(cores(), count), `frames until ${count} cores are drawn`).toBe(1);
      await expectTheAnswerOf(`cores=${count}`);
    }
  });

  test('toggles and what is typed are one question, which can be copied for a shell', async () => {
    await more().fill('without=serde_derive');
    await page.getByRole('checkbox', { name: 'linking takes no time' }).check();
    const question = 'without=serde_derive + cores=8 + no-link';
    await expectTheAnswerOf(question);
    expect(await answer().locator('code').textContent()).toBe(`cargo assay build --what-if '${question}'`);
    await page.getByRole('button', { name: 'as measured' }).click();
    await expect.poll(() => answer().count(), patience).toBe(0);
  });

  test('what is wrong with a question is said, and nothing is predicted', async () => {
    await more().fill('without=left-pad');
    await expect
      .poll(() => answer().textContent(), patience)
      .toBe('without=left-pad: no unit of package left-pad was built');
    expect(await page.locator('.comparison').count()).toBe(0);
    await more().fill('');
  });

  test('a narrow screen is not pushed sideways', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await moveTo(cores(), 4);
    await page.locator('.comparison canvas[data-drawn="cores=4"]').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });

  async function expectTheAnswerOf(question: string): Promise<void> {
    const report: Report = await reportOf([...command, '--what-if', question], options);
    const told = report.build!.whatIf![0]!;
    await page.locator('.interval[data-whole="yes"]').waitFor();
    await expect
      .poll(() => page.locator('.predicted').getAttribute('data-seconds'), patience)
      .toBe(String(told.predictedSeconds));
    const interval = await page.locator('.interval').getAttribute('data-seconds');
    expect(interval).toBe(`${told.lowSeconds} ${told.highSeconds}`);
  }
}

/** As a hand on the control does; `fill` does not reach a range. */
async function moveTo(range: Locator, value: number): Promise<void> {
  await range.evaluate((element, to) => {
    const input = element as HTMLInputElement;
    input.value = String(to);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, value);
}

/** Frames from the move until the canvas shows its answer. Counted, not timed: a busy machine draws late. */
async function framesUntilDrawn(range: Locator, value: number): Promise<number> {
  return await range.evaluate(async (element, to) => {
    const input = element as HTMLInputElement;
    const canvas = document.querySelector<HTMLElement>('.comparison canvas')!;
    await new Promise(requestAnimationFrame);
    input.value = String(to);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    for (let frames = 1; ; frames++) {
      await new Promise(requestAnimationFrame);
      if (canvas.dataset.drawn === `cores=${to}` || frames === 120) return frames;
    }
  }, value);
}
