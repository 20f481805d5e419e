import { SERVICE_NAME } from '../core/attributes.ts';
import { unsealedName } from '../core/layout.ts';
import type { DecodedLine } from '../core/otlp/decode.ts';
import type { Sidecar } from '../core/sidecar.ts';
import type { LogRecord, Span } from '../core/span.ts';
import { addToWindow, newTally, type Tally, widenWindow } from './coverage.ts';
import type { StoreFile } from './files.ts';
import { type Manifest, windowOf } from './parquet/manifest.ts';
import { scanFile } from './scan.ts';
import { sidecarOf } from './sidecars.ts';
import { askHistory, askStore, type Snapshot } from './snapshot.ts';

const SERVICE_LIMIT = 100;

/** How many files of a kind there are. */
export interface Kind {
  fileCount: number;
  sizeBytes: number;
}

/** What a store holds. */
export interface StoreStats {
  /** Lines as they were written; sealed ones; compacted ones; other OTLP files. */
  readonly kinds: Readonly<Record<'hot' | 'sealed' | 'parquet' | 'other', Kind>>;
  readonly spanCount: number;
  readonly logCount: number;
  /** Data points. */
  readonly metricPointCount: number;
  /** Attributes, events and links that the SDK dropped at its limits. */
  readonly droppedCount: number;
  /** Names, sorted; at most 100. Text from telemetry. */
  readonly services: readonly string[];
  /** The window, and what could not be read. */
  readonly tally: Tally;
}

/**
 * Counts what is in a store. Sealed files with a sound sidecar are not read, Parquet is asked by SQL; the rest is read
 * at about 100 MB/s. Without DuckDB services and drops of the Parquet files are missing, which the tally says.
 * @throws AgentlogError the STORE_ codes.
 */
export function storeStats(path: string): Promise<StoreStats> {
  return askStore(path, async (snapshot) => {
    const counting = new Counting();
    const tally = newTally();
    for (const file of snapshot.files) await counting.addFile(file, tally);
    for (const manifest of snapshot.manifests) counting.addManifest(manifest, tally);
    await askHistory(
      snapshot,
      async (database) => {
        const names = await database.run(`SELECT DISTINCT service FROM spans LIMIT ${SERVICE_LIMIT}`);
        counting.addNames(names.map(({ service }) => service));
        const [row] = await database.run('SELECT sum(dropped_count) AS dropped FROM spans');
        counting.droppedCount += Number(row?.dropped ?? 0);
        return { tally };
      },
      async () => ({ tally }),
    );
    return { ...counting.result(snapshot), tally };
  });
}

class Counting {
  droppedCount = 0;
  #spanCount = 0;
  #logCount = 0;
  #metricPointCount = 0;
  readonly #services = new Set<string>();

  async addFile(file: StoreFile, tally: Tally): Promise<void> {
    const sidecar = file.signal === 'metrics' ? undefined : await sidecarOf(file);
    if (sidecar !== undefined) {
      this.#addSidecar(file, sidecar, tally);
      return;
    }
    const onLine = ({ spans, logs, metricPointCount }: DecodedLine): void => {
      this.#spanCount += spans.length;
      this.#logCount += logs.length;
      this.#metricPointCount += metricPointCount;
      for (const span of spans) this.#addRecord(span, span.droppedCount);
      for (const log of logs) this.#addRecord(log, 0);
    };
    await scanFile(file, { onLine }, tally);
  }

  addManifest(manifest: Manifest, tally: Tally): void {
    const { spans, logs } = manifest;
    widenWindow(tally, windowOf(manifest));
    for (const { rowCount } of spans) this.#spanCount += rowCount;
    for (const { rowCount } of logs) this.#logCount += rowCount;
  }

  addNames(names: readonly unknown[]): void {
    for (const name of names) {
      if (typeof name === 'string' && name !== '' && this.#services.size < SERVICE_LIMIT) {
        this.#services.add(name);
      }
    }
  }

  result({ files, manifests }: Snapshot): Omit<StoreStats, 'tally'> {
    const kinds = {
      hot: { fileCount: 0, sizeBytes: 0 },
      sealed: { fileCount: 0, sizeBytes: 0 },
      parquet: { fileCount: 0, sizeBytes: 0 },
      other: { fileCount: 0, sizeBytes: 0 },
    };
    for (const { name, signal, sizeBytes } of files) {
      const isSealed = unsealedName(name) !== name;
      add(kinds[signal === undefined ? 'other' : isSealed ? 'sealed' : 'hot'], sizeBytes);
    }
    for (const { spans, logs } of manifests) {
      for (const { sizeBytes } of [...spans, ...logs]) add(kinds.parquet, sizeBytes);
    }
    return {
      kinds,
      spanCount: this.#spanCount,
      logCount: this.#logCount,
      metricPointCount: this.#metricPointCount,
      droppedCount: this.droppedCount,
      services: [...this.#services].sort(),
    };
  }

  #addSidecar({ signal }: StoreFile, sidecar: Sidecar, tally: Tally): void {
    const { recordCount, services, droppedCount, oldestUnixNano: oldest, newestUnixNano: newest } = sidecar;
    if (signal === 'logs') this.#logCount += recordCount;
    else this.#spanCount += recordCount;
    this.droppedCount += droppedCount;
    this.addNames(services);
    tally.unneededFileCount += 1;
    if (signal !== 'traces' || oldest === undefined || newest === undefined) return;
    addToWindow(tally, { startTimeUnixNano: oldest, endTimeUnixNano: newest });
  }

  #addRecord({ resource }: Span | LogRecord, droppedCount: number): void {
    this.droppedCount += droppedCount;
    this.addNames([resource.attributes[SERVICE_NAME]]);
  }
}

function add(kind: Kind, sizeBytes: number): void {
  kind.fileCount += 1;
  kind.sizeBytes += sizeBytes;
}
