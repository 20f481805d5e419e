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
import { notice } from '../core/diag.ts';

const DETECTORS: Readonly<Record<string, ResourceDetector>> = {
  env: envDetector,
  host: hostDetector,
  os: osDetector,
  process: processDetector,
  serviceinstance: serviceInstanceIdDetector,
};

/** The detectors by name; `all` and `none` as upstream. None asks a cloud metadata service: that costs ten seconds offline (FACTS §2). */
export function selectDetectors(names: readonly string[]): ResourceDetector[] {
  if (names.includes('none')) return [];
  if (names.includes('all')) return Object.values(DETECTORS);
  return names.flatMap((name) => {
    const detector = DETECTORS[name];
    if (detector === undefined)
      notice(`detector:${name}`, `OTEL_NODE_RESOURCE_DETECTORS: "${name}" is unknown; left out.`);
    return detector ?? [];
  });
}

/** The resource of this process. `host.id` settles later; whoever writes it awaits `waitForAsyncAttributes`. */
export function createResource(detectorNames: readonly string[]): Resource {
  return defaultResource().merge(detectResources({ detectors: selectDetectors(detectorNames) }));
}
