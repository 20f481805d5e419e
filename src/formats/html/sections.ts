import type { Bundle } from '../../bundles/bundle.ts';
import {
  baselineItems,
  besideItems,
  excerptItems,
  linkedItems,
  occurrenceItems,
  reproductionItems,
  systemItems,
  typicalItems,
} from './context-items.ts';
import { adviceItems, errorItem, findingItem, hypothesisItems, modelItems } from './finding-items.ts';
import {
  coverageItem,
  maskedItems,
  omissionItems,
  processItems,
  safetyItems,
  selectionItems,
} from './ground-items.ts';
import type { Section } from './page-data.ts';

/** The overview: what is wrong first, what the answer rests on last. Empty parts are left out. */
export function sections(bundle: Bundle, cutSpanCount: number): Section[] {
  const { findings } = bundle;
  const background = findings.filter((finding) => finding.severity === 'info');
  const told = findings.filter((finding) => finding.severity !== 'info');
  const all: Section[] = [
    { title: 'Likely causes', items: hypothesisItems(bundle) },
    { title: 'Errors', items: bundle.errors.map((error) => errorItem(bundle, error)) },
    { title: 'Source', items: excerptItems(bundle) },
    { title: 'Findings', items: told.map((finding) => findingItem(bundle, finding)) },
    { title: 'Model calls', items: modelItems(bundle) },
    { title: 'Next', items: bundle.nextSteps.map((text) => ({ text })) },
    { title: 'Usually', items: [...baselineItems(bundle), ...occurrenceItems(bundle)] },
    { title: 'Beside it', items: besideItems(bundle) },
    { title: 'Beside a typical trace', items: typicalItems(bundle) },
    { title: 'Related systems', items: systemItems(bundle) },
    { title: 'Reproduction', items: reproductionItems(bundle) },
    { title: 'Tests that would have caught it', items: adviceItems(bundle), isFolded: true },
    { title: 'Linked traces', items: linkedItems(bundle) },
    { title: 'Background', items: background.map((finding) => findingItem(bundle, finding)), isFolded: true },
    { title: 'Processes', items: processItems(bundle), isFolded: true },
    { title: 'Masked values', items: maskedItems(bundle), isFolded: true },
    { title: 'Safety', items: safetyItems(bundle), isFolded: true },
    { title: 'Left out', items: omissionItems(bundle, cutSpanCount) },
    { title: 'What this rests on', items: [...selectionItems(bundle), coverageItem(bundle)], isFolded: true },
  ];
  return all.filter(({ items }) => items.length > 0);
}
