import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const SUITE = new URL('./suite.ts', import.meta.url).href;

/**
 * Loads our files, packages aside, anew each time: what a module makes once and keeps would otherwise be another mutant's.
 * `vitest` is the suite of this folder.
 */
export function freshLoader(root: string) {
  const inside = pathToFileURL(root).href;
  const sources = new Map<string, string>();
  let generation = 0;
  let loaded = new Set<string>();

  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'vitest' && context.parentURL?.startsWith(inside)) return { url: SUITE, shortCircuit: true };
      const found = next(specifier, context);
      const isOurs = found.url.startsWith(inside) && found.url.endsWith('.ts') && !found.url.includes('/node_modules/');
      return isOurs ? { ...found, url: `${found.url}?${generation}` } : found;
    },
    load(url, context, next) {
      if (!url.startsWith(inside) || !url.includes('.ts?')) return next(url, context);
      const path = fileURLToPath(url);
      loaded.add(path);
      const source = sources.get(path) ?? stripTypeScriptTypes(readFileSync(path, 'utf8'));
      sources.set(path, source);
      return { format: 'module', source, shortCircuit: true };
    },
  });

  return {
    next() {
      generation += 1;
      loaded = new Set();
      return { load: (file: string): Promise<unknown> => import(pathToFileURL(file).href), loads: () => [...loaded] };
    },
  };
}
