import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaryPath, ensureBinary, type GoBinary, runGo, whyNoBinary } from './go-binary.ts';

const VERSION = 'v0.158.0';
const BUILDER = `go.opentelemetry.io/collector/cmd/builder@${VERSION}`;
const MANIFEST: string = fileURLToPath(new URL('collector-builder.yaml', import.meta.url));

const collector: GoBinary = {
  name: `OpenTelemetry Collector ${VERSION}`,
  folder: `collector-${VERSION}-${createHash('sha256').update(readFileSync(MANIFEST)).digest('hex').slice(0, 12)}`,
  file: 'otelcol',
  minutes: '2 to 5 minutes',
  async build(directory) {
    await runGo(['run', BUILDER, '--config', MANIFEST], directory);
    return join(directory, 'otelcol', 'otelcol');
  },
};

/** Where the collector of this manifest is, or will be. */
export const collectorPath = (): string => binaryPath(collector);

/** Undefined when the collector is built or can be; else one sentence that says what to do. */
export const whyNoCollector = (): string | undefined => whyNoBinary(collector);

/**
 * The path of a real OpenTelemetry Collector, built from its Go modules at the first call on a machine.
 * @throws Error when it is not built and cannot be, with what to do.
 */
export const ensureCollector = (): Promise<string> => ensureBinary(collector);
