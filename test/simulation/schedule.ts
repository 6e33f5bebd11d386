import { hashOf, mixed, unit } from './hash.ts';
import { FLOW_NAMES, type FlowName, type InboxName, PHONES, VARIANT_NAMES, type Variant } from './workspace.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What the product comes to, that an act can follow on: most races are about what happens right after one of these. */
export const MOMENTS = [
  'asked',
  'called',
  'claimed',
  'handed over',
  'settled',
  'parked',
  'ended',
  'turned off',
  'entered',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** Some time after the start, or after something has happened for so many times. */
export type When =
  | { readonly after: number }
  | {
      readonly on: Moment;
      readonly time: number;
      readonly after: number;
      /** Whoever and whatever workflow it has happened to is meant. */
      readonly isAimed?: boolean;
    };

export type Deed =
  | { readonly do: 'create'; readonly who: number; readonly tags: readonly string[] }
  | { readonly do: 'tag' | 'untag'; readonly who: number; readonly tag: string }
  | { readonly do: 'rename'; readonly who: number; readonly name: string }
  | { readonly do: 'enrol'; readonly who: number; readonly flow: FlowName }
  | { readonly do: 'say'; readonly who: number; readonly to: InboxName; readonly text: string }
  | { readonly do: 'write'; readonly who: number; readonly from: InboxName; readonly takeover: boolean }
  | { readonly do: 'hand back' | 'opt out' | 'delete'; readonly who: number }
  | { readonly do: 'exit'; readonly who: number; readonly flow: FlowName }
  | { readonly do: 'turn off'; readonly flow: FlowName; readonly inFlight: 'finish' | 'pause' | 'exit' }
  | { readonly do: 'turn on'; readonly flow: FlowName; readonly parked: 'resume' | 'exit'; readonly existing: boolean }
  /** What comes by a schedule once an hour, or once a day. */
  | { readonly do: 'look after'; readonly of: 'runs' | 'executions' }
  | { readonly do: 'publish'; readonly flow: FlowName; readonly parked: 'resume' | 'exit' };

export type Act = { readonly id: number; readonly when: When } & Deed;

export interface Schedule {
  readonly seed: number;
  readonly variant: Variant;
  /** After the workspace's Tuesday morning. */
  readonly startsAfter: number;
  /** How much longer than usual each call takes: then much happens between one and the next. */
  readonly slowness: number;
  readonly acts: readonly Act[];
}
const SLOWNESS = [1, 1, 8, 40] as const;

/** Until then faults are thrown in; then everything may come to rest. */
export const FAULTY_MS = 30 * HOUR;

type Chance = (ordinal: number) => number;
const oneOf = <T>(all: readonly [T, ...T[]] | readonly T[], chance: number): T => {
  const found = all[Math.floor(chance * all.length)];
  if (found === undefined) throw new Error('nothing to choose from');
  return found;
};

const TEXTS = ['yes', 'ok', 'no', 'hello', 'good'] as const;

type Make = (chance: Chance) => Deed | readonly Deed[];
const who = (chance: Chance): number => Math.floor(chance(50) * 2.4);
const flow = (chance: Chance): FlowName => oneOf(FLOW_NAMES, chance(51));
const inboxFor = (chance: Chance): InboxName => (chance(52) < 0.65 ? 'front' : 'back');
const say =
  (...texts: readonly string[]): Make =>
  (chance) => ({ do: 'say', who: who(chance), to: inboxFor(chance), text: oneOf(texts, chance(53)) });

const optOut: Make = (chance) => ({ do: 'opt out', who: who(chance) });
const handBack: Make = (chance) => ({ do: 'hand back', who: who(chance) });
const exit: Make = (chance) => ({ do: 'exit', who: who(chance), flow: flow(chance) });
const takeOver: Make = (chance) => ({ do: 'write', who: who(chance), from: inboxFor(chance), takeover: true });
const turnOff: Make = (chance) => ({
  ...{ do: 'turn off', flow: flow(chance) },
  inFlight: oneOf(['finish', 'pause', 'pause', 'exit'] as const, chance(53)),
});
const turnOn: Make = (chance) => ({
  ...{ do: 'turn on', flow: flow(chance), existing: chance(54) < 0.03 },
  parked: oneOf(['resume', 'resume', 'exit'] as const, chance(53)),
});

/** What may happen, and how often beside one another. */
const DEEDS: readonly (readonly [number, Make])[] = [
  [4, (chance) => ({ do: 'create', who: Math.floor(chance(50) * 3), tags: chance(53) < 0.5 ? ['lead'] : [] })],
  [14, (chance) => ({ do: 'tag', who: who(chance), tag: oneOf(['lead', 'lead', 'hot'], chance(53)) })],
  [3, (chance) => ({ do: 'untag', who: who(chance), tag: oneOf(['lead', 'hot'], chance(53)) })],
  [3, (chance) => ({ do: 'rename', who: who(chance), name: oneOf(['One', 'Two'], chance(53)) })],
  [
    9,
    (chance) => ({
      do: 'enrol',
      who: who(chance),
      flow: oneOf(['survey', 'survey', 'series', flow(chance)], chance(53)),
    }),
  ],
  [26, say(...TEXTS)],
  [5, say('STOP', 'stop', 'Unsubscribe')],
  [4, say('START', 'start', 'UNSTOP')],
  [2, say('HELP')],
  [8, (chance) => ({ do: 'write', who: who(chance), from: inboxFor(chance), takeover: chance(53) < 0.5 })],
  [4, handBack],
  [1, optOut],
  [6, (chance) => ({ do: 'look after', of: chance(53) < 0.6 ? 'runs' : 'executions' })],
  [4, exit],
  [3, (chance) => ({ do: 'delete', who: who(chance) })],
  [8, turnOff],
  [10, turnOn],
  [
    2,
    (chance) => {
      const turned = flow(chance);
      return [
        { do: 'turn off', flow: turned, inFlight: oneOf(['finish', 'pause'] as const, chance(54)) },
        { do: 'publish', flow: turned, parked: oneOf(['resume', 'exit'] as const, chance(53)) },
      ];
    },
  ],
];
/** What runs into what has just begun there, or follows on what has just happened. */
const AIMED: { readonly [Name in Moment]: readonly Make[] } = {
  asked: [optOut, say('STOP')],
  called: [turnOff, turnOff, turnOn, turnOn, optOut, exit],
  claimed: [optOut, turnOff, exit, takeOver, say('yes')],
  'handed over': [say('yes'), say('STOP')],
  settled: [say('yes'), turnOff, exit],
  parked: [turnOn, handBack],
  ended: [(chance) => ({ do: 'enrol', who: who(chance), flow: flow(chance) })],
  'turned off': [turnOn, turnOn],
  entered: [turnOff, optOut],
};
const WEIGHT = DEEDS.reduce((sum, [weight]) => sum + weight, 0);

function deedsOf(chance: Chance, when: When): readonly Deed[] {
  if ('on' in when && when.isAimed && chance(10) < 0.6) return [oneOf(AIMED[when.on], chance(11))(chance)].flat();
  let left = chance(1) * WEIGHT;
  for (const [weight, make] of DEEDS) {
    left -= weight;
    if (left < 0) return [make(chance)].flat();
  }
  return [];
}

function whenOf(chance: Chance, slowness: number): When {
  const kind = chance(2);
  const some = chance(3);
  if (kind < 0.5) {
    // So many calls later, or some seconds.
    const calls = oneOf([0, 3, 8, 15, 30], chance(4)) * 7 * slowness;
    const seconds = oneOf([0.3, 1.5, 4, 20, 300], chance(7)) * SECOND;
    const after = (chance(8) < 0.6 ? calls : seconds) * (0.2 + some);
    const on = oneOf(MOMENTS, chance(5));
    return { on, time: 1 + Math.floor(chance(6) * 6), after: Math.floor(after), isAimed: chance(9) < 0.7 };
  }
  // Mostly in the first hours, when there is much to run into.
  const within = kind < 0.8 ? 4 * HOUR : 24 * HOUR;
  return { after: Math.floor(some * within) };
}

/** What people and programs do in the schedule of a seed, as data. */
export function scheduleOf(seed: number): Schedule {
  const base = hashOf('schedule', seed);
  const many = 5 + (mixed(base, 1) % 9);
  const slowness = oneOf(SLOWNESS, unit(mixed(base, 5)));
  const acts: Act[] = [];
  // There is always something going on to begin with.
  const begin: readonly Deed[] = [
    { do: 'tag', who: 0, tag: 'lead' },
    mixed(base, 2) % 2 === 0 ? { do: 'enrol', who: 1, flow: 'survey' } : { do: 'tag', who: 1, tag: 'hot' },
  ];
  for (const deed of begin)
    acts.push({ id: acts.length, when: { after: Math.floor(unit(mixed(base, acts.length + 9)) * 5_000) }, ...deed });
  for (let at = 0; at < many; at += 1) {
    const own = mixed(base, 100 + at);
    const chance: Chance = (ordinal) => unit(mixed(own, ordinal));
    const when = whenOf(chance, slowness);
    deedsOf(chance, when).forEach((deed, place) => {
      const later = { ...when, after: when.after + place * Math.floor(10 * SECOND + chance(60) * MINUTE) };
      acts.push({ id: acts.length, when: later, ...deed });
    });
  }
  return {
    seed,
    variant: oneOf(VARIANT_NAMES, unit(mixed(base, 3))),
    startsAfter: Math.floor(unit(mixed(base, 4)) * 24) * HOUR,
    slowness,
    acts,
  };
}

export const phoneOf = (index: number): string => PHONES[index] ?? PHONES[0];
