import { caseFolded } from '../domain/case-folded.ts';
import type { ContactId, ExportId, ImportId, InboxId, MessageId, PassId, RunId, WorkflowId } from '../domain/id.ts';
import { contactOf } from '../domain/id.ts';
import type { Instant } from '../domain/instant.ts';
import type { Key } from '../ports.ts';

/*
 * One table. What must be decided together lies in one partition; the index lists what people page through.
 *
 * | who asks                                   | pk              | sk                | index pk          | index sk          |
 * |--------------------------------------------|-----------------|-------------------|-------------------|-------------------|
 * | a contact; all contacts, by shard          | C#<contact>     | CONTACT           | CONTACTS#<shard>  | <contact>         |
 * | the run of a contact in a workflow, which  | C#<contact>     | RUN#<workflow>    | RUNS#<workflow>   | <enrolled>#<run>  |
 * |   guards that there is one; runs of a      |                 |                   |                   |                   |
 * |   workflow                                 |                 |                   |                   |                   |
 * | earlier runs of that pair                  | C#<contact>     | PAST#<run>        | RUNS#<workflow>   | <enrolled>#<run>  |
 * | a conversation, by time                    | C#<contact>     | MSG#<message>     |                   |                   |
 * | what happened with it elsewhere, by time   | C#<contact>     | EVENT#<at>#<id>   |                   |                   |
 * | which remembered answers tell of it?       | C#<contact>     | ANSWER#<at>#<key> |                   |                   |
 * | was it erased?                             | C#<contact>     | ERASED            |                   |                   |
 * | was this inbound message, or this event,   | SEEN#<hash>     | MESSAGE or EVENT  |                   |                   |
 * |   seen before? (number and id, hashed)     |                 |                   |                   |                   |
 * | whose number is this?                      | PHONE#<e164>    | PHONE             |                   |                   |
 * | which inbox has this number?               | PHONE#<e164>    | INBOX             |                   |                   |
 * | has this number (hashed) opted out, though  | SUPPRESSED#<h>  | SUPPRESSED        |                   |                   |
 * |   its contact is gone?                      |                 |                   |                   |                   |
 * | a workflow's state, read at every send     | W#<workflow>    | HEAD              | WORKFLOWS         | <workflow>        |
 * | its draft                                  | W#<workflow>    | DRAFT             |                   |                   |
 * | its versions                               | W#<workflow>    | VERSION#<n>       |                   |                   |
 * | up to where have all its runs ended?       | W#<workflow>    | RUNS_OVER         |                   |                   |
 * | what a turn, on or off, leaves to the queue| W#<workflow>    | TURN#<at>#<rev>   |                   |                   |
 * | one reading of all contacts: what for, how   | PASS#<pass>     | HEAD              |                   |                   |
 * |   far in each shard, what its pages found   | PASS#<pass>     | SHARD#<n>         |                   |                   |
 * |                                             | PASS#<pass>     | PAGE#<n>#<page>   |                   |                   |
 * | is the name taken?                         | NAME#<folded>   | NAME              |                   |                   |
 * | what enrols by itself                      | TRIGGERS        | <workflow>        |                   |                   |
 * | which of that has changed last             | RULESET         | RULESET           |                   |                   |
 * | when does time next turn a trigger true of | C#<contact>     | WATCH             | DUE#<shard>       | <due>#<contact>   |
 * |   this contact; of whom has it turned one  |                 |                   |                   |                   |
 * | runs to resume when a workflow turns on    | PARKED#<wf>     | <run>             |                   |                   |
 * | what a change of settings leaves to it      | WORKSPACE       | TURN#<at>#<rev>   |                   |                   |
 * | when may an inbox’s number send next?       | PACE#<inbox>    | PACE              |                   |                   |
 * | when may jobs start executions next?       | PACE            | STARTS            |                   |                   |
 * | settings, inboxes, tags, fields, lists     | WORKSPACE       | <KIND>#<id>       |                   |                   |
 * | what a workflow's runs come to, by blocks  | STATS#<wf>      | BLOCK1#<after>    |                   |                   |
 * | does anybody want them counted again?      | STATS#<wf>      | REQUEST           |                   |                   |
 * | the answer to a repeated POST              | REQUEST#<key>   | REQUEST           |                   |                   |
 * | an import and how far it is; all of them   | IMPORT#<import> | HEAD              | IMPORTS           | <import>          |
 * | what became of its rows, by their number   | IMPORT#<import> | ROWS#<first row>  |                   |                   |
 * | an export and how far it is; all of them   | EXPORT#<export> | HEAD              | EXPORTS           | <export>          |
 */

export const SHARDS = 16;
const digits = (n: number, width: number) => String(n).padStart(width, '0');

/** The last characters of a ULID are random: they spread contacts evenly. */
const shardOf = (id: ContactId) =>
  [...id.slice(-4)].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % SHARDS;

const inContact = (contact: ContactId, sk: string): Key => ({ pk: `C#${contact}`, sk });

export const keys = {
  contact: (id: ContactId) => inContact(id, 'CONTACT'),
  contactsIndex: (shard: number) => `CONTACTS#${digits(shard, 2)}`,
  contactIndex: (id: ContactId): Key => ({ pk: keys.contactsIndex(shardOf(id)), sk: id }),
  phone: (phone: string): Key => ({ pk: `PHONE#${phone}`, sk: 'PHONE' }),
  suppression: (hash: string): Key => ({ pk: `SUPPRESSED#${hash}`, sk: 'SUPPRESSED' }),
  run: (contact: ContactId, workflow: WorkflowId) => inContact(contact, `RUN#${workflow}`),
  runPrefix: 'RUN#',
  pastRun: (id: RunId) => inContact(contactOf(id), `PAST#${id}`),
  pastRunPrefix: 'PAST#',
  runsIndex: (workflow: WorkflowId) => `RUNS#${workflow}`,
  message: (id: MessageId) => inContact(contactOf(id), `MSG#${id}`),
  messagePrefix: 'MSG#',
  event: (contact: ContactId, at: Instant, eventId: string) => inContact(contact, `EVENT#${at}#${eventId}`),
  eventPrefix: 'EVENT#',
  answer: (contact: ContactId, at: Instant, request: string) => inContact(contact, `ANSWER#${at}#${request}`),
  erased: (contact: ContactId) => inContact(contact, 'ERASED'),
  seen: (what: 'MESSAGE' | 'EVENT', hash: string): Key => ({ pk: `SEEN#${hash}`, sk: what }),
  inboxNumber: (phone: string): Key => ({ pk: `PHONE#${phone}`, sk: 'INBOX' }),
  workflow: (id: WorkflowId): Key => ({ pk: `W#${id}`, sk: 'HEAD' }),
  workflowsIndex: 'WORKFLOWS',
  draft: (id: WorkflowId): Key => ({ pk: `W#${id}`, sk: 'DRAFT' }),
  version: (id: WorkflowId, n: number): Key => ({ pk: `W#${id}`, sk: `VERSION#${digits(n, 6)}` }),
  versionPrefix: 'VERSION#',
  runsOver: (id: WorkflowId): Key => ({ pk: `W#${id}`, sk: 'RUNS_OVER' }),
  turn: (id: WorkflowId | undefined, at: Instant, rev: number): Key => ({
    pk: id ? `W#${id}` : 'WORKSPACE',
    sk: `TURN#${at}#${rev}`,
  }),
  pass: (id: PassId): Key => ({ pk: `PASS#${id}`, sk: 'HEAD' }),
  passShard: (id: PassId, shard: number): Key => ({ pk: `PASS#${id}`, sk: `SHARD#${digits(shard, 2)}` }),
  passShardPrefix: 'SHARD#',
  passPage: (id: PassId, shard: number, page: number): Key => ({
    pk: `PASS#${id}`,
    sk: `PAGE#${digits(shard, 2)}#${digits(page, 7)}`,
  }),
  passPagePrefix: 'PAGE#',
  workflowName: (name: string): Key => ({ pk: `NAME#${caseFolded(name.normalize('NFC'))}`, sk: 'NAME' }),
  triggers: 'TRIGGERS',
  trigger: (id: WorkflowId): Key => ({ pk: keys.triggers, sk: id }),
  ruleset: { pk: 'RULESET', sk: 'RULESET' },
  watch: (id: ContactId) => inContact(id, 'WATCH'),
  dueIndex: (shard: number) => `DUE#${digits(shard, 2)}`,
  due: (id: ContactId, at: Instant): Key => ({ pk: keys.dueIndex(shardOf(id)), sk: `${at}#${id}` }),
  startPace: { pk: 'PACE', sk: 'STARTS' },
  pace: (inbox: InboxId): Key => ({ pk: `PACE#${inbox}`, sk: 'PACE' }),
  parkedRuns: (workflow: WorkflowId) => `PARKED#${workflow}`,
  parked: (workflow: WorkflowId, run: RunId): Key => ({ pk: keys.parkedRuns(workflow), sk: run }),
  workspace: (kind: 'SETTINGS' | 'SALT' | 'INBOX' | 'TAG' | 'FIELD' | 'LIST', id = ''): Key => ({
    pk: 'WORKSPACE',
    sk: `${kind}#${id}`,
  }),
  /** The figure grows whenever a run is counted differently than before: older blocks are then not found. */
  tallyBlock: (workflow: WorkflowId, from: string): Key => ({ pk: `STATS#${workflow}`, sk: `BLOCK1#${from}` }),
  tallyRequest: (workflow: WorkflowId): Key => ({ pk: `STATS#${workflow}`, sk: 'REQUEST' }),
  import: (id: ImportId): Key => ({ pk: `IMPORT#${id}`, sk: 'HEAD' }),
  importsIndex: 'IMPORTS',
  importRows: (id: ImportId, first: number): Key => ({ pk: `IMPORT#${id}`, sk: `ROWS#${digits(first, 9)}` }),
  importRowsPrefix: 'ROWS#',
  export: (id: ExportId): Key => ({ pk: `EXPORT#${id}`, sk: 'HEAD' }),
  exportsIndex: 'EXPORTS',
  request: (key: string): Key => ({ pk: `REQUEST#${key}`, sk: 'REQUEST' }),
};

/** The instant in an index key of `keys.due`, epoch milliseconds. */
export const dueAt = (sk: string): number => Date.parse(sk.split('#')[0] ?? '');
