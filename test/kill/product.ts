import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveProduct, worldAt } from '../support/served.ts';
import type { ScenarioWorld } from '../support/world.ts';

/** The product over a folder of its own, to be started, killed and started again. */
export function openProduct(complain?: (words: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'sms-workflows-kill-'));
  let server: ChildProcess | undefined;

  return {
    folder,
    /** Answers how long it took until it has answered a request. */
    async start(): Promise<{ readonly world: ScenarioWorld; readonly milliseconds: number }> {
      const begun = performance.now();
      const served = await serveProduct(folder, complain && { complain });
      server = served.process;
      const world = worldAt(served.url);
      await world.api('GET', '/v1/settings');
      return { world, milliseconds: performance.now() - begun };
    },
    /** Starts it and kills it before it is up, or hardly so. */
    async startAndKill(milliseconds: number): Promise<void> {
      const starting = serveProduct(folder, {
        ...(complain && { complain }),
        spawned: (child) => {
          server = child;
        },
      }).catch(() => {});
      await sleep(milliseconds);
      await this.kill();
      await starting;
    },
    async kill(): Promise<void> {
      const child = server;
      server = undefined;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
    async end(): Promise<void> {
      await this.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
