/** Takes the README's picture of the report: `npm run screenshot`. The story, and so the picture, is always the same. */
import { join, resolve } from 'node:path';
import { findChromium, launch, openReport } from './browser.ts';
import { reportOf } from './hostile-report.ts';
import { screenshotStory } from './screenshot-story.ts';

const TARGET = resolve(import.meta.dirname, '../../../examples/bundles');

const chromium = findChromium();
if (chromium === undefined) throw new Error('There is no Chromium here: install one, or put it on the PATH.');
const { story, lines } = screenshotStory();
const html = await reportOf(story, lines);
const browser = await launch(chromium);
for (const colorScheme of ['light', 'dark'] as const) {
  const { page, close } = await openReport(browser, html, { colorScheme });
  await page.screenshot({
    path: join(TARGET, `report-${colorScheme}.png`),
    clip: { x: 0, y: 0, width: 1360, height: 640 },
  });
  await close();
}
await browser.close();
