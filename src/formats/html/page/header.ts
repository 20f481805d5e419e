import type { PageData } from '../page-data.ts';
import { copyPrompt, showHelp } from './dialogs.ts';
import { button, element } from './element.ts';
import { visible } from './visible.ts';

/** The verdict, what it is about, and what can be done with it. Its heading holds our own words only. */
export function header(data: PageData): HTMLElement {
  const facts = element('p', 'head-facts');
  for (const fact of data.facts) facts.append(element('span', '', fact));
  facts.append(element('span', 'mono', data.traceId));
  const title = element('p', 'head-title mono', visible(data.title.slice(0, 200)));
  const services = element('p', 'head-services');
  for (const [index, service] of data.services.slice(0, 12).entries()) {
    services.append(element('span', '', element('i', `dot s${index % 8}`), visible(service || '(unnamed)')));
  }
  return element(
    'header',
    `head ${data.outcome}`,
    element('h1', 'verdict', data.verdict),
    element(
      'div',
      'head-text',
      element(
        'div',
        'head-line',
        title,
        element('p', 'head-sentence', data.sentence, element('span', 'mono', visible(data.cause))),
      ),
      facts,
    ),
    services,
    element(
      'div',
      'head-actions',
      button('primary', 'Copy as prompt', 'For a coding agent (p)', () => void copyPrompt(data.prompt)),
      button('', '?', 'Keys', showHelp),
    ),
  );
}
