import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBundle } from '../../../src/bundles/index.ts';
import { loadFormat } from '../../../src/formats/index.ts';
import { JsonlSource } from '../../../src/sources/jsonl.ts';
import { INJECTIONS } from '../../traces/injections.ts';
import { Story } from '../../traces/otlp.ts';
import { findChromium, launch, type OpenReport, openReport, type ReportOptions } from './browser.ts';
import { hostileReport, reportOf } from './hostile-report.ts';
import { MARKUP } from './markup.ts';

const chromium = findChromium();
if (chromium === undefined) console.warn('The report is not tested in a browser: there is no Chromium here.');

async function storyReport(name: string, prefix: string): Promise<string> {
  const source = new JsonlSource(new URL(`../../traces/${name}.jsonl`, import.meta.url).pathname);
  return (await loadFormat('html')).render(await makeBundle(source, prefix));
}

const large = new Story('1a26e000'.repeat(4));
const LARGE_COUNT = 10_000;

function largeReport(): Promise<string> {
  const spans = Array.from({ length: LARGE_COUNT }, (_, index) => ({
    id: index + 1,
    ...(index > 0 && { parent: 1 + Math.floor((index - 1) / 20) }),
    name: `operation ${index % 700}`,
    at: index / 10,
    ms: index === 0 ? LARGE_COUNT / 10 : 0.5 + (index % 7),
    attributes: { 'http.route': '/orders/:id', note: 'an attribute of usual length', number: index },
    ...(index === LARGE_COUNT - 1 && { error: 'the last one' }),
  }));
  return reportOf(large, [large.spans({ 'service.name': 'shop' }, spans)]);
}

test('report: it is one file, and nothing from telemetry is in its markup', async () => {
  const html = await hostileReport([...MARKUP, ...INJECTIONS]);
  const data = /<script type="application\/json" id="data">([^<]*)<\/script>/.exec(html)?.[1] ?? '';
  expect(JSON.parse(data).spans).toHaveLength(1 + MARKUP.length + INJECTIONS.length);
  const markup = html.replace(data, '');
  expect(markup).not.toMatch(/pwned|127\.0\.0\.1|evil|Ignore all/);
  expect(markup.match(/<script/g)).toHaveLength(2);
  expect(markup).not.toMatch(/\b(?:src|href|on[a-z]+)=/);
  expect(markup.match(/https?:\/\/[^"'\s]*/g)).toBeNull();
});

test('report: the same trace gives the same bytes', async () => {
  expect(await storyReport('checkout-failure', 'c0ffee00')).toBe(
    await storyReport('checkout-failure', 'c0ffee00'),
  );
});

describe.skipIf(chromium === undefined)('report in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(chromium ?? '');
  });
  afterAll(() => browser?.close());

  /** Opens, does, and expects that nothing went wrong. */
  async function inReport(
    html: string,
    act: (report: OpenReport) => Promise<void>,
    options?: ReportOptions,
  ): Promise<void> {
    const report = await openReport(browser, html, options);
    try {
      await act(report);
      expect(report.troubles).toEqual([]);
    } finally {
      await report.close();
    }
  }

  test('report: text planted in every field is never run, loads nothing and becomes no element', async () => {
    await inReport(await hostileReport([...MARKUP, ...INJECTIONS]), async ({ page }) => {
      const count = 1 + MARKUP.length + INJECTIONS.length;
      await page.keyboard.press('Home');
      for (let index = 0; index < count; index += 1) {
        await page.keyboard.press('ArrowDown');
        // What it said is there as text: the panel has been filled.
        expect(await page.locator('.details-name').count()).toBe(1);
      }
      for (const text of MARKUP.slice(0, 6)) {
        await page.getByRole('searchbox').fill(text);
        await page.keyboard.press('Enter');
      }
      await page.getByRole('tab', { name: 'Time' }).click();
      await page.getByRole('tab', { name: /^Logs/ }).click();
      await page.emulateMedia({ media: 'print' });
      await page.pdf();
      const found = await page.evaluate(`({
        pwned: 'pwned' in globalThis,
        polluted: 'planted' in {},
        elements: document.querySelectorAll(
          'img, svg, iframe, object, embed, link, base, form, video, audio, template, math, a, source, body style, body meta',
        ).length,
        scripts: document.scripts.length,
        handlers: [...document.querySelectorAll('*')].filter((each) =>
          each.getAttributeNames().some((name) => name.startsWith('on') || name === 'href' || name === 'src'),
        ).length,
        headings: [...document.querySelectorAll('h1')].map((each) => each.textContent),
        title: document.title,
      })`);
      expect(found).toEqual({
        pwned: false,
        polluted: false,
        elements: 0,
        scripts: 2,
        handlers: 0,
        headings: ['FAILED'],
        title: 'Trace badc0de0: FAILED',
      });
    });
  });

  test('report: planted text is shown whole, with what is invisible made visible', async () => {
    await inReport(await hostileReport(['<b>bold</b>', 'right\u202eto\u200bleft', 'a']), async ({ page }) => {
      const labels = await page.locator('.row .label').allTextContents();
      expect(labels).toEqual(['<b>bold</b>', '<b>bold</b>', 'right\\u{202e}to\\u{200b}left', 'a']);
      expect(await page.evaluate('/[\\u202e\\u200b]/.test(document.body.innerText)')).toBe(false);
    });
  });

  test('report: the policy stops what does not belong to it', async () => {
    const report = await openReport(browser, await storyReport('checkout-failure', 'c0ffee00'));
    const stopped = await report.page.evaluate(`(async () => {
      const asked = await fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'stopped');
      try {
        document.body.insertAdjacentHTML('beforeend', '<p>markup</p>');
      } catch {
        return { asked, markup: 'stopped' };
      }
      return { asked, markup: 'made' };
    })()`);
    expect(stopped).toEqual({ asked: 'stopped', markup: 'stopped' });
    expect(report.troubles.filter((each) => each.includes('connect-src')).length).toBeGreaterThan(0);
    await report.close();
    // The page's own script, changed by one character, is not run.
    const changed = (await storyReport('checkout-failure', 'c0ffee00')).replace('<script>', '<script> ');
    const broken = await openReport(browser, changed, { isWhole: false });
    expect(await broken.page.locator('.head').count()).toBe(0);
    expect(broken.troubles.join()).toContain('script-src');
    await broken.close();
  });

  test('report: the verdict, the cause and the way of the failure are on the first screen', async () => {
    await inReport(await storyReport('checkout-failure', 'c0ffee00'), async ({ page }) => {
      expect(await page.locator('h1').textContent()).toBe('FAILED');
      expect(await page.locator('.head-title').textContent()).toBe('POST /checkout');
      expect(await page.locator('.head').textContent()).toContain('CardDeclined');
      for (const text of ['/srv/shop/payments.cjs:41', 'charge card']) {
        await expect(page.getByText(text).first().isVisible()).resolves.toBe(true);
      }
      expect(await page.locator('.row.failed:not(.log)').count()).toBe(4);
      expect(await page.locator('.critical').count()).toBeGreaterThan(0);
      expect(await page.locator('.log-line .mark').count()).toBe(3);
    });
  });

  test('report: a click shows everything that is known of a span, and Escape goes back', async () => {
    await inReport(await storyReport('checkout-failure', 'c0ffee00'), async ({ page }) => {
      await page.locator('.row', { hasText: 'charge card' }).click();
      const panel = page.locator('.panel');
      for (const text of [
        'CardDeclined',
        '#5',
        'payments',
        'charge failed',
        '9b74c9897bac770f',
        'at charge',
      ]) {
        expect(await panel.textContent()).toContain(text);
      }
      await page.keyboard.press('Escape');
      expect(await panel.locator('.overview').count()).toBe(1);
    });
  });

  test('report: a group unfolds into its spans by a click and by the keyboard, and folds again', async () => {
    await inReport(await storyReport('n-plus-one', 'a1f0c3d2'), async ({ page }) => {
      const rows = page.locator('.row .label');
      const before = await rows.count();
      await page.locator('.row', { hasText: 'SELECT items' }).locator('.times').click();
      // The list is drawn in the next frame, which a busy machine may take its time for.
      await expect
        .poll(() => page.locator('.list-body').evaluate((body) => body.getBoundingClientRect().height / 24))
        .toBe(before + 40 + 1);
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => rows.count()).toBe(before);
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => page.locator('.panel .handle').textContent()).toBe('#44');
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => page.locator('.panel .handle').textContent()).toBe('#44–83');
    });
  });

  test('report: a search unfolds what it finds, in an attribute too, and goes from hit to hit', async () => {
    await inReport(await storyReport('n-plus-one', 'a1f0c3d2'), async ({ page }) => {
      await page.keyboard.press('/');
      await page.keyboard.type('from items');
      await page.keyboard.press('Enter');
      expect(await page.locator('.search-count').textContent()).toBe('1/40');
      await page.keyboard.press('Enter');
      expect(await page.locator('.search-count').textContent()).toBe('2/40');
      expect(await page.locator('.panel .handle').textContent()).toBe('#45');
      await page.getByRole('searchbox').fill('no such thing');
      await page.keyboard.press('Enter');
      expect(await page.locator('.search-count').textContent()).toBe('none');
      await page.keyboard.press('Escape');
      expect(await page.locator('.row.miss').count()).toBe(0);
    });
  });

  test('report: the keyboard reaches every span, failures first where they began, views and help', async () => {
    await inReport(await storyReport('checkout-failure', 'c0ffee00'), async ({ page }) => {
      const handle = (): Promise<string | null> => page.locator('.panel .handle').textContent();
      await page.keyboard.press('e');
      expect(await handle()).toBe('#5');
      const seen: (string | null)[] = [];
      await page.keyboard.press('Home');
      for (let index = 0; index < 5; index += 1) {
        seen.push(await handle());
        await page.keyboard.press('ArrowDown');
      }
      expect(seen).toEqual(['#1', '#2', '#3', '#4', '#5']);
      const active = await page.locator('[role=tree]').getAttribute('aria-activedescendant');
      expect(await page.locator(`#${active}`).getAttribute('aria-selected')).toBe('true');
      await page.keyboard.press('2');
      expect(await page.locator('.flame .frame').count()).toBeGreaterThan(3);
      await page.keyboard.press('3');
      expect(await page.locator('.log-row').count()).toBe(3);
      await page.keyboard.press('1');
      await page.keyboard.press('l');
      expect(await page.locator('.row.log').count()).toBe(0);
      await page.keyboard.press('c');
      expect(await page.locator('.critical').count()).toBe(0);
      await page.keyboard.press('?');
      expect(await page.locator('dialog[open]').count()).toBe(1);
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
    });
  });

  test('report: looking closer narrows the axis, and 0 shows all of it again', async () => {
    await inReport(await storyReport('checkout-failure', 'c0ffee00'), async ({ page }) => {
      const axis = (): Promise<string[]> => page.locator('.axis .tick').allTextContents();
      const whole = await axis();
      await page.locator('.row', { hasText: 'SELECT carts' }).click();
      await page.keyboard.press('f');
      const close = await axis();
      expect(close).not.toEqual(whole);
      expect(Number.parseFloat(close[0] ?? '')).toBeGreaterThan(3);
      await page.keyboard.press('0');
      expect(await axis()).toEqual(whole);
    });
  });

  test('report: the prompt can be copied, and is the one of the bundle', async () => {
    await inReport(await storyReport('checkout-failure', 'c0ffee00'), async ({ page }) => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.getByRole('button', { name: 'Copy as prompt' }).click();
      await page.locator('.toast').waitFor();
      const copied = await page.evaluate('navigator.clipboard.readText()');
      expect(copied).toContain('CardDeclined');
      expect(copied).toContain('c0ffee00d15ea5e0c0ffee00d15ea5e0');
    });
  });

  test('report: a model call shows its tokens', async () => {
    await inReport(await storyReport('llm-route', '11a3b5c7'), async ({ page }) => {
      const row = page.locator('.row', { hasText: '812→96 tokens' });
      await row.click();
      expect(await page.locator('.panel').textContent()).toContain('812 in, 96 out');
    });
  });

  test.each(['light', 'dark'] as const)(
    'report: in %s text stands out from a ground of that kind',
    async (colorScheme) => {
      const html = await storyReport('checkout-failure', 'c0ffee00');
      await inReport(
        html,
        async ({ page }) => {
          const colors = await page.evaluate<string[]>(
            '[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]',
          );
          const [ground, text] = colors.map((color) => {
            const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map(Number);
            return 0.3 * red + 0.6 * green + 0.1 * blue;
          });
          const difference = (ground ?? 0) - (text ?? 0);
          if (colorScheme === 'light') expect(difference).toBeGreaterThan(150);
          else expect(difference).toBeLessThan(-150);
        },
        { colorScheme },
      );
    },
  );

  test('report: on paper every row is there, and the overview', async () => {
    await inReport(await storyReport('n-plus-one', 'a1f0c3d2'), async ({ page }) => {
      await page.locator('.row', { hasText: 'SELECT items' }).locator('.times').click();
      await page.evaluate(`void dispatchEvent(new Event('beforeprint'))`);
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.row').count()).toBe(46);
      const [list, body] = await page.evaluate<number[]>(
        `['.list', '.list-body'].map((name) => document.querySelector(name).getBoundingClientRect().height)`,
      );
      expect(list).toBeGreaterThanOrEqual(body ?? 0);
      expect(await page.locator('.toolbar').isVisible()).toBe(false);
      expect((await page.pdf()).byteLength).toBeGreaterThan(10_000);
    });
  });

  test('report: of 10,000 spans only what is seen exists, and every one can be reached', async () => {
    await inReport(await largeReport(), async ({ page }) => {
      const count = (): Promise<number> => page.locator('.row').count();
      expect(await count()).toBeLessThan(100);
      const most = await page.evaluate(`(async () => {
        const list = document.querySelector('.waterfall-list');
        const { top, bottom } = list.getBoundingClientRect();
        let most = 0;
        for (let at = 0; at < list.scrollHeight; at += list.clientHeight * 4) {
          list.scrollTop = at;
          await new Promise((resolve) => requestAnimationFrame(resolve));
          const rows = [...list.querySelectorAll('.row')];
          const tops = rows.map((row) => row.getBoundingClientRect().top);
          if (!tops.some((y) => y > top && y < bottom)) return 'blank at ' + at;
          most = Math.max(most, rows.length);
        }
        return most;
      })()`);
      expect(most).toBeLessThan(120);
      await page.keyboard.press('e');
      expect(await page.locator('.panel').textContent()).toContain('the last one');
      await page.keyboard.press('End');
      expect(await count()).toBeLessThan(120);
      expect(await page.locator('.panel .details-name').count()).toBe(1);
    });
  });

  test('report: of a trace without spans the log records are shown', async () => {
    const story = new Story('0e0e0e0e'.repeat(4));
    const lines = [story.logs({ 'service.name': 'shop' }, [{ at: 1, severity: 17, body: 'it broke' }])];
    await inReport(await reportOf(story, lines), async ({ page }) => {
      expect(await page.locator('h1').textContent()).toBe('NO SPANS');
      await page.keyboard.press('3');
      expect(await page.locator('.log-row').textContent()).toContain('it broke');
    });
  });
});
