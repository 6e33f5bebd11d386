import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Contact } from '../../shared/domain/contact.ts';
import type { FieldType } from '../../shared/domain/custom-field.ts';
import { checkTemplate, type MergeWorkspace, parseTemplate, render } from '../../shared/domain/merge.ts';

const workspace: MergeWorkspace = {
  businessName: 'Acme',
  reviewLink: 'https://example.com/review',
  timeZone: 'America/New_York',
};
const fieldTypes = new Map<string, FieldType>([
  ['plan', 'text'],
  ['visits', 'number'],
  ['renews', 'date'],
  ['vip', 'boolean'],
]);

const contact = (given: object = {}): Contact =>
  Contact.parse({
    id: 'ct_01ARZ3NDEKTSV4RRFFQ69G5FAV',
    phone: '+14155550171',
    derived: { country: 'US' },
    optIn: { source: 'api', at: '2026-01-01T00:00:00.000Z' },
    consent: { status: 'unknown' },
    activity: {},
    changedBy: { type: 'api' },
    createdAt: '2026-01-01T02:00:00.000Z',
    updatedAt: '2026-01-01T02:00:00.000Z',
    ...given,
  });

const texts = (template: string, given: object = {}) => render(template, contact(given), workspace);

describe('a text for one contact', () => {
  test.each([
    ['Hi {{contact.firstName | "there"}}!', { firstName: 'Ann' }, 'Hi Ann!'],
    ['Hi {{contact.firstName | "there"}}!', {}, 'Hi there!'],
    ['Hi {{contact.firstName|"there"}}!', {}, 'Hi there!'],
    ['Hi {{  contact.firstName\n|  "there" }}!', {}, 'Hi there!'],
    ['Hi{{contact.firstName | ""}}!', {}, 'Hi!'],
    ['Hi{{contact.firstName}}!', {}, 'Hi!'],
    [String.raw`{{contact.firstName | "a \"b\" \\ }} |"}}`, {}, String.raw`a "b" \ }} |`],
    ['{{workspace.businessName}}: {{workspace.reviewLink}}', {}, 'Acme: https://example.com/review'],
    ['{{workspace.bookingLink | "call us"}}', {}, 'call us'],
    ['{{contact.fields.plan | "x"}}', { fields: { plan: 'Gold' } }, 'Gold'],
    ['{{contact.fields.plan | "x"}}', { fields: { plan: '  ' } }, 'x'],
    ['{{contact.fields.visits | "x"}}', { fields: { visits: 0 } }, '0'],
    ['{{contact.fields.vip | "x"}}', { fields: { vip: false } }, 'no'],
    ['{{contact.fields.vip | "x"}}', { fields: { vip: true } }, 'yes'],
    ['{{ contact.firstName  |  "there"  }}', {}, 'there'],
    ['{{contact.fields.renews | "x"}}', { fields: { renews: '2026-03-05' } }, '2026-03-05'],
    ['{{contact.fields.renews | "x"}}', { fields: { renews: '2026-03-05T02:00:00.000Z' } }, '2026-03-04'],
    ['{{contact.phone}} {{contact.createdAt}}', {}, '+14155550171 2025-12-31'],
    ['{{contact.city | "?"}}, {{contact.country | "?"}}', { address: { city: 'Austin' } }, 'Austin, US'],
    ['No field { } }} {x}', {}, 'No field { } }} {x}'],
  ])('%s of %j', (template, given, text) => {
    expect(texts(template, given)).toBe(text);
  });

  test('may tell all that is known of it', () => {
    const names = 'firstName lastName email company language birthday timeZone city state postalCode country';
    const template = names.split(' ').map((name) => `{{contact.${name} | "?"}}`);
    const ann = {
      ...{ firstName: 'Ann', lastName: 'Lee', email: 'ann@example.com', company: 'Acme', language: 'fr' },
      ...{ birthday: '1990-05-01', timeZone: 'Europe/Paris' },
      address: { country: 'CA', state: 'Québec', city: 'Laval', postalCode: 'H7A' },
    };
    expect(texts(template.join(' '), ann)).toBe(
      'Ann Lee ann@example.com Acme fr 1990-05-01 Europe/Paris Laval Québec H7A CA',
    );
    expect(texts(template.join(' '))).toBe('? ? ? ? ? ? ? ? ? ? US');
  });

  test('may tell all that the workspace has', () => {
    const booking = { ...workspace, bookingLink: 'https://example.com/book' };
    const template = '{{workspace.businessName}} {{workspace.reviewLink}} {{workspace.bookingLink}}';
    expect(render(template, contact(), booking)).toBe('Acme https://example.com/review https://example.com/book');
  });

  test.each(['{{constructor}}', '{{contact.lastName | "x"}}', '{% $states %}', `$${'{x}'}`, '$&$1', '"', '{{'])(
    'a name of %s travels unharmed',
    (firstName) => {
      expect(texts('Hi {{contact.firstName | "there"}}!', { firstName, lastName: 'No' })).toBe(`Hi ${firstName}!`);
    },
  );

  test.each([
    '{{constructor}}',
    '{{contact.__proto__}}',
    '{{contact.fields.constructor}}',
    '{{contact.fields.toString}}',
  ])('%s reads no property', (template) => {
    expect(texts(`a${template}b`)).toBe('ab');
  });

  test('what is malformed stays as it is', () => {
    expect(texts('a {{contact.firstName | there}} b {{workspace.businessName}}')).toBe(
      'a {{contact.firstName | there}} b Acme',
    );
  });
});

describe('before publishing', () => {
  const check = (text: string) => checkTemplate(text, { fieldTypes, workspace }).map(({ code, path }) => [code, path]);

  test.each([
    ['Hi {{contact.firstName}}', 'MISSING_FALLBACK'],
    ['Hi {{contact.fields.plan}}', 'MISSING_FALLBACK'],
    ['{{contact.fields.nope | "x"}}', 'UNKNOWN_MERGE_FIELD'],
    ['{{contact.fields.constructor | "x"}}', 'UNKNOWN_MERGE_FIELD'],
    ['{{contact.fields | "x"}}', 'UNKNOWN_MERGE_FIELD'],
    ['{{contact.firstname | "x"}}', 'UNKNOWN_MERGE_FIELD'],
    ['{{constructor}}', 'UNKNOWN_MERGE_FIELD'],
    ['{{workspace.timeZone}}', 'UNKNOWN_MERGE_FIELD'],
    ['{{workspace.bookingLink}}', 'UNSET_VARIABLE'],
    ['{{', 'MALFORMED_MERGE_FIELD'],
    ['{{}}', 'MALFORMED_MERGE_FIELD'],
    ['{{contact.phone}', 'MALFORMED_MERGE_FIELD'],
    ['{{{contact.phone}}}', 'MALFORMED_MERGE_FIELD'],
    ['{{contact.firstName | there}}', 'MALFORMED_MERGE_FIELD'],
    ['{{contact.firstName | “there”}}', 'MALFORMED_MERGE_FIELD'],
    ['{{contact.firstName | "there}}', 'MALFORMED_MERGE_FIELD'],
    ['{{contact.firstName | "there" x}}', 'MALFORMED_MERGE_FIELD'],
    ['{{contact firstName}}', 'MALFORMED_MERGE_FIELD'],
  ])('%s is told: %s', (text, code) => {
    expect(check(text)).toEqual([[code, []]]);
  });

  test('every fault is told, in order', () => {
    expect(check('{{contact.email}} {{nope}} {{workspace.bookingLink}}').map(([code]) => code)).toEqual([
      'MISSING_FALLBACK',
      'UNKNOWN_MERGE_FIELD',
      'UNSET_VARIABLE',
    ]);
  });

  test.each([
    ['{{}}', 'names no field'],
    ['{{contact.phone}', 'needs }} or | after contact.phone'],
    ['{{contact.firstName | there}}', 'needs a fallback in straight double quotes after |'],
    ['{{contact.firstName | "there}}', 'has a fallback without its closing quote'],
    ['{{contact.firstName | "there" x}}', 'needs }} after its fallback'],
  ])('a fault of form says where it is and what to write: %s', (text, wrong) => {
    expect(checkTemplate(`Hi ${text}`, { fieldTypes, workspace })).toEqual([
      {
        code: 'MALFORMED_MERGE_FIELD',
        path: [],
        detail: `the merge field at character 4 ${wrong}`,
        hint: 'Write {{contact.firstName | "there"}}.',
      },
    ]);
  });

  test('a fault of meaning says what to write', () => {
    const faults = checkTemplate('{{contact.email}} {{nope}} {{workspace.bookingLink}}', { fieldTypes, workspace });
    expect(faults).toEqual([
      {
        code: 'MISSING_FALLBACK',
        path: [],
        detail: '{{contact.email}} may be empty',
        hint: 'Write {{contact.email | "…"}}.',
      },
      {
        code: 'UNKNOWN_MERGE_FIELD',
        path: [],
        detail: 'there is no {{nope}}',
        hint:
          'Known are contact.phone, contact.createdAt, contact.firstName, contact.lastName, contact.email, ' +
          'contact.company, contact.language, contact.birthday, contact.timeZone, contact.city, contact.state, ' +
          'contact.postalCode, contact.country, workspace.businessName, workspace.reviewLink, workspace.bookingLink, ' +
          'and contact.fields.<key>.',
      },
      {
        code: 'UNSET_VARIABLE',
        path: [],
        detail: '{{workspace.bookingLink}} is not set',
        hint: 'Set it with PUT /v1/settings.',
      },
    ]);
  });

  test('a variable that is blank is not set', () => {
    const blank = { ...workspace, businessName: ' ' };
    expect(checkTemplate('{{workspace.businessName}}', { fieldTypes, workspace: blank })).toMatchObject([
      { code: 'UNSET_VARIABLE' },
    ]);
  });

  test.each([
    '',
    'Hi',
    '{{contact.phone}} {{workspace.businessName}} {{contact.createdAt}}',
    '{{contact.fields.plan | "x"}}',
    '{{workspace.bookingLink | "x"}}',
    'a } }} {',
  ])('%j is fine', (text) => {
    expect(check(text)).toEqual([]);
  });
});

test('a text is cut into what stands there and what is to come', () => {
  expect(parseTemplate('Hi {{contact.phone}}{{contact.firstName | "x"}}{{!')).toStrictEqual([
    { type: 'text', text: 'Hi ' },
    { type: 'field', name: 'contact.phone', at: 3 },
    { type: 'field', name: 'contact.firstName', fallback: 'x', at: 20 },
    { type: 'malformed', text: '{{', at: 47, detail: 'names no field' },
    { type: 'text', text: '!' },
  ]);
  expect(parseTemplate('{{contact.phone}}')).toStrictEqual([{ type: 'field', name: 'contact.phone', at: 0 }]);
  expect(parseTemplate('')).toEqual([]);
});

describe('for every text', () => {
  const scrap = fc.constantFrom(
    '{{',
    '}}',
    '{',
    '}',
    '|',
    '"',
    '\\',
    ' ',
    'contact.firstName',
    'contact.phone',
    'workspace.businessName',
    'a',
    '😀',
  );
  const template = fc.oneof(
    fc.string(),
    fc.array(scrap, { maxLength: 15 }).map((scraps) => scraps.join('')),
  );

  test('a text without {{ is itself', () => {
    fc.assert(
      fc.property(template, (text) => {
        fc.pre(!text.includes('{{'));
        expect(texts(text)).toBe(text);
        expect(checkTemplate(text, { fieldTypes, workspace })).toEqual([]);
      }),
    );
  });

  test('a checked text has every value in its place, verbatim', () => {
    const name = fc
      .oneof(
        fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }),
        fc.array(scrap, { minLength: 1, maxLength: 5 }).map((scraps) => scraps.join('')),
      )
      .filter((value) => value.trim() === value && value !== '');
    fc.assert(
      fc.property(name, (firstName) => {
        const template = 'a{{contact.firstName | "there"}}b{{contact.firstName}}';
        expect(texts(template, { firstName })).toBe(`a${firstName}b${firstName}`);
      }),
    );
  });

  test('a fallback is verbatim too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (fallback) => {
        const quoted = `"${fallback.replace(/[\\"]/g, String.raw`\$&`)}"`;
        expect(texts(`a{{contact.firstName | ${quoted}}}b`)).toBe(`a${fallback}b`);
      }),
    );
  });

  test('no text throws, and the tokens cover it', () => {
    fc.assert(
      fc.property(template, (text) => {
        const tokens = parseTemplate(text);
        const plain = tokens.map((token) => (token.type === 'field' ? '' : token.text)).join('');
        expect(plain.length).toBeLessThanOrEqual(text.length);
        if (tokens.every(({ type }) => type !== 'field')) expect(plain).toBe(text);
        expect(typeof texts(text)).toBe('string');
      }),
      { numRuns: 1000 },
    );
  });

  test('a long run of openings takes linear time', () => {
    for (const piece of ['{{', '{{a|"', '{{a ', '{', '{{contact.firstName | "\\'])
      expect(parseTemplate(piece.repeat(100_000)).length).toBeGreaterThan(0);
  });
});
