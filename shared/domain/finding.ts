/** What a look at all runs has found, and has mended where it can be. */
export const FINDINGS = [
  /** A run whose execution was never started. */
  'START_MISSING',
  /** A run whose execution has ended without it. */
  'EXECUTION_OVER',
  /** A run that came to a standstill again and again: it has ended. */
  'RUN_GIVEN_UP',
  /** A run that is late, though its execution goes on: it is left to it. */
  'RUN_LATE',
  /** A run that was answered, and whose execution has not heard of it. */
  'ANSWER_LEFT',
  /** A text of an ended run of which nobody has written what became of it. */
  'CLAIM_LEFT',
  /** A run that was still held, though nothing holds it. */
  'PARK_LEFT',
  /** An execution that no run wants. */
  'EXECUTION_LEFT',
] as const;
export type Finding = (typeof FINDINGS)[number];
