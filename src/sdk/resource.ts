import type { Attributes } from '@opentelemetry/api';
import { getStringFromEnv } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  envDetector,
  hostDetector,
  osDetector,
  processDetector,
  type Resource,
  type ResourceDetector,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import { notice } from '../core/diag.ts';
import { projectDetector } from './project.ts';

/** `OTEL_SERVICE_NAME` alone: what a configuration file means by the detector `service`. */
const serviceName: ResourceDetector = {
  detect: () => ({ attributes: { [ATTR_SERVICE_NAME]: getStringFromEnv('OTEL_SERVICE_NAME') } }),
};

const DETECTORS: Readonly<Record<string, ResourceDetector>> = {
  // First: everything else wins over what lies around.
  project: projectDetector,
  host: hostDetector,
  os: osDetector,
  serviceinstance: serviceInstanceIdDetector,
  process: processDetector,
  // Last: what the user says wins over what was found.
  env: envDetector,
};

/**
 * The detectors of this config: by name (`all` and `none` as upstream), then what a configuration file sets. None
 * asks a cloud metadata service: that costs ten seconds offline (FACTS §2).
 */
export function selectDetectors(config: {
  readonly resourceDetectors: readonly string[];
  readonly resourceAttributes: Readonly<Record<string, unknown>>;
}): ResourceDetector[] {
  const { resourceDetectors, resourceAttributes } = config;
  const detectors = byName(resourceDetectors);
  if (Object.keys(resourceAttributes).length === 0) return detectors;
  // The last detector wins over those before it.
  return [...detectors, { detect: () => ({ attributes: resourceAttributes as Attributes }) }];
}

function byName(names: readonly string[]): ResourceDetector[] {
  if (names.includes('none')) return [];
  if (names.includes('all')) return Object.values(DETECTORS);
  return names.flatMap((name) => {
    const detector = name === 'servicename' ? serviceName : DETECTORS[name];
    if (detector === undefined)
      notice(`detector:${name}`, `the resource detector "${name}" is not carried; left out.`);
    return detector ?? [];
  });
}

/** The resource of this process. `host.id` settles later; whoever writes it awaits `waitForAsyncAttributes`. */
export function createResource(config: Parameters<typeof selectDetectors>[0]): Resource {
  return defaultResource().merge(detectResources({ detectors: selectDetectors(config) }));
}
