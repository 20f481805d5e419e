import { createReadStream } from 'node:fs';
import { AgentlogError } from '../core/errors.ts';
import { createRedactor } from '../core/redaction/index.ts';
import { DESCRIPTIONS } from '../core/redaction/rules/descriptions.ts';
import type { CommandMember, Terminal } from './command.ts';
import { type ExplainedRule, explainRules } from './explain-rules.ts';
import { readRedaction } from './read-redaction.ts';

interface Options {
  readonly check?: boolean;
  readonly explain?: boolean;
  readonly json?: boolean;
}

/** A longer line is looked at in pieces of this size, so that memory stays bounded. */
const PIECE = 1_048_576;
/** A piece ends at a space if there is one so close to its end: no secret is parted. */
const SEARCH_BACK = 8_192;
const MAX_VALUE_BYTES = 8 * PIECE;

const EXAMPLES = `
Reads text, JSON or OTLP/JSON lines, line by line. Never prints a value. The AGENTLOG_REDACTION* variables count here
as well, further rules in the file AGENTLOG_REDACTION_RULES included. Exits 1 if something would be masked, so that it
can guard a build. Without a file, --explain lists every rule: what it finds, what it leaves, where it is described.

Examples:
  agentlog-otel redact --check app.log
  kubectl logs shop | agentlog-otel redact --check - --explain
  agentlog-otel redact --check .agentlog/traces.jsonl --json | jq .byRule
  agentlog-otel redact --explain | grep -i stripe
  agentlog-otel redact --explain --json
  AGENTLOG_REDACTION_ENABLE=email,ip-address agentlog-otel redact --check access.log
  AGENTLOG_REDACTION_RULES=rules.json agentlog-otel redact --check app.log
`;

/** `redact`: what would be masked in a file, where and by which rule; never the value. */
export const redact: CommandMember = {
  configure(command, terminal) {
    command
      .argument('[file]', 'a file, or - for standard input')
      .option('--check', 'print place and rule of all that would be masked (also the default)')
      .option(
        '--explain',
        'print the counts by rule, what each finds and leaves, and where it is described instead',
      )
      .option('--json', 'JSON: one object for each line with a find, one with the sums at the end')
      .addHelpText('after', EXAMPLES)
      .action((file: string | undefined, options: Options) =>
        file === undefined ? listRules(options, terminal) : run(file, options, terminal),
      );
  },
};

function listRules({ explain, json }: Options, terminal: Terminal): void {
  if (explain !== true) {
    throw new AgentlogError(
      'USAGE',
      'Expected a file, `-` for standard input, or `--explain` to list the rules.',
    );
  }
  for (const row of explainRules(readRedaction(terminal))) {
    terminal.write(json ? `${JSON.stringify(row)}\n` : explained(row, row.state));
  }
}

/** Two lines: id and what it finds; what it leaves and where it is described. */
function explained({ rule, description, leaves, reference }: ExplainedRule, lead: string): string {
  const rest = [leaves[0] === undefined ? '' : `leaves ${leaves[0]}`, reference].filter(
    (part) => part !== '',
  );
  return `${lead.padStart(8)}  ${rule.padEnd(26)} ${description}\n${' '.repeat(38)}${rest.join('  ')}\n`;
}

async function run(file: string, { explain, json }: Options, terminal: Terminal): Promise<void> {
  const options = readRedaction(terminal);
  const redactor = createRedactor({ ...options, maxValueBytes: MAX_VALUE_BYTES });
  let lineCount = 0;
  for await (const { line, text } of pieces(file)) {
    lineCount = line;
    const before = new Map(redactor.countsByRule);
    redactor.text(text);
    for (const [ruleId, count] of redactor.countsByRule) {
      const found = count - (before.get(ruleId) ?? 0);
      if (found === 0 || explain) continue;
      const place = file === '-' ? 'stdin' : file;
      if (json) terminal.write(`${JSON.stringify({ file: place, line, rule: ruleId, count: found })}\n`);
      else terminal.write(`${place}:${line}: ${ruleId}${found > 1 ? ` (${found} times)` : ''}\n`);
    }
  }
  const byRule = [...redactor.countsByRule].sort(([, a], [, b]) => b - a);
  const { maskedCount } = redactor;
  const rules = explain || json ? new Map(explainRules(options).map((row) => [row.rule, row])) : undefined;
  const found = byRule.map(([rule, count]) => ({ count, ...(rules?.get(rule) ?? unknownRule(rule)) }));
  if (json) {
    terminal.write(`${JSON.stringify({ lines: lineCount, masked: maskedCount, byRule: found })}\n`);
  } else if (explain) {
    for (const row of found) terminal.write(explained(row, String(row.count)));
  }
  if (maskedCount > 0)
    throw new AgentlogError(
      'SECRETS_FOUND',
      `${maskedCount} ${maskedCount === 1 ? 'value' : 'values'} in ${lineCount} lines would be masked.`,
    );
  if (!json) terminal.say(`Nothing to mask in ${lineCount} lines.`);
}

function unknownRule(rule: string): ExplainedRule {
  return { rule, description: DESCRIPTIONS[rule] ?? '', state: 'on', leaves: [], reference: '' };
}

/** The lines with their numbers, a long one in pieces. A key in PEM is one piece, whatever its lines. */
async function* pieces(file: string): AsyncGenerator<{ line: number; text: string }> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  let rest = '';
  let line = 1;
  try {
    for await (const chunk of input.setEncoding('utf8') as AsyncIterable<string>) {
      rest += chunk;
      for (let end = endOfPiece(rest, false); end > 0; end = endOfPiece(rest, false)) {
        const text = rest.slice(0, end);
        yield { line, text };
        line += newlines(text);
        rest = rest.slice(end);
      }
    }
  } catch (error) {
    if (error instanceof AgentlogError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new AgentlogError('STORE_MISSING', `There is no file ${file}.`);
    throw new AgentlogError('STORE_UNREADABLE', `${file} cannot be read: ${code ?? 'unknown error'}.`);
  }
  while (rest !== '') {
    const end = endOfPiece(rest, true);
    yield { line, text: rest.slice(0, end) };
    line += newlines(rest.slice(0, end));
    rest = rest.slice(end);
  }
}

/** Where the next piece ends, or 0 when more must be read first. */
function endOfPiece(text: string, isLast: boolean): number {
  const newline = text.indexOf('\n');
  if (newline < 0 && !isLast && text.length < PIECE) return 0;
  const end = newline < 0 || newline >= PIECE ? Math.min(text.length, PIECE) : newline + 1;
  const key = text.slice(0, end).lastIndexOf('-----BEGIN');
  if (newline >= 0 && key >= 0 && text.length < PIECE && !text.includes('-----END', key))
    return isLast ? text.length : 0;
  if (newline >= 0 && key >= 0 && !text.slice(0, end).includes('-----END', key)) {
    const close = text.indexOf('-----END', key);
    const closed = close < 0 ? -1 : text.indexOf('\n', close);
    if (close >= 0) return closed < 0 ? text.length : Math.min(closed + 1, PIECE);
  }
  if (newline >= 0 && newline < PIECE) return end;
  const space = text.lastIndexOf(' ', end);
  return end < text.length && space > end - SEARCH_BACK ? space + 1 : end;
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
