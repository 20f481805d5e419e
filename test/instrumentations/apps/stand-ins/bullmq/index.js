// A queue in memory that tells its `telemetry` option what it does, as BullMQ 5 and 6 do: the real one needs a Redis.
const KIND = { internal: 0, producer: 3, consumer: 4 };
const waiting = [];

class QueueBase {
  constructor(name, opts) {
    this.name = name;
    this.opts = { ...opts };
  }

  async trace(kind, operation, destination, callback, metadata) {
    const { telemetry } = this.opts;
    if (!telemetry) return callback();
    const { tracer, contextManager } = telemetry;
    const current = contextManager.active();
    const parent = metadata ? contextManager.fromMetadata(current, metadata) : undefined;
    const span = tracer.startSpan(`${operation} ${destination}`, { kind }, parent);
    try {
      span.setAttributes({ 'bullmq.queue.name': this.name, 'bullmq.queue.operation': operation });
      const inner = span.setSpanOnContext(kind === KIND.consumer && parent ? parent : current);
      const carried = callback.length === 2 ? contextManager.getMetadata(inner) : undefined;
      return await contextManager.with(inner, () => callback(span, carried));
    } catch (error) {
      span.recordException(error);
      throw error;
    } finally {
      span.end();
    }
  }
}

class Queue extends QueueBase {
  add(name, data) {
    return this.trace(KIND.producer, 'add', `${this.name}.${name}`, async (span, metadata) => {
      const job = { id: String(waiting.length + 1), name, data, metadata };
      span?.setAttributes({ 'bullmq.job.id': job.id, 'bullmq.job.name': name });
      waiting.push(job);
      return job;
    });
  }
}

class Worker extends QueueBase {
  constructor(name, processor, opts) {
    super(name, opts);
    this.processFn = processor;
  }

  async run() {
    for (const job of waiting.splice(0)) {
      await this.trace(KIND.internal, 'getNextJob', this.name, async () => job, job.metadata);
      await this.trace(
        KIND.consumer,
        'process',
        this.name,
        (span) => this.processJob(job, span),
        job.metadata,
      );
    }
  }

  async processJob(job, span) {
    span?.setAttributes({ 'bullmq.job.id': job.id, 'bullmq.job.name': job.name });
    try {
      const result = await this.callProcessJob(job);
      span?.addEvent('job completed', { 'bullmq.job.result': JSON.stringify(result) });
    } catch (error) {
      span?.addEvent('job failed', { 'bullmq.job.failed.reason': error.message });
      console.log('failed', job.id, error.message);
    }
  }

  callProcessJob(job) {
    return this.processFn(job);
  }
}

module.exports = { QueueBase, Queue, Worker };
