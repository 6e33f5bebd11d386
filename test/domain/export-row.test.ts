import { describe, expect, it, test } from 'vitest';
import { cellsOf } from '../../shared/domain/csv.ts';
import { contactSheet, messageSheet, type Sheet } from '../../shared/domain/export-row.ts';
import { ContactId, InboxId, messageIdOf, runIdOf, WorkflowId } from '../../shared/domain/id.ts';
import { Message } from '../../shared/domain/message.ts';
import { at, contact, NOW } from '../support/filters.ts';

/** What a line holds, by column; empty cells left out. */
const cells = <T>({ header, line }: Sheet<T>, value: T) => {
  const row = cellsOf(line(value).trimEnd(), ',');
  return Object.fromEntries(
    cellsOf(header.trimEnd(), ',').flatMap((name, place) => (row[place] === '' ? [] : [[name, row[place]]])),
  );
};

describe('a line of contacts', () => {
  const ada = contact({
    firstName: 'Ada',
    lastName: 'Byron',
    email: 'ada@example.com',
    company: 'ACME',
    language: 'en-US',
    birthday: '1990-05-01',
    timeZone: 'Europe/London',
    address: {
      country: 'GB',
      state: 'England',
      city: 'London',
      postalCode: 'W1',
      coordinates: { latitude: 51.5, longitude: -0.1 },
    },
    tags: ['vip', 'lead'],
    fields: { plan: 'gold', visits: 3, vip: false },
    optIn: { source: 'crm:hub', at: at(NOW) },
    consent: { status: 'optedIn', source: 'web_form', at: at(NOW + 1), evidence: 'form 7' },
    createdAt: at(NOW + 2),
    updatedAt: at(NOW + 3),
  });

  it('holds all that is known, each in its column, and custom fields behind', () => {
    const sheet = contactSheet(['plan', 'visits', 'vip', 'nope']);
    expect(cells(sheet, ada)).toEqual({
      id: ada.id,
      phone: '+14155550171',
      firstName: 'Ada',
      lastName: 'Byron',
      email: 'ada@example.com',
      company: 'ACME',
      language: 'en-US',
      birthday: '1990-05-01',
      timeZone: 'Europe/London',
      'address.country': 'GB',
      'address.state': 'England',
      'address.city': 'London',
      'address.postalCode': 'W1',
      'address.coordinates.latitude': '51.5',
      'address.coordinates.longitude': '-0.1',
      tags: 'lead;vip',
      'optIn.source': 'crm:hub',
      'optIn.at': at(NOW),
      'consent.status': 'optedIn',
      'consent.source': 'web_form',
      'consent.at': at(NOW + 1),
      'consent.evidence': 'form 7',
      createdAt: at(NOW + 2),
      updatedAt: at(NOW + 3),
      'fields.plan': 'gold',
      'fields.visits': '3',
      'fields.vip': 'false',
    });
    expect(sheet.header).toMatch(/,updatedAt,fields\.plan,fields\.visits,fields\.vip,fields\.nope\r\n$/);
  });

  it('has nothing for what is unknown', () => {
    const bare = contact({ optIn: { source: 'api', at: at(NOW) }, createdAt: at(NOW), updatedAt: at(NOW) });
    expect(cells(contactSheet(['plan']), bare)).toEqual({
      id: bare.id,
      phone: bare.phone,
      'optIn.source': 'api',
      'optIn.at': at(NOW),
      'consent.status': 'unknown',
      createdAt: at(NOW),
      updatedAt: at(NOW),
    });
  });

  it('holds no formula, whoever has written what', () => {
    const said = '-1+1';
    const hostile = contact({
      ...{ firstName: said, lastName: said, company: said, email: '-1@example.com', language: said },
      address: { state: said, city: said, postalCode: said },
      ...{ tags: [said], fields: { plan: said }, optIn: { source: 'api', at: at(NOW) } },
      consent: { status: 'optedIn', source: said, evidence: said },
    });
    const formulas = Object.entries(cells(contactSheet(['plan']), hostile)).filter(([, cell]) => cell?.startsWith('-'));
    expect(formulas).toEqual([]);
  });
});

describe('a line of messages', () => {
  const contactId = ContactId.parse(`ct_${'0'.repeat(26)}`);
  const runId = runIdOf(contactId, '0'.repeat(26));
  const shared = { contactId, inboxId: InboxId.parse(`inb_${'0'.repeat(26)}`), text: '=Hello', at: at(NOW) };
  const out = { ...shared, id: messageIdOf(contactId, 'outbound', NOW, 'out'), direction: 'outbound' };
  const into = { ...shared, id: messageIdOf(contactId, 'inbound', NOW, 'in'), direction: 'inbound' };
  const ofRun = { type: 'run', runId, workflowId: WorkflowId.parse(`wf_${'0'.repeat(26)}`), step: 'hello' };
  const alike = { contactId, inboxId: shared.inboxId, text: "'=Hello", at: at(NOW) };

  test.each([
    [
      'that a run has sent',
      { ...out, origin: ofRun, status: 'FAILED', statusAt: at(NOW + 1), reason: '-X', mediaUrl: '@s3' },
      {
        direction: 'outbound',
        origin: 'run',
        runId,
        status: 'FAILED',
        statusAt: at(NOW + 1),
        reason: "'-X",
        mediaUrl: "'@s3",
      },
    ],
    [
      'that a person has sent',
      { ...out, origin: { type: 'manual' }, status: 'ACCEPTED', statusAt: at(NOW + 1) },
      { direction: 'outbound', origin: 'manual', status: 'ACCEPTED', statusAt: at(NOW + 1) },
    ],
    [
      'that a run has taken',
      { ...into, meaning: 'message', takenBy: runId },
      { direction: 'inbound', meaning: 'message', runId },
    ],
    ['that came', { ...into, meaning: 'opt-out' }, { direction: 'inbound', meaning: 'opt-out' }],
  ])('tells of one %s', (_, given, told) => {
    const message = Message.parse(given);
    expect(cells(messageSheet, message)).toEqual({ ...alike, id: message.id, ...told });
  });
});
