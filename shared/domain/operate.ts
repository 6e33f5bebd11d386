import { type Contact, type FieldValue, MOST_TAGS } from './contact.ts';
import type { Instant } from './instant.ts';
import type { LogEntry } from './run.ts';
import { readScore } from './score.ts';
import type { SetField, Step, StepOf } from './workflow.ts';

export type Operation = StepOf<'add-tag' | 'remove-tag' | 'set-field'>;
export const isOperation = (step: Step): step is Operation =>
  step.type === 'add-tag' || step.type === 'remove-tag' || step.type === 'set-field';

export interface Operated {
  readonly contact: Contact;
  readonly log: readonly LogEntry[];
}

/** Applies tag and field steps to a contact: doing so twice changes nothing more. */
export function operate(
  contact: Contact,
  steps: readonly Operation[],
  at: Instant,
  answer: string | undefined,
): Operated {
  const tags = new Set(contact.tags);
  const fields = new Map(Object.entries(contact.fields));
  const log = steps.map((step): LogEntry => {
    const entry = (code: LogEntry['code'], detail: string) => ({ at, code, step: step.id, detail });
    switch (step.type) {
      case 'add-tag':
        if (tags.size >= MOST_TAGS && !tags.has(step.tag)) return entry('TAG_NOT_ADDED', step.tag);
        tags.add(step.tag);
        return entry('TAG_ADDED', step.tag);
      case 'remove-tag':
        tags.delete(step.tag);
        return entry('TAG_REMOVED', step.tag);
      case 'set-field': {
        const value = valueOf(step, at, answer);
        if (value === undefined) return entry('FIELD_NOT_SET', step.field);
        fields.set(step.field, value);
        return entry('FIELD_SET', step.field);
      }
      default:
        return step satisfies never;
    }
  });
  if (log.length === 0) return { contact, log };
  return { contact: { ...contact, tags: [...tags].sort(), fields: Object.fromEntries(fields) }, log };
}

/** What the run learned; nothing where the answer was silence or not a score. */
function valueOf({ value }: SetField, at: Instant, answer: string | undefined): FieldValue | undefined {
  if ('literal' in value) return value.literal;
  if (value.from === 'now') return at;
  if (answer === undefined) return undefined;
  if (value.from === 'reply') return answer.slice(0, LONGEST_FIELD);
  const read = readScore(answer);
  return read.kind === 'score' ? read.score : undefined;
}
const LONGEST_FIELD = 1000;
