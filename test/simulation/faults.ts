import { hashOf, mixed, unit } from './hash.ts';

/** What a function does to the outside. */
const CALLS = [
  'table.get',
  'table.query',
  'table.getMany',
  'table.write',
  'table.take',
  'sms.send',
  'sms.blockNumber',
  'sms.unblockNumber',
  'machines.start',
  'machines.complete',
  'machines.stop',
  'machines.put',
  'machines.status',
  'queue.send',
  'bus.publish',
] as const;
export type Call = (typeof CALLS)[number];

/** What the outside does to a function. */
const DELIVERIES = [
  'deliver inbound',
  'deliver receipt',
  'deliver job',
  'deliver feed',
  'deliver task',
  'deliver request',
] as const;
export type Delivery = (typeof DELIVERIES)[number];

export type Effect = Call | Delivery;
export const EFFECTS: readonly Effect[] = [...CALLS, ...DELIVERIES];

export const KINDS = [
  /** The function dies, and has had the effect, or has not. */
  'crash before',
  'crash after',
  /** Refused for now, as the port's own answer where it has one, else as an error. */
  'throttled',
  /** The effect was had, and the function sees an error. */
  'lost answer',
  /** Seconds pass until the effect, or between it and the answer. */
  'late answer',
  'rejected',
  'timed out, accepted',
  'timed out, never accepted',
  'duplicated',
  'delayed',
  'reordered',
  'dead-lettered',
  /** The clock of the function is wrong by up to a second. */
  'skewed',
] as const;
export type Kind = (typeof KINDS)[number];

type Rates = Readonly<Partial<Record<Kind, number>>>;
const call = (rate: number): Rates => ({
  'crash before': rate,
  'crash after': rate,
  throttled: rate,
  'lost answer': rate,
  'late answer': rate,
});
const message: Rates = {
  'crash before': 0.005,
  duplicated: 0.04,
  delayed: 0.012,
  reordered: 0.06,
  'dead-lettered': 0.008,
  skewed: 0.7,
};

/**
 * How often each fault is thrown in where it applies; what is not named cannot happen there. Texts and what is seldom called
 * fail more often, so that each cell is hit.
 */
export const RATES: Readonly<Record<Effect, Rates>> = {
  'table.get': { ...call(0.0006), 'late answer': 0.002 },
  'table.query': { ...call(0.0008), 'late answer': 0.002 },
  'table.getMany': call(0.02),
  'table.write': { ...call(0.004), 'late answer': 0.01 },
  'table.take': call(0.008),
  'sms.send': {
    'crash before': 0.03,
    'crash after': 0.03,
    throttled: 0.05,
    rejected: 0.03,
    'timed out, accepted': 0.03,
    'timed out, never accepted': 0.03,
    'late answer': 0.05,
  },
  'sms.blockNumber': call(0.03),
  'sms.unblockNumber': call(0.06),
  'machines.start': call(0.01),
  'machines.complete': call(0.01),
  'machines.stop': call(0.01),
  'machines.put': call(0.05),
  'machines.status': call(0.05),
  'queue.send': call(0.008),
  'bus.publish': call(0.002),
  'deliver inbound': message,
  'deliver receipt': message,
  'deliver job': message,
  // The order within a partition is the stream's promise; what is late here is so by less than its 24 hours.
  'deliver feed': { ...message, duplicated: 0.02, delayed: 0.002, reordered: 0.02, 'dead-lettered': 0.006 },
  // Step Functions hands a task to Lambda once; what looks like a second time is a retry.
  'deliver task': { 'crash before': 0.01, 'lost answer': 0.015, 'late answer': 0.02, delayed: 0.01, skewed: 0.7 },
  'deliver request': { 'lost answer': 0.05, skewed: 0.7 },
};

export const CELLS: readonly string[] = EFFECTS.flatMap((effect) =>
  KINDS.filter((kind) => RATES[effect][kind] !== undefined).map((kind) => cellOf(effect, kind)),
);
function cellOf(effect: Effect, kind: Kind): string {
  return `${effect}: ${kind}`;
}

/** One fault as data: which call of which invocation, or which delivery of what. */
export interface Fault {
  readonly at: string;
  readonly kind: Kind;
}

export interface Faults {
  /** What goes wrong with the effect, if anything. `name` and `ordinal` say which one it is, `hash` is of the name. */
  decide(effect: Effect, name: string, hash: number, ordinal: number): Kind | undefined;
  /** Those that there were, in their order. */
  readonly injected: readonly Fault[];
  /** From here on nothing goes wrong any more. */
  stop(): void;
}

/** `only`: these and no others, whatever the seed would say. */
export function faultsOf(seed: number, only?: readonly Fault[]): Faults {
  const injected: Fault[] = [];
  const given = only && new Map(only.map(({ at, kind }) => [at, kind]));
  // Some schedules are calm, in some everything breaks.
  const intensity = [0.3, 1, 1, 2.5][hashOf('intensity', seed) % 4] ?? 1;
  let isOver = false;

  return {
    injected,
    stop: () => {
      isOver = true;
    },
    decide(effect, name, hash, ordinal) {
      if (isOver) return undefined;
      const kind = given
        ? given.get(placeOf(effect, name, ordinal))
        : kindOf(effect, unit(mixed(mixed(hash, EFFECT_NUMBER[effect]), ordinal)), intensity);
      if (kind !== undefined) injected.push({ at: placeOf(effect, name, ordinal), kind });
      return kind;
    },
  };
}

const EFFECT_NUMBER = Object.fromEntries(EFFECTS.map((effect, at) => [effect, at])) as Readonly<Record<Effect, number>>;
const placeOf = (effect: Effect, name: string, ordinal: number): string => `${effect} | ${name} | ${ordinal}`;

const SPREADS = Object.fromEntries(
  EFFECTS.map((effect) => [effect, Object.entries(RATES[effect])]),
) as unknown as Readonly<Record<Effect, readonly (readonly [Kind, number])[]>>;

function kindOf(effect: Effect, chance: number, intensity: number): Kind | undefined {
  let reached = 0;
  for (const [kind, rate] of SPREADS[effect]) {
    reached += kind === 'skewed' ? rate : rate * intensity;
    if (chance < reached) return kind;
  }
  return undefined;
}

/** How often each cell was hit. */
export type Tally = ReadonlyMap<string, number>;

export function tallyOf(injected: readonly Fault[]): Map<string, number> {
  const tally = new Map<string, number>();
  for (const { at, kind } of injected) {
    const cell = `${at.slice(0, at.indexOf(' | '))}: ${kind}`;
    tally.set(cell, (tally.get(cell) ?? 0) + 1);
  }
  return tally;
}

/** Fault kind × effect; a dash where it cannot happen. */
export function tableOf(tally: Tally): string {
  const head = ['', ...KINDS.map((kind) => kind.replace('timed out, ', ''))];
  const rows = EFFECTS.map((effect) => [
    effect,
    ...KINDS.map((kind) => (RATES[effect][kind] === undefined ? '–' : String(tally.get(cellOf(effect, kind)) ?? 0))),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((row) => row.join('  '))
    .join('\n');
}

/** The cells that were hit less often than that. */
export const thinCells = (tally: Tally, least: number): readonly string[] =>
  CELLS.filter((cell) => (tally.get(cell) ?? 0) < least);
