import type { Event, Invocation } from '../../local/execution.ts';
import type { Faults } from './faults.ts';
import type { Functions } from './functions.ts';
import { hashOf, mixed, unit } from './hash.ts';
import type { Scheduler } from './scheduler.ts';

const SECOND = 1000;

interface StepCalls {
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly functions: Functions;
  readonly trace: (line: () => string) => void;
  /** Told of each call that reaches the function. */
  readonly called: (payload: unknown) => void;
}

/** Step Functions calls Lambda and hears of it, mostly. */
export const stepCaller =
  ({ seed, scheduler, faults, functions, trace, called }: StepCalls) =>
  ({ attempt, payload }: Invocation, told: (event: Event) => void): void => {
    const chance = (name: string, ordinal: number): number => unit(mixed(hashOf(name, seed), ordinal));
    const name = `task ${attempt}`;
    const hash = hashOf(name, seed);
    const kind = faults.decide('deliver task', name, hash, -1);
    if (kind !== undefined) trace(() => `  ${name}: ${kind}`);
    const failed = (): void =>
      told({ type: 'failed', attempt, error: Object.assign(new Error('lost'), { name: 'Lambda.Unknown' }) });
    const answered = (result: unknown): void => told({ type: 'returned', attempt, result });
    const after = 15 + chance(name, 3) * 20 + (kind === 'delayed' ? chance(name, 4) * 20 * SECOND : 0);
    scheduler.after(after, () => {
      if (kind === 'crash before') {
        failed();
        return;
      }
      called(payload);
      let isTold = false;
      const tell = (event: () => void, later: number): void => {
        scheduler.after(later, () => {
          if (!isTold) event();
          isTold = true;
        });
      };
      // The connection breaks while the function is at work, which it goes on with: the next attempt may overtake it.
      if (kind === 'lost answer') tell(failed, chance(name, 6) ** 3 * 25 * SECOND);
      functions.invoke(
        'runStep',
        name,
        asJson(payload),
        (outcome) => {
          const later = kind === 'late answer' ? 1000 + chance(name, 6) * 15_000 : 5;
          if (kind === 'lost answer') tell(failed, later);
          else if ('result' in outcome) tell(() => answered(asJson(outcome.result)), later);
          else tell(() => told({ type: 'failed', attempt, error: outcome.error }), later);
        },
        kind === 'skewed',
      );
    });
  };

/** As Lambda gets it over the wire, and nobody shares an object. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');
