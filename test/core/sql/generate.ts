/** Statements of PostgreSQL made at random from a grammar, the same ones for the same seed; a help of the tests. */
export class Generator {
  private state: number;
  /** The values of every literal written since the start. */
  readonly values: string[] = [];

  constructor(seed: number) {
    this.state = seed;
  }

  /** A whole number below `n`. */
  below(n: number): number {
    this.state = (Math.imul(this.state ^ (this.state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    const t = Math.imul(this.state ^ (this.state >>> 12), 0x297a2d39);
    return ((t ^ (t >>> 15)) >>> 0) % n;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  statement(): string {
    return this.pick([() => this.select(2), () => this.insert(), () => this.update(), () => this.remove()])();
  }

  select(depth: number): string {
    const columns = Array.from({ length: 1 + this.below(3) }, () => this.expression(depth)).join(', ');
    let sql = `SELECT ${columns} FROM ${this.from(depth)}`;
    if (this.below(3) > 0) sql += ` WHERE ${this.condition(depth)}`;
    if (this.below(4) === 0) sql += ` ORDER BY ${this.column()}${this.pick(['', ' DESC'])}`;
    if (this.below(4) === 0) sql += ` LIMIT ${this.number()}`;
    if (this.below(8) === 0 && depth > 0) sql += ` UNION ALL ${this.select(0)}`;
    return sql;
  }

  insert(): string {
    const width = 1 + this.below(3);
    const columns = Array.from({ length: width }, () => this.name()).join(', ');
    const row = (): string => `(${Array.from({ length: width }, () => this.literal()).join(', ')})`;
    return `INSERT INTO ${this.table()} (${columns}) VALUES ${Array.from({ length: 1 + this.below(3) }, row).join(', ')}`;
  }

  update(): string {
    return `UPDATE ${this.table()} SET ${this.name()} = ${this.expression(1)} WHERE ${this.condition(1)}`;
  }

  remove(): string {
    return `DELETE FROM ${this.table()} WHERE ${this.condition(1)}`;
  }

  private from(depth: number): string {
    if (depth > 0 && this.below(6) === 0) return `(${this.select(depth - 1)}) AS sub${this.below(9)}`;
    const table = `${this.table()} ${this.pick(['a', 'b', 'AS c'])}`;
    return this.below(3) === 0
      ? `${table} JOIN ${this.table()} d ON ${this.column()} = ${this.column()}`
      : table;
  }

  private condition(depth: number): string {
    const left = this.column();
    const simple = this.pick([
      () => `${left} ${this.pick(['=', '<>', '>=', '<'])} ${this.literal()}`,
      () => `${left} IN (${Array.from({ length: 1 + this.below(4) }, () => this.literal()).join(', ')})`,
      () => `${left} BETWEEN ${this.number()} AND ${this.number()}`,
      () => `${left} LIKE ${this.text()}`,
      () => `${left} IS NOT NULL`,
      () => `${left} ? ${this.text()}`,
      () => `${left} @> ${this.text()}::jsonb`,
      () => `${left} ->> ${this.text()} = ${this.text()}`,
      () => (depth > 0 ? `EXISTS (${this.select(depth - 1)})` : `${left} = ${this.column()}`),
    ])();
    return this.below(3) === 0 ? `${simple} AND ${this.condition(0)}` : simple;
  }

  private expression(depth: number): string {
    return this.pick([
      () => this.column(),
      () => this.literal(),
      () => `count(${this.column()})`,
      () => `coalesce(${this.column()}, ${this.literal()})`,
      () => `${this.column()} + ${this.number()}`,
      () => `CASE WHEN ${this.column()} = ${this.literal()} THEN ${this.literal()} ELSE ${this.column()} END`,
      () => `${this.text()}::text`,
      () => (depth > 0 ? `(${this.select(0)})` : this.column()),
    ])();
  }

  private table(): string {
    return this.pick(['users', 'shop.orders', '"Order Items"', 'public."users"', 'log_2024', 'événements']);
  }

  private column(): string {
    return this.pick(['id', 'a.name', '"Full Name"', 'd."createdAt"', 'c3po', 'total_1']);
  }

  private name(): string {
    return this.pick(['name', 'total', '"createdAt"', 'note']);
  }

  literal(): string {
    return this.pick([() => this.text(), () => this.number(), () => this.text()])();
  }

  text(): string {
    const value = `${this.pick(['v', 'it', 'sécret', 'a-b', 'FROM x', '-- c', '/* d'])}${1000 + this.below(9_000_000)}`;
    this.values.push(value);
    const quoted = value.replaceAll("'", "''");
    return this.pick([
      () => `'${quoted}'`,
      () => `E'${quoted}\\'${value}'`,
      () => `$$${value}$$`,
      () => `$tag$${value}'$tag$`,
      () => `'${quoted}''${quoted}'`,
      () => `N'${quoted}'`,
    ])();
  }

  number(): string {
    const value = String(10_000 + this.below(9_000_000));
    this.values.push(value);
    return this.pick([value, `-${value}`, `${value}.25`, `${value}e3`, `.${value}`, `${value}.`]);
  }
}
