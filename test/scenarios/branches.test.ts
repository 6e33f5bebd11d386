import { describe, expect, it, test } from 'vitest';
import {
  addTag,
  business,
  enroll,
  ifElse,
  newContact,
  publish,
  removeTag,
  runOf,
  send,
  tagsOf,
  wait,
} from '../support/business.ts';
import { DAY, localWorld, MINUTE, type ScenarioWorld } from '../support/world.ts';

const says = (...anyOf: string[]) => ({ keywords: { anyOf } });

/** A run of these steps, from the start. */
async function started(steps: object[], profile: object = {}) {
  const world = localWorld();
  const studio = await business(world);
  const contact = await newContact(world, profile);
  const run = await enroll(world, await publish(world, studio, { steps }), contact);
  return { world, contact, run };
}
const branchesOf = async (world: ScenarioWorld, run: string): Promise<string[]> =>
  (await runOf(world, run)).timeline.flatMap(({ code, step, detail }: Record<string, string>) =>
    code === 'BRANCH' ? [`${step} ${detail}`] : [],
  );

describe('branches', () => {
  const nested = [
    send('ask', 'Tea or coffee?'),
    wait('answer'),
    ifElse(
      'drink',
      says('tea'),
      [
        send('which-tea', 'Green or black?'),
        wait('tea-answer'),
        ifElse(
          'green',
          says('green'),
          [addTag('tag-green', 'green')],
          [addTag('tag-black', 'black')],
          [addTag('tag-any', 'any')],
        ),
        send('tea', 'Tea it is.'),
      ],
      [ifElse('or-coffee', says('coffee'), [send('coffee', 'Coffee it is.')], [])],
    ),
    send('bye', 'See you!'),
    addTag('tag-done', 'done'),
  ];

  test.each<[(string | null)[], string[], string[], string[]]>([
    [
      ['tea', 'green'],
      ['Green or black?', 'Tea it is.'],
      ['done', 'green'],
      ['drink then', 'green then'],
    ],
    [
      ['tea', 'brown'],
      ['Green or black?', 'Tea it is.'],
      ['black', 'done'],
      ['drink then', 'green else'],
    ],
    [
      ['tea', null],
      ['Green or black?', 'Tea it is.'],
      ['any', 'done'],
      ['drink then', 'green noReply'],
    ],
    [['coffee'], ['Coffee it is.'], ['done'], ['drink else', 'or-coffee then']],
    [['water'], [], ['done'], ['drink else', 'or-coffee else']],
    [[null], [], ['done'], ['drink else', 'or-coffee else']],
  ])('within branches come together again: %j', async (answers, texts, tags, branches) => {
    const { world, contact, run } = await started(nested);
    for (const answer of answers)
      await (answer === null ? world.pass(DAY + MINUTE) : world.says(contact.phone, answer));
    expect(await world.texts(contact.phone)).toEqual(['Tea or coffee?', ...texts, 'See you!']);
    expect(await tagsOf(world, contact)).toEqual(tags);
    expect(await branchesOf(world, run)).toEqual(branches);
    expect(await runOf(world, run)).toMatchObject({ reason: 'COMPLETED' });
    expect(world.faults).toEqual([]);
  });

  it('after one another read the same answer', async () => {
    const { world, contact } = await started([
      send('ask', 'What do you like?'),
      wait('answer'),
      ifElse('tea', says('tea'), [send('like-tea', 'Tea!')], []),
      ifElse('cake', says('cake'), [send('like-cake', 'Cake!')], [send('no-cake', 'No cake.')]),
    ]);
    await world.says(contact.phone, 'tea and cake');
    expect(await world.texts(contact.phone)).toEqual(['What do you like?', 'Tea!', 'Cake!']);
  });

  const byCity = [
    ifElse(
      'local',
      { filter: { type: 'location', field: 'city', op: 'is', value: 'Austin' } },
      [send('near', 'Come over!')],
      [send('far', 'Call us!')],
    ),
    send('bye', 'Bye'),
  ];
  test.each([
    [{ address: { city: 'austin' } }, ['Come over!', 'Bye'], 'local then'],
    [{ address: { city: 'Boston' } }, ['Call us!', 'Bye'], 'local else'],
    [{}, ['Call us!', 'Bye'], 'local else'],
  ])('may ask only who the contact is: %j', async (profile, texts, branch) => {
    const { world, contact, run } = await started(byCity, profile);
    expect(await world.texts(contact.phone)).toEqual(texts);
    expect(await branchesOf(world, run)).toEqual([branch]);
  });

  it('see what the run itself has just done to the contact', async () => {
    const { world, contact } = await started(
      [
        removeTag('off', 'lead'),
        addTag('on', 'member'),
        ifElse(
          'is-member',
          {
            filter: {
              all: [
                { type: 'tag', op: 'has', tag: 'member' },
                { type: 'tag', op: 'has-not', tag: 'lead' },
              ],
            },
          },
          [send('member', 'Dear member')],
          [send('stranger', 'Dear stranger')],
        ),
      ],
      { tags: ['lead'] },
    );
    expect(await world.texts(contact.phone)).toEqual(['Dear member']);
  });

  test.each([
    ['yes', ['vip'], ['Shall we?', 'Both']],
    ['yes', [], ['Shall we?', 'Not both']],
    ['no', ['vip'], ['Shall we?', 'Not both']],
  ])('may ask for an answer and a contact at once: "%s" of %j', async (answer, tags, texts) => {
    const condition = { ...says('yes'), filter: { type: 'tag', op: 'has', tag: 'vip' } };
    const { world, contact } = await started(
      [
        send('ask', 'Shall we?'),
        wait('answer'),
        ifElse('both', condition, [send('yes', 'Both')], [send('no', 'Not both')]),
      ],
      { tags },
    );
    await world.says(contact.phone, answer);
    expect(await world.texts(contact.phone)).toEqual(texts);
  });
});
