import type { FailureKind } from './failure-kind.ts';

const kind = (rule: string, claim: string, refutedBy: string): FailureKind => ({ rule, claim, refutedBy });

/** By `Type: message`, as engines and well-known libraries word it. Bounded patterns; the first that fits counts. */
export const BY_MESSAGE: readonly { readonly words: RegExp; readonly kind: FailureKind }[] = [
  {
    words:
      /timeout exceeded when trying to connect|acquir\w+ (?:a )?connection|fetching a new connection from the (?:connection )?pool|ResourceRequest timed out|Queue limit reached|pool is (?:full|exhausted|draining)|no (?:more )?connections? (?:is |are )?available|too many (?:clients|connections)|remaining connection slots/i,
    kind: kind(
      'pool-exhausted',
      'No connection of the pool came free in time. Somewhere connections are taken and not given back (a path that throws or returns between taking and releasing), or they are held too long for the size of the pool.',
      'Fewer connections than the pool’s size were in use at that time: then the database itself did not accept one.',
    ),
  },
  {
    words: /(?:is not valid JSON|JSON at position|Unexpected (?:token|end of JSON)|JSON\.parse|in JSON)/i,
    kind: kind(
      'not-json',
      'The code parsed something as JSON that is none (an error page, an empty or cut answer, the body of a request) without looking at status and content type first. Look at the call before it, and what it answered; where a parser of request bodies threw, at what the client sent.',
      'The text that was parsed is whole JSON.',
    ),
  },
  {
    words:
      /Cannot (?:read|set) propert(?:y|ies) (?:of|'[^']{0,80}' of) (?:undefined|null)|(?:undefined|null) is not (?:an object|iterable)|is not iterable|Cannot destructure property|Cannot convert undefined or null/,
    kind: kind(
      'missing-value',
      'A value was undefined or null where this line uses it. It is made elsewhere: a lookup that found nothing, a field that the input or a called side’s answer does not have, a promise that was not awaited.',
      'The value is there for this input when the line is reached.',
    ),
  },
  {
    words: /is not a function|is not a constructor|is not defined|before initialization/,
    kind: kind(
      'wrong-name',
      'The line uses something that is not there or not what it takes it for: a typo, a wrong import, another version of a library, or a promise used as its value.',
      'At this line the name holds what the code expects.',
    ),
  },
  {
    words: /Maximum call stack size exceeded/,
    kind: kind(
      'endless-recursion',
      'A function calls itself without an end: a missing stop condition, or data that contains itself.',
      'The data is really that deep.',
    ),
  },
  {
    words: /(?:heap out of memory|Invalid (?:array|string) length|Array buffer allocation failed)/i,
    kind: kind(
      'out-of-memory',
      'More was kept in memory at once than there is: an unbounded list, cache or answer.',
      'Memory was far from its limit at that time.',
    ),
  },
  {
    words:
      /(?:token|credential|session|jwt|certificate)[^.]{0,40}expired|expired[^.]{0,20}(?:token|credential)|invalid[ _](?:token|api key|grant)|TokenExpiredError/i,
    kind: kind(
      'credential-refused',
      'The credential is expired or wrong: it was read once and never renewed, or the setting holds an old one.',
      'The same credential is accepted when the same call is made by hand.',
    ),
  },
  {
    words: /(?:Zod|Validation|Valibot|Ajv)\w*Error|validation failed/i,
    kind: kind(
      'invalid-input',
      'The input does not fit its schema. Either the caller sent something wrong, or the schema is stricter than what callers send.',
      'The input fits the schema as it is written.',
    ),
  },
];
