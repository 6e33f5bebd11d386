import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Driven, realClock, storedOffset, virtualClock } from '../../local/clock.ts';
import { openDatabase } from '../../local/database.ts';

describe('the virtual clock', () => {
  it('stands still until it is moved', async () => {
    const clock = virtualClock(1000);
    expect(clock.now()).toBe(1000);
    await clock.advance(500);
    expect(clock.now()).toBe(1500);
  });
  it('wakes sleepers in the order of their time, each at its own instant', async () => {
    const clock = virtualClock(0);
    const seen: [string, number][] = [];
    const sleep = async (name: string, milliseconds: number) => {
      await clock.sleep(milliseconds);
      seen.push([name, clock.now()]);
    };
    const sleeping = [sleep('c', 300), sleep('a', 100), sleep('b', 200), sleep('a2', 100)];
    expect([clock.nextAlarm(), clock.sleepers()]).toEqual([100, 4]);
    await clock.advance(250);
    expect(seen).toEqual([
      ['a', 100],
      ['a2', 100],
      ['b', 200],
    ]);
    await clock.advance(50);
    await Promise.all(sleeping);
    expect(seen.at(-1)).toEqual(['c', 300]);
  });
  it('what a sleeper does next falls within the same move', async () => {
    const clock = virtualClock(0);
    const seen: number[] = [];
    void (async () => {
      for (;;) {
        await clock.sleep(40);
        seen.push(clock.now());
      }
    })();
    await clock.advance(100);
    expect([seen, clock.now()]).toEqual([[40, 80], 100]);
  });
  it('sleeping for no time needs no move', async () => {
    await expect(virtualClock(0).sleep(0)).resolves.toBeUndefined();
  });
  it('stops at the timers of what it drives', async () => {
    const clock = virtualClock(0);
    const due = [30, 10];
    const seen: number[] = [];
    const driven: Driven = {
      nextDue: () => (due.length === 0 ? undefined : Math.min(...due)),
      work: async () => {
        const ready = due.filter((at) => at <= clock.now());
        for (const at of ready) {
          due.splice(due.indexOf(at), 1);
          seen.push(clock.now());
        }
        return ready.length > 0;
      },
    };
    clock.drive(driven);
    await clock.advance(20);
    expect(seen).toEqual([10]);
    await clock.advance(20);
    expect(seen).toEqual([10, 30]);
  });
  it('is not held up by a timer that its owner leaves alone', async () => {
    const clock = virtualClock(100);
    clock.drive({ nextDue: () => 50, work: async () => false });
    await clock.advance(10);
    expect(clock.now()).toBe(110);
  });
  it('two moves at once come one after the other', async () => {
    const clock = virtualClock(0);
    await Promise.all([clock.advance(10), clock.advance(10)]);
    expect(clock.now()).toBe(20);
  });
  it('tells its listeners of a move, until they leave', async () => {
    const clock = virtualClock(0);
    let moves = 0;
    const leave = clock.onMove(() => (moves += 1));
    await clock.advance(1);
    leave();
    await clock.advance(1);
    expect(moves).toBe(1);
  });
});

describe('the real clock', () => {
  const memory = () => storedOffset(openDatabase(':memory:'));
  it('runs with the system', async () => {
    const clock = realClock(memory());
    const before = Date.now();
    await clock.sleep(20);
    expect(clock.now()).toBeGreaterThanOrEqual(before + 19);
    expect(clock.now() - Date.now()).toBeLessThan(50);
  });
  it('wakes in order of time, whoever came first', async () => {
    const clock = realClock(memory());
    const seen: string[] = [];
    await Promise.all([clock.sleep(30).then(() => seen.push('late')), clock.sleep(5).then(() => seen.push('early'))]);
    expect(seen).toEqual(['early', 'late']);
  });
  it('a move wakes who slept until then, and tells its listeners', async () => {
    const clock = realClock(memory());
    let moves = 0;
    clock.onMove(() => (moves += 1));
    const woken = clock.sleep(86_400_000);
    await clock.advance(86_400_000);
    await woken;
    expect([moves, clock.sleepers(), clock.nextAlarm()]).toEqual([1, 0, undefined]);
  });
  it('a sleep longer than setTimeout can count does not end at once', async () => {
    const clock = realClock(memory());
    let woken = false;
    void clock.sleep(60 * 86_400_000).then(() => (woken = true));
    await pause(20);
    expect(woken).toBe(false);
    await clock.advance(60 * 86_400_000);
  });
  it('its offset outlives it', async () => {
    const database = openDatabase(':memory:');
    await realClock(storedOffset(database)).advance(3_600_000);
    await realClock(storedOffset(database)).advance(1000);
    expect(realClock(storedOffset(database)).now() - Date.now()).toBeGreaterThanOrEqual(3_600_990);
  });
});

it.each([-1, 0.5, Number.NaN, Infinity])('no clock moves by %s', async (milliseconds) => {
  await expect(async () => await virtualClock(0).advance(milliseconds)).rejects.toThrow(RangeError);
  await expect(async () => await realClock({ read: () => 0, write: () => {} }).advance(milliseconds)).rejects.toThrow(
    RangeError,
  );
});
