import * as z from 'zod/mini';
import { ContactEventReceived } from '../shared/domain/contact-event.ts';
import { DomainEvent } from '../shared/domain/event.ts';
import { MessageReceived } from '../shared/domain/message-received.ts';
import { openApi } from '../shared/http/openapi.ts';
import { routes } from '../shared/http/routes.ts';

/** What under `docs/` is read off the code, by its place: `npm run docs` writes it, a test tells when it is stale. */
export const documents = (): Readonly<Record<string, string>> => ({
  'docs/openapi.json': `${JSON.stringify(openApi(routes), null, 2)}\n`,
  'docs/events.md': eventsPage(),
});

const INTRODUCTION = `# Events

Written by \`npm run docs\` from \`shared/domain/event.ts\`; edits here are lost.

Everything happens on one EventBridge bus: the one that the deployment makes, named by \`EVENT_BUS_NAME\`.

## What we tell

- \`source\` is \`sms-workflows\`, \`detail-type\` the name below, \`detail\` the fields below.
- Ids and codes only, never a number, a name or a text: ask the API, with rights of your own, for what you need to know.
- At least once. \`id\` stays the same however often an event is told: drop what you have seen. EventBridge keeps no order:
  go by \`at\`.
- None vanishes: an event is read off the change feed of the transaction that made it true
  ([decision 1](decisions/0001-effects-follow-the-change-feed.md)).
- More fields and more events may come. Ignore what you do not know.

On one machine, \`GET /local/events\` shows the last 500.`;

const HEARD = `## What we hear

\`detail-type\` has to be the name below; \`source\` is anybody's. Texts to numbers of AWS End User Messaging come by the bridge
that the deployment makes; put others on the bus yourself. What does not fit the schema goes to the dead letters, and so does
what cannot be taken as things are: an undeclared custom field, a number that cannot exist. An event about a contact that is gone
is dropped. On one machine, POST \`{"detail-type": …, "detail": …}\` to \`/local/events\`.`;

function eventsPage(): string {
  const { oneOf = [] } = read(z.toJSONSchema(DomainEvent, { unrepresentable: 'any' }));
  const told = oneOf.map(({ properties, ...event }) =>
    section(String(properties['type']?.const), { properties, ...event }),
  );
  const heard = section('MessageReceived', read(z.toJSONSchema(MessageReceived, { io: 'input' })));
  return `${[INTRODUCTION, ...told, HEARD, heard, ...contactEvents()].join('\n\n')}\n`;
}

/** One name on the bus, and a table for each of its types. */
function contactEvents(): string[] {
  const { description, oneOf = [] } = read(z.toJSONSchema(ContactEventReceived, { io: 'input' }));
  const types = oneOf.map((event) => section(`\`${event.properties['type']?.const}\``, event, '####'));
  return [`### ContactEventReceived\n\n${description}`, ...types];
}

const Property = z.looseObject({
  type: z.optional(z.string()),
  format: z.optional(z.string()),
  pattern: z.optional(z.string()),
  enum: z.optional(z.array(z.string())),
  const: z.optional(z.string()),
  description: z.optional(z.string()),
});
const EventSchema = z.looseObject({
  description: z._default(z.string(), ''),
  properties: z._default(z.record(z.string(), Property), {}),
  required: z._default(z.array(z.string()), []),
});
const Schema = z.extend(EventSchema, { oneOf: z.optional(z.array(EventSchema)) });
const read = (schema: unknown) => Schema.parse(schema);

function section(
  name: string,
  { description, properties, required }: z.infer<typeof EventSchema>,
  level = '###',
): string {
  const rows = Object.entries(properties).map(
    ([field, property]) =>
      `| \`${field}\` | ${kindOf(property)} | ${required.includes(field) ? 'always' : 'where there is one'} |`,
  );
  return [`${level} ${name}`, '', description, '', '| field | is | given |', '|---|---|---|', ...rows].join('\n');
}

const ID = /^\^(\w+)_/;

function kindOf({
  type = 'any',
  format,
  pattern = '',
  enum: values,
  const: only,
  description,
}: z.infer<typeof Property>): string {
  const [, prefix] = ID.exec(pattern) ?? [];
  const kind =
    only !== undefined
      ? `\`${only}\``
      : values
        ? values.map((value) => `\`${value}\``).join(' · ')
        : prefix
          ? `an id, \`${prefix}_…\``
          : (format ?? type);
  return description === undefined ? kind : `${kind}: ${description}`;
}
