const MAX_PATH = 256;

/** The path of a URL, up to its query, with every segment that looks like a value as `*`: `/users/*`. Linear, bounded. */
export function pathTemplate(path: string): string {
  return path
    .slice(0, MAX_PATH)
    .replace(/[?#].*$/s, '')
    .split('/')
    .map((segment) => (isValue(segment) ? '*' : segment))
    .join('/');
}

/** A number, a UUID, a hash, a slug with digits in it, a file of that name; `v1` is none. */
function isValue(segment: string): boolean {
  if (!/\d/.test(segment)) return segment.length > 40;
  return !/^v\d{1,2}(?:\.\d{1,2})?$|^[a-z]{2,}\d?$/i.test(segment);
}
