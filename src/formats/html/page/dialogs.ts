import { button, element } from './element.ts';

const KEYS: readonly (readonly [keys: string, meaning: string])[] = [
  ['↑ ↓  or  k j', 'the span above, below'],
  ['→ ←', 'open or go in, close or go out'],
  ['Page Up, Page Down, Home, End', 'further'],
  ['/', 'search; Enter next, Shift+Enter before'],
  ['n  N', 'next hit, hit before'],
  ['e  E', 'next failed span, the one before'],
  ['+  −  0', 'look closer, wider, at all of it'],
  ['f', 'fill the axis with the selected span'],
  ['c', 'the critical path on and off'],
  ['l', 'log records between the spans on and off'],
  ['1 2 3', 'waterfall, time, logs'],
  ['Esc', 'back to the overview'],
  ['p', 'copy the incident as a prompt'],
  ['Ctrl + wheel', 'look closer at the time under the pointer'],
];

/** The keys there are. */
export function showHelp(): void {
  const list = element('dl', 'facts keys');
  for (const [keys, meaning] of KEYS) list.append(element('dt', '', keys), element('dd', '', meaning));
  open('Keys', list);
}

/** Copies the prompt; where the browser does not allow it, shows it to be copied by hand. */
export async function copyPrompt(prompt: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(prompt);
    toast(`Copied ${prompt.length.toLocaleString('en')} characters.`);
  } catch {
    const area = element('textarea', 'prompt');
    area.readOnly = true;
    area.value = prompt;
    area.setAttribute('aria-label', 'Prompt');
    open('Copy this prompt', area);
    area.select();
  }
}

function open(title: string, content: HTMLElement): void {
  const dialog = element('dialog', '', element('h2', '', title), content);
  dialog.append(button('', 'Close', 'Close (Esc)', () => dialog.close()));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function toast(text: string): void {
  const made = element('div', 'toast', text);
  made.setAttribute('role', 'status');
  document.body.append(made);
  setTimeout(() => made.remove(), 2_500);
}
