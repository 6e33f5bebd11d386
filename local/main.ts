import { enableCompileCache, flushCompileCache } from 'node:module';

// Reading the TypeScript is half of a start; the next one, after a kill -9 too, finds it done.
enableCompileCache();
await import('./start.ts');
flushCompileCache();
