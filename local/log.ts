import type { Log } from '../shared/ports.ts';

/** Faults on standard error, a line each; what went well says nothing. */
export const quietLog = (write: (line: string) => void): Log => ({
  info: () => {},
  error: (code, facts = {}) => write(`${code} ${JSON.stringify(facts)}`),
});
