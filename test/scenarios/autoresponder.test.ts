import { describe, expect, it, test } from 'vitest';
import { business, done, enroll, newContact, publishTemplate, timeline } from '../support/business.ts';
import { runsOf, type Stage, staged, told } from '../support/template-story.ts';
import { DAY, HOUR, localWorld } from '../support/world.ts';

const GREETING =
  'Sample Studio: Hi Guest, thanks for writing! Would you like to book, or can we help otherwise? Reply STOP to opt out.';
const BOOKING_LINK = 'Great, you can see prices and free times and book right here: https://example.com/book';
const NUDGE = 'Sample Studio: Still there? Reply BOOK and we will send you our free times, or just ask us anything.';
const UNSUBSCRIBED = 'You are unsubscribed and will get no more texts from us. Reply START to hear from us again.';

const visitor = ({ world }: Stage, given: object = {}) =>
  newContact(world, { firstName: 'Guest', optIn: { source: 'web_chat' }, ...given });
const untouched = { texts: [], parts: 0, tags: [], fields: {}, branches: [], run: 'NEVER_ENROLLED' };
const greeted = { texts: [GREETING], parts: 1, tags: [], fields: {}, branches: [], run: 'COMPLETED' };

describe('the autoresponder enrols', () => {
  it('whoever comes through web chat, the moment they come', async () => {
    const stage = await staged('autoresponder');
    expect(await told(stage, await visitor(stage))).toEqual({ ...greeted, run: 'RUNNING' });
  });

  it('and greets those without a name all the same', async () => {
    const stage = await staged('autoresponder');
    const { texts } = await told(stage, await visitor(stage, { firstName: undefined }));
    expect(texts).toEqual([GREETING.replace('Guest', 'there')]);
  });

  test.each(['web_form', 'inbound_call', 'crm:hubspot', 'other:web_chat', 'api'])(
    'nobody who comes by %s',
    async (source) => {
      const stage = await staged('autoresponder');
      expect(await told(stage, await visitor(stage, { optIn: { source } }))).toEqual(untouched);
    },
  );

  it('nobody who has had a text before, whoever sent it', async () => {
    const world = localWorld();
    const studio = await business(world);
    const web = { optIn: { source: 'web_chat' } };
    const [texted, fresh] = [await newContact(world, web), await newContact(world, web)];
    await done(world.api('POST', '/v1/messages', { contactId: texted.id, inboxId: studio.inboxId, text: 'By hand' }));
    const workflow = await publishTemplate(world, studio, 'autoresponder', { enrollExisting: true });
    expect(await world.texts(texted.phone)).toEqual(['By hand']);
    expect(await runsOf(world, workflow, texted)).toEqual([]);
    expect(await world.texts(fresh.phone)).toEqual([GREETING.replace('Guest', 'there')]);
  });

  it('nobody twice', async () => {
    const stage = await staged('autoresponder');
    const contact = await visitor(stage);
    await told(stage, contact, 'book');
    await done(stage.world.api('PATCH', `/v1/contacts/${contact.id}`, { lastName: 'Byron' }));
    expect(await enroll(stage.world, stage.workflow, contact)).toBe('REENTRY_NOT_ALLOWED');
    expect(await stage.world.texts(contact.phone)).toEqual([GREETING, BOOKING_LINK]);
  });
});

describe('after the greeting, the autoresponder', () => {
  const answered = async (...answers: (string | null)[]) => {
    const stage = await staged('autoresponder');
    return told(stage, await visitor(stage), ...answers);
  };
  const booking = { ...greeted, texts: [GREETING, BOOKING_LINK], tags: ['hot-lead'], branches: ['wants-to-book then'] };

  test.each(['Book', 'an APPOINTMENT please', 'can I schedule?', "what's the price?", 'a quote, please!'])(
    'sends the booking link to who says "%s"',
    async (answer) => expect(await answered(answer)).toEqual(booking),
  );

  test.each(['do you take insurance?', 'I lost my facebook password', '?', '👋'])(
    'leaves "%s" to a person',
    async (answer) =>
      expect(await answered(answer)).toEqual({ ...greeted, tags: ['needs-human'], branches: ['wants-to-book else'] }),
  );

  const nudged = { ...greeted, texts: [GREETING, NUDGE], branches: ['wants-to-book noReply'] };
  it('nudges once after a day of silence', async () => {
    expect(await answered(null)).toEqual({ ...nudged, run: 'RUNNING' });
  });

  it('says no more after two days of silence', async () => {
    expect(await answered(null, null, null)).toEqual({
      ...nudged,
      branches: ['wants-to-book noReply', 'wants-to-book-2 noReply'],
    });
  });

  it('sends the booking link to who books after the nudge', async () => {
    expect(await answered(null, 'book')).toEqual({
      ...nudged,
      texts: [GREETING, NUDGE, BOOKING_LINK],
      tags: ['hot-lead'],
      branches: ['wants-to-book noReply', 'wants-to-book-2 then'],
    });
  });

  it('leaves any other answer to the nudge to a person', async () => {
    expect(await answered(null, 'who is this?')).toEqual({
      ...nudged,
      tags: ['needs-human'],
      branches: ['wants-to-book noReply', 'wants-to-book-2 else'],
    });
  });

  it('is over for who says STOP', async () => {
    expect(await answered('STOP', null, null)).toEqual({
      ...greeted,
      texts: [GREETING, UNSUBSCRIBED],
      run: 'OPTED_OUT',
    });
  });

  it('keeps a day, not less, for an answer', async () => {
    const stage = await staged('autoresponder');
    const contact = await visitor(stage);
    await stage.world.pass(DAY - HOUR);
    expect(await told(stage, contact, 'quote')).toEqual(booking);
    const [run = ''] = await runsOf(stage.world, stage.workflow, contact);
    expect(await timeline(stage.world, run)).toEqual([
      'ENROLLED',
      'SENT',
      'WAITING',
      'REPLIED',
      'BRANCH',
      'TAG_ADDED',
      'SENT',
      'ENDED',
    ]);
  });
});
