import { readOptions, redactorOptions } from '../core/read-options.ts';
import type { RedactorOptions } from '../core/redaction/index.ts';
import type { Terminal } from './command.ts';

/** How the `AGENTLOG_REDACTION*` variables want text to be masked; what is wrong with them is said once. */
export function readRedaction(terminal: Terminal): RedactorOptions {
  const { options, problems } = readOptions(terminal.env);
  const say = (message: string): void => terminal.say(`agentlog-otel: ${message}.`);
  for (const problem of problems) say(problem);
  return { ...redactorOptions(options), onProblem: say };
}
