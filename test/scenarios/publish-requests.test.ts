import { describe, expect, it, test } from 'vitest';
import { addTag, done, ifElse, newContact, publish, send, wait } from '../support/business.ts';
import { openedToRefuse } from '../support/refusals.ts';

const steps = [send('hi', '{{workspace.businessName}}: Hi. Reply STOP to opt out.')];
const manual = { trigger: { manualOnly: true }, steps };

describe('publishing', () => {
  const publishing = async (draft: object) => {
    const { world, studio, create, refused } = await openedToRefuse();
    const { id } = await create('Draft');
    const body = { name: 'Draft', inboxId: studio.inboxId, ...draft };
    const { problems } = await done(world.api('PUT', `/v1/workflows/${id}`, body));
    const [status, code, ...faults] = await refused('POST', `/v1/workflows/${id}/publish`, {});
    expect(problems.map((fault: { code: string; path: string }) => `${fault.code} ${fault.path}`)).toEqual(faults);
    expect(await done(world.api('GET', `/v1/workflows/${id}`))).toMatchObject({ status: 'DRAFT', version: 0 });
    return [status, code, ...faults];
  };
  const says = { keywords: { anyOf: ['yes'] } };

  test.each<[string, object, string[]]>([
    ['no steps', { trigger: { manualOnly: true } }, ['NO_STEPS steps']],
    ['no trigger', { steps }, ['EMPTY_TRIGGER trigger.filter']],
    ['no inbox', { ...manual, inboxId: undefined }, ['NO_INBOX inboxId']],
    ['an inbox that is not there', { ...manual, inboxId: `inb_${'0'.repeat(26)}` }, ['UNKNOWN_INBOX inboxId']],
    [
      'two steps of one name',
      { ...manual, steps: [wait('a'), ifElse('b', says, [addTag('a', 'x')], [])] },
      ['DUPLICATE_STEP_ID steps.1.then.steps.0.id'],
    ],
    [
      'keywords with no wait before them',
      { ...manual, steps: [ifElse('a', says, [], [])] },
      ['NOTHING_TO_READ steps.0.condition.keywords'],
    ],
    [
      'a merge field that is not there',
      { ...manual, steps: [send('a', 'Hi {{contact.shoeSize}}')] },
      ['UNKNOWN_MERGE_FIELD steps.0.text'],
    ],
    [
      'a merge field without a fallback',
      { ...manual, steps: [send('a', 'Hi {{contact.firstName}}')] },
      ['MISSING_FALLBACK steps.0.text'],
    ],
    [
      'a field that is not declared',
      { ...manual, steps: [{ id: 'a', type: 'set-field', field: 'plan', value: { literal: 'gold' } }] },
      ['UNKNOWN_FIELD steps.0.field'],
    ],
  ])('is refused for %s', async (_, draft, faults) => {
    expect(await publishing(draft)).toEqual([422, 'WORKFLOW_INVALID', ...faults]);
  });

  it('tells all that is wrong at once', async () => {
    const draft = {
      inboxId: undefined,
      trigger: {
        filter: {
          all: [
            { type: 'custom-field', field: 'plan', op: 'is', value: 'gold' },
            { type: 'activity', activity: 'created', op: 'between', from: '2026-02-01', to: '2026-01-01' },
          ],
        },
      },
      steps: [
        send('a', 'Hi {{contact.firstName}}, {{contact.shoeSize}}'),
        ifElse(
          'a',
          { score: { is: 'promoter' } },
          [{ id: 'c', type: 'set-field', field: 'rating', value: { from: 'score' } }],
          [],
        ),
      ],
    };
    expect(await publishing(draft)).toEqual([
      422,
      'WORKFLOW_INVALID',
      ...['UNKNOWN_FIELD trigger.filter.all.0.field', 'SWAPPED_BOUNDS trigger.filter.all.1.from'],
      ...['NO_INBOX inboxId', 'DUPLICATE_STEP_ID steps.1.id'],
      ...['MISSING_FALLBACK steps.0.text', 'UNKNOWN_MERGE_FIELD steps.0.text'],
      ...['NOTHING_TO_READ steps.1.condition.score', 'UNKNOWN_FIELD steps.1.then.steps.0.field'],
      'NOTHING_TO_READ steps.1.then.steps.0.value.from',
    ]);
  });

  it('is refused while the workspace lacks a variable of the texts', async () => {
    const { world, studio, create, refused } = await openedToRefuse();
    const { id } = await create('Draft');
    await done(world.api('PUT', `/v1/workflows/${id}`, { name: 'Draft', inboxId: studio.inboxId, ...manual }));
    const { businessName, ...others } = await done(world.api('GET', '/v1/settings'));
    await done(world.api('PUT', '/v1/settings', others));
    expect(await refused('POST', `/v1/workflows/${id}/publish`)).toEqual([
      422,
      'WORKFLOW_INVALID',
      'UNSET_VARIABLE steps.0.text',
    ]);
    await done(world.api('PUT', '/v1/settings', { ...others, businessName }));
    expect(await done(world.api('POST', `/v1/workflows/${id}/publish`))).toMatchObject({
      version: 1,
      workflow: { status: 'ON' },
    });
  });

  test.each<[object, string]>([
    [{ allowReentry: 'yes' }, 'INVALID_TYPE allowReentry'],
    [{ maxEntries: 0 }, 'TOO_SMALL maxEntries'],
    [{ minInterval: { days: 0 } }, 'INVALID_VALUE minInterval'],
    [{ parked: 'keep' }, 'INVALID_VALUE parked'],
    [{ enrolExisting: true }, 'UNKNOWN_FIELD enrolExisting'],
  ])('is refused with %j', async (options, fault) => {
    const { world, studio, create, refused } = await openedToRefuse();
    const { id } = await create('Draft');
    await done(world.api('PUT', `/v1/workflows/${id}`, { name: 'Draft', inboxId: studio.inboxId, ...manual }));
    expect(await refused('POST', `/v1/workflows/${id}/publish`, options)).toEqual([400, 'INVALID_INPUT', fault]);
  });

  it('under an idempotency key publishes one version and enrols once, however often it is repeated', async () => {
    const { world, studio, create } = await openedToRefuse();
    const lead = await newContact(world, { tags: ['lead'] });
    const { id } = await create('Once');
    const trigger = { filter: { type: 'tag', op: 'has', tag: 'lead' } };
    await done(world.api('PUT', `/v1/workflows/${id}`, { name: 'Once', inboxId: studio.inboxId, trigger, steps }));
    const request = [
      'POST',
      `/v1/workflows/${id}/publish`,
      { enrollExisting: true, allowReentry: true },
      { 'idempotency-key': 'publish 1' },
    ] as const;
    const first = await world.api(...request);
    const again = await world.api(...request);
    expect([first.status, again.status, again.body]).toEqual([200, 200, first.body]);
    expect(first.body.audience).toEqual({
      matching: 1,
      optedOut: 0,
      alreadyIn: 0,
      goalReached: 0,
      reentryBlocked: 0,
      willEnrol: 1,
    });
    expect((await done(world.api('GET', `/v1/workflows/${id}/versions`))).items).toHaveLength(1);
    expect(await world.texts(lead.phone)).toEqual(['Sample Studio: Hi. Reply STOP to opt out.']);
  });
});

describe('turning and enrolling', () => {
  it('are refused for a draft', async () => {
    const { world, create, refused } = await openedToRefuse();
    const { id } = await create('Draft');
    const { id: contact } = await newContact(world);
    expect(await refused('POST', `/v1/workflows/${id}/turn-on`)).toEqual([409, 'WORKFLOW_NEVER_PUBLISHED']);
    expect(await refused('POST', `/v1/workflows/${id}/turn-off`)).toEqual([409, 'WORKFLOW_NOT_ON']);
    expect(await refused('POST', `/v1/workflows/${id}/enrollments`, { contactIds: [contact] })).toEqual([
      409,
      'WORKFLOW_NOT_ON',
    ]);
  });

  test.each<[string, object, string[]]>([
    ['turn-off', { inFlight: 'stop' }, ['INVALID_VALUE inFlight']],
    ['turn-on', { enrollExisting: 1 }, ['INVALID_TYPE enrollExisting']],
    ['enrollments', {}, ['REQUIRED contactIds']],
    ['enrollments', { contactIds: [] }, ['TOO_SMALL contactIds']],
    ['enrollments', { contactIds: ['Guest'], test: 'yes' }, ['INVALID_FORMAT contactIds.0', 'INVALID_TYPE test']],
    ['enrollments', { contactIds: Array.from({ length: 101 }, () => `ct_${'0'.repeat(26)}`) }, ['TOO_BIG contactIds']],
  ])('are refused: %s of %j', async (path, body, faults) => {
    const { world, studio, refused } = await openedToRefuse();
    const id = await publish(world, studio, { steps });
    expect(await refused('POST', `/v1/workflows/${id}/${path}`, body)).toEqual([400, 'INVALID_INPUT', ...faults]);
  });

  it('under an idempotency key have their effect once', async () => {
    const { world, studio } = await openedToRefuse();
    const id = await publish(world, studio, { steps, allowReentry: true });
    const contact = await newContact(world);
    const request = [
      'POST',
      `/v1/workflows/${id}/enrollments`,
      { contactIds: [contact.id] },
      { 'idempotency-key': 'enrol-1' },
    ] as const;
    const first = await world.api(...request);
    const again = await world.api(...request);
    expect(again.body).toEqual(first.body);
    expect(await world.texts(contact.phone)).toHaveLength(1);
    const other = await world.api(
      'POST',
      `/v1/workflows/${id}/enrollments`,
      { contactIds: [contact.id] },
      { 'idempotency-key': 'enrol-2' },
    );
    expect(other.body.outcomes).toMatchObject([{ outcome: 'ENROLLED' }]);
    expect(await world.texts(contact.phone)).toHaveLength(2);
  });

  it('a workflow with someone in it is not deleted', async () => {
    const { world, studio, refused } = await openedToRefuse();
    const id = await publish(world, studio, { steps: [...steps, wait('a-day'), addTag('tag', 'x')] });
    const contact = await newContact(world);
    await done(world.api('POST', `/v1/workflows/${id}/enrollments`, { contactIds: [contact.id] }));
    await done(world.api('POST', `/v1/workflows/${id}/turn-off`));
    expect(await refused('DELETE', `/v1/workflows/${id}`)).toEqual([409, 'WORKFLOW_HAS_RUNS']);
  });
});
