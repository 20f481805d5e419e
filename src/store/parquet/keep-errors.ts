import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DIRECTORY_MODE, PARQUET_DIRECTORY, unsealedName } from '../../core/layout.ts';
import { STATUS_CODE } from '../../core/span.ts';
import { listFiles, type StoreFile } from '../files.ts';
import { holdsSpans } from '../listing.ts';
import { scanAll } from '../scan-all.ts';
import { Database } from './database.ts';
import { addFiles } from './history.ts';
import { type Manifest, publishManifest, readManifests } from './manifest.ts';
import { Pieces } from './pieces.ts';

/**
 * Saves what is about to go of traces with a failed span, wherever in the store that span is, as Parquet. Once its
 * manifest is there, the rest of these files no longer counts. The caller holds the lock.
 * @throws AgentlogError DATABASE_MISSING.
 */
export async function keepErrors(
  directory: string,
  doomed: { readonly files: readonly StoreFile[]; readonly manifests: readonly Manifest[] },
): Promise<{ traceCount: number; spanCount: number; sizeBytes: number }> {
  const folder = join(directory, PARQUET_DIRECTORY);
  const temporary = join(folder, `tmp-${process.pid}`);
  await mkdir(temporary, { recursive: true, mode: DIRECTORY_MODE });
  const database = await Database.open(folder, temporary, 1);
  try {
    const failed = await failedTraces(directory, folder, database);
    const ids = [...failed];
    const pieces = new Pieces(database, folder);
    const onStaged = async (): Promise<void> => {
      if (pieces.isFull()) await pieces.cut();
    };
    await addFiles(database, doomed.files, { keep: (id) => failed.has(id), onStaged });
    await database.want(ids);
    for (const table of ['spans', 'logs'] as const) {
      for (const path of pathsOf(folder, doomed.manifests, table)) {
        await database.takeTraces(table, path);
        if (pieces.isFull()) await pieces.cut();
      }
    }
    return await publish(directory, folder, database, await pieces.finish(), doomed);
  } finally {
    database.close();
    await rm(temporary, { recursive: true, force: true });
  }
}

/** About 100 bytes an id. */
async function failedTraces(directory: string, folder: string, database: Database): Promise<Set<string>> {
  const manifests = await readManifests(directory);
  await database.use(pathsOf(folder, manifests, 'spans'), []);
  const rows = await database.run('SELECT DISTINCT trace_id FROM spans WHERE is_error');
  await database.use([], []);
  const failed = new Set(rows.map((row) => String(row.trace_id)));
  const { files } = await listFiles(directory);
  await scanAll(files.filter(holdsSpans), undefined, ({ spans }) => {
    for (const { traceId, status } of spans) if (status.code === STATUS_CODE.error) failed.add(traceId);
  });
  return failed;
}

async function publish(
  directory: string,
  folder: string,
  database: Database,
  pieces: Pick<Manifest, 'name' | 'spans' | 'logs' | 'ids'>,
  doomed: { readonly files: readonly StoreFile[]; readonly manifests: readonly Manifest[] },
): Promise<{ traceCount: number; spanCount: number; sizeBytes: number }> {
  const files = [...pieces.spans, ...pieces.logs];
  if (files.length === 0) return { traceCount: 0, spanCount: 0, sizeBytes: 0 };
  await database.use(
    pieces.spans.map(({ name }) => join(folder, name)),
    [],
  );
  const [counts = {}] = await database.run(
    `SELECT count(*) AS spans, count(DISTINCT trace_id) AS traces, min(start_unix_nano) AS oldest,
      max(greatest(start_unix_nano, end_unix_nano)) AS newest FROM spans`,
  );
  await publishManifest(directory, {
    ...pieces,
    sources: doomed.files.map((file) => unsealedName(file.name)),
    sourceBytes: doomed.files.reduce((sum, file) => sum + file.sizeBytes, 0),
    replaces: doomed.manifests.map((manifest) => manifest.name),
    isKept: true,
    ...(pieces.spans.length > 0 && {
      oldestUnixNano: String(counts.oldest),
      newestUnixNano: String(counts.newest),
    }),
    corruptLineCount: 0,
    tornLineCount: 0,
  });
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return { traceCount: Number(counts.traces), spanCount: Number(counts.spans), sizeBytes };
}

function pathsOf(folder: string, manifests: readonly Manifest[], table: 'spans' | 'logs'): string[] {
  return manifests.flatMap((manifest) => manifest[table].map(({ name }) => join(folder, name)));
}
