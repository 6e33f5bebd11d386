import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { REGISTERED, startCarrier } from './carrier.ts';
import { bootstrap, deploy } from './deploy.ts';
import { bootMiniStack, installMiniStack, SHIMS, scratchFolder } from './ministack.ts';
import type { Deployed } from './world.ts';

declare module 'vitest' {
  interface ProvidedContext {
    deployed: Deployed;
  }
}

/** Deploys the product once for all suites, as an operator would, and takes everything down at the end, whatever happened. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const ending: (() => Promise<void>)[] = [];
  const end = async () => {
    for (const step of ending.toReversed()) await step();
  };
  const timed = async <T>(what: string, work: () => Promise<T> | T): Promise<T> => {
    const start = performance.now();
    const result = await work();
    process.stderr.write(`test:aws: ${what} in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
    return result;
  };
  try {
    const python = await timed('MiniStack installed', installMiniStack);
    const folder = scratchFolder('cdk-iam');
    ending.push(async () => rmSync(folder, { recursive: true, force: true }));
    const carrier = await startCarrier();
    ending.push(() => carrier.stop());
    const emulator = await timed('booted', () =>
      bootMiniStack(python, { name: 'deployed', shims: SHIMS, checksPolicies: true, carrier: carrier.url }),
    );
    ending.push(() => emulator.stop());
    carrier.publishTo(emulator.url);
    await timed('bootstrapped', () => bootstrap(emulator, folder));
    const outputs = await timed('deployed', () =>
      deploy(emulator, folder, { stage: 'iam', phoneNumberId: REGISTERED.id }),
    );
    const { ApiUrl: apiUrl } = outputs['sms-workflows-iam-service'] ?? {};
    if (apiUrl === undefined) throw new Error(`the deployment has no ApiUrl: ${JSON.stringify(outputs)}`);
    const { url, environment, log } = emulator;
    project.provide('deployed', { emulator: url, carrier: carrier.url, apiUrl, environment, log });
  } catch (error) {
    await end();
    throw error;
  }
  return end;
}
