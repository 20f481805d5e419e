import type { FailureKind } from './failure-kind.ts';

const kind = (rule: string, claim: string, refutedBy: string): FailureKind => ({ rule, claim, refutedBy });

/** By the status that an outgoing call was answered with; the first range that fits counts. */
export const BY_STATUS: readonly {
  readonly from: number;
  readonly to: number;
  readonly kind: FailureKind;
}[] = [
  {
    from: 401,
    to: 401,
    kind: kind(
      'credential-refused',
      'The called side refused this process’s credential (401): it is missing, wrong or expired, and was not renewed.',
      'The same credential is accepted when the same call is made by hand.',
    ),
  },
  {
    from: 403,
    to: 403,
    kind: kind(
      'not-allowed',
      'The called side knows the caller and does not allow this (403): a right or a scope is missing.',
      'The same call with the same credential is allowed by hand.',
    ),
  },
  {
    from: 404,
    to: 404,
    kind: kind(
      'called-what-is-not-there',
      'The called side has nothing at this address (404): a wrong path or id, or a version that does not have it yet or any more.',
      'The same address answers well when it is called by hand.',
    ),
  },
  {
    from: 408,
    to: 408,
    kind: kind(
      'called-side-slow',
      'The called side gave up waiting for the request (408).',
      'It had the whole request in time.',
    ),
  },
  {
    from: 429,
    to: 429,
    kind: kind(
      'rate-limited',
      'The called side refused because there were too many calls (429).',
      'The number of calls in that window is below the limit that the called side states.',
    ),
  },
  {
    from: 400,
    to: 499,
    kind: kind(
      'called-wrongly',
      'The called side refused what it was sent (4xx): the request this code makes does not fit what the other side asks for.',
      'The same request is accepted when it is sent by hand.',
    ),
  },
  {
    from: 500,
    to: 599,
    kind: kind(
      'called-side-failed',
      'The called side failed (5xx), and this code has no way to go on without its answer. Its own trace or log says why.',
      'The called side has no record of a failure at that time: then a proxy between them answered.',
    ),
  },
];
