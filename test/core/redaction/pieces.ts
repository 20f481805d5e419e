const WINDOW = 6;

/** Every six-character piece of a secret that is still in a text. */
export function piecesLeft(text: string, secret: string): string[] {
  const left: string[] = [];
  for (let at = 0; at + WINDOW <= secret.length; at++) {
    const piece = secret.slice(at, at + WINDOW);
    if (text.includes(piece)) left.push(piece);
  }
  return left;
}
