import { describe, expect, it } from 'vitest';
import { done } from '../support/business.ts';
import { openedToRefuse } from '../support/refusals.ts';
import { contactsByPhone, importFile, putFile, rowsOf } from '../support/transfers.ts';
import { HOUR, localWorld, START } from '../support/world.ts';

const GUEST = '+12025550111';
describe('the life of an import', () => {
  it('waits for its file, takes it once, and forgets it', async () => {
    const world = localWorld();
    const made = await world.api('POST', '/v1/contacts/import', { format: 'csv' });
    expect([made.status, made.headers['location'], made.body.status]).toEqual([
      201,
      `/v1/imports/${made.body.id}`,
      'WAITING_FOR_FILE',
    ]);
    const path = `/v1/imports/${made.body.id}`;
    const early = await world.api('POST', `${path}/start`);
    expect([early.status, early.body.code]).toEqual([409, 'FILE_MISSING']);
    const { upload } = await done(world.api('GET', path));
    expect(upload).toMatchObject({ method: 'PUT', expiresAt: new Date(START + HOUR).toISOString() });
    expect(await putFile(world, upload, `phone\n${GUEST}\n`)).toBe(200);
    expect((await world.api('POST', `${path}/start`)).status).toBe(202);
    expect(await done(world.api('POST', `${path}/start`))).toMatchObject({ status: 'DONE', counts: { created: 1 } });
    expect(await world.world.ports.files.size(`imports/${made.body.id}.csv`)).toBeUndefined();
  });

  it('begins at once with its content, once for one Idempotency-Key', async () => {
    const world = localWorld();
    const body = { format: 'csv', content: `phone\n${GUEST}\n` };
    const key = { 'idempotency-key': 'k' };
    const first = await world.api('POST', '/v1/contacts/import', body, key);
    const second = await world.api('POST', '/v1/contacts/import', body, key);
    expect([first.status, second.status, second.body]).toEqual([202, 202, first.body]);
    expect((await done(world.api('GET', '/v1/imports'))).items).toMatchObject([{ status: 'DONE' }]);
  });

  it('is listed, newest first, page by page', async () => {
    const world = localWorld();
    const made: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      made.unshift((await done(world.api('POST', '/v1/contacts/import', { format: 'csv' }))).id);
      await world.pass(1000);
    }
    const first = await done(world.api('GET', '/v1/imports?limit=2'));
    const second = await done(world.api('GET', `/v1/imports?limit=2&cursor=${first.next}`));
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made);
  });

  it('may end before it begins', async () => {
    const world = localWorld();
    const { id, upload } = await done(world.api('POST', '/v1/contacts/import', { format: 'csv' }));
    await putFile(world, upload, `phone\n${GUEST}\n`);
    expect(await done(world.api('POST', `/v1/imports/${id}/cancel`))).toMatchObject({ status: 'CANCELLED' });
    expect((await world.api('POST', `/v1/imports/${id}/start`)).body.code).toBe('TRANSFER_ENDED');
    expect(await done(world.api('POST', `/v1/imports/${id}/cancel`))).toMatchObject({ status: 'CANCELLED' });
    await world.pass(0);
    expect([await contactsByPhone(world), await world.world.ports.files.size(`imports/${id}.csv`)]).toEqual([
      {},
      undefined,
    ]);
  });

  it('cannot be cancelled when it has ended', async () => {
    const world = localWorld();
    const { id } = await importFile(world, `phone\n${GUEST}\n`);
    const answer = await world.api('POST', `/v1/imports/${id}/cancel`);
    expect([answer.status, answer.body.code]).toEqual([409, 'TRANSFER_ENDED']);
  });

  it('tells of its rows page by page, and of one outcome alone', async () => {
    const world = localWorld();
    const rows = Array.from({ length: 1300 }, (_, n) => (n % 600 === 5 ? 'nobody' : `+1415555${1000 + n}`));
    const imported = await importFile(world, `phone\n${rows.join('\n')}\n`);
    const all = await rowsOf(world, imported);
    expect(all).toHaveLength(1300);
    expect(all.map((row) => Number(row.split(' ')[0]))).toEqual(rows.map((_, n) => n + 1));
    expect(await rowsOf(world, imported, '&outcome=REFUSED')).toEqual(
      [6, 606, 1206].map((row) => `${row} REFUSED INVALID_PHONE phone`),
    );
    expect(await rowsOf(world, imported, '&outcome=UPDATED')).toEqual([]);
    const wrong = await world.api('GET', `/v1/imports/${imported.id}/rows?outcome=LOST`);
    expect(wrong.status).toBe(400);
  });
});

describe('a request for an import', () => {
  it.each<[string, object, string[]]>([
    ['without a format', {}, ['REQUIRED format']],
    ['with an unknown target', { format: 'csv', mapping: { Cell: 'telephone' } }, ['INVALID_VALUE mapping.Cell']],
    ['with an undeclared field', { format: 'csv', mapping: { Plan: 'fields.plan' } }, ['UNKNOWN_FIELD mapping.Plan']],
    ['with one target twice', { format: 'csv', mapping: { a: 'phone', b: 'phone' } }, ['DUPLICATE mapping.b']],
    ['that opts in without evidence', { format: 'csv', consent: 'optedIn' }, ['REQUIRED optIn.evidence']],
    ['that opts out', { format: 'csv', consent: 'optedOut' }, ['INVALID_VALUE consent']],
    ['from the future', { format: 'csv', optIn: { at: '2027-01-01T00:00:00Z' } }, ['IN_THE_FUTURE optIn.at']],
    ['from a wrong source', { format: 'csv', optIn: { source: 'somewhere' } }, ['INVALID_VALUE optIn.source']],
    ['with a wrong tag', { format: 'csv', tags: ['x'.repeat(61)] }, ['TOO_BIG tags.0']],
  ])('%s is refused, and writes nothing', async (_, body, faults) => {
    const { refused } = await openedToRefuse();
    expect(await refused('POST', '/v1/contacts/import', body)).toEqual([400, 'INVALID_INPUT', ...faults]);
  });

  it('may be larger than others, up to 5 MB', async () => {
    const world = localWorld();
    const content = `phone\n${GUEST}\n${' '.repeat(4_000_000)}`;
    expect((await world.api('POST', '/v1/contacts/import', { format: 'csv', content })).status).toBe(202);
    const larger = await world.api('POST', '/v1/contacts/import', { format: 'csv', content: content + content });
    expect([larger.status, larger.body.code]).toEqual([413, 'BODY_TOO_LARGE']);
    expect((await world.api('POST', '/v1/contacts', { phone: GUEST, firstName: content })).status).toBe(413);
  });
});
