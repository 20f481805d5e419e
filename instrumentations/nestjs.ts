import { NestInstrumentation as Upstream } from '@opentelemetry/instrumentation-nestjs-core';

const KNOWN_AS_WELL = '>=12.0.0 <13';

/** Upstream's, which stops before Nest 12; of what it patches (`NestFactory.create`, a route's `create`) 12 has the same, as ESM. */
export class NestInstrumentation extends Upstream {
  override init(): ReturnType<Upstream['init']> {
    const definition = super.init();
    // One list for all of it, or one each.
    for (const versions of new Set([definition, ...definition.files].map((each) => each.supportedVersions)))
      if (!versions.includes(KNOWN_AS_WELL)) versions.push(KNOWN_AS_WELL);
    return definition;
  }
}
