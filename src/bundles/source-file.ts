/** Code, never settings: a planted frame must not make anybody read `.env`. */
const SOURCE_FILE = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|sql|graphql|gql|prisma)$/;
const NOT_SOURCE = /(?:^|\/)(?:\.[^/]*|node_modules|bower_components)(?:\/|$)/;

/** Whether a path inside the project may be shown: a source file, in no dot folder and in no package. */
export function isSourceFile(path: string): boolean {
  return SOURCE_FILE.test(path) && !NOT_SOURCE.test(path);
}
