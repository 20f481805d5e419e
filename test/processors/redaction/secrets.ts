import { randomBytes } from 'node:crypto';
import type { AttributeValue } from '../../../src/core/span.ts';

/** A random secret in two forms: a password nobody can tell by its look, and a token with an issuer's prefix. */
export interface PlantedSecret {
  readonly plain: string;
  readonly token: string;
  /** What must not be found: the parts after a public prefix. */
  readonly parts: readonly string[];
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function newSecret(): PlantedSecret {
  const plain = `Q7${letters(18)}`;
  const tail = letters(36);
  return { plain, token: `gh${'p'}_${tail}`, parts: [plain, tail] };
}

function letters(length: number): string {
  return [...randomBytes(length)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

/** The texts a secret travels in. */
export const CARRIERS: Record<string, (secret: PlantedSecret) => string> = {
  'a token alone': ({ token }) => token,
  'an assignment': ({ plain }) => `login failed for bob with password=${plain} on db1`,
  'a header': ({ token }) => `Authorization: Bearer ${token}`,
  'a flag': ({ plain }) => `node app.js --db-password ${plain} --port 80`,
  'a JSON field': ({ plain }) => JSON.stringify({ user: 'bob', client_secret: plain, n: 1 }),
  'a URL with userinfo': ({ plain }) => `postgres://shop:${plain}@db.internal:5432/shop?sslmode=require`,
  'a URL with a parameter': ({ plain }) =>
    `https://api.example.com/v1/items?limit=2&access_token=${plain}&x=1`,
  'a form body': ({ plain }) => `user=bob&password=${plain}&remember=1`,
  'an env line': ({ plain }) => `NODE_ENV=production\nDB_PASSWORD=${plain}\nPORT=80`,
  'a YAML line': ({ plain }) => `db:\n  host: db1\n  password: ${plain}\n  port: 5432`,
  'a connection string': ({ plain }) => `Server=db1;Database=shop;User Id=sa;Password=${plain};Encrypt=true`,
};

/** The shapes and encodings a text travels in. */
export const ENCODINGS: Record<string, (text: string) => AttributeValue> = {
  string: (text) => text,
  array: (text) => ['first', text, 'last'],
  'mixed array': (text) => [1, null, true, text],
  'nested map': (text) => ({ request: { parts: [{ body: text }] } }),
  bytes: (text) => new Uint8Array(Buffer.from(text)),
  'JSON in a string': (text) => JSON.stringify({ level: 'info', message: text, tags: [text] }),
  'JSON in JSON': (text) => JSON.stringify({ payload: JSON.stringify({ message: text }) }),
  'URL-encoded': (text) => encodeURIComponent(text),
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64 for URLs': (text) => Buffer.from(text).toString('base64url'),
  'JSON-escaped': (text) => `event ${JSON.stringify(text)} received`,
};

const WINDOW = 6;

/** Every six-character piece of a secret found in what was written: as it is, decoded from base64, percent and escapes. */
export function leaksOf(written: string | Uint8Array, secret: PlantedSecret): string[] {
  const text = Buffer.from(written as string).toString('latin1');
  const layers = [text];
  for (let depth = 0; depth < 3; depth++) {
    for (const layer of [...layers]) {
      for (const run of layer.match(/[\w+/-]{12,}={0,2}/g) ?? [])
        layers.push(Buffer.from(run, 'base64').toString('latin1'));
      if (/%[0-9a-f]{2}/i.test(layer)) layers.push(unescape(layer));
    }
    if (layers.length > 2_000) break;
  }
  const found = new Set<string>();
  for (const part of secret.parts) {
    for (let at = 0; at + WINDOW <= part.length; at++) {
      const piece = part.slice(at, at + WINDOW);
      if (layers.some((layer) => layer.includes(piece))) found.add(piece);
    }
  }
  return [...found];
}
