import { seededUlid } from '../domain/id.ts';

/** Something asked for once: a repetition bears the same seed and instant. */
export interface Effect {
  readonly seed: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A ULID that is the same whenever the same effect is asked for: what it made knows itself again. */
export const ulidOf = ({ seed, at }: Effect): string => seededUlid(at, seed);
