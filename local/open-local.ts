import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock, storedOffset } from './clock.ts';
import { openDatabase } from './database.ts';
import { drive } from './drive.ts';
import { removeOldFiles } from './files.ts';
import { localRoutes } from './local-routes.ts';
import { quietLog } from './log.ts';
import { serve } from './server.ts';
import { openWorld } from './world.ts';

export interface LocalOptions {
  /** The folder that state is kept in; undefined keeps it in memory. */
  readonly folder: string | undefined;
  /** 0 takes any free port. */
  readonly port: number;
  readonly complain: (line: string) => void;
}

export interface Local {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

const FILE = 'state.db';
const FILES = 'files';

/** Forgets everything that the folder holds. */
export function reset(folder: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `${FILE}${suffix}`), { force: true });
  rmSync(join(folder, FILES), { recursive: true, force: true });
}

/** The whole product on this machine: state, runner and server. What a killed process was at goes on. */
export async function openLocal({ folder, port, complain }: LocalOptions): Promise<Local> {
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const database = openDatabase(folder === undefined ? ':memory:' : join(folder, FILE));
  const clock = realClock(storedOffset(database));
  const log = quietLog(complain);
  let temporary: string | undefined;
  const filesFolder = () => {
    if (folder !== undefined) return join(folder, FILES);
    temporary ??= mkdtempSync(join(tmpdir(), 'sms-workflows-'));
    return temporary;
  };
  if (folder !== undefined) await removeOldFiles(filesFolder(), clock.now());
  const world = openWorld({
    ...{ database, clock, log },
    folder: filesFolder,
    origin: () => served.url,
    wake: () => driver.wake(),
  });
  const driver = drive(clock, world.driven, (error) => complain(String(error)));
  clock.onMove(driver.wake);
  const served = await serve({
    ...{ port, log },
    api: world.http,
    local: localRoutes(world, clock, driver),
    files: (request) => world.files.answer(request),
  });
  driver.wake();
  return {
    url: served.url,
    async close() {
      driver.stop();
      await served.close();
      world.machines.close();
      database.close();
      if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
    },
  };
}
