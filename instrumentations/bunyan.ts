import { BunyanInstrumentation } from '@opentelemetry/instrumentation-bunyan';

/** Upstream's, which stops at bunyan 1; of what it patches (`_emit`, `createLogger`, the class) 2 has the same. */
export class Bunyan extends BunyanInstrumentation {
  protected override init(): ReturnType<BunyanInstrumentation['init']> {
    const definitions = super.init();
    for (const definition of definitions) definition.supportedVersions.push('>=2.0.0 <3');
    return definitions;
  }
}
