/** Settings of Node, of OpenTelemetry and ours. An app's own may name its secrets. */
const OURS = /^(?:OTEL|AGENTLOG|NODE)_[A-Z0-9_]{1,60}$/;
const LIMIT = 60;

/** The names of those settings that are set and not empty, sorted; never a value. */
export function configurationNames(env: NodeJS.ProcessEnv = process.env): string[] {
  return Object.keys(env)
    .filter((name) => OURS.test(name) && env[name] !== '')
    .sort()
    .slice(0, LIMIT);
}
