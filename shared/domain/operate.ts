import type { Contact, FieldValue } from './contact.ts';
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
export function operate(contact: Contact, steps: readonly Operation[], at: Instant, answer: string | undefined): Operated {
  return steps.reduce<Operated>(
    (done, step) => {
      const entry = (code: LogEntry['code'], detail: string): LogEntry => ({ at, code, step: step.id, detail });
      if (step.type === 'set-field') {
        const value = valueOf(step, at, answer);
        return value === undefined
          ? { ...done, log: [...done.log, entry('FIELD_NOT_SET', step.field)] }
          : {
              contact: { ...done.contact, fields: { ...done.contact.fields, [step.field]: value } },
              log: [...done.log, entry('FIELD_SET', step.field)],
            };
      }
      const others = done.contact.tags.filter((tag) => tag !== step.tag);
      const tags = step.type === 'add-tag' ? [...others, step.tag].sort() : others;
      return {
        contact: { ...done.contact, tags },
        log: [...done.log, entry(step.type === 'add-tag' ? 'TAG_ADDED' : 'TAG_REMOVED', step.tag)],
      };
    },
    { contact, log: [] },
  );
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
