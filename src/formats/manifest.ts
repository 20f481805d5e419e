import { createHash } from 'node:crypto';
import type { Bundle } from '../bundles/bundle.ts';
import { isoTime } from './numbers.ts';
import { escapeJson } from './text.ts';

/** One file of a bundle. */
export interface ManifestFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** What goes with the files of a bundle: which they are, what they rest on, what is not in them. */
export interface Manifest {
  readonly schemaVersion: number;
  readonly traceId: string;
  readonly outcome: string;
  readonly startTime: string;
  readonly durationMs: number;
  readonly tool: string;
  readonly toolVersion: string;
  readonly source: string;
  /** Git revisions that the processes ran from, where their resources say. */
  readonly revisions: readonly string[];
  readonly files: readonly ManifestFile[];
}

/** The manifest as JSON. Deterministic: times come from the data. */
export function renderManifest(bundle: Bundle, files: readonly ManifestFile[]): string {
  const { provenance, redactions, safety, coverage } = bundle;
  const manifest: Manifest = {
    schemaVersion: bundle.schemaVersion,
    traceId: bundle.traceId,
    outcome: bundle.outcome,
    startTime: isoTime(bundle.startTimeUnixNano),
    durationMs: bundle.durationMs,
    ...provenance,
    revisions: [...new Set(bundle.processes.flatMap(({ revision }) => revision ?? []))],
    files,
  };
  const ground = {
    window: {
      ...(coverage.oldestUnixNano !== undefined && { oldest: isoTime(coverage.oldestUnixNano) }),
      ...(coverage.newestUnixNano !== undefined && { newest: isoTime(coverage.newestUnixNano) }),
    },
    leftOut: bundle.omissions,
    redactions: {
      stored: Object.fromEntries(redactions.stored),
      onReading: Object.fromEntries(redactions.onReading),
    },
    outsiderFields: Object.fromEntries(safety.outsiderFields),
  };
  const text = JSON.stringify({ ...manifest, ...ground }, null, 2);
  return `${text.split('\n').map(escapeJson).join('\n')}\n`;
}

/** How a file of these bytes stands in the manifest. */
export function manifestFile(name: string, content: Uint8Array): ManifestFile {
  return { name, sizeBytes: content.byteLength, sha256: createHash('sha256').update(content).digest('hex') };
}
