import { OPTIONS } from '../../core/options.ts';
import type { Redactor } from '../../core/redaction/index.ts';
import type { Config, Target } from '../config.ts';
import type { SamplerConfig } from '../sampler.ts';

/** One setting in force: its value as text, secrets masked, and where it comes from. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  /** Names of variables, `OTEL_CONFIG_FILE`, or `default`. */
  readonly from: string;
}

/** Every setting in force; those that a variable or a file changed say so. */
export function describeSettings(config: Config, redactor: Redactor): Setting[] {
  const settings = [
    ...standard(config),
    ...OPTIONS.map(({ name, env, type }) => ({
      name,
      value: type === 'secret' ? hidden(config.options[name]) : String(config.options[name]),
      from: isSet(env) ? env : 'default',
    })),
  ];
  return settings.map((setting) => ({ ...setting, value: redactor.text(setting.value) }));
}

function hidden(secret: unknown): string {
  return secret === '' ? '' : '***';
}

function standard(config: Config): Setting[] {
  const row = (name: string, value: string, ...variables: readonly RegExp[]): Setting => ({
    name,
    value,
    from: config.file === undefined ? origin(variables) : 'OTEL_CONFIG_FILE',
  });
  const { traces, logs, metrics } = config;
  return [
    { name: 'recording', value: config.isDisabled ? 'off' : 'on', from: origin([/^OTEL_SDK_DISABLED$/]) },
    row('traces', targets(traces), /^OTEL_TRACES_EXPORTER$/, /^OTEL_EXPORTER_OTLP_(?:TRACES_)?[A-Z]+$/),
    row('logs', targets(logs), /^OTEL_LOGS_EXPORTER$/, /^OTEL_EXPORTER_OTLP_(?:LOGS_)?[A-Z]+$/),
    row('metrics', targets(metrics), /^OTEL_METRICS_EXPORTER$/, /^OTEL_EXPORTER_OTLP_(?:METRICS_)?[A-Z_]+$/),
    row('metrics interval', `${metrics.intervalMs} ms`, /^OTEL_METRIC_EXPORT_/),
    row('span queue', queue(traces), /^OTEL_BSP_/),
    row('log queue', queue(logs), /^OTEL_BLRP_/),
    row('sampler', sampler(config.sampler), /^OTEL_TRACES_SAMPLER/),
    row('propagators', config.propagators.join(', ') || 'none', /^OTEL_PROPAGATORS$/),
    row('span limits', limits(config.spanLimits), /^OTEL_(?:SPAN|ATTRIBUTE)_.*LIMIT$/),
    row('log limits', limits(config.logLimits), /^OTEL_(?:LOGRECORD|ATTRIBUTE)_.*LIMIT$/),
    row(
      'resource detectors',
      config.resourceDetectors.join(', ') || 'none',
      /^OTEL_NODE_RESOURCE_DETECTORS$/,
    ),
    row('resource', resource(config), /^OTEL_SERVICE_NAME$/, /^OTEL_RESOURCE_ATTRIBUTES$/),
    {
      name: 'instrumentations',
      value: `${list(config.enabledInstrumentations, 'all')}; not ${list(config.disabledInstrumentations, 'none')}`,
      from: origin([/^OTEL_NODE_(?:EN|DIS)ABLED_INSTRUMENTATIONS$/]),
    },
  ];
}

function origin(variables: readonly RegExp[]): string {
  const names = Object.keys(process.env).filter(
    (name) => isSet(name) && variables.some((each) => each.test(name)),
  );
  return names.sort().join(', ') || 'default';
}

function isSet(variable: string): boolean {
  return Boolean(process.env[variable]?.trim());
}

function targets({
  destinations,
}: {
  readonly destinations: readonly { readonly target: Target }[];
}): string {
  const names = destinations.map(({ target }) => (target === 'console' ? target : `otlp ${target.protocol}`));
  return names.join(', ') || 'none';
}

function queue({ queue: { maxQueueSize, maxBatchSize, delayMs, timeoutMs } }: Config['traces']): string {
  return `${maxQueueSize} items, batches of ${maxBatchSize}, every ${delayMs} ms, time-out ${timeoutMs} ms`;
}

function sampler(config: SamplerConfig): string {
  if (config.name === 'traceidratio') return `traceidratio ${config.ratio}`;
  return config.name === 'parentbased' ? `parentbased, root ${sampler(config.root)}` : config.name;
}

function limits(values: Readonly<Record<string, number>>): string {
  const texts = Object.entries(values).map(([name, value]) => `${name} ${value}`);
  return texts.join(', ') || "upstream's own";
}

function resource({ file, resourceAttributes, resourceDetectors }: Config): string {
  const { OTEL_SERVICE_NAME: name, OTEL_RESOURCE_ATTRIBUTES: attributes } = process.env;
  if (file !== undefined) return JSON.stringify(resourceAttributes);
  const given = [name && `service.name=${name}`, attributes].filter(Boolean).join(',');
  return given || (resourceDetectors.includes('project') ? 'of the project' : 'unknown_service:node');
}

function list(names: readonly string[] | undefined, otherwise: string): string {
  return names === undefined || names.length === 0 ? otherwise : names.join(', ');
}
