/** Hosts the user names: `host` or `host:port` → provider. */
let own: ReadonlyMap<string, string> = new Map();

/** For `sdk/` alone. Each entry is `host=provider` or `host:port=provider`; one without `=` is left out. */
export function setGenAiHosts(entries: readonly string[]): void {
  const pairs = entries
    .map((entry) => entry.toLowerCase().split('=', 2))
    .filter((pair): pair is [string, string] => pair.length === 2 && pair.every((each) => each !== ''));
  own = new Map(pairs);
}

/** The provider the user named for a host; costs nothing while there is none. */
export function namedProvider(host: string, port: number | undefined): string | undefined {
  if (own.size === 0) return undefined;
  return own.get(`${host}:${port}`) ?? own.get(host);
}
