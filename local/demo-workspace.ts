/**
 * What a fresh workspace is filled with: an inbox, a few contacts, and a draft of each template.
 * Numbers are of the kind that is kept for examples (555-01xx).
 */
export const DEMO = {
  settings: {
    businessName: 'Sample Studio',
    bookingLink: 'https://example.com/book',
    reviewLink: 'https://example.com/review',
    defaultCountry: 'US',
    timeZone: 'America/New_York',
    // Whoever tries it out at night wants to see something.
    sendingWindow: { from: '00:00', to: '24:00' },
    stateHours: {},
  },
  inbox: { name: 'Front desk', phone: '+12025550100', partsPerSecond: 100 },
  contacts: [
    { phone: '+12025550111', firstName: 'Ready', tags: ['lead'] },
    { phone: '+12025550112', firstName: 'Quiet', tags: ['lead'] },
    { phone: '+12025550113', firstName: 'Regular', tags: ['customer'] },
  ],
} as const;

type Call = (method: string, path: string, body?: unknown) => Promise<unknown>;

/** Fills a workspace through the API. A contact's number can exist already; everything else must be new. */
export async function fillDemoWorkspace(call: Call): Promise<void> {
  await call('PUT', '/v1/settings', DEMO.settings);
  const inbox = await call('POST', '/v1/inboxes', DEMO.inbox);
  const inboxId = textAt(inbox, 'id');
  for (const contact of DEMO.contacts) await call('POST', '/v1/contacts', contact);
  const templates = itemsOf(await call('GET', '/v1/templates'));
  for (const template of templates) {
    if (textAt(template, 'name') === 'blank') continue;
    const name = textAt(template, 'title');
    const workflow = await call('POST', '/v1/workflows', { name, template: textAt(template, 'name') });
    await call('PUT', `/v1/workflows/${textAt(workflow, 'id')}`, { name, inboxId, ...draftOf(workflow) });
  }
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;

function textAt(value: unknown, name: string): string {
  const found = field(value, name);
  if (typeof found !== 'string') throw new Error(`the API answered no ${name}`);
  return found;
}

function itemsOf(value: unknown): unknown[] {
  const items = field(value, 'items');
  if (!Array.isArray(items)) throw new Error('the API answered no items');
  return items;
}

const draftOf = (workflow: unknown) => ({ trigger: field(workflow, 'trigger'), steps: field(workflow, 'steps') });
