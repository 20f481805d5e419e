import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binaryPath, ensureBinary, type GoBinary, runGo, whyNoBinary } from './go-binary.ts';

const MODULE = 'github.com/jaegertracing/jaeger';
/** The last release that is a Go module anyone may require; it holds Jaeger v2.13. */
const VERSION = 'v1.76.0';

const jaeger: GoBinary = {
  name: `Jaeger ${VERSION}`,
  folder: `jaeger-${VERSION}`,
  file: 'jaeger',
  minutes: '5 to 10 minutes',
  async build(directory) {
    const download = JSON.parse(
      await runGo(['mod', 'download', '-json', `${MODULE}@${VERSION}`], directory),
    ) as {
      GoMod: string;
      Dir: string;
    };
    // Its `replace` keeps `go install` away, so a module around it repeats that, and its requirements, which are
    // what makes the choice of versions the released one.
    const goMod = readFileSync(download.GoMod, 'utf8').replace(
      `module ${MODULE}`,
      `module agentlog.local/jaeger\n\nrequire ${MODULE} ${VERSION}`,
    );
    writeFileSync(join(directory, 'go.mod'), goMod);
    copyFileSync(join(download.Dir, 'go.sum'), join(directory, 'go.sum'));
    await runGo(['build', '-mod=mod', '-o', 'jaeger', `${MODULE}/cmd/jaeger`], directory);
    return join(directory, 'jaeger');
  },
};

/** Where the binary is, or will be. */
export const jaegerPath = (): string => binaryPath(jaeger);

/** Undefined when Jaeger is built or can be; else one sentence that says what to do. */
export const whyNoJaeger = (): string | undefined => whyNoBinary(jaeger);

/**
 * The path of a real Jaeger (v2), built from its Go modules at the first call on a machine.
 * @throws Error when it is not built and cannot be, with what to do.
 */
export const ensureJaeger = (): Promise<string> => ensureBinary(jaeger);
