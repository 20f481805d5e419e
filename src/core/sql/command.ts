import { beginningOf } from '../redaction/cut.ts';
import { signatureOf } from './word-hash.ts';

/** A command of Redis, Valkey or Memcached. */
export interface CommandFacts {
  /** The command and its key; every further argument is `?`. */
  readonly text: string;
  /** The command, upper case. */
  readonly summary: string;
  /** 16 hex digits over the command and the shape of its key: `user:17` and `user:42` are one. */
  readonly signature: string;
}

const MAX_ARGUMENTS = 16;
/** Commands whose first argument is a value, not a key. */
const NO_KEY = new Set([
  'AUTH',
  'HELLO',
  'ACL',
  'CONFIG',
  'ECHO',
  'EVAL',
  'EVALSHA',
  'FCALL',
  'MIGRATE',
  'PING',
  'SCRIPT',
]);

/** Reads a command as instrumentations write it: `HSET user:17 name ada`, `GET k [2 other arguments]`. Never throws. */
export function analyzeCommand(source: string): CommandFacts {
  const text = beginningOf(source, 4_096);
  const [command = '', key, ...rest] = text.split(' ', MAX_ARGUMENTS);
  const name = command.toUpperCase();
  const omitted = text.indexOf(' [');
  const hasKey = key !== undefined && !NO_KEY.has(name) && !key.startsWith('[');
  const more =
    (hasKey ? rest : key === undefined ? [] : [key, ...rest]).filter((part) => part !== '').length > 0;
  const tail = !more
    ? ''
    : omitted >= 0 && /^ \[\d+ other arguments\]$/.test(text.slice(omitted))
      ? text.slice(omitted)
      : ' ?';
  const masked = `${command}${hasKey ? ` ${key}` : ''}${tail}`;
  return {
    text: masked === source ? source : masked,
    summary: name,
    signature: signatureOf(`${name} ${hasKey ? shapeOf(key) : ''}`),
  };
}

/** The parts of a key with every part that holds a digit, or is long, replaced by `*`. */
function shapeOf(key: string): string {
  return key.replace(/[^:./|{}]+/g, (part) => (part.length > 32 || /\d/.test(part) ? '*' : part));
}
