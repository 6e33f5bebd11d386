import { routes } from '../../shared/http/routes.ts';
import type { Answer } from '../support/world.ts';

interface Request {
  readonly method: string;
  /** Leads to nothing that there is. */
  readonly path: string;
  readonly body?: object;
  readonly scope: string;
}

const PREFIXES = {
  contact: 'ct',
  workflow: 'wf',
  preview: 'pass',
  import: 'imp',
  export: 'exp',
  inbox: 'inb',
  list: 'lst',
};
const ULID = '0'.repeat(26);
const values: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(PREFIXES).map(([name, prefix]) => [`${name}Id`, `${prefix}_${ULID}`])),
  ...{ runId: `run_${ULID}${ULID}`, messageId: `msg_${ULID}${ULID}` },
  ...{ phone: '+12025550198', tag: 'lead', key: 'plan', version: '1' },
};

const AT_ONCE = 8;

/** What each route of ours answers, as `GET /v1/settings 200`; asked a few at a time. */
export async function answersOf(ask: (request: Request) => Promise<Answer>): Promise<string[]> {
  const answers: string[] = [];
  const open = [...routes];
  const asking = async () => {
    for (let route = open.pop(); route; route = open.pop()) {
      const { method, path, scope, input } = route;
      const address = path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? name);
      // Nobody's body: whoever does get in changes nothing by it.
      const { status } = await ask({ method, path: address, scope, ...(input.body && { body: { nothing: 'known' } }) });
      answers.push(`${method} ${path} ${status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, asking));
  return answers.sort();
}

/** All routes, with the one status. */
export const all = (status: number): string[] => routes.map(({ method, path }) => `${method} ${path} ${status}`).sort();

/** Every right that there is, but for these. */
export const scopesBut = (...without: readonly string[]): string =>
  [...new Set(routes.map(({ scope }) => scope))].filter((scope) => !without.includes(scope)).join(' ');
