import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';

// Reading the TypeScript is half of a start; the next one, after a kill -9 too, finds it done.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compiled'));
await import('./start.ts');
flushCompileCache();
