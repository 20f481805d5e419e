import { AgentlogError } from '../core/errors.ts';
import type { HttpAnswer } from './http-client.ts';

/** A parsed answer of a backend. */
export type Json = Record<string, unknown>;

/** Whether an answer is a page for people: backends with a UI answer paths they do not know with it, status 200. */
export function isPage({ contentType, body }: HttpAnswer): boolean {
  return contentType === 'text/html' || /^\s*<(?:!doctype|html)/i.test(body.slice(0, 200));
}

/**
 * The JSON objects of an answer: one, or several in lines of their own as a stream gives them. The content type is not
 * trusted: Jaeger sends JSON as `text/plain`.
 * @throws AgentlogError SOURCE_FAILED for a page, for text that is no JSON, and for JSON that was cut off.
 */
export function readJson(answer: HttpAnswer, source: string): Json[] {
  if (isPage(answer)) {
    throw unusable(
      source,
      'it answered with a web page',
      'Is this the address of its query API, without a path of the UI?',
    );
  }
  const whole = parse(answer.body);
  const parts =
    whole === undefined
      ? answer.body
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map(parse)
      : [whole];
  const objects = parts.filter((part) => typeof part === 'object' && part !== null && !Array.isArray(part));
  if (objects.length > 0 && objects.length === parts.length) return objects as Json[];
  if (whole !== undefined) {
    throw unusable(
      source,
      'its answer is JSON of another form',
      'Is this the address of its query API, and of a version that is known?',
    );
  }
  const isCut = /^\s*[{[]/.test(answer.body);
  throw isCut
    ? unusable(
        source,
        'its answer is JSON that is cut off or damaged',
        'Try again; a proxy between may cut large answers.',
      )
    : unusable(source, 'its answer is not JSON', 'Check the address and the port.');
}

/** The error for a status that is no answer to the question. */
export function refused(source: string, status: number): AgentlogError {
  const next =
    status === 404
      ? 'It does not know this path: check the address, and whether a path stands before the API.'
      : status >= 500
        ? 'Look at its own log, or try again later.'
        : status < 400
          ? 'Check the address and the port: its query API does not answer so.'
          : 'Ask for less: a shorter window with --since, a smaller --limit; or check its version.';
  return unusable(source, `it answered ${status}`, next);
}

function unusable(source: string, what: string, next: string): AgentlogError {
  return new AgentlogError('SOURCE_FAILED', `${source} gave nothing that can be used: ${what}. ${next}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
