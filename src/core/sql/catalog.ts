const SCHEMAS = new Set([
  'pg_catalog',
  'information_schema',
  'sys',
  'mysql',
  'performance_schema',
  'pg_toast',
]);
const TABLES = new Set([
  'sqlite_master',
  'sqlite_schema',
  'sqlite_temp_master',
  'dual',
  'all_tables',
  'user_tables',
]);

/** Whether a table as written belongs to the database's own catalog. */
export function isCatalogName(name: string): boolean {
  const plain = name.replace(/["`[\]]/g, '').toLowerCase();
  const dot = plain.indexOf('.');
  if (dot > 0 && SCHEMAS.has(plain.slice(0, dot))) return true;
  return TABLES.has(plain) || (dot < 0 && plain.startsWith('pg_'));
}
