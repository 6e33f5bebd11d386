// What our tests use of vitest, over the same `expect`: vitest itself takes half a second to start, for each mutant anew.
import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);
chai.use(({ Assertion }) => {
  Assertion.addMethod('toMatchFileSnapshot', function (path: string) {
    this.assert(readFileSync(path, 'utf8') === this._obj, `${path} differs`, `${path} is the same`, undefined);
  });
});
export const { expect } = chai;

type Body = (...given: unknown[]) => unknown;

export interface Case {
  readonly name: string;
  readonly run: () => Promise<void>;
}

interface Scope {
  readonly name: string;
  readonly before: Body[];
  readonly after: Body[];
}

let scopes: readonly Scope[] = [];
let cases: Map<string, Case> = new Map();

/** The tests that a file declares as it is loaded. */
export async function casesOf(load: () => Promise<unknown>): Promise<readonly Case[]> {
  scopes = [{ name: '', before: [], after: [] }];
  cases = new Map();
  await load();
  return [...cases.values()];
}

function declare(title: string, body: Body, given: readonly unknown[]) {
  const around = scopes;
  const full = [...around.map(({ name }) => name), title].filter((name) => name !== '').join(' > ');
  const name = cases.has(full) ? `${full} (${cases.size})` : full;
  const run = async () => {
    for (const { before } of around) for (const hook of before) await hook();
    try {
      await body(...given);
    } finally {
      for (const { after } of around.toReversed()) for (const hook of after) await hook();
    }
  };
  cases.set(name, { name, run });
}

function group(title: string, body: Body, given: readonly unknown[]) {
  const outer = scopes;
  scopes = [...outer, { name: title, before: [], after: [] }];
  body(...given);
  scopes = outer;
}

/** `each` spreads rows that are lists, `for` does not. Options and time-outs are left aside. */
function declarer(make: typeof declare) {
  const bodyOf = (rest: readonly unknown[]): Body => {
    const body = rest.find((one): one is Body => typeof one === 'function');
    if (!body) throw new Error('a test without a body');
    return body;
  };
  const rows =
    (isSpread: boolean) =>
    (table: readonly unknown[]) =>
    (title: string, ...rest: readonly unknown[]) => {
      for (const [at, row] of table.entries()) {
        const given = isSpread && Array.isArray(row) ? row : [row];
        make(titled(title, given, at), bodyOf(rest), given);
      }
    };
  const one = (title: string, ...rest: readonly unknown[]) => make(title, bodyOf(rest), []);
  return Object.assign(one, { each: rows(true), for: rows(false) });
}

function titled(title: string, given: readonly unknown[], at: number): string {
  const wanted = title.match(/%[sdifjoO]/g)?.length ?? 0;
  return `${format(title, ...given.slice(0, wanted))} #${at}`;
}

export const it = declarer(declare);
export const test = it;
export const describe = declarer(group);
export const beforeEach = (hook: Body) => scopes.at(-1)?.before.push(hook);
export const afterEach = (hook: Body) => scopes.at(-1)?.after.push(hook);
