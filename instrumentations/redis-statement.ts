import { beginningOf } from '../src/core/redaction/cut.ts';

/** Arguments that are shown: those that name what is touched, never a value. One where nothing is said. */
const SHOWN: ReadonlyMap<string, number> = new Map(
  Object.entries({ auth: 0, hello: 0, echo: 0, migrate: 0, eval: 0, eval_ro: 0, object: 2, memory: 2 }),
);

const LONGEST_ARGUMENT = 100;

/**
 * `db.query.text` of a Redis command: the command, its key, for hashes the field, and a count of the rest.
 *
 * Upstream's serializer shows every argument of scripts, list and set commands, and with queues on Redis
 * (BullMQ) that is the whole payload of each job.
 *
 * @example redisStatement('HSET', ['user:1', 'email', 'a@b.c']) // 'HSET user:1 email [1 other arguments]'
 */
export function redisStatement(command: string, args: readonly unknown[] | undefined): string {
  if (!Array.isArray(args) || args.length === 0) return command;
  const lower = command.toLowerCase();
  const shown = SHOWN.get(lower) ?? (lower.startsWith('h') ? 2 : 1);
  let text = command;
  for (const arg of args.slice(0, shown)) {
    const word = typeof arg === 'string' || typeof arg === 'number' ? String(arg) : '?';
    text += ` ${word.length > LONGEST_ARGUMENT ? `${beginningOf(word, LONGEST_ARGUMENT)}…` : word}`;
  }
  const rest = args.length - Math.min(shown, args.length);
  return rest > 0 ? `${text} [${rest} other arguments]` : text;
}
