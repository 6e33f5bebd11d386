// Run on every bundle by CDK (`constructs/service-function.ts`).
import { argv } from 'node:process';
import { putBeside } from './constructs/beside-bundle.ts';

for (const bundle of argv.slice(2)) putBeside(bundle);
