import type { IfElse, Step } from '../shared/domain/workflow.ts';

export type Path = readonly (string | number)[];

/** What has happened on every way that leads to a step. */
export interface Past {
  /** How the nearest wait ended: in no answer to read, in silence for certain, or perhaps in an answer. */
  readonly heard: 'nothing' | 'silence' | 'answer';
  /** Whether a text has gone before, on every way. */
  readonly texted: boolean;
}

export interface Visit {
  readonly step: Step;
  readonly path: Path;
  /** Branches around it. */
  readonly depth: number;
  readonly past: Past;
}

/** Every step with its place and its past, in reading order; what follows a list of steps comes back at its end. */
export function* visits(
  steps: readonly Step[],
  path: Path = ['steps'],
  past: Past = { heard: 'nothing', texted: false },
  depth = 0,
): Generator<Visit, Past> {
  let now = past;
  for (const [at, step] of steps.entries()) {
    const place = [...path, at];
    yield { step, path: place, depth, past: now };
    now = step.type === 'if-else' ? yield* branches(step, place, now, depth + 1) : after(step, now);
  }
  return now;
}

function* branches(step: IfElse, path: Path, past: Past, depth: number): Generator<Visit, Past> {
  const yes = yield* visits(step.then.steps, [...path, 'then', 'steps'], past, depth);
  const no = yield* visits(step.else.steps, [...path, 'else', 'steps'], past, depth);
  if (!step.noReply) return joined(yes, no);
  const heard = past.heard === 'answer' ? 'silence' : past.heard;
  const silent = yield* visits(step.noReply.steps, [...path, 'noReply', 'steps'], { ...past, heard }, depth);
  return joined(joined(yes, no), silent);
}

function after(step: Step, past: Past): Past {
  if (step.type === 'send-message') return { ...past, texted: true };
  // A wait for time alone ends without an answer, whatever was answered before it.
  if (step.type === 'wait') return { ...past, heard: step.orReply ? 'answer' : 'nothing' };
  return past;
}

/** Nothing heard on one of the ways is nothing to rely on; an answer on one of them may be read. */
function joined(one: Past, other: Past): Past {
  const ways = [one.heard, other.heard];
  const heard = ways.includes('nothing') ? 'nothing' : ways.includes('answer') ? 'answer' : 'silence';
  return { heard, texted: one.texted && other.texted };
}
