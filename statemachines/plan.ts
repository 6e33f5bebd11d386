import type { Fork, Plan, Segment } from '../shared/domain/plan.ts';
import { type IfElse, readsReply, type Step, type Wait } from '../shared/domain/workflow.ts';

/** What one step leads to: a task state, a choice between branches, or the end of the run. */
export type Node = TaskNode | ChoiceNode | EndNode;

export interface TaskNode {
  readonly kind: 'task';
  readonly name: string;
  readonly before: readonly string[];
  readonly send?: string;
  readonly after: readonly string[];
  readonly wait?: Wait;
  /** What follows; after a wait, what follows an answer. */
  readonly next: Node;
  /** What follows a wait that nobody answered. */
  readonly onTime?: TaskNode;
  /** Others lead here too: nothing may be put before it. */
  readonly joined?: true;
}

export interface ChoiceNode {
  readonly kind: 'choice';
  readonly name: string;
  readonly step: IfElse;
  readonly then: TaskNode | ChoiceNode;
  readonly else: TaskNode | ChoiceNode;
  readonly noReply?: TaskNode | ChoiceNode;
}

interface EndNode {
  readonly kind: 'end';
}

const END: EndNode = { kind: 'end' };

/** Closes a last wait and ends the run, for the paths that do not end in a step. A dot keeps it apart from step ids. */
const FINISH: TaskNode = { kind: 'task', name: 'run.finish', before: [], after: [], next: END, joined: true };

/** The graph of a workflow's states, first one first. Built from the back, so that every state knows what follows. */
export function graph(steps: readonly Step[]): TaskNode {
  return asTask(sequence(steps, END));
}

const sequence = (steps: readonly Step[], rest: Node): Node =>
  steps.reduceRight<Node>((next, step) => link[step.type](step, next), rest);

type Link = { readonly [Type in Step['type']]: (step: Step, rest: Node) => Node };

const operation = (step: Step, rest: Node): Node => {
  if (rest.kind !== 'task' || rest.joined)
    return { kind: 'task', name: step.id, before: [], after: [step.id], next: rest };
  return rest.send
    ? { ...rest, before: [step.id, ...rest.before] }
    : { ...rest, name: rest.wait ? rest.name : step.id, after: [step.id, ...rest.after] };
};

const link: Link = {
  'add-tag': operation,
  'remove-tag': operation,
  'set-field': operation,
  'send-message': (step, rest) =>
    rest.kind === 'task' && !rest.joined && !rest.send
      ? { ...rest, name: step.id, send: step.id }
      : { kind: 'task', name: step.id, before: [], send: step.id, after: [], next: rest },
  wait: (step, rest) => {
    if (step.type !== 'wait') throw new TypeError(step.type);
    return {
      kind: 'task',
      name: step.id,
      before: [],
      after: [],
      wait: step,
      next: continued(rest),
      onTime: inSilence(rest),
    };
  },
  'if-else': (step, rest) => {
    if (step.type !== 'if-else') throw new TypeError(step.type);
    const joined = meeting(rest);
    const branch = ({ steps }: { steps: readonly Step[] }) => continued(sequence(steps, joined));
    return {
      kind: 'choice',
      name: step.id,
      step,
      then: branch(step.then),
      else: branch(step.else),
      ...(step.noReply && { noReply: branch(step.noReply) }),
    };
  },
};

/** More conditions than this are decided where branches meet, or the end of every branch would carry them all. */
const MOST_CARRIED = 10;

const meeting = (rest: Node): Node => {
  if (rest.kind === 'task') return { ...rest, joined: true };
  return decisions(rest).length > MOST_CARRIED ? asTask(rest) : rest;
};

const continued = (node: Node): TaskNode | ChoiceNode => (node.kind === 'end' ? FINISH : node);

/** A choice needs a task before it that decides; where there is none, this is it. */
const asTask = (node: Node): TaskNode => {
  if (node.kind === 'end') return FINISH;
  if (node.kind === 'task') return node;
  return { kind: 'task', name: `${node.name}.decide`, before: [], after: [], next: node, joined: true };
};

/** Where time leads: past every choice that only an answer could have turned. */
function inSilence(node: Node): TaskNode {
  if (node.kind !== 'choice' || !readsReply(node.step)) return asTask(node);
  return inSilence(node.noReply ?? node.else);
}

/** Every state once, in the order in which a reader of the workflow meets them. */
export function allNodes(start: TaskNode): readonly (TaskNode | ChoiceNode)[] {
  const found = new Map<string, TaskNode | ChoiceNode>();
  const open: Node[] = [start];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.kind === 'end' || found.has(node.name)) continue;
    found.set(node.name, node);
    open.push(...followers(node).reverse());
  }
  return [...found.values()];
}

const followers = (node: TaskNode | ChoiceNode): Node[] =>
  node.kind === 'choice'
    ? [node.then, node.else, ...(node.noReply ? [node.noReply] : [])]
    : [node.next, ...(node.onTime ? [node.onTime] : [])];

/** The conditions that are chosen by before the next task, each once: branch after empty branch, ways would double. */
function decisions(first: Node): string[] {
  const found = new Set<string>();
  const open = [first];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.kind !== 'choice' || found.has(node.name)) continue;
    found.add(node.name);
    open.push(...followers(node).reverse());
  }
  return [...found];
}

const segmentOf = ({ before, send, after, wait, next }: TaskNode): Segment => ({
  before: [...before],
  ...(send !== undefined && { send }),
  after: [...after],
  ...(wait && { wait: wait.id }),
  decides: decisions(next),
  ...(next.kind !== 'end' && { next: next.name }),
});

const forkOf = (node: ChoiceNode): Fork => ({
  readsReply: readsReply(node.step),
  then: node.then.name,
  else: node.else.name,
  ...(node.noReply && { noReply: node.noReply.name }),
});

export function planOf(start: TaskNode): Plan {
  const nodes = allNodes(start);
  const tasks = nodes.filter((node) => node.kind === 'task');
  const choices = nodes.filter((node) => node.kind === 'choice');
  return {
    start: start.name,
    segments: Object.fromEntries(tasks.map((task) => [task.name, segmentOf(task)])),
    forks: Object.fromEntries(choices.map((choice) => [choice.name, forkOf(choice)])),
  };
}
