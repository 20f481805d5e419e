import { DiagLogLevel, diag } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { expect, test } from 'vitest';
import { redactMetrics } from '../../../processors/redaction/index.ts';
import { redactResource, redactScope } from '../../../processors/redaction/resource.ts';
import { createRedactor } from '../../../src/core/redaction/index.ts';

test('redaction: a resource with detectors still running gives what has settled, and no noise', async () => {
  const said: string[] = [];
  const listen = (message: string): void => {
    said.push(message);
  };
  diag.setLogger(
    { error: listen, warn: listen, info: listen, debug: listen, verbose: listen },
    { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
  );
  said.length = 0;
  const host = Promise.resolve('password=hunter2');
  const resource = resourceFromAttributes({
    'service.name': 'shop',
    'service.token': 'hunter2',
    'host.id': host,
  });
  const redacted = redactResource(resource, createRedactor());
  expect(redacted.asyncAttributesPending).toBe(true);
  expect(redacted.attributes).toEqual({
    'service.name': 'shop',
    'service.token': '[REDACTED:sensitive-key]',
  });
  await redacted.waitForAsyncAttributes?.();
  expect(redacted.asyncAttributesPending).toBe(false);
  expect(redacted.attributes['host.id']).toBe('password=[REDACTED:credential]');
  expect(redacted.attributes).toBe(redacted.attributes);
  expect(said).toEqual([]);
  diag.disable();
});

test('redaction: one resource and one scope give one redacted object each, so that batches group', () => {
  const redactor = createRedactor();
  const resource = resourceFromAttributes({ 'service.name': 'shop' });
  expect(redactResource(resource, redactor)).toBe(redactResource(resource, redactor));
  const scope = { name: 'shop', attributes: { token: 'abc' } };
  const redacted = redactScope(scope, redactor);
  expect(redacted).toBe(redactScope(scope, redactor));
  expect(redacted.attributes).toEqual({ token: '[REDACTED:sensitive-key]' });
  expect(scope.attributes.token).toBe('abc');
});

test('redaction: the raw attributes and a merge of a redacted resource are redacted as well', async () => {
  const redactor = createRedactor();
  const resource = resourceFromAttributes({
    password: 'hunter2',
    later: Promise.resolve('password=hunter2'),
  });
  const redacted = redactResource(resource, redactor);
  const raw = await Promise.all(redacted.getRawAttributes().map(async ([key, value]) => [key, await value]));
  expect(JSON.stringify(raw)).not.toContain('hunter2');
  const merged = redacted.merge(resourceFromAttributes({ 'x.secret': 'hunter2' }));
  await merged.waitForAsyncAttributes?.();
  expect(JSON.stringify(merged.attributes)).not.toContain('hunter2');
});

test('redaction: metrics lose secrets in resource, scope, descriptor and points', () => {
  const metrics = redactMetrics(
    {
      resource: resourceFromAttributes({ password: 'hunter2' }),
      scopeMetrics: [
        {
          scope: { name: 'password=hunter2' },
          metrics: [
            {
              descriptor: { name: 'a', description: 'password=hunter2', unit: '1', valueType: 0 },
              aggregationTemporality: 1,
              dataPointType: 3,
              isMonotonic: true,
              dataPoints: [
                {
                  startTime: [1, 0],
                  endTime: [2, 0],
                  value: 1,
                  attributes: { note: 'password=hunter2', ok: 'yes' },
                  exemplars: [{ filteredAttributes: { token: 'hunter2' } }],
                } as never,
              ],
            },
          ],
        },
      ],
    },
    createRedactor(),
  );
  expect(JSON.stringify([metrics.resource.attributes, metrics.scopeMetrics])).not.toContain('hunter2');
  expect(metrics.scopeMetrics[0]?.metrics[0]?.dataPoints[0]?.attributes.ok).toBe('yes');
});
