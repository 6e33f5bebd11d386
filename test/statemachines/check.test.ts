import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { FieldType } from '../../shared/domain/custom-field.ts';
import { InboxId, ListId } from '../../shared/domain/id.ts';
import { Settings } from '../../shared/domain/settings.ts';
import { allSteps, DEEPEST_BRANCH, Draft, MOST_STEPS } from '../../shared/domain/workflow.ts';
import { type CheckWorkspace, check, lint, textParts } from '../../statemachines/check.ts';
import { validSteps } from '../support/arbitraries.ts';
import { addTag, ifElse, send, wait } from '../support/business.ts';

const inboxId = InboxId.parse('inb_01ARZ3NDEKTSV4RRFFQ69G5FAV');
const otherInbox = InboxId.parse('inb_01ARZ3NDEKTSV4RRFFQ69G5FAW');
const listId = ListId.parse('lst_01ARZ3NDEKTSV4RRFFQ69G5FAV');
const types: [string, FieldType][] = [
  ['plan', 'text'],
  ['visits', 'number'],
  ['asked_at', 'date'],
  ['vip', 'boolean'],
];
const workspace = (given: Partial<CheckWorkspace> = {}): CheckWorkspace => ({
  settings: Settings.parse({ businessName: 'Sunrise Dental' }),
  fieldTypes: new Map(types),
  list: () => undefined,
  inboxes: new Set([inboxId]),
  ...given,
});

const draft = (steps: object[], given: object = {}) =>
  Draft.parse({ trigger: { manualOnly: true }, inboxId, steps, ...given });
const told = (faults: readonly { code: string; path: readonly (string | number)[] }[]) =>
  faults.map(({ code, path }) => `${code} ${path.join('.')}`);
const faults = (steps: object[], given: object = {}, within: Partial<CheckWorkspace> = {}) =>
  told(check(draft(steps, given), workspace(within)));
const advice = (...steps: object[]) => told(lint(draft(steps)));

const hi = send('hi', '{{workspace.businessName}}: Hi. Reply STOP to opt out.');
const keywords = { keywords: { anyOf: ['yes'] } };
const score = { score: { is: 'promoter' } };
const filter = { filter: { type: 'tag', op: 'has', tag: 'vip' } };
const setField = (field: string, value: object) => ({ id: 'set', type: 'set-field', field, value });

describe('the workflow as a whole', () => {
  it('may be published if nothing is wrong', () => {
    expect(faults([hi])).toEqual([]);
  });

  it('has steps', () => {
    expect(faults([])).toEqual(['NO_STEPS steps']);
  });

  it('says whom it is for, unless it is enrolled by hand only', () => {
    const trigger = (tree: object, manualOnly = false) => faults([hi], { trigger: { manualOnly, filter: tree } });
    expect(trigger({ all: [] })).toEqual(['EMPTY_TRIGGER trigger.filter']);
    expect(trigger({ not: { any: [{ all: [] }] } })).toEqual(['EMPTY_TRIGGER trigger.filter']);
    expect(trigger({ all: [] }, true)).toEqual([]);
    expect(trigger({ all: [filter.filter] })).toEqual([]);
  });

  it('has a trigger that means what it says', () => {
    const tree = {
      all: [
        { type: 'list', op: 'in', listId },
        { type: 'custom-field', field: 'nope', op: 'is-known' },
      ],
    };
    expect(faults([hi], { trigger: { filter: tree } })).toEqual([
      'UNKNOWN_LIST trigger.filter.all.0.listId',
      'UNKNOWN_FIELD trigger.filter.all.1.field',
    ]);
    const list = () => ({ all: [] });
    expect(faults([hi], { trigger: { filter: { type: 'list', op: 'in', listId } } }, { list })).toEqual([]);
  });

  it('leaves from an inbox that there is', () => {
    expect(faults([hi], { inboxId: undefined })).toEqual(['NO_INBOX inboxId']);
    expect(faults([hi], { inboxId: otherInbox })).toEqual(['UNKNOWN_INBOX inboxId']);
    expect(faults([{ ...hi, inboxId: otherInbox }])).toEqual(['UNKNOWN_INBOX steps.0.inboxId']);
  });

  it('has at most so many steps, and branches so deep', () => {
    const many = Array.from({ length: MOST_STEPS }, (_, at) => addTag(`t${at}`, 'x'));
    expect(faults(many)).toEqual([]);
    expect(faults([ifElse('if', filter, many, [])])).toEqual(['TOO_MANY_STEPS steps']);
    const nested = (depth: number): object[] =>
      depth === 0 ? [addTag('t', 'x')] : [ifElse(`if${depth}`, filter, nested(depth - 1), [])];
    expect(faults(nested(DEEPEST_BRANCH))).toEqual([]);
    const path = `steps.0${'.then.steps.0'.repeat(DEEPEST_BRANCH)}`;
    expect(faults(nested(DEEPEST_BRANCH + 2))).toEqual([`NESTED_TOO_DEEP ${path}`]);
  });

  it('names every step once', () => {
    const steps = [hi, ifElse('if', filter, [addTag('t', 'x')], [addTag('hi', 'x')]), addTag('t', 'x')];
    expect(faults(steps)).toEqual(['DUPLICATE_STEP_ID steps.1.else.steps.0.id', 'DUPLICATE_STEP_ID steps.2.id']);
  });

  it('is told everything at once', () => {
    const steps = [
      send('a', '{{nope}} {{contact.firstName}}'),
      ifElse('a', keywords, [], [setField('none', { from: 'now' })]),
    ];
    expect(check(draft(steps, { inboxId: undefined, trigger: {} }), workspace())).toEqual([
      expect.objectContaining({ code: 'EMPTY_TRIGGER', hint: expect.stringContaining('manualOnly') }),
      expect.objectContaining({ code: 'NO_INBOX' }),
      expect.objectContaining({ code: 'DUPLICATE_STEP_ID', path: ['steps', 1, 'id'] }),
      expect.objectContaining({ code: 'UNKNOWN_MERGE_FIELD', path: ['steps', 0, 'text'] }),
      expect.objectContaining({ code: 'MISSING_FALLBACK', path: ['steps', 0, 'text'] }),
      expect.objectContaining({ code: 'NOTHING_TO_READ', path: ['steps', 1, 'condition', 'keywords'] }),
      expect.objectContaining({ code: 'UNKNOWN_FIELD', path: ['steps', 1, 'else', 'steps', 0, 'field'] }),
    ]);
  });

  it('passes with whatever else is well made', () => {
    fc.assert(
      fc.property(validSteps, (steps) => {
        const withField = { fieldTypes: new Map<string, FieldType>([['leak', 'text']]) };
        const harmless = ['MALFORMED_MERGE_FIELD', 'WRONG_OPERAND'];
        const found = check(draft(steps), workspace(withField)).filter(({ code }) => !harmless.includes(code));
        expect(found).toEqual([]);
      }),
    );
  });
});

describe('an answer', () => {
  const asks = ifElse('asks', keywords, [], []);
  const pause = wait('pause', { days: 1 }, { orReply: false });

  test.each<[string, object[], boolean]>([
    ['no wait', [hi, asks], false],
    ['a wait for a reply', [hi, wait('w'), asks], true],
    ['a wait for time only', [hi, pause, asks], false],
    ['a reply, then time only', [hi, wait('w'), pause, asks], false],
    ['a reply, then steps', [hi, wait('w'), addTag('t', 'x'), send('more', 'More'), asks], true],
    ['one of two branches', [ifElse('if', filter, [wait('w')], []), asks], false],
    ['both branches', [ifElse('if', filter, [wait('w')], [wait('v')]), asks], true],
    ['before the branches', [wait('w'), ifElse('if', filter, [], [addTag('t', 'x')]), asks], true],
    ['time only in one branch', [wait('w'), ifElse('if', filter, [pause], []), asks], false],
    ['within a branch', [wait('w'), ifElse('if', filter, [asks], [])], true],
    ['silence, but a wait', [wait('w'), ifElse('if', score, [], [], [addTag('t', 'x')]), asks], true],
    ['time only in silence', [wait('w'), ifElse('if', score, [], [], [pause]), asks], false],
  ])('may be read after %s: %#', (_, steps, may) => {
    expect(faults(steps).filter((fault) => fault.startsWith('NOTHING_TO_READ'))).toHaveLength(may ? 0 : 1);
  });

  it('is wanted by keywords, scores and fields alike, each with its place', () => {
    expect(faults([ifElse('if', { ...keywords, ...score, ...filter }, [], [])])).toEqual([
      'NOTHING_TO_READ steps.0.condition.keywords',
      'NOTHING_TO_READ steps.0.condition.score',
    ]);
    expect(faults([setField('visits', { from: 'score' })])).toEqual(['NOTHING_TO_READ steps.0.value.from']);
    expect(faults([setField('plan', { from: 'reply' })])).toEqual(['NOTHING_TO_READ steps.0.value.from']);
    expect(faults([setField('asked_at', { from: 'now' }), ifElse('if', filter, [], [])])).toEqual([]);
  });

  it('left out is a branch only where one is asked for', () => {
    expect(faults([wait('w'), ifElse('if', filter, [], [], [])])).toEqual(['NO_REPLY_UNREAD steps.1.noReply']);
    expect(faults([wait('w'), ifElse('if', { ...filter, ...score }, [], [], [])])).toEqual([]);
  });
});

describe('conditions, fields and texts', () => {
  it('a condition on the contact means what it says', () => {
    const swapped = { type: 'custom-field', field: 'visits', op: 'between', from: 9, to: 1 };
    expect(faults([ifElse('if', { filter: { any: [swapped] } }, [], [])])).toEqual([
      'SWAPPED_BOUNDS steps.0.condition.filter.any.0.from',
    ]);
  });

  test.each<[string, object, string[]]>([
    ['plan', { literal: 'gold' }, []],
    ['plan', { literal: 1 }, ['WRONG_VALUE steps.1.value.literal']],
    ['visits', { literal: 1 }, []],
    ['visits', { literal: '1' }, ['WRONG_VALUE steps.1.value.literal']],
    ['vip', { literal: true }, []],
    ['vip', { literal: 'true' }, ['WRONG_VALUE steps.1.value.literal']],
    ['asked_at', { literal: '2026-01-31' }, []],
    ['asked_at', { literal: 'yesterday' }, ['WRONG_VALUE steps.1.value.literal']],
    ['asked_at', { from: 'now' }, []],
    ['plan', { from: 'now' }, ['WRONG_VALUE steps.1.value.from']],
    ['visits', { from: 'score' }, []],
    ['vip', { from: 'score' }, ['WRONG_VALUE steps.1.value.from']],
    ['plan', { from: 'reply' }, []],
    ['visits', { from: 'reply' }, ['WRONG_VALUE steps.1.value.from']],
    ['none', { literal: 'x' }, ['UNKNOWN_FIELD steps.1.field']],
  ])('field %s, value %j: %j', (field, value, expected) => {
    expect(faults([wait('w'), setField(field, value)])).toEqual(expected);
  });

  it('a variable that a text needs is set', () => {
    expect(faults([send('a', 'Book: {{workspace.bookingLink}}')])).toEqual(['UNSET_VARIABLE steps.0.text']);
  });

  it('a text is too long only if it is so for everyone', () => {
    const named = (businessName: string) => ({ settings: Settings.parse({ businessName }) });
    const own = send('a', `${'x'.repeat(1570)}{{workspace.businessName}}`);
    expect(faults([own], {}, named('x'.repeat(30)))).toEqual([]);
    expect(faults([own], {}, named('x'.repeat(31)))).toEqual(['TEXT_TOO_LONG steps.0.text']);
    const theirs = send('a', `${'x'.repeat(1540)}{{contact.firstName | "${'y'.repeat(30)}"}}`);
    expect(faults([theirs])).toEqual([]);
  });
});

describe('a fault says what is wrong, and what to do', () => {
  const whole = (steps: object[], given: object = {}) => check(draft(steps, given), workspace());
  const field = (name: string, value: object) => [wait('w'), setField(name, value)];
  const NOTHING = 'Put a wait with orReply before it, on every way that leads here and after any wait without.';

  test.each<[string, object[], object, object]>([
    [
      'EMPTY_TRIGGER',
      [hi],
      { trigger: {} },
      {
        path: ['trigger', 'filter'],
        detail: 'says nothing of who is enrolled',
        hint: 'Give it a condition, or set manualOnly to enrol by hand only.',
      },
    ],
    [
      'EMPTY_GOAL',
      [hi],
      { exit: { goal: { any: [] } } },
      {
        path: ['exit', 'goal'],
        detail: 'says nothing of who has reached it',
        hint: 'Give it a condition, or leave it out.',
      },
    ],
    [
      'UNKNOWN_FIELD',
      [hi],
      { exit: { goal: { all: [{ type: 'custom-field', field: 'nope', op: 'is-known' }] } } },
      {
        path: ['exit', 'goal', 'all', 0, 'field'],
        detail: 'there is no custom field "nope"',
        hint: 'Declare it with POST /v1/custom-fields.',
      },
    ],
    [
      'NO_INBOX',
      [hi],
      { inboxId: undefined },
      {
        path: ['inboxId'],
        detail: 'is missing',
        hint: 'Choose the inbox that texts leave from.',
      },
    ],
    ['UNKNOWN_INBOX', [hi], { inboxId: otherInbox }, { path: ['inboxId'], detail: `there is no inbox ${otherInbox}` }],
    ['NO_STEPS', [], {}, { path: ['steps'], detail: 'has no steps' }],
    [
      'TOO_MANY_STEPS',
      [
        ifElse(
          'if',
          filter,
          Array.from({ length: 500 }, (_, at) => addTag(`t${at}`, 'x')),
          [],
        ),
      ],
      {},
      {
        path: ['steps'],
        detail: 'has 501 steps of at most 500',
      },
    ],
    [
      'DUPLICATE_STEP_ID',
      [hi, addTag('hi', 'x')],
      {},
      {
        path: ['steps', 1, 'id'],
        detail: 'another step is called hi already',
      },
    ],
    [
      'NOTHING_TO_READ',
      [ifElse('if', keywords, [], [])],
      {},
      {
        path: ['steps', 0, 'condition', 'keywords'],
        detail: 'there may be no answer to look for it in',
        hint: NOTHING,
      },
    ],
    [
      'NOTHING_TO_READ',
      [setField('visits', { from: 'score' })],
      {},
      {
        path: ['steps', 0, 'value', 'from'],
        detail: 'there may be no answer to take the score from',
        hint: NOTHING,
      },
    ],
    [
      'NO_REPLY_UNREAD',
      [wait('w'), ifElse('if', filter, [], [], [])],
      {},
      {
        path: ['steps', 1, 'noReply'],
        detail: 'is never taken: the condition does not ask for an answer',
        hint: 'Remove the branch, or give the condition keywords or a score.',
      },
    ],
    [
      'UNKNOWN_FIELD',
      field('none', { literal: 'x' }),
      {},
      {
        path: ['steps', 1, 'field'],
        detail: 'there is no custom field none',
        hint: 'Declare it with POST /v1/custom-fields.',
      },
    ],
    [
      'WRONG_VALUE',
      field('visits', { literal: 'x' }),
      {},
      {
        path: ['steps', 1, 'value', 'literal'],
        detail: 'the field visits is a number',
      },
    ],
    [
      'WRONG_VALUE',
      field('visits', { from: 'reply' }),
      {},
      {
        path: ['steps', 1, 'value', 'from'],
        detail: 'the field visits is a number',
        hint: 'reply is written to a field of type text.',
      },
    ],
  ])('%s', (code, steps, given, fault) => {
    expect(whole(steps, given)).toStrictEqual([{ code, ...fault }]);
  });

  test('NESTED_TOO_DEEP', () => {
    const nested = (depth: number): object[] => [
      ifElse(`if${depth}`, filter, depth === 0 ? [] : nested(depth - 1), []),
    ];
    expect(whole(nested(DEEPEST_BRANCH))).toMatchObject([{ detail: 'is nested more than 12 branches deep' }]);
  });

  test('a goal may be what it likes, as long as it says something', () => {
    expect(whole([hi], { exit: { goal: filter.filter } })).toEqual([]);
    expect(whole([hi], { exit: {} })).toEqual([]);
  });
});

describe('a text is measured at its shortest', () => {
  const TOO_LONG = { code: 'TEXT_TOO_LONG', path: ['steps', 0, 'text'] };
  const measured = (text: string, settings: object) =>
    check(draft([send('a', `${text}{{workspace.businessName}}`)]), workspace({ settings: Settings.parse(settings) }));
  const long = (units: number) => [{ ...TOO_LONG, detail: `is at least ${units} of 1600 units when sent` }];
  const [plain, other] = ['x'.repeat(1530), '"yyyyyyyyyyyyyy"'];
  const named = (length: number) => ({ businessName: 'n'.repeat(length) });
  const link = { bookingLink: 'https://a.example' };

  test.each([
    ["without what is the contact's", `${plain}xxxxx{{contact.firstName | "y"}}`, named(60), []],
    ['with what stands in for a variable', `${plain}{{workspace.bookingLink | ${other}}}`, named(57), long(1601)],
    ['with no more than that', `${plain}{{workspace.bookingLink | ${other}}}`, named(56), []],
    ['with a variable that is set', `${plain}{{workspace.bookingLink}}`, { ...named(54), ...link }, long(1601)],
    ['with no more than the variable', `${plain}{{workspace.bookingLink}}`, { ...named(53), ...link }, []],
  ])('%s', (_, text, settings, told) => {
    expect(measured(text, settings)).toEqual(told);
  });

  test('with what is malformed, as it stands', () => {
    const found = measured(`${'x'.repeat(1538)}{{!`, named(60));
    expect(found.find(({ code }) => code === 'TEXT_TOO_LONG')).toEqual(long(1601)[0]);
  });
});

describe('advice', () => {
  it('says what is doubtful, and what to do', () => {
    const doubtful = { keywords: { anyOf: ['yes', 'not bad', 'YES'], noneOf: ['not'] } };
    const silent = ifElse('if', keywords, [], [], [ifElse('in', score, [], [])]);
    const same = ifElse('same', { filter: { all: [] } }, [], []);
    const all = [send('a', 'Hi'), wait('w'), ifElse('doubt', doubtful, [], []), silent, same];
    expect(lint(draft(all))).toEqual([
      {
        code: 'BUSINESS_NOT_NAMED',
        path: ['steps', 0, 'text'],
        detail: 'may be the first text, and does not say who writes',
        hint: 'Open with {{workspace.businessName}}.',
      },
      {
        code: 'OPT_OUT_NOT_SAID',
        path: ['steps', 0, 'text'],
        detail: 'may be the first text, and does not say how to get no more',
        hint: 'End with "Reply STOP to opt out."',
      },
      {
        code: 'KEYWORD_NEVER_HIT',
        path: ['steps', 2, 'condition', 'keywords', 'anyOf', 1],
        detail: 'noneOf rules out "not bad"',
      },
      {
        code: 'KEYWORD_TWICE',
        path: ['steps', 2, 'condition', 'keywords', 'anyOf', 2],
        detail: '"YES" is there already',
      },
      {
        code: 'ALWAYS_SILENT',
        path: ['steps', 3, 'noReply', 'steps', 0, 'condition'],
        detail: 'asks for an answer where nobody has answered',
      },
      {
        code: 'SAME_FOR_ALL',
        path: ['steps', 4, 'condition', 'filter'],
        detail: 'says nothing: everyone takes the same branch',
      },
    ]);
  });

  it('is to ask for no answer where the first one ends the run', () => {
    const steps = [hi, wait('w'), ifElse('if', keywords, [], []), ifElse('vip', filter, [], [])];
    expect(lint(draft(steps, { exit: { onReply: true } }))).toEqual([
      {
        code: 'NEVER_ANSWERED',
        path: ['steps', 2, 'condition'],
        detail: 'asks for an answer, and exit.onReply ends the run with it',
        hint: 'Take it out, or let the branch decide and set exit.onReply to false.',
      },
    ]);
    expect(lint(draft(steps))).toEqual([]);
  });

  it('is satisfied by any word that people know for it', () => {
    for (const word of ['STOP', 'opt out', 'opt-out', 'OptOut', 'unsubscribe'])
      expect([word, advice(send('a', `{{workspace.businessName}}: ${word}`))]).toEqual([word, []]);
    for (const text of ['nonstop', 'adopt outside', 'stopping'])
      expect([text, advice(send('a', `{{workspace.businessName}}: ${text}`))]).toEqual([
        text,
        ['OPT_OUT_NOT_SAID steps.0.text'],
      ]);
  });

  it('is to say in the first text who writes and how to opt out', () => {
    expect(advice(hi, send('more', 'More'))).toEqual([]);
    expect(advice(send('a', 'Hi {{contact.firstName | "you"}}. Reply STOP to opt out.'))).toEqual([
      'BUSINESS_NOT_NAMED steps.0.text',
    ]);
    expect(advice(send('a', 'Hi'))).toEqual(['BUSINESS_NOT_NAMED steps.0.text', 'OPT_OUT_NOT_SAID steps.0.text']);
    expect(told(lint(draft([send('a', 'SUNRISE dental: text STOP')]), { businessName: 'Sunrise Dental' }))).toEqual([]);
  });

  it('is given wherever a text may be the first one', () => {
    const second = send('second', 'STOP {{workspace.businessName}}');
    expect(advice(ifElse('if', filter, [hi], []), second)).toEqual([]);
    expect(advice(ifElse('if', filter, [hi], []), send('bare', 'Hi'))).toEqual([
      'BUSINESS_NOT_NAMED steps.1.text',
      'OPT_OUT_NOT_SAID steps.1.text',
    ]);
    expect(advice(ifElse('if', filter, [hi], [{ ...hi, id: 'ho' }]), send('bare', 'Hi'))).toEqual([]);
  });

  it('is to leave out what changes nothing', () => {
    const doubtful = { keywords: { anyOf: ['yes', 'not bad', 'YES'], noneOf: ['not'] } };
    expect(advice(wait('w'), ifElse('if', doubtful, [], []))).toEqual([
      'KEYWORD_NEVER_HIT steps.1.condition.keywords.anyOf.1',
      'KEYWORD_TWICE steps.1.condition.keywords.anyOf.2',
    ]);
    expect(advice(wait('w'), ifElse('if', keywords, [], [], [ifElse('in', score, [], [])]))).toEqual([
      'ALWAYS_SILENT steps.1.noReply.steps.0.condition',
    ]);
    expect(advice(wait('w'), ifElse('if', { ...keywords, filter: { all: [] } }, [], []))).toEqual([]);
    expect(advice(ifElse('if', { filter: { all: [] } }, [], []))).toEqual(['SAME_FOR_ALL steps.0.condition.filter']);
  });

  it('does not stand in the way of publishing', () => {
    expect(faults([send('a', 'Hi')])).toEqual([]);
  });
});

describe('texts', () => {
  const parts = (text: string, given: Partial<CheckWorkspace> = {}) =>
    textParts(draft([ifElse('if', filter, [send('a', text)], [])]), workspace(given));

  it('are measured with sample data and with what the workspace has', () => {
    expect(parts('Hi')).toEqual([{ step: 'a', encoding: 'GSM-7', units: 2, parts: 1 }]);
    expect(parts('{{contact.firstName | "x"}}')).toEqual([{ step: 'a', encoding: 'GSM-7', units: 9, parts: 1 }]);
    expect(parts('{{workspace.businessName}}', { settings: Settings.parse({ businessName: 'Zoë’s' }) })).toEqual([
      { step: 'a', encoding: 'UCS-2', units: 5, parts: 1 },
    ]);
    expect(parts('{{workspace.bookingLink}}')).toEqual([{ step: 'a', encoding: 'GSM-7', units: 24, parts: 1 }]);
    expect(parts('{{workspace.reviewLink}}')).toEqual([{ step: 'a', encoding: 'GSM-7', units: 26, parts: 1 }]);
    expect(parts('{{workspace.businessName}}', { settings: Settings.parse({}) })).toEqual([
      { step: 'a', encoding: 'GSM-7', units: 14, parts: 1 },
    ]);
    expect(parts('{{contact.city | ""}}')).toEqual([{ step: 'a', encoding: 'GSM-7', units: 9, parts: 1 }]);
    for (const [field, units] of [
      ['plan', 11],
      ['asked_at', 10],
      ['vip', 3],
    ] as const)
      expect(parts(`{{contact.fields.${field} | ""}}`)).toEqual([{ step: 'a', encoding: 'GSM-7', units, parts: 1 }]);
    expect(parts('{{contact.fields.visits | "0"}}')).toEqual([{ step: 'a', encoding: 'GSM-7', units: 3, parts: 1 }]);
    expect(parts('x'.repeat(161))).toEqual([{ step: 'a', encoding: 'GSM-7', units: 161, parts: 2 }]);
  });

  it('are measured in every branch, also of a draft that has faults', () => {
    fc.assert(
      fc.property(validSteps, (steps) => {
        const sends = Array.from(allSteps(steps)).filter(({ type }) => type === 'send-message');
        expect(textParts(draft(steps), workspace()).map(({ step }) => step)).toEqual(sends.map(({ id }) => id));
      }),
    );
  });
});
