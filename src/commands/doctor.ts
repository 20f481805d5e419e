import { AgentlogError } from '../core/errors.ts';
import { toolVersion } from '../core/tool-version.ts';
import type { Diagnosis } from '../sdk/diagnosis/index.ts';
import type { CommandMember, Terminal } from './command.ts';

const EXAMPLES = `
Exits 1 if something recorded would not arrive anywhere.

Examples:
  agentlog-otel doctor
  OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 agentlog-otel doctor --json
`;

/** `doctor`: whether recording here would work, and what is in force. */
export const doctor: CommandMember = {
  configure(command, terminal) {
    command
      .option('--json', 'the same as JSON')
      .addHelpText('after', EXAMPLES)
      .action((options: { readonly json?: boolean }) => run(options, terminal));
  },
};

async function run({ json }: { readonly json?: boolean }, terminal: Terminal): Promise<void> {
  const { diagnose } = await import('../sdk/diagnosis/index.ts');
  const diagnosis = await diagnose(terminal.cwd);
  terminal.write(json ? `${JSON.stringify(diagnosis, null, 2)}\n` : render(diagnosis));
  const { losses } = diagnosis;
  if (losses.length === 0) return;
  throw new AgentlogError('TELEMETRY_LOST', `Telemetry would be lost: ${losses.map(plain).join('; ')}.`);
}

function render(diagnosis: Diagnosis): string {
  const { node, copies, settings, destinations, instrumentations, warnings } = diagnosis;
  const versionOf = (name: string) =>
    copies.find((each) => each.name === `@opentelemetry/${name}`)?.versions.join(' and ') || 'none';
  const isOneOfEach = copies.every(({ versions }) => versions.length <= 1);
  const { hooked, skipped } = instrumentations;
  const isAbsent = ({ reason }: { readonly reason: string }) => reason.startsWith('not installed');
  const absent = skipped.filter(isAbsent).map(({ name }) => name);
  return [
    `agentlog-otel ${toolVersion()}`,
    `Node ${node.version}; hooks for import: ${node.hooks}`,
    `OpenTelemetry SDK ${versionOf('sdk-trace')}, instrumentation ${versionOf('instrumentation')}, api ${versionOf('api')}; ` +
      (isOneOfEach ? 'one copy of each' : 'more than one copy'),
    '',
    'Destinations',
    ...destinations.map(
      ({ signals, place, protocol, headers, problem, isOptional }) =>
        `  ${problem === undefined ? 'ok  ' : isOptional ? 'none' : 'FAIL'}  ${signals.join(', ')} to ${place} (${protocol})` +
        (headers.length === 0 ? '' : `, headers ${headers.map((name) => `${name}: ***`).join(', ')}`) +
        (problem === undefined ? '' : `: ${problem}`),
    ),
    ...(destinations.length === 0 ? ['  none'] : []),
    '',
    'Would be hooked here',
    ...hooked.map(
      ({ name, libraries }) => `  ${name}${libraries.length > 0 ? ` (${libraries.join(', ')})` : ''}`,
    ),
    ...skipped.filter((each) => !isAbsent(each)).map(({ name, reason }) => `  not ${name}: ${reason}`),
    ...(absent.length === 0 ? [] : [`  not installed: ${absent.join(', ')}`]),
    '',
    'In force',
    ...settings.map(({ name, value, from }) => `  ${name.padEnd(22)} ${value || "''"}  [${from}]`),
    ...(warnings.length === 0 ? [] : ['', 'Warnings', ...warnings.map((warning) => `  ${warning}`)]),
  ]
    .map((line) => `${plain(line)}\n`)
    .join('');
}

/** Values come from the environment: none may leave its line or paint the terminal. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?');
}
