import { createHash, type Hash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { redactLog, redactSpan } from '../../bundles/redact-trace.ts';
import { AgentlogError } from '../../core/errors.ts';
import { DIRECTORY_MODE, FILE_MODE, GITIGNORE, makeFileName, parseFileName } from '../../core/layout.ts';
import { logsRequest, spansRequest } from '../../core/otlp/requests.ts';
import { createRedactor, type RedactorOptions } from '../../core/redaction/index.ts';
import type { Redactor } from '../../core/redaction/redactor.ts';
import type { LogRecord, Span } from '../../core/span.ts';
import type { StoredRecord } from '../../sources/stored-records.ts';

const RECORDS_PER_LINE = 500;

export interface WriterOptions {
  readonly redaction: RedactorOptions;
  readonly now: Date;
}

/** One file being written beside the store's own. */
interface Draft {
  readonly path: string;
  readonly handle: FileHandle;
  readonly hash: Hash;
}

/**
 * Writes records into a store as files like those of an app, redacted. They appear when all is written; the same
 * records a second time are known by their hash, which is the random part of the name.
 */
export class StoreWriter {
  spanCount = 0;
  logCount = 0;
  readonly #store: string;
  readonly #now: Date;
  readonly #redactor: Redactor;
  readonly #drafts = new Map<'traces' | 'logs', Draft>();

  private constructor(store: string, { redaction, now }: WriterOptions) {
    this.#store = store;
    this.#now = now;
    this.#redactor = createRedactor(redaction);
  }

  /** Makes the store if it is not there. @throws AgentlogError OUTPUT_FAILED. */
  static async open(store: string, options: WriterOptions): Promise<StoreWriter> {
    return writing(store, async () => {
      const made = await mkdir(store, { recursive: true, mode: DIRECTORY_MODE });
      if (made !== undefined)
        await writeFile(join(store, GITIGNORE.name), GITIGNORE.content, { mode: FILE_MODE });
      return new StoreWriter(store, options);
    });
  }

  async add(records: readonly StoredRecord[]): Promise<void> {
    const spans: Span[] = [];
    const logs: LogRecord[] = [];
    for (const record of records) {
      if ('span' in record) spans.push(redactSpan(record.span, this.#redactor));
      else logs.push(redactLog(record.log, this.#redactor));
    }
    this.spanCount += spans.length;
    this.logCount += logs.length;
    await this.#write('traces', spans, spansRequest);
    await this.#write('logs', logs, logsRequest);
  }

  /** Lets the files appear; false when the store has them already. @throws AgentlogError OUTPUT_FAILED. */
  async finish(): Promise<boolean> {
    return writing(this.#store, async () => {
      const names = await readdir(this.#store);
      const known = new Set(
        names
          .map(parseFileName)
          .flatMap((name) => (name === undefined ? [] : [`${name.signal}-${name.random}`])),
      );
      let isNew = false;
      for (const [signal, { path, handle, hash }] of this.#drafts) {
        const random = hash.digest('hex').slice(0, 8);
        await handle.sync();
        await handle.close();
        this.#drafts.delete(signal);
        if (known.has(`${signal}-${random}`)) {
          await rm(path, { force: true });
          continue;
        }
        isNew = true;
        await rename(
          path,
          join(this.#store, makeFileName({ startedAt: this.#now, pid: process.pid, random, signal })),
        );
      }
      return isNew;
    });
  }

  /** Takes back what was not finished. */
  async discard(): Promise<void> {
    for (const { path, handle } of this.#drafts.values()) {
      await handle.close().catch(() => undefined);
      await rm(path, { force: true }).catch(() => undefined);
    }
    this.#drafts.clear();
  }

  async #write<T>(
    signal: 'traces' | 'logs',
    records: readonly T[],
    request: (some: readonly T[]) => object,
  ): Promise<void> {
    if (records.length === 0) return;
    await writing(this.#store, async () => {
      const draft = this.#drafts.get(signal) ?? (await this.#begin(signal));
      for (let at = 0; at < records.length; at += RECORDS_PER_LINE) {
        const line = `${JSON.stringify(request(records.slice(at, at + RECORDS_PER_LINE)))}\n`;
        draft.hash.update(line);
        await draft.handle.write(line);
      }
    });
  }

  async #begin(signal: 'traces' | 'logs'): Promise<Draft> {
    const path = join(this.#store, `import-${randomBytes(6).toString('hex')}.${signal}.tmp`);
    const draft = { path, handle: await open(path, 'wx', FILE_MODE), hash: createHash('sha256') };
    this.#drafts.set(signal, draft);
    return draft;
  }
}

async function writing<T>(store: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new AgentlogError(
      'OUTPUT_FAILED',
      `Cannot write to \`${store}\` (${code}). Name a directory of yours with --dir, or make room.`,
      { cause },
    );
  }
}
