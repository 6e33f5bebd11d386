import * as z from 'zod/mini';
import { FieldKey, FieldValue, Tag } from './contact.ts';
import { Duration } from './duration.ts';
import { Filter } from './filter.ts';
import { InboxId, PassId, WorkflowId } from './id.ts';
import { Instant } from './instant.ts';
import { KeywordCondition } from './keyword.ts';
import { isPlainName } from './plain-json.ts';
import { Plan } from './plan.ts';
import { Purpose } from './purpose.ts';

export const LONGEST_TEXT = 1600;
export const MOST_STEPS = 500;
export const DEEPEST_BRANCH = 12;

/** Names the step in branches, timelines and in the state machine. */
export const StepId = z
  .string()
  .check(
    z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/, 'is not 1–40 letters, digits, - and _'),
    z.refine(isPlainName, 'is a reserved name'),
  );
export type StepId = z.infer<typeof StepId>;

export const SendMessage = z.strictObject({
  id: StepId,
  type: z.literal('send-message'),
  /** UTF-16 units, as AWS counts; may hold merge fields. */
  text: z.string().check(z.trim(), z.minLength(1), z.maxLength(LONGEST_TEXT)),
  /** The workflow's inbox, where it is not given. */
  inboxId: z.optional(InboxId),
  purpose: z._default(Purpose, 'marketing'),
  /** One object, sent as MMS. */
  mediaUrl: z.optional(
    z.string().check(z.regex(/^s3:\/\/[a-z0-9.-]{3,63}\/[!-~]{1,1024}$/, 'is not an s3:// address')),
  ),
});
export type SendMessage = z.infer<typeof SendMessage>;

export const Wait = z.strictObject({
  id: StepId,
  type: z.literal('wait'),
  duration: z._default(Duration, { days: 1 }),
  /** Whether a reply ends the wait before the time does. */
  orReply: z._default(z.boolean(), true),
  /** Takes a reply also where another run of the contact takes it. */
  broadcast: z._default(z.boolean(), false),
});
export type Wait = z.infer<typeof Wait>;

export const AddTag = z.strictObject({ id: StepId, type: z.literal('add-tag'), tag: Tag });
export const RemoveTag = z.strictObject({ id: StepId, type: z.literal('remove-tag'), tag: Tag });

export const SetField = z.strictObject({
  id: StepId,
  type: z.literal('set-field'),
  field: FieldKey,
  /** What the run learned, or a fixed value. */
  value: z.union([
    z.strictObject({ from: z.enum(['now', 'score', 'reply']) }),
    z.strictObject({ literal: FieldValue }),
  ]),
});
export type SetField = z.infer<typeof SetField>;

export const ScoreCondition = z.strictObject({ is: z.enum(['promoter', 'passive', 'detractor', 'unclear']) });

/** Tests the message that ended the nearest wait before; all that is given must hold. */
export const Condition = z
  .strictObject({
    keywords: z.optional(KeywordCondition),
    score: z.optional(ScoreCondition),
    filter: z.optional(Filter),
  })
  .check(z.refine((condition) => Object.keys(condition).length > 0, 'needs keywords, score or filter'));
export type Condition = z.infer<typeof Condition>;

const branch = { name: z.string().check(z.trim(), z.minLength(1), z.maxLength(60)) };
export interface Branch {
  name: string;
  steps: Step[];
}
export interface IfElse {
  id: StepId;
  type: 'if-else';
  condition: Condition;
  then: Branch;
  else: Branch;
  noReply?: Branch | undefined;
}
export type Step = SendMessage | Wait | z.infer<typeof AddTag> | z.infer<typeof RemoveTag> | SetField | IfElse;
export type StepOf<Type extends Step['type']> = Extract<Step, { type: Type }>;

const Branch: z.ZodMiniType<Branch> = z.strictObject({
  ...branch,
  get steps() {
    return z.array(Step).check(z.maxLength(MOST_STEPS));
  },
});

export const IfElse: z.ZodMiniType<IfElse> & z.core.$ZodTypeDiscriminable = z.strictObject({
  id: StepId,
  type: z.literal('if-else'),
  condition: Condition,
  then: Branch,
  else: Branch,
  /** Where time runs out; without it, that is the else branch. */
  noReply: z.optional(Branch),
});
export const Step: z.ZodMiniType<Step> = z
  .discriminatedUnion('type', [SendMessage, Wait, AddTag, RemoveTag, SetField, IfElse])
  .check(z.meta({ id: 'Step' }));

export const Trigger = z.strictObject({
  /** Only enrolled by hand or through the API: the filter may then be empty. */
  manualOnly: z._default(z.boolean(), false),
  filter: z._default(Filter, { all: [] }),
});
export type Trigger = z.infer<typeof Trigger>;

/** What ends a run before its steps do. */
export const Exit = z.strictObject({
  /** Whoever it is true of does not enter, and leaves as soon as it comes true. */
  goal: z.optional(Filter),
  /** Whether a reply ends it: anything said in an inbox that the run has texted from, whether or not it waits. */
  onReply: z._default(z.boolean(), false),
});
export type Exit = z.infer<typeof Exit>;

/** What people edit; publishing freezes a copy. */
export const Draft = z.strictObject({
  trigger: z.prefault(Trigger, {}),
  exit: z.prefault(Exit, {}),
  /** The inbox that texts leave from and replies come to. */
  inboxId: z.optional(InboxId),
  steps: z._default(z.array(Step).check(z.maxLength(MOST_STEPS)), []),
});
export type Draft = z.infer<typeof Draft>;

export const WorkflowName = z
  .string()
  .check(z.trim(), z.minLength(1), z.maxLength(120), z.regex(/^[^\p{Cc}\p{Cs}]*$/u, 'has a control character'));

export const TemplateName = z.enum(['autoresponder', 'reviews', 'nps', 'nurture', 'send-message', 'blank']);
export type TemplateName = z.infer<typeof TemplateName>;

export const Reentry = z.strictObject({
  allowReentry: z._default(z.boolean(), false),
  /** Since the last enrolment. */
  minInterval: z.optional(Duration),
  maxEntries: z.optional(z.int().check(z.gte(1), z.lte(1000))),
});
export type Reentry = z.infer<typeof Reentry>;

/** How a publication that has to wait was asked for. */
export const Publishing = z.strictObject({
  reentry: Reentry,
  enrollExisting: z.boolean(),
  parked: z.optional(z.enum(['resume', 'exit'])),
  request: z.optional(z.string()),
});

/** DRAFT until first published; then ON or OFF. PUBLISHING: on its way to be ON, as soon as a quota lets it. */
export const Workflow = z.strictObject({
  id: WorkflowId,
  name: WorkflowName,
  template: TemplateName,
  status: z.enum(['DRAFT', 'PUBLISHING', 'ON', 'OFF']),
  /** The published version that is, or was last, on. 0: never published. */
  version: z.int().check(z.gte(0)),
  /** While OFF: whether runs go on without texting (paused), to their end (finish), or were ended (exit). */
  inFlight: z.optional(z.enum(['finish', 'pause', 'exit'])),
  publishing: z.optional(Publishing),
  /** While ON: which request has turned it on, so that the same one, made again, finds it done. */
  request: z.optional(z.string()),
  /** The back-fill that the last turn asked for. */
  backfill: z.optional(PassId),
  createdAt: Instant,
  updatedAt: Instant,
});
export type Workflow = z.infer<typeof Workflow>;

/** Immutable once written. */
export const Version = z.extend(Draft, {
  workflowId: WorkflowId,
  version: z.int().check(z.gte(1)),
  name: WorkflowName,
  inboxId: InboxId,
  reentry: Reentry,
  plan: Plan,
  /** The address of the published state machine version that runs it. */
  machine: z.string(),
  publishedAt: Instant,
});
export type Version = z.infer<typeof Version>;

/** Every step of a list, branches included, outer ones first. */
export function* allSteps(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    if (step.type === 'if-else') for (const { steps: inner } of branchesOf(step)) yield* allSteps(inner);
  }
}

export const stepsById = (steps: readonly Step[]): ReadonlyMap<string, Step> =>
  new Map(Array.from(allSteps(steps), (step) => [step.id, step]));

export const branchesOf = (step: IfElse): Branch[] =>
  step.noReply ? [step.then, step.else, step.noReply] : [step.then, step.else];

/** Whether the branch depends on what was answered, not only on who the contact is. */
export const readsReply = ({ condition }: IfElse): boolean => Boolean(condition.keywords ?? condition.score);
