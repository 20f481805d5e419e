import { InstrumentationBase, type InstrumentationConfig } from '@opentelemetry/instrumentation';
import { toolVersion } from '../src/core/tool-version.ts';

const MICROSECONDS = 1_000_000;

/**
 * Memory and CPU time of the process, which upstream's runtime metrics leave out. Measured only when metrics are
 * collected, so it costs nothing in between.
 * https://opentelemetry.io/docs/specs/semconv/system/process-metrics/ (1.37)
 */
export class ProcessMetrics extends InstrumentationBase {
  constructor(config: InstrumentationConfig = {}) {
    super('@agentlog/otel/process-metrics', toolVersion(), config);
  }

  protected override init(): undefined {
    return undefined;
  }

  override _updateMetricInstruments(): void {
    this.meter
      .createObservableUpDownCounter('process.memory.usage', {
        description: 'The amount of physical memory in use.',
        unit: 'By',
      })
      .addCallback((result) => result.observe(process.memoryUsage.rss()));
    this.meter
      .createObservableCounter('process.cpu.time', {
        description: 'Total CPU seconds broken down by mode.',
        unit: 's',
      })
      .addCallback((result) => {
        const { user, system } = process.cpuUsage();
        result.observe(user / MICROSECONDS, { 'cpu.mode': 'user' });
        result.observe(system / MICROSECONDS, { 'cpu.mode': 'system' });
      });
  }
}
