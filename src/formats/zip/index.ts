import type { Bundle } from '../../bundles/bundle.ts';
import { MANIFEST_NAME } from '../file-names.ts';
import { manifestFile, renderManifest } from '../manifest.ts';
import { zipFile } from './zip-file.ts';

/**
 * These files of a bundle as one zip, with a `manifest.json` before them that has the sha256 of each. The same bundle
 * gives the same bytes.
 * @throws AgentlogError OUTPUT_FAILED for more than 4 GiB.
 */
export function renderZip(bundle: Bundle, texts: ReadonlyMap<string, string>): Uint8Array {
  const files = new Map([...texts].map(([name, text]) => [name, Buffer.from(text, 'utf8')]));
  const listed = [...files].map(([name, content]) => manifestFile(name, content));
  return zipFile(new Map([[MANIFEST_NAME, Buffer.from(renderManifest(bundle, listed))], ...files]));
}
