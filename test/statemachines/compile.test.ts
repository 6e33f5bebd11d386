import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import validate from 'asl-validator';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Plan } from '../../shared/domain/plan.ts';
import { allSteps, Draft, MOST_STEPS, readsReply, type Step } from '../../shared/domain/workflow.ts';
import type { Definition, State, Task } from '../../statemachines/asl.ts';
import { compile, OUTCOMES } from '../../statemachines/compile.ts';
import { LEAK, validSteps } from '../support/arbitraries.ts';
import { drawn, hash, type Interruptions, walkMachine, walkSteps } from '../support/walk.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:run-step';
const CALLBACK = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
const compiled = (steps: readonly Step[]) => compile(steps, FUNCTION);

const GOLDEN = join(import.meta.dirname, '../golden');

describe('every template', () => {
  const sources = globSync('*.workflow.json', { cwd: GOLDEN }).sort();
  // Written anew by `vitest run -u`, and read by eye in the diff.
  test.for(sources)('%s compiles to its golden definition', async (source) => {
    const { steps } = Draft.parse(JSON.parse(readFileSync(join(GOLDEN, source), 'utf8')));
    const golden = join(GOLDEN, `${basename(source, '.workflow.json')}.asl.json`);
    await expect(`${JSON.stringify(compiled(steps).definition, null, 2)}\n`).toMatchFileSnapshot(golden);
  });
});

const tasksOf = ({ States }: Definition): [string, Task][] =>
  Object.entries(States).flatMap(([name, state]): [string, Task][] => (state.Type === 'Task' ? [[name, state]] : []));

const followersOf = (state: State): string[] => {
  if (state.Type === 'Succeed') return [];
  if (state.Type === 'Choice')
    return [...state.Choices.map(({ Next }) => Next), ...(state.Default ? [state.Default] : [])];
  if (state.Type === 'Wait') return [state.Next];
  return [...(state.Next ? [state.Next] : []), ...state.Catch.map(({ Next }) => Next)];
};

function reachable({ StartAt, States }: Definition, without: readonly string[] = []): Set<string> {
  const found = new Set<string>();
  const open = [StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = States[name];
    if (!state) throw new Error(`there is no state ${name}`);
    if (found.has(name) || without.includes(name)) continue;
    found.add(name);
    open.push(...followersOf(state));
  }
  return found;
}

const property = (holds: (steps: Step[]) => void, numRuns = 200) =>
  fc.assert(
    fc.property(validSteps, (steps) => holds(steps)),
    { numRuns },
  );
/** The validator compiles its schemas anew for every definition. */
const FEW = 40;

describe('a compiled workflow', () => {
  it('is a valid definition, as an independent validator sees it', () =>
    property((steps) => {
      const { definition } = compiled(steps);
      const { errors } = validate(structuredClone(definition));
      expect(errors).toEqual([]);
    }, FEW));

  it('has no state that nothing leads to', () =>
    property((steps) => {
      const { definition } = compiled(steps);
      expect([...reachable(definition)].sort()).toEqual(Object.keys(definition.States).sort());
      // Not only by way of the router, which leads everywhere.
      const ordinary = reachable(definition, ['run.route', 'run.until']);
      const own = Object.keys(definition.States).filter((name) => name !== 'run.route' && name !== 'run.until');
      expect([...ordinary].sort()).toEqual(own.sort());
    }));

  it('ends on every path: nothing leads back but the router', () =>
    property((steps) => {
      const { definition } = compiled(steps);
      const done = new Set<string>();
      const visit = (name: string, above: ReadonlySet<string>) => {
        if (name === 'run.route' || name === 'run.until' || done.has(name)) return;
        expect(above).not.toContain(name);
        const state = definition.States[name];
        if (!state) throw new Error(name);
        const next = followersOf(state);
        if (next.length === 0) expect(state.Type).toBe('Succeed');
        for (const follower of next) visit(follower, new Set([...above, name]));
        done.add(name);
      };
      visit(definition.StartAt, new Set());
      for (const [name, task] of tasksOf(definition)) {
        expect({ name, ends: task.End ?? false }).toEqual({ name, ends: task.Next === undefined });
      }
    }));

  it('waits only with a token and a time-out, and its plain tasks have no token', () =>
    property((steps) => {
      const { definition, plan } = compiled(steps);
      for (const [name, { Resource, Arguments, TimeoutSeconds }] of tasksOf(definition)) {
        const payload = Arguments.Payload as Record<string, unknown>;
        const waits = Resource === CALLBACK;
        expect({ name, waits }).toEqual({ name, waits: plan.segments[name]?.wait !== undefined });
        expect(payload['token']).toBe(waits ? '{% $states.context.Task.Token %}' : undefined);
        if (!waits) expect(TimeoutSeconds).toBe(60);
        else
          expect(TimeoutSeconds).toMatch(
            /^\{% \$exists\(\$states\.input\.seconds\) \? \$states\.input\.seconds : \d+ %\}$/,
          );
        expect(payload['seconds']).toBe(waits ? TimeoutSeconds : undefined);
      }
    }));

  it('does not retry its outcomes, and everything else last', () =>
    property((steps) => {
      for (const [, { Resource, Retry, Catch }] of tasksOf(compiled(steps).definition)) {
        const named = [...(Resource === CALLBACK ? ['States.Timeout'] : []), ...OUTCOMES];
        expect(Retry[0]).toEqual({ ErrorEquals: named, MaxAttempts: 0 });
        expect(Retry.map(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'))).toEqual([false, true]);
        expect(Catch.flatMap(({ ErrorEquals }) => ErrorEquals).sort()).toEqual([...named].sort());
      }
    }));

  it('closes every wait on the edge that time takes', () =>
    property((steps) => {
      const { definition, plan } = compiled(steps);
      for (const [name, { Resource, Catch }] of tasksOf(definition)) {
        if (Resource !== CALLBACK) continue;
        const onTime = Catch.filter(({ ErrorEquals }) => ErrorEquals.includes('States.Timeout'));
        expect(onTime.map(({ Output }) => Output)).toEqual([{ closing: plan.segments[name]?.wait }]);
        // What closes is a task: a choice could not.
        expect(onTime.map(({ Next }) => definition.States[Next]?.Type)).toEqual(['Task']);
      }
    }));

  it('chooses only by what the task before has decided', () =>
    property((steps) => {
      const { definition, plan } = compiled(steps);
      const needed = (name: string | undefined): string[] => {
        const state = name === undefined ? undefined : definition.States[name];
        if (name === undefined || state?.Type !== 'Choice') return [];
        return [name, ...followersOf(state).flatMap(needed)];
      };
      for (const [name, { Next }] of tasksOf(definition)) {
        expect({ name, decides: [...new Set(plan.segments[name]?.decides)].sort() }).toEqual({
          name,
          decides: [...new Set(needed(Next))].sort(),
        });
      }
      const steps_ = new Map(Array.from(allSteps(steps), (step) => [step.id, step]));
      for (const [name, state] of Object.entries(definition.States)) {
        if (state.Type !== 'Choice' || name === 'run.route') continue;
        const step = steps_.get(name);
        if (step?.type !== 'if-else') throw new Error(`${name} is no if-else`);
        const onSilence = step.noReply && readsReply(step) ? ['{% $not($states.input.replied) %}'] : [];
        const conditions = [...onSilence, `{% $states.input.is.\`${name}\` %}`];
        expect(state.Choices.map(({ Condition }) => Condition)).toEqual(conditions);
      }
    }));

  it('routes to every task and to what an answer leads to, and nowhere else', () =>
    property((steps) => {
      const { definition, plan } = compiled(steps);
      const route = definition.States['run.route'];
      if (route?.Type !== 'Choice') throw new Error('no router');
      const answers = Object.values(plan.segments).flatMap(({ wait, next }) =>
        wait !== undefined && next ? [next] : [],
      );
      const targets = new Set([...tasksOf(definition).map(([name]) => name), ...answers]);
      expect(route.Choices.map(({ Next }) => Next).sort()).toEqual([...targets].sort());
      for (const { Condition, Next } of route.Choices) expect(Condition).toBe(`{% $states.input.to = '${Next}' %}`);
    }));

  it('holds nothing that a user wrote', () =>
    property((steps) => {
      const { definition, plan } = compiled(steps);
      expect(JSON.stringify(definition)).not.toMatch(/leak/i);
      expect(JSON.stringify(plan)).not.toMatch(/leak/i);
    }));

  it('has states of distinct, short names, which its plan knows', () =>
    property((steps) => {
      const { definition, plan } = compiled(steps);
      const names = Object.keys(definition.States);
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
      for (const name of names) expect(name.length).toBeLessThanOrEqual(80);
      expect(
        tasksOf(definition)
          .map(([name]) => name)
          .sort(),
      ).toEqual(Object.keys(plan.segments).sort());
      const choices = names.filter((name) => definition.States[name]?.Type === 'Choice' && name !== 'run.route');
      expect(choices.sort()).toEqual(Object.keys(plan.forks).sort());
      expect(Plan.parse(plan)).toEqual(plan);
    }));

  it('is the same whenever it is compiled', () =>
    property((steps) => {
      expect(JSON.stringify(compiled(structuredClone(steps)))).toBe(JSON.stringify(compiled(steps)));
    }));
});

/** Walks the steps and the machine in the same world: what they do has to be the same. */
async function alike(
  machine: ReturnType<typeof compiled>,
  steps: readonly Step[],
  seed: number,
  given?: Interruptions,
) {
  const [meant, done] = [drawn(seed), drawn(seed)];
  walkSteps(steps, meant);
  await walkMachine(machine, steps, done, given);
  expect(done.events).toEqual(meant.events);
}

describe('running a compiled workflow', () => {
  it('does what its steps say, in their order, whatever is answered and left unanswered', async () => {
    await fc.assert(
      fc.asyncProperty(validSteps, fc.array(fc.nat(), { minLength: 4, maxLength: 4 }), async (steps, seeds) => {
        const machine = compiled(steps);
        for (const seed of seeds) await alike(machine, steps, seed);
      }),
      { numRuns: 400 },
    );
  });

  it('does the same when it is deferred, parked, armed again, or answered as time runs out', async () => {
    await fc.assert(
      fc.asyncProperty(validSteps, fc.nat(), async (steps, seed) => {
        let entries = 0;
        const kinds = ['NotBefore', 'Rearm', 'Parked', undefined, undefined] as const;
        const interrupts = () => {
          entries += 1;
          return kinds[hash(seed, entries) % kinds.length];
        };
        const crosses = () => hash(seed, entries, 'x') % 2 === 0;
        await alike(compiled(steps), steps, seed, { interrupts, crosses });
      }),
      { numRuns: 300 },
    );
  });
});

describe('the largest workflow', () => {
  const id = (at: number) => String(at).padStart(40, 'x');
  const sends = (count: number, from = 0): Step[] =>
    Array.from({ length: count }, (_, at) => ({
      id: id(from + at),
      type: 'send-message',
      text: LEAK,
      purpose: 'marketing',
    }));
  const pairs: Step[] = Array.from({ length: MOST_STEPS / 2 }, (_, at): Step[] => [
    { id: id(2 * at), type: 'wait', duration: { days: 365 }, orReply: true, broadcast: false },
    {
      id: id(2 * at + 1),
      type: 'if-else',
      condition: { filter: { all: [] } },
      then: { name: 'Yes', steps: [] },
      else: { name: 'No', steps: [] },
    },
  ]).flat();

  test.for([
    ['texts', sends(MOST_STEPS)],
    ['waits and branches', pairs],
  ] as const)('of %s is less than AWS allows', ([, steps]) => {
    expect(JSON.stringify(compiled(steps).definition).length).toBeLessThan(1024 * 1024);
  });

  const branches = (count: number, then: (at: number) => Step[]): Step[] =>
    Array.from({ length: count }, (_, at) => ({
      id: id(at),
      type: 'if-else',
      condition: at % 3 === 0 ? { keywords: { anyOf: ['yes'], noneOf: [], mode: 'word' } } : { filter: { all: [] } },
      then: { name: 'Yes', steps: then(at) },
      else: { name: 'No', steps: [] },
    }));
  const tag = (at: number): Step[] => [{ id: `tag-${at}`, type: 'add-tag', tag: LEAK }];

  test.for([
    ['texts', sends(MOST_STEPS)],
    ['waits and branches', pairs],
    ['empty branches', branches(MOST_STEPS, () => [])],
    ['branches with a tag each', branches(MOST_STEPS / 2, tag)],
  ] as const)('of %s has a plan that fits beside the largest draft into one item', ([, steps]) => {
    expect(JSON.stringify(compiled(steps).plan).length).toBeLessThan(150_000);
  });

  it('runs as it says, branch after branch', async () => {
    const wait: Step = { id: 'w', type: 'wait', duration: { days: 1 }, orReply: true, broadcast: false };
    for (const then of [() => [], (at: number) => (at % 4 === 0 ? tag(at) : [])]) {
      const steps = [wait, ...branches(60, then)];
      for (let seed = 0; seed < 50; seed += 1) await alike(compiled(steps), steps, seed);
    }
  });
});
