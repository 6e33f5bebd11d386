import { describe, expect, it } from 'vitest';
import { business, done, INBOX, publish, send } from '../support/business.ts';
import { contactsByPhone, importFile, rowsOf } from '../support/transfers.ts';
import { HOUR, localWorld, START } from '../support/world.ts';

const GUEST = '+12025550111';
const OTHER = '+12025550112';

async function withFields() {
  const world = localWorld();
  for (const [key, type] of Object.entries({ score: 'number', plan: 'text', vip: 'boolean', seen: 'date' }))
    await done(world.api('POST', '/v1/custom-fields', { key, label: key, type }));
  return world;
}

describe('an import', () => {
  it('makes contacts, changes those that are known, and tells of each row', async () => {
    const world = await withFields();
    const known = await done(
      world.api('POST', '/v1/contacts', { phone: OTHER, firstName: 'Known', company: 'ACME', tags: ['old'] }),
    );
    const same = await done(world.api('POST', '/v1/contacts', { phone: '+12025550113', firstName: 'Same' }));
    const imported = await importFile(
      world,
      'phone,firstName,company,tags\n(202) 555-0111,Guest,,new;b2b\n202.555.0112,Changed,,new\n2025550113,Same,,\nnobody,X,,\n',
    );
    expect(imported).toMatchObject({
      status: 'DONE',
      counts: { rows: 4, created: 1, updated: 1, unchanged: 1, refused: 1 },
      faults: [],
      ignoredColumns: [],
      endedAt: expect.any(String),
    });
    expect(imported.bytesRead).toBe(imported.bytesTotal);
    expect(await rowsOf(world, imported)).toEqual([
      '1 CREATED',
      '2 UPDATED',
      '3 UNCHANGED',
      '4 REFUSED INVALID_PHONE phone',
    ]);
    const { items } = await done(world.api('GET', `/v1/imports/${imported.id}/rows`));
    expect(items.map(({ contactId }: { contactId?: string }) => contactId)).toEqual([
      expect.stringMatching(/^ct_/),
      known.id,
      same.id,
      undefined,
    ]);
    const found = await contactsByPhone(world);
    expect(found[GUEST]).toMatchObject({
      firstName: 'Guest',
      tags: ['b2b', 'new'],
      derived: { country: 'US' },
      optIn: { source: 'import' },
      consent: { status: 'unknown' },
    });
    // What is empty says nothing, and tags are added.
    expect(found[OTHER]).toMatchObject({ firstName: 'Changed', company: 'ACME', tags: ['new', 'old'] });
    expect(found['+12025550113']).toEqual(same);
    expect((await done(world.api('GET', '/v1/tags'))).items.map(({ tag }: { tag: string }) => tag)).toEqual([
      'b2b',
      'new',
      'old',
    ]);
    expect(world.faults).toEqual([]);
  });

  it('reads columns by their names, by what others call them, and by its mapping', async () => {
    const world = await withFields();
    const imported = await importFile(
      world,
      'First Name,last_name,Cell #,Phone Number,ZIP,City,E-Mail Address,Plan,FIELDS.SCORE,Shoe Size\nAda,L,202-555-0111,202-555-0199,94607,Oakland,a@example.com,gold,"5",42\n',
      { mapping: { 'Cell #': 'phone', Plan: 'fields.plan' } },
    );
    expect(await rowsOf(world, imported)).toEqual(['1 CREATED']);
    expect(imported.ignoredColumns).toEqual(['Phone Number', 'Shoe Size']);
    expect((await contactsByPhone(world))[GUEST]).toMatchObject({
      firstName: 'Ada',
      lastName: 'L',
      email: 'a@example.com',
      address: { city: 'Oakland', postalCode: '94607' },
      fields: { plan: 'gold', score: 5 },
    });
  });

  it('reads each cell as what its column is', async () => {
    const world = await withFields();
    const imported = await importFile(
      world,
      [
        'phone,birthday,timeZone,address.country,fields.score,fields.vip,fields.seen,fields.plan,tags,email',
        '2025550111,1990-05-01,Europe/Berlin,de,-1.5,yes,2026-01-31,007,A| b ;a,',
        '2025550112,1.5.1990,,,,,,,,',
        '2025550113,,Mars/Base,,,,,,,',
        '2025550114,,,Germany,,,,,,',
        '2025550115,,,,five,,,,,',
        '2025550116,,,,,perhaps,,,,',
        '2025550117,,,,,,soon,,,',
        `2025550118,,,,,,,${'x'.repeat(1001)},,`,
        `2025550119,,,,,,,,${'x'.repeat(61)},`,
        '2025550120,,,,,,,,,nobody',
      ].join('\n'),
    );
    expect(await rowsOf(world, imported)).toEqual([
      '1 CREATED',
      '2 REFUSED INVALID_FORMAT birthday',
      '3 REFUSED INVALID_VALUE timeZone',
      '4 REFUSED INVALID_FORMAT address.country',
      '5 REFUSED INVALID_TYPE fields.score',
      '6 REFUSED INVALID_TYPE fields.vip',
      '7 REFUSED INVALID_TYPE fields.seen',
      '8 REFUSED TOO_BIG fields.plan',
      '9 REFUSED TOO_BIG tags.0',
      '10 REFUSED INVALID_FORMAT email',
    ]);
    expect(Object.values(await contactsByPhone(world))).toMatchObject([
      {
        birthday: '1990-05-01',
        timeZone: 'Europe/Berlin',
        address: { country: 'DE' },
        fields: { score: -1.5, vip: true, seen: '2026-01-31', plan: '007' },
        tags: ['a', 'b'],
      },
    ]);
    const told = JSON.stringify(await done(world.api('GET', `/v1/imports/${imported.id}/rows`)));
    expect(told).not.toMatch(/Mars|Germany|perhaps|nobody|xxx/);
  });

  it.each([
    ['commas', 'phone,firstName,company\n2025550111,Guest,"ACME, Inc."\n'],
    ['semicolons', 'phone;firstName;company\n2025550111;Guest;ACME, Inc.\n'],
    ['tabs', 'phone\tfirstName\tcompany\n2025550111\tGuest\tACME, Inc.'],
    ['a byte order mark and CRLF', '\uFEFF"phone",firstName,company\r\n2025550111,Guest,"ACME, Inc."\r\n\r\n'],
    ['cells that are missing', 'phone,firstName,company,email\n2025550111,Guest,"ACME, Inc."\n'],
  ])('takes a file with %s', async (_, content) => {
    const world = localWorld();
    expect(await importFile(world, content)).toMatchObject({ status: 'DONE', counts: { rows: 1, created: 1 } });
    expect(Object.values(await contactsByPhone(world))).toMatchObject([
      { phone: GUEST, firstName: 'Guest', company: 'ACME, Inc.' },
    ]);
  });

  it('takes NDJSON, shaped as contacts are or flat', async () => {
    const world = await withFields();
    const imported = await importFile(
      world,
      [
        {
          phone: 12025550111,
          firstName: 'Ada',
          address: { city: 'Oakland' },
          tags: ['A'],
          fields: { score: 5, vip: false },
          x: 1,
        },
        {
          Mobile: '202 555 0112',
          'address.city': null,
          optIn: { source: 'web_form', at: '2026-01-05' },
          consent: { status: 'optedIn', evidence: 'form 7' },
        },
        { phone: '2025550113', firstName: ['a list'] },
        { phone: '2025550114', firstName: '\uD800' },
        ['2025550115'],
      ]
        .map((row) => JSON.stringify(row))
        .concat('not json')
        .join('\n'),
      { format: 'ndjson' },
    );
    expect(await rowsOf(world, imported)).toEqual([
      '1 CREATED',
      '2 CREATED',
      '3 REFUSED INVALID_TYPE firstName',
      '4 REFUSED NOT_JSON',
      '5 REFUSED NOT_JSON',
      '6 REFUSED NOT_JSON',
    ]);
    expect(imported.ignoredColumns).toEqual(['x']);
    const found = await contactsByPhone(world);
    expect(found[GUEST]).toMatchObject({ address: { city: 'Oakland' }, tags: ['a'], fields: { score: 5, vip: false } });
    expect(found[OTHER]).toMatchObject({
      optIn: { source: 'web_form', at: '2026-01-05T00:00:00.000Z' },
      consent: { status: 'optedIn', source: 'import', evidence: 'form 7', at: new Date(START).toISOString() },
    });
  });

  it.each<[string, string | Uint8Array, object, string[]]>([
    ['has no phone column', 'name,company\nGuest,ACME\n', {}, ['NO_PHONE_COLUMN phone']],
    ['has a column twice', 'phone,company,company\n', {}, ['DUPLICATE_COLUMN company']],
    ['has two columns for one thing', 'Mobile,Phone Number\n', {}, ['DUPLICATE_TARGET Phone Number']],
    ['lacks a column that is mapped', 'phone\n', { mapping: { Cell: 'email' } }, ['COLUMN_NOT_FOUND mapping.Cell']],
    ['is empty', '', {}, ['EMPTY_FILE ']],
    ['is a spreadsheet', Buffer.from('504b0304140006000800000021000a', 'hex'), {}, ['NOT_TEXT ']],
    ['is UTF-16', Buffer.from('\uFEFFphone\n2025550111\n', 'utf16le'), {}, ['NOT_TEXT ']],
    ['is in another encoding', Buffer.from('phone,Größe\n', 'latin1'), {}, ['NOT_TEXT ']],
  ])('fails as a whole where the file %s', async (_, content, options, faults) => {
    const world = localWorld();
    const imported = await importFile(world, content, options);
    expect(imported).toMatchObject({ status: 'FAILED', counts: { rows: 0 } });
    expect(imported.faults.map(({ code, path }: { code: string; path: string }) => `${code} ${path}`)).toEqual(faults);
    expect([await contactsByPhone(world), world.faults]).toEqual([{}, []]);
  });

  it('refuses bad rows by themselves and goes on behind them', async () => {
    const world = localWorld();
    const row = (text: string) => Buffer.from(`${text}\n`);
    const imported = await importFile(
      world,
      Buffer.concat([
        row('phone,firstName,company'),
        row('2025550111,5" pipe,"a ""quoted"" word"'),
        Buffer.from('2025550112,Gr\xf6\xdfe,\n', 'latin1'),
        row('2025550113,a\0b,'),
        row(`2025550114,${'x'.repeat(100_000)},`),
        row('2025550115,Guest,a,b'),
        row('2025550116,"two\nlines",'),
        row(`2025550117,"never closed,\n${'2025550199,,\n'.repeat(9000)}2025550118,Last,`),
      ]),
    );
    const rows = await rowsOf(world, imported);
    expect(rows.slice(0, 8)).toEqual([
      '1 CREATED',
      '2 REFUSED INVALID_TEXT',
      '3 REFUSED INVALID_TEXT',
      '4 REFUSED ROW_TOO_LARGE',
      '5 REFUSED TOO_MANY_CELLS',
      '6 CREATED',
      '7 REFUSED ROW_TOO_LARGE',
      '8 CREATED',
    ]);
    expect(rows.at(-1)).toBe('9008 CREATED');
    expect(imported.counts).toEqual({ rows: 9008, created: 4, updated: 0, unchanged: 8999, refused: 5 });
    expect(await contactsByPhone(world)).toMatchObject({
      [GUEST]: { firstName: '5" pipe', company: 'a "quoted" word' },
      '+12025550116': { firstName: 'two\nlines' },
      '+12025550118': { firstName: 'Last' },
    });
  });

  it('lets a later row of a number change what an earlier one has made', async () => {
    const world = localWorld();
    const imported = await importFile(
      world,
      'phone,firstName,tags\n2025550111,First,a\n2025550112,Other,\n(202) 555-0111,Second,b\n+12025550111,Second,\n',
    );
    expect(await rowsOf(world, imported)).toEqual(['1 CREATED', '2 CREATED', '3 UPDATED', '4 UNCHANGED']);
    expect((await contactsByPhone(world))[GUEST]).toMatchObject({ firstName: 'Second', tags: ['a', 'b'] });
  });

  it('enrols whom it turns a trigger true of', async () => {
    const world = localWorld();
    const studio = await business(world);
    const trigger = { filter: { type: 'tag', op: 'has', tag: 'lead' } };
    await publish(world, studio, { steps: [send('hello', 'Hello.')], trigger });
    await importFile(world, `phone,tags\n${GUEST},lead\n${OTHER},\n`);
    expect([await world.texts(GUEST), await world.texts(OTHER)]).toEqual([['Hello.'], []]);
  });

  it('puts its tags and its opt-in on every contact', async () => {
    const world = localWorld();
    const imported = await importFile(world, `phone,consent.status,tags\n${GUEST},,own\n${OTHER},no,\n`, {
      tags: ['List 7'],
      consent: 'optedIn',
      optIn: { source: 'web_form', evidence: 'https://example.com/form', at: '2026-02-01T10:00:00+01:00' },
    });
    expect(await rowsOf(world, imported)).toEqual(['1 CREATED', '2 CREATED']);
    const at = '2026-02-01T09:00:00.000Z';
    const found = await contactsByPhone(world);
    expect(found[GUEST]).toMatchObject({
      tags: ['list 7', 'own'],
      optIn: { source: 'web_form', at },
      consent: { status: 'optedIn', source: 'import', evidence: 'https://example.com/form', at },
    });
    expect(found[OTHER].consent).toEqual({ status: 'optedOut', source: 'import', at: new Date(START).toISOString() });
  });
});

describe('an opt-out', () => {
  it('is never taken back by an import, which takes the rest of the row and says so', async () => {
    const world = localWorld();
    await business(world);
    const { id } = await done(world.api('POST', '/v1/contacts', { phone: GUEST, firstName: 'Guest' }));
    await world.says(GUEST, 'STOP', { to: INBOX });
    const { consent } = await done(world.api('GET', `/v1/contacts/${id}`));
    const rows = `phone,firstName,consent.status\n${GUEST},Changed,yes\n`;
    const options = { consent: 'optedIn', optIn: { evidence: 'form 7' } };
    expect(await rowsOf(world, await importFile(world, rows))).toEqual(['1 UPDATED OPTED_OUT consent.status']);
    expect(await rowsOf(world, await importFile(world, rows))).toEqual(['1 UNCHANGED OPTED_OUT consent.status']);
    expect(await rowsOf(world, await importFile(world, `phone\n${GUEST}\n`, options))).toEqual([
      '1 UNCHANGED OPTED_OUT consent.status',
    ]);
    expect(await done(world.api('GET', `/v1/contacts/${id}`))).toMatchObject({ firstName: 'Changed', consent });
  });

  it('outlives its contact: the number comes back opted out', async () => {
    const world = localWorld();
    await business(world);
    const { id } = await done(world.api('POST', '/v1/contacts', { phone: GUEST }));
    await world.says(GUEST, 'STOP', { to: INBOX });
    await done(world.api('DELETE', `/v1/contacts/${id}`));
    const imported = await importFile(world, `phone,consent.status\n${GUEST},optedIn\n${OTHER},optedIn\n`);
    expect(await rowsOf(world, imported)).toEqual(['1 CREATED OPTED_OUT consent.status', '2 CREATED']);
    const found = await contactsByPhone(world);
    expect(found[GUEST].consent).toMatchObject({ status: 'optedOut', source: 'suppression' });
    expect(found[OTHER].consent).toMatchObject({ status: 'optedIn' });
  });

  it('may come by a row: it ends the runs of its contact, and the carrier is told', async () => {
    const blocked: string[] = [];
    let isBusy = true;
    const world = localWorld({
      carrier: (sms) => ({
        ...sms,
        blockNumber: async (phone) => {
          const wasBusy = isBusy;
          isBusy = false;
          if (wasBusy) throw new Error('too many requests');
          blocked.push(phone);
          await sms.blockNumber(phone);
        },
      }),
    });
    const studio = await business(world);
    const workflow = await publish(world, studio, {
      steps: [send('hello', 'Hello.'), { id: 'wait', type: 'wait', duration: { hours: 5 } }, send('again', 'Again.')],
      trigger: { filter: { type: 'tag', op: 'has', tag: 'lead' } },
    });
    await importFile(world, `phone,tags\n${GUEST},lead\n`);
    await importFile(world, `phone,consent.status,consent.evidence\n${GUEST},optedOut,letter 4\n`);
    // The carrier was busy just then: the page is taken once more.
    await world.pass(10 * HOUR);
    expect(blocked).toEqual([GUEST]);
    expect((await done(world.api('GET', `/v1/workflows/${workflow}/enrollments`))).items).toMatchObject([
      { status: 'ENDED', reason: 'OPTED_OUT' },
    ]);
    expect(await world.texts(GUEST)).toEqual(['Hello.']);
    expect((await contactsByPhone(world))[GUEST].consent).toMatchObject({ status: 'optedOut', evidence: 'letter 4' });
  });
});
