import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Wanted } from '../../bundles/select/index.ts';
import { AgentlogError } from '../../core/errors.ts';
import { createRedactor, type RedactorOptions } from '../../core/redaction/index.ts';
import { parseAttributes } from '../attribute-option.ts';
import type { Terminal } from '../command.ts';
import { addWindowOptions, parseWindow, type WindowOptions } from '../window-options.ts';

/** The options that say which trace is wanted. */
export interface WantedOptions extends WindowOptions {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly error?: string;
  readonly tag?: string[];
  readonly query?: string;
  readonly route?: string;
  readonly text?: string;
  readonly last?: boolean;
}

const MAX_PASTED = 1_048_576;

export function addWantedOptions(command: Command): Command {
  command
    .option('--trace-id <id>', '32 hex digits, or a unique prefix of at least 8')
    .option('--span-id <id>', 'the trace that holds this span, 16 hex digits')
    .option('--error <fingerprint or type>', 'the newest trace with this error')
    .option(
      '--tag <key=value>',
      'the newest trace with a span that has this attribute; may be repeated',
      (text: string, before: string[] = []) => [...before, text],
    )
    .option('--query <words>', 'the newest trace in which all these words stand')
    .option('--route <route>', 'the worst trace of a route (`GET /orders`), beside a typical one')
    .option(
      '--text <text>',
      'the trace that a pasted stack trace or ticket speaks of; - reads standard input',
    )
    .option('--last', 'the newest trace with a failed span');
  return addWindowOptions(command, 'traces that started');
}

/**
 * What the options ask for.
 * @throws AgentlogError USAGE when they name no trace, or in two ways.
 */
export function readWanted(options: WantedOptions, terminal: Terminal, redaction: RedactorOptions): Wanted {
  const ways = (['traceId', 'spanId', 'error', 'route', 'text', 'last'] as const).filter(
    (name) => options[name] !== undefined,
  );
  const isSearch = options.tag !== undefined || options.query !== undefined;
  const given = [
    ...ways.map((name) => `--${name.replace(/[A-Z]/g, '-$&').toLowerCase()}`),
    ...(isSearch ? ['--tag or --query'] : []),
  ];
  if (given.length > 1) {
    throw new AgentlogError(
      'USAGE',
      `Expected one way to name a trace, got ${given.join(' and ')}. Leave out all but one.`,
    );
  }
  if (given.length === 0 && options.since === undefined && options.until === undefined) {
    throw new AgentlogError(
      'USAGE',
      'Which trace? Name one with --trace-id, --span-id, --error, --route, --tag, --query or --text, ' +
        'or take the newest failed one with --last.',
    );
  }
  const { traceId, spanId, error, route, query, tag, text } = options;
  const empty = Object.entries({ error, route, query }).find(([, value]) => value?.trim() === '');
  if (empty !== undefined) {
    throw new AgentlogError('USAGE', `Expected --${empty[0]} to say what to look for, got nothing.`);
  }
  return {
    ...(traceId !== undefined && { traceId: traceId.trim() }),
    ...(spanId !== undefined && { spanId: spanId.trim() }),
    ...(error !== undefined && { error }),
    ...(route !== undefined && { route }),
    ...(query !== undefined && { query }),
    ...parseAttributes(tag, '--tag'),
    ...(text !== undefined && { text: createRedactor(redaction).text(readText(text, terminal)) }),
    ...parseWindow(options, terminal),
  };
}

/** The name of a file tells no trace; whoever gives one means what is in it. */
function readText(given: string, { cwd }: Terminal): string {
  if (given === '-') return readPasted();
  if (/^[\w./\\:@+~-]{1,255}$/.test(given) && existsSync(resolve(cwd, given))) {
    throw new AgentlogError(
      'USAGE',
      `Expected \`--text\` to be a text, got the name of a file. Pipe it in: \`agentlog-otel bundle --text - < ${given}\`.`,
    );
  }
  return given;
}

function readPasted(): string {
  try {
    return readFileSync(0, 'utf8').slice(0, MAX_PASTED);
  } catch (cause) {
    throw new AgentlogError(
      'USAGE',
      'Cannot read standard input. Pipe the text in: `pbpaste | agentlog-otel bundle --text -`.',
      { cause },
    );
  }
}
