/** A report without what no story has of its own: the page's script, its style and their hashes. Other text as it is. */
export function withoutPage(text: string): string {
  if (!text.startsWith('<!doctype html>')) return text;
  return text
    .replace(/'sha256-[^']+'/g, "'sha256-…'")
    .replace(/<style>[\s\S]*?<\/style>/, '<style>…</style>')
    .replace(/<script>[\s\S]*?<\/script>/, '<script>…</script>');
}
