/** The values of a statement. Nothing from a question ever stands in the text of one. */
export class Parameters {
  readonly values: Record<string, string | number | readonly string[]> = {};

  /** The placeholder that stands for a value. */
  bind(value: string | number | bigint | readonly string[]): string {
    const name = `p${Object.keys(this.values).length}`;
    this.values[name] = typeof value === 'bigint' ? String(value) : value;
    return `{${name}:${typeOf(value)}}`;
  }

  /** A time as ClickHouse compares it; what its nanoseconds cannot hold becomes their end. */
  bindTime(unixNano: bigint): string {
    return `fromUnixTimestamp64Nano(${this.bind(BigInt.asIntN(64, unixNano) === unixNano ? unixNano : 2n ** 63n - 1n)})`;
  }
}

function typeOf(value: string | number | bigint | readonly string[]): string {
  if (typeof value === 'string') return 'String';
  if (typeof value === 'number') return 'Float64';
  return typeof value === 'bigint' ? 'Int64' : 'Array(String)';
}
