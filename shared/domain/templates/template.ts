import type { CustomField } from '../custom-field.ts';
import type { Filter } from '../filter.ts';
import type { KeywordCondition } from '../keyword.ts';
import type { Purpose } from '../purpose.ts';
import type { Settings } from '../settings.ts';
import type { Branch, Condition, Draft, IfElse, Reentry, Step, StepOf } from '../workflow.ts';

/** What a new workflow starts from: a whole draft but for its inbox, and what the workspace has to have for it. */
export interface Template {
  readonly title: string;
  readonly description: string;
  readonly draft: Draft;
  /** What its steps write and its trigger reads. */
  readonly customFields: readonly Omit<CustomField, 'createdAt'>[];
  /** What its texts cannot do without. */
  readonly variables: readonly Extract<keyof Settings, 'businessName' | 'reviewLink' | 'bookingLink'>[];
  /** Publish options that it is made for. */
  readonly reentry: Reentry;
}

export const draftOf = (filter: Filter, steps: Step[]): Draft => ({
  trigger: { manualOnly: false, filter },
  exit: { onReply: false },
  steps,
});

/** `conversational`: answers what the person has just written. */
export const send = (id: string, text: string, purpose: Purpose = 'marketing'): StepOf<'send-message'> => ({
  id,
  type: 'send-message',
  text,
  purpose,
});

/** One day, or a reply. */
export const waitADay = (id: string): StepOf<'wait'> => ({
  id,
  type: 'wait',
  duration: { days: 1 },
  orReply: true,
  broadcast: false,
});

export const addTag = (id: string, tag: string): StepOf<'add-tag'> => ({ id, type: 'add-tag', tag });
export const removeTag = (id: string, tag: string): StepOf<'remove-tag'> => ({ id, type: 'remove-tag', tag });
export const setField = (id: string, field: string, from: 'now' | 'score' | 'reply'): StepOf<'set-field'> => ({
  id,
  type: 'set-field',
  field,
  value: { from },
});

export const branch = (name: string, ...steps: Step[]): Branch => ({ name, steps });
export const ifElse = (
  id: string,
  condition: Condition,
  branches: { then: Branch; else: Branch; noReply?: Branch },
): IfElse => ({
  id,
  type: 'if-else',
  condition,
  ...branches,
});

export const says = (anyOf: string[], noneOf: string[] = []): KeywordCondition => ({ anyOf, noneOf, mode: 'word' });

/** An answer that no branch understands is a person's to read. */
export const forAPerson = (id: string): Step => addTag(id, 'needs-human');

/** What ran once may run a second time: the same steps under ids of their own. */
export type Round = 1 | 2 | 3;
export const inRound = (round: Round) => (id: string) => (round === 1 ? id : `${id}-${round}`);
