import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';

/** Parts of a program by the files that they lie in; the first that a frame, or the nearest one above it, belongs to claims a sample. */
export type Parts = readonly (readonly [name: string, file: RegExp])[];

const Profile = z.object({
  nodes: z.array(
    z.object({
      id: z.int(),
      callFrame: z.object({ functionName: z.string(), url: z.string() }),
      children: z.optional(z.array(z.int())),
    }),
  ),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
});

/** The share of each part of the processor's time, idleness aside, by the profile that a process has left in a folder. */
export function whereTimeGoes(folder: string, parts: Parts): Readonly<Record<string, string>> {
  const [file = ''] = readdirSync(folder);
  const { nodes, samples, timeDeltas } = Profile.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  const above = new Map<number, number>();
  for (const { id, children = [] } of nodes) for (const child of children) above.set(child, id);
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const part = new Map<number, string>();
  const partOf = (sample: number): string => {
    for (let id: number | undefined = sample; id !== undefined; id = above.get(id)) {
      const { url = '', functionName = '' } = byId.get(id) ?? {};
      if (functionName === '(idle)') return 'idle';
      if (functionName === '(garbage collector)') return 'garbage';
      const found = parts.find(([, pattern]) => pattern.test(url));
      if (found) return found[0];
    }
    return 'else';
  };
  const spent = new Map<string, number>();
  samples.forEach((sample, n) => {
    const name = part.get(sample) ?? partOf(sample);
    part.set(sample, name);
    spent.set(name, (spent.get(name) ?? 0) + (timeDeltas[n] ?? 0));
  });
  spent.delete('idle');
  const all = [...spent.values()].reduce((sum, one) => sum + one, 0);
  const names = [...parts.map(([name]) => name), 'garbage', 'else'];
  return Object.fromEntries(names.map((name) => [name, `${(((spent.get(name) ?? 0) / all) * 100).toFixed(0)} %`]));
}
