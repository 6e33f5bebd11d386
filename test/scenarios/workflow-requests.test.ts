import { describe, expect, it, test } from 'vitest';
import { addTag, done, ifElse, publish, send, wait } from '../support/business.ts';
import { openedToRefuse } from '../support/refusals.ts';

const NONE = `wf_${'0'.repeat(26)}`;
const steps = [send('hi', '{{workspace.businessName}}: Hi. Reply STOP to opt out.')];
const manual = { trigger: { manualOnly: true }, steps };

describe('creating a workflow', () => {
  test.each<[string, unknown, string[]]>([
    ['an unknown template', { name: 'A', template: 'birthday' }, ['INVALID_VALUE template']],
    ['no template and no name', {}, ['REQUIRED name', 'REQUIRED template']],
    ['a blank name', { name: '  ', template: 'nps' }, ['TOO_SMALL name']],
    ['a name of 121 characters', { name: 'x'.repeat(121), template: 'nps' }, ['TOO_BIG name']],
    ['a name with a control character', { name: 'a\nb', template: 'nps' }, ['INVALID_FORMAT name']],
    ['a field we do not know', { name: 'A', template: 'nps', steps: [] }, ['UNKNOWN_FIELD steps']],
    ['a list', [], ['INVALID_TYPE ']],
    ['no JSON', '{"name":', []],
  ])('is refused for %s', async (_, body, faults) => {
    const { refused } = await openedToRefuse();
    expect(await refused('POST', '/v1/workflows', body)).toEqual([400, 'INVALID_INPUT', ...faults]);
  });

  it.each(['Welcome', 'WELCOME', ' welcome '])(
    'is refused for the name "%s" where there is a "Welcome"',
    async (name) => {
      const { create, refused } = await openedToRefuse();
      await create('Welcome');
      expect(await refused('POST', '/v1/workflows', { name, template: 'nps' })).toEqual([
        409,
        'NAME_TAKEN',
        'NAME_TAKEN name',
      ]);
    },
  );

  it('takes a name of 120 characters, and one that was freed', async () => {
    const { world, create } = await openedToRefuse();
    const { id } = await create('x'.repeat(120));
    expect((await world.api('DELETE', `/v1/workflows/${id}`)).status).toBe(204);
    expect(await create('X'.repeat(120))).toMatchObject({ name: 'X'.repeat(120), status: 'DRAFT', version: 0 });
  });

  it('under an idempotency key makes one workflow, however often it is repeated', async () => {
    const { world, everything, refused } = await openedToRefuse();
    const key = { 'idempotency-key': 'create-1' };
    const body = { name: 'Once', template: 'reviews' };
    const first = await world.api('POST', '/v1/workflows', body, key);
    const after = everything();
    const again = await world.api('POST', '/v1/workflows', body, key);
    expect([first.status, again.status, again.body]).toEqual([201, 201, first.body]);
    expect(again.headers).toMatchObject({ etag: first.headers['etag'], location: first.headers['location'] });
    expect(everything()).toEqual(after);
    expect(await refused('POST', '/v1/workflows', { ...body, name: 'Twice' }, key)).toEqual([
      409,
      'IDEMPOTENCY_KEY_REUSED',
    ]);
    expect((await done(world.api('GET', '/v1/workflows'))).items).toHaveLength(1);
  });
});

describe('a draft', () => {
  const put = async (body: object) => {
    const { create, refused } = await openedToRefuse();
    const { id } = await create('Draft');
    return refused('PUT', `/v1/workflows/${id}`, { name: 'Draft', ...manual, ...body });
  };

  test.each<[string, object, string[]]>([
    ['an unknown step type', { steps: [{ id: 'a', type: 'send-email' }] }, ['INVALID_VALUE steps.0.type']],
    ['a step without a text', { steps: [{ id: 'a', type: 'send-message' }] }, ['REQUIRED steps.0.text']],
    ['a blank text', { steps: [send('a', '   ')] }, ['TOO_SMALL steps.0.text']],
    ['a text of 1601 units', { steps: [send('a', 'x'.repeat(1601))] }, ['TOO_BIG steps.0.text']],
    ['a step id with a space', { steps: [addTag('a b', 'x')] }, ['INVALID_FORMAT steps.0.id']],
    ['a wait of no time', { steps: [wait('w', { minutes: 0 })] }, ['INVALID_VALUE steps.0.duration']],
    [
      'a wait of more than 365 days',
      { steps: [wait('w', { days: 365, minutes: 1 })] },
      ['INVALID_VALUE steps.0.duration'],
    ],
    ['a condition on nothing', { steps: [ifElse('i', {}, [], [])] }, ['INVALID_VALUE steps.0.condition']],
    [
      'a keyword without a word',
      { steps: [ifElse('i', { keywords: { anyOf: ['!?'] } }, [], [])] },
      ['INVALID_VALUE steps.0.condition.keywords.anyOf.0'],
    ],
    [
      'a fault deep inside',
      { steps: [ifElse('i', { score: { is: 'passive' } }, [], [{ id: 'x', type: 'add-tag' }])] },
      ['REQUIRED steps.0.else.steps.0.tag'],
    ],
    [
      'a filter of an unknown kind',
      { trigger: { filter: { type: 'mood', op: 'is', value: 'good' } } },
      ['INVALID_VALUE trigger.filter.type'],
    ],
    [
      'a filter that lacks its tag',
      { trigger: { filter: { all: [{ type: 'tag', op: 'has' }] } } },
      ['INVALID_VALUE trigger.filter.all.0.tag'],
    ],
    ['a workflow without a name', { name: undefined }, ['REQUIRED name']],
    [
      'several at once',
      { name: '', steps: [send('a', ''), wait('w', { hours: 'two' })] },
      ['TOO_SMALL steps.0.text', 'INVALID_TYPE steps.1.duration.hours', 'TOO_SMALL name'],
    ],
  ])('is refused for %s', async (_, body, faults) => {
    expect(await put(body)).toEqual([400, 'INVALID_INPUT', ...faults]);
  });

  it('may not take the name of another, whatever its case, but may change the case of its own', async () => {
    const { world, create, refused } = await openedToRefuse();
    await create('Welcome');
    const { id } = await create('Goodbye');
    expect(await refused('PUT', `/v1/workflows/${id}`, { name: 'wELCOME', ...manual })).toEqual([
      409,
      'NAME_TAKEN',
      'NAME_TAKEN name',
    ]);
    expect(await done(world.api('PUT', `/v1/workflows/${id}`, { name: 'GOODBYE', ...manual }))).toMatchObject({
      name: 'GOODBYE',
    });
  });

  it('is not overwritten by who has read an earlier one', async () => {
    const { world, create, refused } = await openedToRefuse();
    const { id } = await create('Shared');
    const path = `/v1/workflows/${id}`;
    const { headers } = await world.api('GET', path);
    const etag = { 'if-match': headers['etag'] ?? '' };
    const edited = await world.api('PUT', path, { name: 'Mine', ...manual }, etag);
    expect([edited.status, edited.headers['etag'] === headers['etag']]).toEqual([200, false]);
    expect(await refused('PUT', path, { name: 'Theirs', ...manual }, etag)).toEqual([412, 'REVISION_MISMATCH']);
    expect(await refused('DELETE', path, undefined, etag)).toEqual([412, 'REVISION_MISMATCH']);
    expect(await refused('PUT', path, { name: 'Theirs', ...manual }, { 'if-match': 'yesterday' })).toEqual([
      400,
      'INVALID_INPUT',
      'INVALID_FORMAT header.If-Match',
    ]);
    expect(
      await done(world.api('PUT', path, { name: 'Theirs', ...manual }, { 'if-match': edited.headers['etag'] ?? '' })),
    ).toMatchObject({ name: 'Theirs' });
  });

  it('is not changed, deleted or published again while its workflow is on', async () => {
    const { world, studio, refused } = await openedToRefuse();
    const id = await publish(world, studio, { steps, name: 'Busy' });
    expect(await refused('PUT', `/v1/workflows/${id}`, { name: 'Busy', ...manual })).toEqual([409, 'WORKFLOW_ON']);
    expect(await refused('DELETE', `/v1/workflows/${id}`)).toEqual([409, 'WORKFLOW_ON']);
    for (const turn of ['publish', 'turn-on'])
      expect(await refused('POST', `/v1/workflows/${id}/${turn}`, {})).toEqual([409, 'WORKFLOW_ON']);
  });
});

describe('a workflow that is not there', () => {
  test.each<[string, string, unknown?]>([
    ['GET', ''],
    ['PUT', '', { name: 'A', ...manual }],
    ['DELETE', ''],
    ['POST', '/publish', {}],
    ['POST', '/turn-on', {}],
    ['POST', '/turn-off', {}],
    ['GET', '/versions'],
    ['GET', '/versions/1'],
    ['GET', '/versions/1/definition.asl.json'],
    ['GET', '/enrollments'],
    ['POST', '/enrollments', { contactIds: [`ct_${'0'.repeat(26)}`] }],
  ])('is not found by %s %s', async (method, path, body) => {
    const { refused } = await openedToRefuse();
    expect(await refused(method, `/v1/workflows/${NONE}${path}`, body)).toEqual([404, 'NOT_FOUND']);
  });

  it('has an id of another kind or none at all', async () => {
    const { refused } = await openedToRefuse();
    for (const id of ['1', 'wf_1', `ct_${'0'.repeat(26)}`, "wf_'; DROP TABLE items; --"]) {
      expect(await refused('GET', `/v1/workflows/${encodeURIComponent(id)}`)).toEqual([
        400,
        'INVALID_INPUT',
        'INVALID_FORMAT path.workflowId',
      ]);
    }
  });
});
