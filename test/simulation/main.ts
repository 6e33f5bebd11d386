import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { tableOf } from './faults.ts';
import { figuresOf, simulateMany } from './many.ts';
import { scheduleOf } from './schedule.ts';
import { type Case, shrink } from './shrink.ts';
import { judge, simulate } from './simulate.ts';

/*
 * npm run simulate -- --seed 123 [--trace] [--shrink]   one schedule, the least of it that still fails
 * npm run simulate -- --replay case.json [--trace]      what --shrink has printed
 * npm run simulate -- --schedules 1000 [--from 1] [--first]
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    replay: { type: 'string' },
    schedules: { type: 'string' },
    from: { type: 'string', default: '1' },
    first: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
  },
});

async function one(given: Case | number): Promise<void> {
  const schedule = typeof given === 'number' ? scheduleOf(given) : given.schedule;
  const judged = await judge(schedule, typeof given === 'number' ? undefined : given.faults, values.trace);
  const { wrong, injected, trace } = judged;
  if (trace.length > 0) console.log(trace.join('\n'));
  console.log(wrong.length === 0 ? `seed ${schedule.seed}: as it must be` : wrong.join('\n'));
  process.exitCode = wrong.length === 0 ? 0 : 1;
  if (!values.shrink || wrong.length === 0) return;
  const kindOf = (line: string) => line.replace(/[a-z]+_[0-9A-Z]{26,}/g, '').replace(/\d+/g, '');
  const kinds = new Set(wrong.map(kindOf));
  const fails = async (smaller: Case) =>
    (await judge(smaller.schedule, smaller.faults)).wrong.some((line) => kinds.has(kindOf(line)));
  const least = await shrink({ schedule, faults: injected }, fails);
  const again = await judge(least.schedule, least.faults, true);
  console.log(['', 'the least that still fails:', ...again.trace, ...again.wrong, JSON.stringify(least)].join('\n'));
}

if (values.seed !== undefined) await one(Number(values.seed));
else if (values.replay !== undefined) await one(JSON.parse(readFileSync(values.replay, 'utf8')) as Case);
else if (values.first) {
  const from = Number(values.from);
  const { schedules, failures } = await simulate(
    Array.from({ length: Number(values.schedules ?? 1000) }, (_, at) => from + at),
    true,
  );
  console.log(JSON.stringify({ schedules, failures }));
} else {
  const began = performance.now();
  const total = await simulateMany(Number(values.from), Number(values.schedules ?? 1000), ({ schedules, failures }) =>
    console.error(`${schedules} schedules, failed: ${failures.map(({ seed }) => seed).join(', ') || 'none'}`),
  );
  const { user, system } = process.cpuUsage();
  for (const { seed, wrong } of total.failures.toSorted((a, b) => a.seed - b.seed))
    console.log(`seed ${seed}: ${wrong.join('; ')}`);
  console.log(tableOf(total.tally));
  console.log(figuresOf(total, performance.now() - began, user + system));
  process.exitCode = total.failures.length === 0 ? 0 : 1;
}
