import type { Command } from 'commander';

/** What a command may touch of the process it runs in. */
export interface Terminal {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** What lines are fitted to: `COLUMNS`, else the terminal; undefined when the output is piped or a file. */
  readonly columns: number | undefined;
  readonly hasColors: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The result. */
  write(content: string | Uint8Array): void;
  /** Settled when the reader has taken what was written: who writes without end waits for it. */
  drained(): Promise<void>;
  /** Aborted when the user wants the command to end (Ctrl-C); asking for it keeps the signal from ending the process. */
  interrupted(): AbortSignal;
  /** What is said beside the result, on standard error. */
  say(line: string): void;
  /** Starts this tool once more with these arguments, at low priority, and forgets it. */
  background(args: readonly string[]): void;
  /** How far something has come, on standard error when that is a terminal: takes the place of the last; '' clears it. */
  progress(text: string): void;
}

/**
 * A member of this room: one verb of the CLI.
 *
 * `configure` adds options, examples and the action; the action loads what it needs, writes its result to the
 * terminal and throws an AgentlogError when it fails. It never sets an exit code and never ends the process.
 */
export interface CommandMember {
  configure(command: Command, terminal: Terminal): void;
}

/** A command before it is loaded. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<CommandMember>;
}
