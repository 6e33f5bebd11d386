import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { addTag, business, done, ifElse, publish, send, wait } from '../support/business.ts';
import { numbers } from '../support/numbers.ts';
import { percentile } from '../support/percentile.ts';
import { DAY, MINUTE, type ScenarioWorld } from '../support/world.ts';
import { openClients } from './clients.ts';
import { findings, look } from './findings.ts';
import { openProduct } from './product.ts';

/* KILLS=1000 npm run test:kill: as many. SEED=7: other moments; the processor makes others by itself. */
const KILLS = Number(env['KILLS'] ?? 200);
const random = numbers(Number(env['SEED'] ?? 1));
const PEOPLE = 60;
const READY_WITHIN_MS = 2_000;
/** How much it lives to do: nothing, up to so many answers; and some moments more. */
const ANSWERS = 16;
const MOMENTS_MS = 30;
const LONGEST_LIFE_MS = 500;
/** One in so many dies before it is up. */
const IN_START_UP = 3;
const START_UP_MS = 450;
/** Each so many kills it dies right after an import, or a publication, was asked for. */
const IMPORT_EVERY = 15;
const PUBLICATION_EVERY = 20;
const IMPORTED = 20;

/** Texts that are told apart by where they come from: whoever has one twice got it twice. */
const steps = (name: string) => [
  send('ask', `${name}: shall we call you?`),
  wait('answer'),
  ifElse(
    'said-yes',
    { keywords: { anyOf: ['yes'] } },
    [addTag('tag-yes', 'said-yes'), send('thanks', `${name}: we will call.`)],
    [send('no', `${name}: alright.`)],
    [send('nudge', `${name}: still there?`)],
  ),
];

const complaints: string[] = [];
const product = openProduct((words) => complaints.push(words));
afterAll(() => product.end());

it(`${KILLS} kills under load double nothing, lose nothing and leave nothing stuck`, async () => {
  const took: number[] = [];
  const start = async (): Promise<ScenarioWorld> => {
    const { world, milliseconds } = await product.start();
    took.push(milliseconds);
    return world;
  };
  let up = start();
  const studio = await business(await up);
  const { stopText } = await done((await up).api('GET', '/v1/settings'));
  const workflows: string[] = [];
  for (const name of ['One', 'Two', 'Three', 'Four'])
    workflows.push(await publish(await up, studio, { steps: steps(name), name }));
  await publish(await up, studio, {
    steps: steps('Lead'),
    name: 'Lead',
    trigger: { filter: { all: [{ type: 'tag', op: 'has', tag: 'lead' }] } },
  });

  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const clients = openClients({ up: () => up, released, ...studio, workflows, random });
  for (let n = 0; n < PEOPLE; n += 1) await clients.create();
  let isGoing = true;
  const going = clients.go(() => isGoing);

  for (let kills = 0; kills < KILLS; kills += 1) {
    if (kills % IMPORT_EVERY === 1) clients.import(IMPORTED);
    if (kills % PUBLICATION_EVERY === 2) clients.publish(steps(`P${kills}`), 'red');
    const { answered } = clients.ledger;
    const enough = answered + Math.floor(random() * ANSWERS);
    const end = Date.now() + LONGEST_LIFE_MS;
    while (clients.ledger.answered < enough && Date.now() < end) await sleep(1);
    await sleep(random() * MOMENTS_MS);
    // Who asks meanwhile waits until it is up again.
    const { promise, resolve } = Promise.withResolvers<ScenarioWorld>();
    up = promise;
    await product.kill();
    if (kills % IN_START_UP === 0) {
      kills += 1;
      await product.startAndKill(random() * START_UP_MS);
    }
    resolve(await start());
  }

  isGoing = false;
  const world = await up;
  await going;
  // Keys of requests that died are held for a minute, claims of texts for half of one.
  await world.pass(2 * MINUTE);
  release();
  await clients.settled();
  await world.pass(10 * MINUTE);

  const { ledger } = clients;
  const seen = await look(world);
  const before = [...findings(seen, ledger, stopText)];
  await world.pass(3 * DAY);
  const last = await look(world);
  const after = [...findings(last, ledger, stopText)];
  const open = last.runs.filter(({ status }) => status !== 'ENDED').map(({ id }) => id);
  const stuck = leftIn(join(product.folder, 'state.db'));

  const texts = last.conversations.flatMap(({ outbound }) => outbound);
  const ms = (share: number) => Math.round(percentile(took, share));
  console.log(
    JSON.stringify({
      kills: KILLS,
      // Of what else this machine does: processes that want one of its processors.
      load: `${loadavg()[0]?.toFixed(1)} on ${availableParallelism()}`,
      readyMs: { p50: ms(0.5), p99: ms(0.99), max: ms(1) },
      requests: ledger.requests,
      repeated: ledger.repeated,
      contacts: last.contacts.length,
      runs: last.runs.length,
      textsOut: last.conversations.reduce((sum, { texts }) => sum + texts.length, 0),
      textsIn: ledger.said.length,
      unconfirmed: texts.filter(({ status }) => status === 'UNCONFIRMED').length,
    }),
  );
  expect({ before, after, open, stuck }).toEqual({ before: [], after: [], open: [], stuck: NOTHING });
  expect(ms(1)).toBeLessThanOrEqual(READY_WITHIN_MS);
}, 600_000);

const NOTHING = { changes: 0, queued: 0, 'failed executions': 0, 'running executions': 0 };

/** What is still to be done, or was given up. */
function leftIn(file: string) {
  const database = new DatabaseSync(file, { readOnly: true });
  const count = (from: string) => database.prepare(`SELECT COUNT(*) AS n FROM ${from}`).get()?.['n'];
  const left = {
    changes: count('changes'),
    queued: count('queue'),
    'failed executions': count("sfn_executions WHERE status IN ('FAILED', 'TIMED_OUT')"),
    'running executions': count("sfn_executions WHERE status = 'RUNNING'"),
  };
  database.close();
  return left;
}
