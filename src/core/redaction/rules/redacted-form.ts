/** What stands where a secret was: the mark of a rule, the one of URLs, a pseudonym. */
const MARK = '(?:\\[REDACTED:[\\w-]{1,64}\\]|REDACTED|\\[[a-z][\\w-]{0,63}:[0-9a-f]{12}\\])';

/**
 * What a form leaves of its match once it is masked: the same expression with a mark in place of each group. So a
 * rule need not say what it keeps: `npm_([A-Za-z0-9]{36})` leaves `npm_` and the mark.
 */
export function redactedForm(form: string): string {
  let out = '';
  for (let at = 0; at < form.length; ) {
    const end = endOfPart(form, at);
    const isGroup = form[at] === '(' && form[at + 1] !== '?';
    const isLook = /^\(\?<?[=!]/.test(form.slice(at, at + 4));
    if (isGroup) out += MARK;
    else if (form[at] === '(' && !isLook) {
      const open = form.slice(at, at + 3);
      out += `${open}${redactedForm(form.slice(at + 3, end - 1))})`;
    } else if (!isLook) out += form.slice(at, end);
    at = end;
  }
  return out;
}

/** The end of the character, escape, class or bracketed part that begins at `at`. */
function endOfPart(form: string, at: number): number {
  if (form[at] === '\\') return at + 2;
  if (form[at] === '[') return endOfClass(form, at);
  if (form[at] !== '(') return at + 1;
  let depth = 0;
  for (let index = at; index < form.length; ) {
    if (form[index] === '(') depth++;
    else if (form[index] === ')' && --depth === 0) return index + 1;
    index = form[index] === '\\' ? index + 2 : form[index] === '[' ? endOfClass(form, index) : index + 1;
  }
  return form.length;
}

function endOfClass(form: string, at: number): number {
  let index = at + 1;
  while (index < form.length && form[index] !== ']') index += form[index] === '\\' ? 2 : 1;
  return index + 1;
}
