import { SERVICE_NAME, SERVICE_VERSION } from '../core/attributes.ts';
import { STATUS_CODE } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { ServiceFact } from './bundle.ts';

/** The services of a trace by name and version, in order of appearance. */
export function servicesOf(trace: Trace): ServiceFact[] {
  const services = new Map<string, { -readonly [Key in keyof ServiceFact]: ServiceFact[Key] }>();
  for (const span of trace.spans) {
    const { [SERVICE_NAME]: name, [SERVICE_VERSION]: version } = span.resource.attributes;
    const key = JSON.stringify([name, version]);
    let service = services.get(key);
    if (service === undefined) {
      const given = typeof version === 'string' ? { version } : {};
      service = { name: typeof name === 'string' ? name : '', ...given, spanCount: 0, errorCount: 0 };
      services.set(key, service);
    }
    service.spanCount += 1;
    if (span.status.code === STATUS_CODE.error) service.errorCount += 1;
  }
  return [...services.values()];
}
