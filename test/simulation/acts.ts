import { type Act, phoneOf } from './schedule.ts';
import type { Workspace } from './workspace.ts';

/** What is asked of the API; a text that somebody says on a phone is not, nor what comes by a schedule. */
type Asking = Exclude<Act, { readonly do: 'say' | 'look after' }>;

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

/** What a client knows of the table when it acts. */
export interface Known {
  readonly workspace: Workspace;
  readonly contactOf: (phone: string) => string | undefined;
  readonly runOf: (contact: string | undefined, workflow: string) => string | undefined;
}

/** The request that an act is; undefined where there is nobody and nothing for it. */
export function requestOf(
  act: Asking,
  { workspace: { flows, inboxes }, contactOf, runOf }: Known,
): Request | undefined {
  const post = (path: string, body: object = {}): Request => ({ method: 'POST', path, body });
  const contact = 'who' in act ? contactOf(phoneOf(act.who)) : undefined;
  const ofContact = `/v1/contacts/${contact}`;
  if ('who' in act && contact === undefined && act.do !== 'create') return undefined;
  switch (act.do) {
    case 'create':
      return post('/v1/contacts', { phone: phoneOf(act.who), tags: act.tags });
    case 'tag':
      return { method: 'PUT', path: `${ofContact}/tags/${act.tag}` };
    case 'untag':
      return { method: 'DELETE', path: `${ofContact}/tags/${act.tag}` };
    case 'rename':
      return { method: 'PATCH', path: ofContact, body: { firstName: act.name } };
    case 'opt out':
      return { method: 'PATCH', path: ofContact, body: { consent: { status: 'optedOut', source: 'manual' } } };
    case 'delete':
      return { method: 'DELETE', path: ofContact };
    case 'enrol':
      return post(`/v1/workflows/${flows[act.flow]}/enrollments`, { contactIds: [contact], applyFilters: false });
    case 'write':
      return post('/v1/messages', {
        ...{ contactId: contact, inboxId: inboxes[act.from], text: `By hand ${act.id}`, takeover: act.takeover },
      });
    case 'hand back':
      return post(`${ofContact}/resume`);
    case 'exit': {
      const run = runOf(contact, flows[act.flow]);
      return run === undefined ? undefined : post(`/v1/runs/${run}/exit`);
    }
    case 'turn off':
      return post(`/v1/workflows/${flows[act.flow]}/turn-off`, { inFlight: act.inFlight });
    case 'turn on':
      return post(`/v1/workflows/${flows[act.flow]}/turn-on`, { parked: act.parked, enrollExisting: act.existing });
    case 'publish':
      return post(`/v1/workflows/${flows[act.flow]}/publish`, { parked: act.parked, allowReentry: true });
    default:
      return act satisfies never;
  }
}
