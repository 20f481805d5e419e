import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PLACES = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** The Chromium of this machine; undefined when there is none. `.ci/run` installs Debian's. */
export function findChromium(): string | undefined {
  const paths = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...paths, ...PLACES].find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Starts it without a window. It runs as root in containers, which its sandbox refuses. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A report in a real page, from a file, and everything it did that it must not do. */
export interface OpenReport {
  readonly page: Page;
  /** Messages of the console, exceptions, dialogs, breaches of the policy, requests for anything but the file. */
  readonly troubles: string[];
  close(): Promise<void>;
}

export interface ReportOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  /** False for one whose script must not run. */
  readonly isWhole?: boolean;
}

/** Opens the report from a file of its own, as a person would. */
export async function openReport(
  browser: Browser,
  html: string,
  { colorScheme = 'light', width = 1360, isWhole = true }: ReportOptions = {},
): Promise<OpenReport> {
  const folder = mkdtempSync(join(tmpdir(), 'agentlog-report-'));
  const file = join(folder, 'report.html');
  writeFileSync(file, html);
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => troubles.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => troubles.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== `file://${file}`) troubles.push(`request: ${request.url()}`);
  });
  page.on('popup', () => troubles.push('a window was opened'));
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.addInitScript(`addEventListener('securitypolicyviolation', (event) => {
    console.error('policy: ' + event.violatedDirective);
  })`);
  await page.goto(`file://${file}`);
  if (isWhole) await page.waitForSelector('.head');
  return {
    page,
    troubles,
    close: async () => {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
