import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type Receiver, startReceiver } from './receiver.ts';
import { temporaryDirectory } from './run-app.ts';

/** What a test of one app needs: a receiver, a directory, and the environment that points the app to both. */
export interface AppSetUp {
  readonly receiver: Receiver;
  readonly directory: ReturnType<typeof temporaryDirectory>;
  readonly env: Record<string, string>;
}

/** Sets one up before each test of the file, hands it over, and clears it away afterwards. */
export function eachApp(take: (setUp: AppSetUp) => void): void {
  let setUp: AppSetUp;
  beforeEach(async () => {
    const receiver = await startReceiver();
    const directory = temporaryDirectory();
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      AGENTLOG_DIR: join(directory.path, '.agentlog'),
    };
    setUp = { receiver, directory, env };
    take(setUp);
  });
  afterEach(async () => {
    await setUp.receiver.close();
    setUp.directory[Symbol.dispose]();
  });
}
