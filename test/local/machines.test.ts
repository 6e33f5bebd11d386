import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { openDatabase } from '../../local/database.ts';
import { openMachines } from '../../local/machines.ts';
import type { Definition } from '../../statemachines/asl.ts';

const START = Date.parse('2026-11-23T10:00:00.000Z');
type Handler = (payload: { run: string; token?: string; retry: number }) => unknown;

const Payload = { run: '{% $states.context.Execution.Name %}', retry: '{% $states.context.State.RetryCount %}' };
const plain = (more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'step', Payload },
  TimeoutSeconds: 60,
  Retry: [],
  Catch: [],
  Output: '{% $states.result.Payload %}',
  End: true,
  ...more,
});
const callback = (more: object = {}) =>
  plain({
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: 'step', Payload: { ...Payload, token: '{% $states.context.Task.Token %}' } },
    Output: '{% $states.result %}',
    ...more,
  });
const machine = (States: object, StartAt = 'A') =>
  ({ QueryLanguage: 'JSONata', StartAt, States }) as unknown as Definition;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'machines-'));
  path = join(folder, 'local.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** One life of the process; `die` ends it as kill -9 does, with whatever runs still running. */
function live(handler: Handler, at = START, options: { concurrency?: number; wake?: () => void } = {}) {
  const database = openDatabase(path);
  const clock = virtualClock(at);
  const invoked: { function: string; payload: Parameters<Handler>[0]; at: number }[] = [];
  const machines = openMachines({
    database,
    clock,
    random: () => 0.5,
    invoke: async (name, payload) => {
      invoked.push({ function: name, payload: payload as Parameters<Handler>[0], at: clock.now() - START });
      return await handler(payload as Parameters<Handler>[0]);
    },
    ...options,
  });
  clock.drive(machines);
  const begin = async (States: object, name = 'run_1', input = {}) => {
    const address = await machines.put({ name: 'wf_1', definition: machine(States) });
    await machines.start({ machine: address, name, input });
    await machines.work();
    return address;
  };
  const die = () => {
    machines.close();
    database.close();
  };
  return { machines, clock, invoked, begin, die };
}
const never = () => new Promise<never>(() => {});
const fails = (name: string) => () => {
  throw Object.assign(new Error('no'), { name });
};

describe('machines', () => {
  it('an equal definition keeps its address, another one gets the next version', async () => {
    const { machines } = live(never);
    const first = machine({ A: plain() });
    const second = machine({ A: plain({ TimeoutSeconds: 5 }) });
    const put = (definition: Definition) => machines.put({ name: 'wf_1', definition });
    expect([await put(first), await put(structuredClone(first)), await put(second), await put(first)]).toEqual([
      'arn:aws:states:local:000000000000:stateMachine:wf_1:1',
      'arn:aws:states:local:000000000000:stateMachine:wf_1:1',
      'arn:aws:states:local:000000000000:stateMachine:wf_1:2',
      'arn:aws:states:local:000000000000:stateMachine:wf_1:3',
    ]);
  });
  it('gives back what was put, by its address, until it is removed', async () => {
    const { machines } = live(never);
    const definition = machine({ A: plain({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] }) });
    const address = await machines.put({ name: 'wf_1', definition });
    expect(await machines.definition(address)).toEqual(structuredClone(JSON.parse(JSON.stringify(definition))));
    await machines.remove('wf_1');
    await expect(machines.definition(address)).rejects.toThrow('StateMachineDoesNotExist');
  });
  it('a run keeps the version it was started with', async () => {
    const { machines, clock, begin } = live(() => 'done');
    const wait = { Type: 'Wait', Timestamp: `{% "${new Date(START + 5000).toISOString()}" %}`, Next: 'B' };
    await begin({ A: wait, B: plain() });
    await machines.put({ name: 'wf_1', definition: machine({ A: { Type: 'Succeed' } }) });
    await clock.advance(5000);
    expect(machines.describe('run_1')).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
  });
  it('refuses what it cannot run, when it is put', async () => {
    const { machines } = live(never);
    await expect(
      machines.put({ name: 'wf_1', definition: machine({ A: plain({ HeartbeatSeconds: 5 }) }) }),
    ).rejects.toThrow('state "A": field "HeartbeatSeconds" is not implemented');
  });
  it('starts a name once', async () => {
    const { machines, begin, invoked } = live(() => 1);
    const address = await begin({ A: plain() });
    expect(await machines.start({ machine: address, name: 'run_1', input: { other: true } })).toBe('already-started');
    await machines.work();
    expect(invoked).toHaveLength(1);
  });
  it('of a name started twice at once, one is started', async () => {
    const { machines } = live(() => 1);
    const address = await machines.put({ name: 'wf_1', definition: machine({ A: plain() }) });
    const start = () => machines.start({ machine: address, name: 'run_1', input: {} });
    expect(await Promise.all([start(), start()])).toEqual(['started', 'already-started']);
  });
  it.each([
    [
      'an address it has not given',
      'arn:aws:states:local:000000000000:stateMachine:wf_1:9',
      'run_1',
      {},
      /StateMachineDoesNotExist/,
    ],
    ['an address of elsewhere', 'arn:aws:states:eu-west-1:1:stateMachine:x', 'run_1', {}, /InvalidArn/],
    ['a name that AWS refuses', 'arn:aws:states:local:000000000000:stateMachine:wf_1:1', 'a b', {}, /InvalidName/],
    [
      'more than 256 KiB',
      'arn:aws:states:local:000000000000:stateMachine:wf_1:1',
      'run_1',
      { a: 'x'.repeat(262_144) },
      /256 KiB/,
    ],
  ])('does not start %s, and the others of the same moment all the same', async (_, address, name, input, message) => {
    const { machines } = live(never);
    const good = await machines.put({ name: 'wf_1', definition: machine({ A: plain() }) });
    const [bad, other] = await Promise.allSettled([
      machines.start({ machine: address, name, input }),
      machines.start({ machine: good, name: 'run_2', input: {} }),
    ]);
    expect([bad, other]).toMatchObject([{ reason: { message: expect.stringMatching(message) } }, { value: 'started' }]);
  });
  it('removing a machine ends its runs, and its versions count on', async () => {
    const { machines, begin } = live(never);
    const address = await begin({ A: callback() });
    await machines.remove('wf_1');
    expect(machines.describe('run_1')).toMatchObject({ status: 'ABORTED' });
    await expect(machines.start({ machine: address, name: 'run_2', input: {} })).rejects.toThrow(
      'StateMachineDoesNotExist',
    );
    expect(await machines.put({ name: 'wf_1', definition: machine({ A: callback() }) })).toMatch(/:2$/);
  });
  it('stop ends a run: its token is gone, its function is not heard, its timer is quiet', async () => {
    let release = (_: unknown) => {};
    const { machines, begin, clock } = live(() => new Promise((resolve) => (release = resolve)));
    const address = await begin({ A: callback() });
    await machines.stop({ machine: address, name: 'run_1' });
    expect(await machines.complete('run_1.1', {})).toBe('gone');
    release(1);
    await clock.advance(120_000);
    expect(machines.describe('run_1')).toEqual({
      status: 'ABORTED',
      output: null,
      error: null,
      cause: null,
      transitions: 1,
    });
    expect(machines.nextDue()).toBeUndefined();
  });
});

describe('tokens', () => {
  it('a completion ends the wait, once', async () => {
    const { machines, begin } = live(() => null);
    await begin({ A: callback() });
    expect(await Promise.all([machines.complete('run_1.1', { n: 1 }), machines.complete('run_1.1', { n: 2 })])).toEqual(
      ['completed', 'gone'],
    );
    await machines.work();
    expect(machines.describe('run_1')).toMatchObject({ status: 'SUCCEEDED', output: '{"n":1}' });
    expect(await machines.complete('run_1.1', { n: 3 })).toBe('gone');
  });
  it('a completion before the function has returned counts, whatever the function then does', async () => {
    for (const [name, settle] of [
      ['run_1', 'resolve'],
      ['run_2', 'reject'],
    ] as const) {
      const held = Promise.withResolvers<unknown>();
      const { machines, begin, die } = live(() => held.promise);
      await begin({ A: callback() }, name);
      expect(await machines.complete(`${name}.1`, { early: true })).toBe('completed');
      held[settle](new Error('late'));
      await machines.work();
      expect(machines.describe(name)).toMatchObject({ status: 'SUCCEEDED', output: '{"early":true}' });
      die();
    }
  });
  it('a function may complete its own token', async () => {
    const life = live(async ({ token }) => await life.machines.complete(token ?? '', { own: true }));
    await life.begin({ A: callback() });
    expect(life.machines.describe('run_1')).toMatchObject({ status: 'SUCCEEDED', output: '{"own":true}' });
  });
  it('a completion after the time-out is gone, even before the runner has seen the time-out', async () => {
    const { machines, begin, clock } = live(() => null);
    await begin({
      A: callback({ Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Z', Output: 'late' }] }),
      Z: { Type: 'Succeed' },
    });
    let now = START;
    const unseen = openMachines({ database: openDatabase(path), clock: { now: () => now }, invoke: never });
    now += 60_000;
    expect(await unseen.complete('run_1.1', {})).toBe('gone');
    unseen.close();
    await clock.advance(60_000);
    expect(await machines.complete('run_1.1', {})).toBe('gone');
    expect(machines.describe('run_1')).toMatchObject({ status: 'SUCCEEDED', output: '"late"' });
  });
  it('a retry has a new token; the old one is gone', async () => {
    let calls = 0;
    const { machines, begin, clock, invoked } = live(() => (calls++ === 0 ? fails('Throttled')() : null));
    await begin({ A: callback({ Retry: [{ ErrorEquals: ['Throttled'], MaxAttempts: 1 }] }) });
    expect(await machines.complete('run_1.1', {})).toBe('gone');
    await clock.advance(1000);
    expect(invoked.map(({ payload }) => [payload.token, payload.retry])).toEqual([
      ['run_1.1', 0],
      ['run_1.2', 1],
    ]);
    expect(await machines.complete('run_1.2', {})).toBe('completed');
  });
  it('an unknown token is gone; an output above 256 KiB is refused', async () => {
    const { machines } = live(never);
    expect(await machines.complete('nope', {})).toBe('gone');
    await expect(machines.complete('nope', { a: 'x'.repeat(262_144) })).rejects.toThrow('InvalidOutput');
  });
});

describe('time', () => {
  it('retries back off on the clock, and each attempt has its whole time-out', async () => {
    const { begin, clock, invoked, machines } = live(never);
    await begin({
      A: plain({
        TimeoutSeconds: 10,
        Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 2, MaxAttempts: 3 }],
      }),
    });
    await clock.advance(3_600_000);
    expect(invoked.map(({ at }) => at)).toEqual([0, 12_000, 26_000, 44_000]);
    expect(machines.describe('run_1')).toMatchObject({ status: 'FAILED', error: 'States.Timeout', transitions: 4 });
  });
  it('a wait of thirty days is worked through at its instants', async () => {
    const { begin, clock, invoked, machines } = live(() => null);
    const day = 86_400_000;
    const at = (days: number) => `{% "${new Date(START + days * day + 500).toISOString()}" %}`;
    const wait = (days: number, Next: string) => ({ Type: 'Wait', Timestamp: at(days), Next });
    await begin({ A: wait(1, 'B'), B: plain({ End: undefined, Next: 'C', Output: {} }), C: wait(30, 'D'), D: plain() });
    expect(machines.nextDue()).toBe(START + day);
    await clock.advance(31 * day);
    expect(invoked.map(({ at: instant }) => instant)).toEqual([day, 30 * day]);
    expect(machines.describe('run_1')).toMatchObject({ status: 'SUCCEEDED', transitions: 4 });
  });
  it('a function that sleeps on the clock does not hold up the work', async () => {
    const life = live(async () => await life.clock.sleep(3000));
    await life.begin({ A: plain({ Output: {} }) });
    expect([life.machines.running(), await life.machines.work()]).toEqual([1, false]);
    await life.clock.advance(3000);
    expect(life.machines.describe('run_1')).toMatchObject({ status: 'SUCCEEDED' });
  });
  it('wakes its runner for a start, a completion and an answer', async () => {
    let woken = 0;
    const held = Promise.withResolvers<unknown>();
    const { machines, begin } = live(() => held.promise, START, { wake: () => (woken += 1) });
    await begin({ A: callback() });
    expect(woken).toBe(1);
    await machines.complete('run_1.1', {});
    expect(woken).toBe(2);
    held.resolve(1);
    await machines.work();
    expect(woken).toBe(3);
  });
});

describe('after a kill', () => {
  it('an interrupted function has failed with Lambda.Unknown: a new attempt with a new token', async () => {
    const first = live(never);
    await first.begin({ A: callback({ Retry: [{ ErrorEquals: ['Lambda.Unknown'], MaxAttempts: 1 }] }) });
    first.die();
    const second = live(() => null, START + 5000);
    expect(await second.machines.complete('run_1.1', {})).toBe('gone');
    await second.clock.advance(1000);
    expect(second.invoked).toEqual([
      { function: 'step', payload: { run: 'run_1', retry: 1, token: 'run_1.2' }, at: 6000 },
    ]);
    expect(await second.machines.complete('run_1.2', { ok: true })).toBe('completed');
    await second.machines.work();
    expect(second.machines.describe('run_1')).toMatchObject({ status: 'SUCCEEDED' });
  });
  it('without a retrier the execution fails', async () => {
    const first = live(never);
    await first.begin({ A: plain() });
    first.die();
    const second = live(never, START + 1);
    await second.machines.work();
    expect(second.machines.describe('run_1')).toMatchObject({ status: 'FAILED', error: 'Lambda.Unknown' });
  });
  it('a callback that was submitted still waits, for its token and for its time-out', async () => {
    const first = live(() => null);
    const address = await first.begin({ A: callback() });
    await first.machines.start({ machine: address, name: 'run_2', input: {} });
    await first.machines.work();
    first.die();
    const second = live(never, START + 1000);
    expect(await second.machines.complete('run_1.1', { n: 1 })).toBe('completed');
    await second.clock.advance(59_000);
    expect(['run_1', 'run_2'].map((name) => second.machines.describe(name)?.status)).toEqual(['SUCCEEDED', 'FAILED']);
    expect(second.invoked).toEqual([]);
  });
  it('a completion that was answered is kept, though its function was interrupted', async () => {
    const first = live(never);
    await first.begin({ A: callback() });
    expect(await first.machines.complete('run_1.1', { n: 1 })).toBe('completed');
    first.die();
    const second = live(never, START);
    await second.machines.work();
    expect(second.machines.describe('run_1')).toMatchObject({ status: 'SUCCEEDED', output: '{"n":1}' });
  });
  it('a wait whose instant passed meanwhile ends at once', async () => {
    const first = live(never);
    await first.begin({
      A: { Type: 'Wait', Timestamp: `{% "${new Date(START + 5000).toISOString()}" %}`, Next: 'Z' },
      Z: { Type: 'Succeed' },
    });
    first.die();
    const second = live(never, START + 60_000);
    await second.machines.work();
    expect(second.machines.describe('run_1')).toMatchObject({ status: 'SUCCEEDED' });
  });
  it('what was started but not begun is begun', async () => {
    const first = live(never);
    const address = await first.machines.put({ name: 'wf_1', definition: machine({ A: plain() }) });
    await first.machines.start({ machine: address, name: 'run_1', input: {} });
    first.die();
    const second = live(() => 7);
    await second.machines.work();
    expect(second.machines.describe('run_1')).toMatchObject({ status: 'SUCCEEDED', output: '7' });
  });
  it('holds for a real SIGKILL in the middle of a function', async () => {
    const room = join(import.meta.dirname, '../../local');
    const States = { A: callback({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] }) };
    const program = `
      import { openDatabase } from ${JSON.stringify(join(room, 'database.ts'))};
      import { openMachines } from ${JSON.stringify(join(room, 'machines.ts'))};
      const machines = openMachines({
        database: openDatabase(${JSON.stringify(path)}),
        clock: { now: () => ${START} },
        invoke: () => process.kill(process.pid, 'SIGKILL'),
      });
      const machine = await machines.put({ name: 'wf_1', definition: ${JSON.stringify(machine(States))} });
      await machines.start({ machine, name: 'run_1', input: {} });
      await machines.work();
    `;
    expect(spawnSync(process.execPath, ['--input-type=module', '--eval', program])).toMatchObject({
      signal: 'SIGKILL',
    });
    const { machines, clock, invoked } = live(() => null);
    await machines.work();
    await clock.advance(1000);
    expect(invoked).toMatchObject([{ payload: { retry: 1, token: 'run_1.2' } }]);
  });
});

describe('many at once', () => {
  it('two hundred executions each take every step once, and no more than allowed run together', async () => {
    let now = 0;
    let most = 0;
    const seen = new Map<string, number>();
    const life = live(
      async ({ run }) => {
        most = Math.max(most, ++now);
        await Promise.resolve();
        now -= 1;
        seen.set(run, (seen.get(run) ?? 0) + 1);
        return { run };
      },
      START,
      { concurrency: 8 },
    );
    const next = (Next: string) => ({ End: undefined, Next });
    const states = {
      A: plain(next('B')),
      B: { Type: 'Wait', Timestamp: `{% "${new Date(START + 9000).toISOString()}" %}`, Next: 'C' },
      C: callback({ ...next('D'), Output: '{% $states.input %}' }),
      D: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.run = $states.context.Execution.Name %}', Next: 'E' }],
      },
      E: plain(),
    };
    const address = await life.machines.put({ name: 'wf_1', definition: machine(states) });
    const names = Array.from({ length: 200 }, (_, index) => `run_${index}`);
    await Promise.all(names.map((name) => life.machines.start({ machine: address, name, input: {} })));
    await life.clock.advance(9000);
    expect(new Set(await Promise.all(names.map((name) => life.machines.complete(`${name}.3`, {}))))).toEqual(
      new Set(['completed']),
    );
    await life.machines.work();
    expect(names.map((name) => [life.machines.describe(name)?.output, seen.get(name)])).toEqual(
      names.map((run) => [JSON.stringify({ run }), 3]),
    );
    expect(most).toBeLessThanOrEqual(8);
    expect([life.machines.running(), life.machines.nextDue()]).toEqual([0, undefined]);
  });
  it('while every place is taken, time alone brings nothing forward', async () => {
    const { machines, begin } = live(never, START, { concurrency: 1 });
    const address = await begin({ A: plain() });
    await machines.start({ machine: address, name: 'run_2', input: {} });
    expect([await machines.work(), machines.nextDue(), machines.running()]).toEqual([false, undefined, 1]);
  });
});
