import type { FieldValue } from '../shared/domain/contact.ts';
import type { FieldType } from '../shared/domain/custom-field.ts';
import { DateText } from '../shared/domain/date-text.ts';
import { type Filter, type FilterWorkspace, leavesOf } from '../shared/domain/filter.ts';
import { checkFilter } from '../shared/domain/filter-check.ts';
import type { InboxId } from '../shared/domain/id.ts';
import { matchesKeywords } from '../shared/domain/keyword.ts';
import { checkTemplate, parseTemplate, render } from '../shared/domain/merge.ts';
import type { Fault } from '../shared/domain/problem.ts';
import type { Settings } from '../shared/domain/settings.ts';
import { type Encoding, measure } from '../shared/domain/sms-parts.ts';
import { foldText } from '../shared/domain/text.ts';
import {
  allSteps,
  DEEPEST_BRANCH,
  type Draft,
  type Exit,
  type IfElse,
  LONGEST_TEXT,
  MOST_STEPS,
  readsReply,
  type SendMessage,
  type SetField,
  type StepId,
} from '../shared/domain/workflow.ts';
import { sampleContact, sampleSettings, shortest } from './sample.ts';
import { type Visit, visits } from './walk.ts';

/** What a workflow is checked against. */
export interface CheckWorkspace extends Pick<FilterWorkspace, 'fieldTypes' | 'list'> {
  readonly settings: Settings;
  readonly inboxes: ReadonlySet<InboxId>;
}

/**
 * Everything that keeps a draft from being published, all of it at once, with paths into the draft.
 *
 * - `NO_STEPS`, `TOO_MANY_STEPS`, `NESTED_TOO_DEEP`, `DUPLICATE_STEP_ID`
 * - `EMPTY_TRIGGER`: it would enrol everyone
 * - `NO_INBOX`, `UNKNOWN_INBOX`: of the workflow, or of a step
 * - `NOTHING_TO_READ`: a condition or field wants an answer, and on some way there is no wait for one before it
 * - `NO_REPLY_UNREAD`: a branch for silence where no answer decides
 * - `UNKNOWN_FIELD`, `WRONG_VALUE`: a field is not declared, or not of the type of what is written
 * - `TEXT_TOO_LONG`: even where every merge field of the contact is empty
 * - what `checkFilter` finds in the trigger and in conditions, and `checkTemplate` in texts
 */
export function check({ trigger, exit, inboxId, steps }: Draft, workspace: CheckWorkspace): Fault[] {
  const found = [...visits(steps)];
  return [
    ...triggerFaults(trigger, workspace),
    ...goalFaults(exit, workspace),
    ...inboxFaults(inboxId, workspace),
    ...sizeFaults(found),
    ...duplicates(found),
    ...found.flatMap((visit) => stepFaults(visit, workspace).map((fault) => within(visit.path, fault))),
  ];
}

const within = (path: Fault['path'], fault: Fault): Fault => ({ ...fault, path: [...path, ...fault.path] });

const filterFaults = (filter: Filter, { settings, fieldTypes, list }: CheckWorkspace, ...path: string[]): Fault[] =>
  checkFilter(filter, { zone: settings.timeZone, fieldTypes, list }).map((fault) => within(path, fault));

function triggerFaults({ manualOnly, filter }: Draft['trigger'], workspace: CheckWorkspace): Fault[] {
  const faults = filterFaults(filter, workspace, 'trigger', 'filter');
  if (manualOnly || !leavesOf(filter).next().done) return faults;
  const empty: Fault = {
    code: 'EMPTY_TRIGGER',
    path: ['trigger', 'filter'],
    detail: 'says nothing of who is enrolled',
    hint: 'Give it a condition, or set manualOnly to enrol by hand only.',
  };
  return [empty, ...faults];
}

function goalFaults({ goal }: Exit, workspace: CheckWorkspace): Fault[] {
  if (!goal) return [];
  const faults = filterFaults(goal, workspace, 'exit', 'goal');
  if (!leavesOf(goal).next().done) return faults;
  const hint = 'Give it a condition, or leave it out.';
  return [
    { code: 'EMPTY_GOAL', path: ['exit', 'goal'], detail: 'says nothing of who has reached it', hint },
    ...faults,
  ];
}

function inboxFaults(inboxId: InboxId | undefined, { inboxes }: CheckWorkspace): Fault[] {
  const path = ['inboxId'];
  if (inboxId === undefined) {
    return [{ code: 'NO_INBOX', path, detail: 'is missing', hint: 'Choose the inbox that texts leave from.' }];
  }
  return inboxes.has(inboxId) ? [] : [{ code: 'UNKNOWN_INBOX', path, detail: `there is no inbox ${inboxId}` }];
}

function sizeFaults(found: readonly Visit[]): Fault[] {
  if (found.length === 0) return [{ code: 'NO_STEPS', path: ['steps'], detail: 'has no steps' }];
  const many: Fault[] =
    found.length > MOST_STEPS
      ? [{ code: 'TOO_MANY_STEPS', path: ['steps'], detail: `has ${found.length} steps of at most ${MOST_STEPS}` }]
      : [];
  // Told once per place: what lies deeper is as deep for the same reason.
  const deep = found.filter(({ step, depth }) => step.type === 'if-else' && depth === DEEPEST_BRANCH);
  const detail = `is nested more than ${DEEPEST_BRANCH} branches deep`;
  return [...many, ...deep.map(({ path }) => ({ code: 'NESTED_TOO_DEEP', path, detail }))];
}

function duplicates(found: readonly Visit[]): Fault[] {
  const seen = new Set<string>();
  return found.flatMap(({ step: { id }, path }): Fault[] => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [{ code: 'DUPLICATE_STEP_ID', path: [...path, 'id'], detail: `another step is called ${id} already` }];
  });
}

function stepFaults({ step, past }: Visit, workspace: CheckWorkspace): Fault[] {
  switch (step.type) {
    case 'send-message':
      return sendFaults(step, workspace);
    case 'set-field':
      return [...fieldFaults(step, workspace), ...(past.heard === 'nothing' ? unheard(step) : [])];
    case 'if-else':
      return [...conditionFaults(step, workspace), ...(past.heard === 'nothing' ? unread(step) : [])];
    case 'wait':
    case 'add-tag':
    case 'remove-tag':
      return [];
    default:
      return step satisfies never;
  }
}

function sendFaults({ text, inboxId }: SendMessage, { settings, fieldTypes, inboxes }: CheckWorkspace): Fault[] {
  const inText = checkTemplate(text, { fieldTypes, workspace: settings }).map((fault) => within(['text'], fault));
  const units = shortest(text, settings);
  const long: Fault[] =
    units > LONGEST_TEXT
      ? [{ code: 'TEXT_TOO_LONG', path: ['text'], detail: `is at least ${units} of ${LONGEST_TEXT} units when sent` }]
      : [];
  const inbox =
    inboxId === undefined ? [] : inboxFaults(inboxId, { settings, fieldTypes, inboxes, list: () => undefined });
  return [...inbox, ...inText, ...long];
}

const NOTHING_TO_READ = {
  code: 'NOTHING_TO_READ',
  hint: 'Put a wait with orReply before it, on every way that leads here and after any wait without.',
} as const;

const unheard = ({ value }: SetField): Fault[] =>
  'from' in value && value.from !== 'now'
    ? [{ ...NOTHING_TO_READ, path: ['value', 'from'], detail: `there may be no answer to take the ${value.from} from` }]
    : [];

const unread = ({ condition }: IfElse): Fault[] =>
  (['keywords', 'score'] as const).flatMap((part) =>
    condition[part]
      ? [{ ...NOTHING_TO_READ, path: ['condition', part], detail: 'there may be no answer to look for it in' }]
      : [],
  );

function conditionFaults(step: IfElse, workspace: CheckWorkspace): Fault[] {
  const { filter } = step.condition;
  const inFilter = filter ? filterFaults(filter, workspace, 'condition', 'filter') : [];
  if (!step.noReply || readsReply(step)) return inFilter;
  const unread: Fault = {
    code: 'NO_REPLY_UNREAD',
    path: ['noReply'],
    detail: 'is never taken: the condition does not ask for an answer',
    hint: 'Remove the branch, or give the condition keywords or a score.',
  };
  return [...inFilter, unread];
}

/** The types that what a run learns can be written to. */
const LEARNED = { now: 'date', score: 'number', reply: 'text' } as const satisfies Record<string, FieldType>;

function fieldFaults({ field, value }: SetField, { fieldTypes }: CheckWorkspace): Fault[] {
  const type = fieldTypes.get(field);
  if (!type) {
    const hint = 'Declare it with POST /v1/custom-fields.';
    return [{ code: 'UNKNOWN_FIELD', path: ['field'], detail: `there is no custom field ${field}`, hint }];
  }
  const detail = `the field ${field} is a ${type}`;
  if ('literal' in value) {
    return isOfType[type](value.literal) ? [] : [{ code: 'WRONG_VALUE', path: ['value', 'literal'], detail }];
  }
  const hint = `${value.from} is written to a field of type ${LEARNED[value.from]}.`;
  return LEARNED[value.from] === type ? [] : [{ code: 'WRONG_VALUE', path: ['value', 'from'], detail, hint }];
}

const isOfType: { readonly [Type in FieldType]: (value: FieldValue) => boolean } = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  date: (value) => DateText.safeParse(value).success,
};

/**
 * What deserves a second look, and keeps nothing from being published.
 *
 * - `OPT_OUT_NOT_SAID`, `BUSINESS_NOT_NAMED`: of a text that may be the first one
 * - `KEYWORD_TWICE`, `KEYWORD_NEVER_HIT`: it is there already, or the words to avoid rule it out
 * - `ALWAYS_SILENT`: asks for an answer where there is none for certain
 * - `SAME_FOR_ALL`: a condition that says nothing
 * - `NEVER_ANSWERED`: asks for an answer, where a run ends with its first one
 */
export function lint(
  { exit, steps }: Pick<Draft, 'exit' | 'steps'>,
  settings?: Pick<Settings, 'businessName'>,
): Fault[] {
  return [...visits(steps)].flatMap((visit) =>
    [...adviceOn(visit, settings), ...(exit.onReply ? neverAnswered(visit) : [])].map((fault) =>
      within(visit.path, fault),
    ),
  );
}

const neverAnswered = ({ step }: Visit): Fault[] =>
  step.type === 'if-else' && readsReply(step)
    ? [
        {
          code: 'NEVER_ANSWERED',
          path: ['condition'],
          detail: 'asks for an answer, and exit.onReply ends the run with it',
          hint: 'Take it out, or let the branch decide and set exit.onReply to false.',
        },
      ]
    : [];

function adviceOn({ step, past }: Visit, settings: Pick<Settings, 'businessName'> | undefined): Fault[] {
  if (step.type === 'send-message') return past.texted ? [] : firstText(step.text, settings?.businessName);
  if (step.type !== 'if-else') return [];
  const { keywords, filter } = step.condition;
  return [
    ...(keywords ? keywordAdvice(keywords) : []),
    ...(readsReply(step) && past.heard === 'silence'
      ? [{ code: 'ALWAYS_SILENT', path: ['condition'], detail: 'asks for an answer where nobody has answered' }]
      : []),
    ...(!readsReply(step) && filter && leavesOf(filter).next().done
      ? [
          {
            code: 'SAME_FOR_ALL',
            path: ['condition', 'filter'],
            detail: 'says nothing: everyone takes the same branch',
          },
        ]
      : []),
  ];
}

const OPT_OUT = /\b(?:stop|opt[ -]?out|unsubscribe)\b/iu;

function firstText(text: string, businessName: string | undefined): Fault[] {
  const names = parseTemplate(text).some((token) => token.type === 'field' && token.name === 'workspace.businessName');
  const named = names || (businessName !== undefined && text.toLowerCase().includes(businessName.toLowerCase()));
  const path = ['text'];
  return [
    ...(named
      ? []
      : [
          {
            code: 'BUSINESS_NOT_NAMED',
            path,
            detail: 'may be the first text, and does not say who writes',
            hint: 'Open with {{workspace.businessName}}.',
          },
        ]),
    ...(OPT_OUT.test(text)
      ? []
      : [
          {
            code: 'OPT_OUT_NOT_SAID',
            path,
            detail: 'may be the first text, and does not say how to get no more',
            hint: 'End with "Reply STOP to opt out."',
          },
        ]),
  ];
}

function keywordAdvice(keywords: NonNullable<IfElse['condition']['keywords']>): Fault[] {
  const place = (at: number) => ['condition', 'keywords', 'anyOf', at];
  const { anyOf } = keywords;
  return anyOf.flatMap((keyword, at): Fault[] => {
    if (anyOf.slice(0, at).some((earlier) => foldText(earlier) === foldText(keyword))) {
      return [{ code: 'KEYWORD_TWICE', path: place(at), detail: `"${keyword}" is there already` }];
    }
    // The plainest message that holds the keyword is the keyword.
    return matchesKeywords({ ...keywords, anyOf: [keyword] }, keyword)
      ? []
      : [{ code: 'KEYWORD_NEVER_HIT', path: place(at), detail: `noneOf rules out "${keyword}"` }];
  });
}

export interface TextParts {
  readonly step: StepId;
  readonly encoding: Encoding;
  readonly units: number;
  readonly parts: number;
}

/** How each text of a draft travels, measured with sample data where the workspace has none, in reading order. */
export function textParts({ steps }: Draft, { settings, fieldTypes }: CheckWorkspace): TextParts[] {
  const contact = sampleContact(fieldTypes);
  const workspace = sampleSettings(settings);
  return Array.from(allSteps(steps)).flatMap((step) => {
    if (step.type !== 'send-message') return [];
    const { encoding, units, parts } = measure(render(step.text, contact, workspace));
    return [{ step: step.id, encoding, units, parts }];
  });
}
