import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
  isWrapped,
} from '@opentelemetry/instrumentation';
import { toolVersion } from '../../src/core/tool-version.ts';
import { aside } from '../aside.ts';
import { observeTransport } from './observe-transport.ts';

type Connect = (this: unknown, ...args: unknown[]) => unknown;
type Connecting = { connect: Connect };

/** Those of the library's classes that take a transport. */
const CLASSES = ['Client', 'Server', 'McpServer'];
const SDK = '@modelcontextprotocol/sdk';
const SDK_FILES = ['client/index.js', 'server/index.js', 'server/mcp.js'];
/**
 * What CommonJS apps load of version 1. The hooks of `require` give up on this package, because its main file is
 * not there; Node itself publishes what was required (22.15 and later).
 */
const SDK_REQUIRED = /^@modelcontextprotocol\/sdk\/(?:client|server)(?:\/(?:index|mcp)(?:\.js)?)?$/;
const REQUIRED = 'tracing:module.require:end';

/**
 * CLIENT and SERVER spans of the Model Context Protocol: `@modelcontextprotocol/client` and `/server` 2,
 * `@modelcontextprotocol/sdk` 1. The context travels in `params._meta` of every request, in both directions, so
 * the trace is one over stdio, HTTP and any other transport. Names: the MCP conventions of
 * open-telemetry/semantic-conventions-genai (August 2026). Arguments and results of tools only by the policy.
 *
 * Cost: two maps a connection, a span and a copy of two small objects a request.
 */
export class McpInstrumentation extends InstrumentationBase {
  // Without an initialiser: upstream's constructor enables, and then it must keep what that set.
  declare private onRequired: ((message: unknown) => void) | undefined;

  constructor(config: InstrumentationConfig = {}) {
    super('@agentlog/otel/mcp', toolVersion(), config);
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const patch = <T>(exports: T): T => this.patch(exports);
    const unpatch = (exports: unknown): void => this.unpatch(exports);
    const two = ['>=2.0.0 <3'];
    const one = ['>=1.9.0 <2'];
    return [
      new InstrumentationNodeModuleDefinition('@modelcontextprotocol/client', two, patch, unpatch),
      new InstrumentationNodeModuleDefinition('@modelcontextprotocol/server', two, patch, unpatch),
      new InstrumentationNodeModuleDefinition(
        SDK,
        one,
        undefined,
        undefined,
        SDK_FILES.map(
          (file) => new InstrumentationNodeModuleFile(`${SDK}/dist/esm/${file}`, one, patch, unpatch),
        ),
      ),
    ];
  }

  override enable(): void {
    super.enable();
    if (this.onRequired !== undefined) return;
    this.onRequired = (message) => {
      const { id, result } = message as { id?: unknown; result?: unknown };
      aside(() => {
        if (typeof id === 'string' && SDK_REQUIRED.test(id)) this.patch(result);
      });
    };
    subscribe(REQUIRED, this.onRequired);
  }

  override disable(): void {
    super.disable();
    if (this.onRequired !== undefined) unsubscribe(REQUIRED, this.onRequired);
    this.onRequired = undefined;
  }

  private patch<T>(exports: T): T {
    for (const target of connectingOf(exports)) {
      if (!isWrapped(target.connect)) this._wrap(target, 'connect', (original) => this.connecting(original));
    }
    return exports;
  }

  private unpatch(exports: unknown): void {
    for (const target of connectingOf(exports))
      if (isWrapped(target.connect)) this._unwrap(target, 'connect');
  }

  private connecting(original: Connect): Connect {
    const observe = (transport: unknown): void => observeTransport(transport, this.tracer);
    return function connect(this: unknown, ...args) {
      aside(() => observe(args[0]));
      return original.apply(this, args);
    };
  }
}

function connectingOf(exports: unknown): Connecting[] {
  const classes = exports as Record<string, { prototype?: Partial<Connecting> } | undefined>;
  return CLASSES.flatMap((name) => {
    const prototype = classes[name]?.prototype;
    return typeof prototype?.connect === 'function' ? [prototype as Connecting] : [];
  });
}
