import type { Attributes } from '@opentelemetry/api';
import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Redactor } from '../../src/core/redaction/redactor.ts';
import { guarded, MASKED } from './guarded.ts';
import { redactResource, redactScope } from './resource.ts';

/** A data point as far as this file knows it; the SDK has no exemplars yet, other producers may. */
interface Point {
  readonly attributes: Attributes;
  readonly exemplars?: readonly { readonly filteredAttributes?: Attributes }[];
}

/** Collected metrics as they may be written: resource, scopes, descriptors, attributes of the points. Never throws. */
export function redactMetrics(metrics: ResourceMetrics, redactor: Redactor): ResourceMetrics {
  return {
    resource: redactResource(metrics.resource, redactor),
    scopeMetrics: metrics.scopeMetrics.map((scoped) => ({
      scope: redactScope(scoped.scope, redactor),
      metrics: scoped.metrics.map((metric) => redactMetric(metric, redactor)),
    })),
  };
}

function redactMetric(metric: MetricData, redactor: Redactor): MetricData {
  const { descriptor } = metric;
  const text = (value: string): string => guarded(MASKED, () => redactor.text(value));
  const points = metric.dataPoints as readonly Point[];
  return {
    ...metric,
    descriptor: {
      ...descriptor,
      name: text(descriptor.name),
      description: text(descriptor.description),
      unit: text(descriptor.unit),
    },
    dataPoints: points.map((point) => redactPoint(point, redactor)),
  } as MetricData;
}

function redactPoint(point: Point, redactor: Redactor): Point {
  const attributes = guarded<Attributes>({}, () => redactor.attributes(point.attributes));
  if (point.exemplars === undefined)
    return attributes === point.attributes ? point : { ...point, attributes };
  const exemplars = point.exemplars.map((exemplar) => {
    if (exemplar.filteredAttributes === undefined) return exemplar;
    const filtered = exemplar.filteredAttributes;
    return { ...exemplar, filteredAttributes: guarded<Attributes>({}, () => redactor.attributes(filtered)) };
  });
  return { ...point, attributes, exemplars };
}
