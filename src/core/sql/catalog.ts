const CATALOG =
  /^["`[]?(?:pg_\w|(?:information_schema|sys|mysql|performance_schema)["`\]]?\.|sqlite_(?:temp_)?(?:master|schema)\b|dual["`\]]?$)/i;

/** Whether a table as written belongs to the database's own catalog. */
export function isCatalogName(name: string): boolean {
  // Most names are told apart by their first letter.
  const first = name.charCodeAt(0) | 32;
  if (first === 117 || first === 111 || first === 99 || first === 116) return false;
  return CATALOG.test(name);
}
