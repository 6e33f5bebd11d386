import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { aliases, bundling } from '../infra/constructs/bundling.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** One file of JavaScript, as a deployment makes it of this entry: the same bytes, on any machine. */
export async function bundle(
  entry: BuildOptions,
  map = false,
): Promise<{ code: Uint8Array; map: string; metafile: Metafile }> {
  const { banner, externalModules, format, mainFields, minify, keepNames, target } = bundling;
  const { outputFiles = [], metafile } = await build({
    ...entry,
    absWorkingDir: root,
    outfile: 'index.mjs',
    write: false,
    bundle: true,
    metafile: true,
    platform: 'node',
    charset: 'utf8',
    ...{ format, target, minify, keepNames },
    sourcemap: map && 'external',
    mainFields: [...mainFields],
    external: [...externalModules],
    alias: aliases,
    banner: { js: banner },
  });
  const file = (end: string) => outputFiles.find(({ path }) => path.endsWith(end));
  return { code: file('.mjs')?.contents ?? new Uint8Array(), map: file('.map')?.text ?? '', metafile };
}

export const lambda = (name: string): BuildOptions => ({ entryPoints: [`lambdas/${name}.ts`] });
