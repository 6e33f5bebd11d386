import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { realClock } from '../../local/clock.ts';
import { openDatabase } from '../../local/database.ts';
import { drive } from '../../local/drive.ts';
import { followFeed } from '../../local/follow-feed.ts';
import { openQueue } from '../../local/queue.ts';
import { openTable } from '../../local/table.ts';

/** More than any turn takes, and yet an end, should nobody else get a turn. */
const MANY = 5_000;
const log = { info: () => {}, error: () => {} };
const clock = realClock({ read: () => 0, write: () => {} });
const memory = () => {
  const database = openDatabase(':memory:');
  database.exec('PRAGMA synchronous = OFF');
  return database;
};

it.each(['a queue', 'the change feed'])('%s that is never empty leaves the others their turn', async (which) => {
  const database = memory();
  let done = 0;
  const queue = openQueue('busy', {
    ...{ database, clock, log, wake: () => {} },
    consume: async () => {
      done += 1;
      if (done < MANY) queue.send({});
    },
  });
  const { table, feed } = openTable(database, clock);
  const write = (n: number) => table.write([{ put: { pk: `P${n}`, sk: 'S', type: 't', data: {} }, rev: 0 }]);
  const follower = followFeed({
    ...{ feed, clock, log, settle: () => {} },
    consume: async (records) => {
      for (const _ of records) {
        done += 1;
        if (done < MANY) await write(done);
      }
      return { batchItemFailures: [] };
    },
  });
  if (which === 'a queue') queue.send({});
  else await write(0);

  let seen: number | undefined;
  const other = {
    nextDue: () => undefined,
    work: async () => {
      seen ??= done;
      return false;
    },
  };
  const driver = drive(clock, [which === 'a queue' ? queue : follower, other], (error) => {
    throw error;
  });
  driver.wake();
  while (done < MANY) await sleep(5);
  driver.stop();
  expect(seen).toBeLessThanOrEqual(100);
});

it('whoever has given up waiting is forgotten, though the work never ends', async () => {
  const endless = { nextDue: () => 0, work: async () => true };
  const driver = drive(clock, [endless], () => {});
  const waitFor = (waiters: number) => Promise.all(Array.from({ length: waiters }, () => driver.idle(1)));
  await waitFor(1000);
  const before = heapHeld();
  await waitFor(20_000);
  const grown = heapHeld() - before;
  driver.stop();
  expect(grown).toBeLessThan(4_000_000);
});

function heapHeld(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
