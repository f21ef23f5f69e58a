import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import type { Report } from '#model/report.ts';
import { renderHtml } from '#report/render-html.ts';

/** The distribution's Chromium; null where there is none. Nothing is downloaded. */
export const chromiumPath =
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(path =>
    existsSync(path),
  ) ?? null;

/** Chromium asks its maker's servers for updates and lists unless told not to. */
const quietly = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A built page with a report in it, opened from a file. */
export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, and every address that was asked for besides the file itself. */
  readonly complaints: string[];
}

export interface PageOpener {
  open(report: Report, options?: BrowserContextOptions & { readonly hash?: string }): Promise<OpenPage>;
  close(): Promise<void>;
}

/** Builds the page as `npm run build:page` does, into a folder of its own, and starts the browser. */
export async function startBrowser(executablePath: string): Promise<PageOpener> {
  const folder = await mkdtemp(join(tmpdir(), 'assay page '));
  await build({
    configFile: fileURLToPath(new URL('../../src/web/vite.config.ts', import.meta.url)),
    logLevel: 'silent',
    build: { outDir: folder },
  });
  const template = await readFile(join(folder, 'page.html'), 'utf8');
  const browser: Browser = await chromium.launch({ executablePath, args: quietly });
  let opened = 0;
  return {
    async open(report, { hash = '', ...options } = {}) {
      opened += 1;
      await mkdir(folder, { recursive: true });
      const file = join(folder, `report ${opened}.html`);
      await writeFile(file, renderHtml(report, template));
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      const complaints: string[] = [];
      const address = pathToFileURL(file).href;
      page.on('console', message => {
        if (['error', 'warning'].includes(message.type()))
          complaints.push(`${message.type()}: ${message.text()}`);
      });
      page.on('pageerror', error => complaints.push(`exception: ${error.message}`));
      page.on('request', request => {
        const url = request.url();
        if (url.split('#', 1)[0] !== address && !url.startsWith('data:')) complaints.push(`request: ${url}`);
      });
      await page.goto(address + hash);
      await page.locator('html[data-ready]').waitFor({ state: 'attached' });
      return { page, complaints };
    },
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
