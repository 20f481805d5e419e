/**
 * A new element with children; strings become text nodes, so nothing of them is ever markup. The only way in which
 * the page makes elements.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = '',
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

/** A button that says what it does, to those who see its label and to those who hear it. */
export function button(className: string, label: string, title: string, act: () => void): HTMLButtonElement {
  const made = element('button', className, label);
  made.type = 'button';
  made.title = title;
  made.addEventListener('click', (event) => {
    event.stopPropagation();
    act();
  });
  return made;
}
