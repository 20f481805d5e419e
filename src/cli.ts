#!/usr/bin/env node
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { Command, CommanderError } from 'commander';
import type { Terminal } from './commands/command.ts';
import { commands } from './commands/index.ts';
import { AgentlogError } from './core/errors.ts';
import { toolVersion } from './core/tool-version.ts';

const NAME = 'agentlog-otel';

const EXAMPLES = `
Examples:
  ${NAME} traces --errors --since 1h
  ${NAME} bundle --trace-id 4bf92f3577b34da6a3ce929d0e0e4736

${NAME} <command> --help says more about a command.
`;

/** Runs the command line and returns the exit code: 0, 2 for wrong usage, 1 for a failure. */
async function main(args: readonly string[]): Promise<number> {
  const terminal = makeTerminal();
  try {
    const program = await makeProgram(args, terminal);
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof AgentlogError) {
      terminal.say(`${NAME}: ${error.message}`);
      return error.exitCode;
    }
    terminal.say(`${NAME}: unexpected failure: ${describeUnexpected(error)}. Please report it.`);
    return 1;
  }
}

/** Only the command that is asked for is loaded. */
async function makeProgram(args: readonly string[], terminal: Terminal): Promise<Command> {
  const program = new Command(NAME)
    .description('Reads the traces and logs that @agentlog/otel wrote, for the one who must fix the bug.')
    .version(toolVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError(`Run \`${NAME} --help\` for what there is.`)
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  const wanted = args.find((arg) => !arg.startsWith('-'));
  const asked = wanted === 'help' ? args[args.indexOf('help') + 1] : wanted;
  for (const { name, summary, load } of commands) {
    const command = program.command(name).description(summary).exitOverride();
    if (name !== asked) continue;
    command.showHelpAfterError(`Run \`${NAME} ${name} --help\` for its options.`).allowExcessArguments(false);
    (await load()).configure(command, terminal);
  }
  return program;
}

function makeTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const isTerminal = stdout.isTTY === true;
  const givenColumns = /^[1-9]\d{0,4}$/.test(env.COLUMNS ?? '') ? Number(env.COLUMNS) : undefined;
  return {
    cwd: process.cwd(),
    env,
    columns: givenColumns ?? (isTerminal && stdout.columns > 0 ? stdout.columns : undefined),
    hasColors: wantsColors(isTerminal, env),
    now: Date.now(),
    write: (text) => stdout.write(text),
    drained: async () => {
      if (stdout.writableNeedDrain) await once(stdout, 'drain');
    },
    interrupted: () => {
      const controller = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
      return controller.signal;
    },
    say: (line) => stderr.write(`${line}\n`),
    background,
    progress: (text) => void (stderr.isTTY && stderr.write(`\r\u001b[K${text}`)),
  };
}

/** https://no-color.org and https://force-color.org; of the two, no colours. */
function wantsColors(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return !/^(?:0|false)$/.test(env.FORCE_COLOR);
  return isTerminal && env.TERM !== 'dumb';
}

function background(args: readonly string[]): void {
  const command = [...process.execArgv, process.argv[1] ?? '', ...args];
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn(process.execPath, command, { detached: true, stdio: 'ignore', windowsHide: true });
  child.on('error', () => undefined);
  child.unref();
  try {
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It is over already, or the system does not let us.
  }
}

/** The kind of error and where in our code: its message may quote telemetry, a stack trace helps no user. */
function describeUnexpected(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as NodeJS.ErrnoException;
  const [, place] = /([\w-]+\.[jt]s:\d+):\d+\)?$/m.exec(error.stack ?? '') ?? [];
  return [error.name, code, place && `at ${place}`].filter(Boolean).join(' ');
}

// `| head` closes the pipe when it has enough: that is no failure, and there is nobody left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.stderr.on('error', () => undefined);
void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
