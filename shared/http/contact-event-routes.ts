import * as z from 'zod/mini';
import { contactEvent, Notice } from '../domain/contact-event.ts';
import { ContactId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import { receiveContactEvent } from '../usecases/receive-contact-event.ts';
import { Phone } from './contact-view.ts';
import { mapped, type Route, route } from './route.ts';

const EventAnswer = z.object({
  contactId: ContactId,
  outcome: z
    .enum(['RECORDED', 'ALREADY_RECORDED'])
    .check(z.meta({ description: '`ALREADY_RECORDED`: it was told before, and has changed nothing now.' })),
  created: z
    .boolean()
    .check(z.meta({ description: 'Whether this event made the contact, now or when it was first told.' })),
  notices: z.array(Notice).check(
    z.meta({
      description:
        'What was not done: `OPTED_OUT`, the person has opted out, and only START, texted by the person, takes that back; `TAGS_NOT_ADDED`, the contact has as many tags as there may be.',
    }),
  ),
});

export const contactEventRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/contact-events',
    scope: 'contacts:write',
    summary: 'Tell what happened with a person elsewhere',
    description:
      'An opt-in from a web chat or a form, what a CRM knows, a call, a conversion. A number that is new becomes a contact with this source; a known contact keeps the source that it came by. The event stands in the timeline of the contact, and what it changes triggers workflows. Told again under its `eventId` it changes nothing. The same may come over the event bus, as `ContactEventReceived`.',
    tags: ['Contacts'],
    input: { body: contactEvent(Phone) },
    status: 200,
    also: { 201: 'The contact is new.' },
    answer: EventAnswer,
    refusals: ['NOT_FOUND'],
    run: (ports) => {
      const receive = receiveContactEvent(ports);
      return async ({ body, at }) =>
        mapped(await receive(body, instant(at)), ({ notices, ...answer }) => ({
          body: { ...answer, notices: [...notices] },
          ...(answer.created &&
            answer.outcome === 'RECORDED' && { status: 201, location: `/v1/contacts/${answer.contactId}` }),
        }));
    },
  }),
];
