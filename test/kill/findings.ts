import { done } from '../support/business.ts';
import type { Answer, ScenarioWorld } from '../support/world.ts';
import { type Ledger, type Person, TAGS } from './clients.ts';

type Body = Answer['body'];

interface Conversation {
  readonly person: Pick<Person, 'id' | 'phone'>;
  /** As the phone shows them. */
  readonly texts: readonly string[];
  readonly inbound: readonly Body[];
  readonly outbound: readonly Body[];
}

export interface Seen {
  readonly workflows: readonly Body[];
  readonly contacts: readonly Body[];
  readonly runs: readonly Body[];
  readonly conversations: readonly Conversation[];
  readonly statistics: ReadonlyMap<string, Body>;
}

async function all(world: ScenarioWorld, path: string): Promise<Body[]> {
  const items: Body[] = [];
  for (let cursor = ''; ; ) {
    const page = await done(world.api('GET', `${path}${path.includes('?') ? '&' : '?'}limit=100${cursor}`));
    items.push(...page.items);
    if (page.next === undefined) return items;
    cursor = `&cursor=${page.next}`;
  }
}

/** Everything that there is, as a client sees it. */
export async function look(world: ScenarioWorld): Promise<Seen> {
  const workflows = await all(world, '/v1/workflows');
  const contacts = await all(world, '/v1/contacts');
  const runs: Body[] = [];
  const statistics = new Map<string, Body>();
  for (const { id } of workflows) {
    for (const run of await all(world, `/v1/workflows/${id}/enrollments`))
      runs.push(await done(world.api('GET', `/v1/runs/${run.id}`)));
    statistics.set(id, await done(world.api('GET', `/v1/workflows/${id}/stats`)));
  }
  const conversations: Conversation[] = [];
  for (const person of contacts) {
    const messages = await all(world, `/v1/contacts/${person.id}/messages?order=asc`);
    conversations.push({
      person,
      texts: await world.texts(person.phone),
      inbound: messages.filter(({ direction }) => direction === 'inbound'),
      outbound: messages.filter(({ direction }) => direction === 'outbound'),
    });
  }
  return { workflows, contacts, runs, conversations, statistics };
}

const sorted = (words: readonly string[]): string => words.toSorted((one, other) => one.localeCompare(other)).join();
/** What more than one of them comes to. */
const repeated = (keys: readonly string[]): string[] => [
  ...new Set(keys.filter((key, at) => keys.indexOf(key) !== at)),
];
const counted = <T>(values: readonly T[], is: (value: T) => boolean): number => values.filter(is).length;

/** What is not as it was promised, each in a sentence; `stopText` is what confirms a STOP. */
export function* findings(
  { workflows, contacts, runs, conversations, statistics }: Seen,
  ledger: Ledger,
  stopText: string,
) {
  yield* textsOnce(conversations, stopText);
  yield* requestsOnce({ workflows, contacts, runs, conversations }, ledger);
  yield* repliesKept({ runs, conversations }, ledger);
  for (const { id, status, waiting } of runs)
    if (status !== 'ENDED' && waiting === undefined) yield `${id} has neither ended nor does it wait`;
  for (const [id, { totals, complete }] of statistics) {
    const expected = figures(
      runs.filter(({ workflowId }) => workflowId === id),
      conversations,
    );
    const told = JSON.stringify({ complete, ...shown(totals) });
    const counted = JSON.stringify({ complete: true, ...expected });
    if (told !== counted) yield `the statistics of ${id} say ${told}, its runs ${counted}`;
  }
}

/** Each text reached its phone once, or, where nobody can tell, at most once; and none came after the STOP's confirmation. */
function* textsOnce(conversations: readonly Conversation[], stopText: string) {
  for (const { person, texts, outbound } of conversations) {
    for (const text of repeated(texts)) yield `${person.id} got twice: ${text}`;
    for (const text of repeated(outbound.map(({ text }) => text))) yield `${person.id} has on record twice: ${text}`;
    const stopped = texts.indexOf(stopText);
    if (stopped !== -1 && stopped < texts.length - 1) yield `${person.id} got after STOP: ${texts.at(-1)}`;
    for (const text of texts)
      if (!outbound.some((message) => message.text === text)) yield `${person.id} got what is not on record: ${text}`;
    for (const { text, status, id } of outbound) {
      const expected = { DELIVERED: [1], ACCEPTED: [1], UNCONFIRMED: [0, 1], FAILED: [0] }[String(status)] ?? [];
      if (!expected.includes(counted(texts, (one) => one === text))) yield `${id} is ${status}: ${text}`;
    }
  }
}

/** What was asked for and answered was done, once; and nothing was done that nobody had asked for. */
function* requestsOnce({ workflows, contacts, runs, conversations }: Omit<Seen, 'statistics'>, ledger: Ledger) {
  for (const phone of repeated(contacts.map(({ phone }) => phone))) yield `${phone} has two contacts`;
  for (const entry of repeated(runs.map(({ contactId, workflowId }) => `${contactId} in ${workflowId}`)))
    yield `there are two runs of ${entry}`;
  const byHand = runs.filter(({ enrolledBy }) => enrolledBy === 'manual').map(({ id }) => id);
  for (const { run } of ledger.enrolled) if (!byHand.includes(run)) yield `${run} was answered, and is not there`;
  for (const id of byHand) if (!ledger.enrolled.some(({ run }) => run === id)) yield `nobody was told of ${id}`;
  for (const { id, phone, tags } of ledger.people) {
    const contact = contacts.find((one) => one.id === id);
    if (contact?.phone !== phone) yield `${id} was answered, and is not there`;
    const own = sorted((contact?.tags ?? []).filter((tag: string) => TAGS.includes(tag)));
    if (own !== sorted([...tags])) yield `${id} has ${own}, and was given ${sorted([...tags])}`;
  }
  const known = new Set([
    ...ledger.people.map(({ phone }) => phone),
    ...ledger.imports.flatMap(({ phones }) => phones),
  ]);
  for (const { phone } of contacts) if (!known.delete(phone)) yield `nobody had asked for ${phone}`;
  for (const phone of known) yield `${phone} was asked for, and is not there`;
  for (const { contact, text } of ledger.notes) {
    const records = conversations.find(({ person }) => person.id === contact)?.outbound ?? [];
    if (counted(records, (message) => message.text === text) !== 1) yield `${contact} has not once: ${text}`;
  }
  // Whoever came as a lead is in the workflow for leads, once.
  for (const { id, tags } of contacts) {
    const welcomed = counted(runs, ({ contactId, enrolledBy }) => contactId === id && enrolledBy === 'trigger');
    if (tags.includes('lead') && welcomed === 0 && !isStopped(conversations, id)) yield `${id} was not welcomed`;
  }
  for (const { id: workflow, tag } of ledger.published) {
    if (!workflows.some(({ id, status }) => id === workflow && status === 'ON'))
      yield `${workflow} was published, and is not on`;
    for (const { id, tags } of contacts)
      if (tags.includes(tag) && !isStopped(conversations, id))
        if (!runs.some(({ contactId, workflowId }) => contactId === id && workflowId === workflow))
          yield `${id} has the tag ${tag} and is not in ${workflow}`;
  }
}

const isStopped = (conversations: readonly Conversation[], id: string): boolean =>
  conversations.some(({ person, inbound }) => person.id === id && inbound.some(({ meaning }) => meaning === 'opt-out'));

/** Each inbound text is on record once; one run has it, or none waited for it any more. */
function* repliesKept({ runs, conversations }: Pick<Seen, 'runs' | 'conversations'>, ledger: Ledger) {
  for (const { person, inbound } of conversations) {
    const said = ledger.said.filter(({ contact }) => contact === person.id).map(({ text }) => text);
    const kept = inbound.map(({ text }): string => text);
    if (sorted(said) !== sorted(kept)) yield `${person.id} said ${said.join()}; on record is ${kept.join()}`;
    const own = runs.filter(({ contactId }) => contactId === person.id);
    for (const { id, meaning, takenBy, at } of inbound) {
      const took = own.filter(({ timeline }) =>
        timeline.some(({ code, messageId }: Body) => code === 'REPLIED' && messageId === id),
      );
      if (String(took.map((run) => run.id)) !== String(takenBy ?? ''))
        yield `${id} was taken by ${takenBy}, not ${took.map((run) => run.id).join()}`;
      if (meaning !== 'message' || takenBy !== undefined) continue;
      const waits = own.find(({ waiting }) => waiting?.forReply && waiting.since <= at);
      if (waits) yield `${waits.id} waits, and ${id} came meanwhile`;
    }
  }
}

const shown = ({ enrolled, active, waiting, completed, optedOut, replied, delivery }: Body) => ({
  ...{ enrolled, active, waiting, completed, optedOut, replied },
  ...{ delivered: delivery.delivered, unconfirmed: delivery.unconfirmed },
});

function figures(runs: readonly Body[], conversations: readonly Conversation[]) {
  const ids = new Set(runs.map(({ id }) => id));
  const texts = conversations.flatMap(({ outbound }) => outbound).filter(({ origin }) => ids.has(origin.runId));
  const ended = (reason: string) => counted(runs, (run) => run.status === 'ENDED' && run.reason === reason);
  return {
    enrolled: runs.length,
    active: counted(runs, ({ status }) => status !== 'ENDED'),
    waiting: counted(runs, ({ waiting }) => waiting !== undefined),
    completed: ended('COMPLETED'),
    optedOut: ended('OPTED_OUT'),
    replied: counted(runs, ({ timeline }) => timeline.some(({ code }: Body) => code === 'REPLIED')),
    delivered: counted(texts, ({ status }) => status === 'DELIVERED'),
    unconfirmed: counted(texts, ({ status }) => status === 'UNCONFIRMED'),
  };
}
