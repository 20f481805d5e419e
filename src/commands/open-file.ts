import { spawn } from 'node:child_process';
import type { Terminal } from './command.ts';

/** The program that shows a file in whatever the person uses for its kind, by platform. None of them is a shell. */
const OPENERS: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};
/** One that fails does so at once; one that goes on has shown it. */
const WAIT_MS = 1_500;

/**
 * Opens a file in the browser, by the platform's own program and never with a shell. Where there is none, or it
 * fails, that is said with the path: the file is written all the same. Never throws.
 */
export async function openFile(path: string, terminal: Terminal): Promise<void> {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const trouble = await start(program, [...args, path], terminal.env);
  if (trouble !== undefined) terminal.say(`${trouble} Open ${path} in a browser.`);
}

function start(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: 'ignore', detached: true, shell: false });
    const timer = setTimeout(() => resolve(undefined), WAIT_MS);
    const end = (trouble: string | undefined): void => {
      clearTimeout(timer);
      resolve(trouble);
    };
    child.on('error', () => end(`There is no \`${program}\` here to open it with.`));
    child.on('exit', (code) => end(code === 0 ? undefined : `\`${program}\` could not open it.`));
    child.unref();
  });
}
