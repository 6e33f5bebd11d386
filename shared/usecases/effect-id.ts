import { ContactId, messageIdOf } from '../domain/id.ts';

/** Something asked for once: a repetition bears the same seed and instant. */
export interface Effect {
  readonly seed: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

const NOBODY = ContactId.parse(`ct_${'0'.repeat(26)}`);

/** A ULID that is the same whenever the same effect is asked for: what it made knows itself again. */
export const ulidOf = ({ seed, at }: Effect): string => messageIdOf(NOBODY, at, seed).slice(-26);
