import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { BusEvent } from '../domain/event.ts';
import { epoch } from '../domain/instant.ts';
import type { Bus } from '../ports.ts';
import { backOff } from './back-off.ts';

/** The `source` of all that we put on the bus; the `detail-type` is the event's `type`. Rules match on these. */
export const EVENT_SOURCE = 'sms-workflows';

/** Of PutEvents: entries per request, and bytes of all of them together. */
const MOST_ENTRIES = 10;
const MOST_BYTES = 256 * 1024;
/** What AWS counts of an entry besides its texts (the time: 14 bytes), generously. */
const OVERHEAD_BYTES = 64;
const TRIES = 5;

/** Some events were not taken, however often they were offered; the codes are AWS's. */
export class EventsRefused extends Error {
  override readonly name = 'EventsRefused';
}

/** The event bus in AWS. A request may fail in part: what was not taken is offered again, alone. */
export function eventBridge(client: EventBridgeClient, busName: string): Bus {
  const entryOf = (event: BusEvent): PutEventsRequestEntry => ({
    EventBusName: busName,
    Source: EVENT_SOURCE,
    DetailType: event.type,
    Time: new Date(epoch(event.at)),
    Detail: JSON.stringify(event),
  });

  async function put(batch: readonly PutEventsRequestEntry[]): Promise<void> {
    let open = batch;
    for (let tries = 1; ; tries += 1) {
      const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [...open] }));
      const codes = new Set<string>();
      // An entry that is not answered for was not taken, as far as we know.
      open = open.filter((_, at) => {
        const answer = Entries[at];
        if (answer?.EventId !== undefined) return false;
        codes.add(answer?.ErrorCode ?? 'NO_ANSWER');
        return true;
      });
      if (open.length === 0) return;
      if (tries === TRIES)
        throw new EventsRefused(`${open.length} of ${batch.length} events: ${[...codes].join(', ')}`);
      await backOff(tries);
    }
  }

  return {
    async publish(events) {
      for (const batch of batchesOf(events.map(entryOf))) await put(batch);
    },
  };
}

const bytesOf = ({ Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): number =>
  OVERHEAD_BYTES + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);

/** In their order, as many to a request as it takes. */
function batchesOf(entries: readonly PutEventsRequestEntry[]): readonly (readonly PutEventsRequestEntry[])[] {
  const batches: PutEventsRequestEntry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const last = batches.at(-1);
    const size = bytesOf(entry);
    if (last && last.length < MOST_ENTRIES && size <= room) {
      last.push(entry);
      room -= size;
    } else {
      batches.push([entry]);
      room = MOST_BYTES - size;
    }
  }
  return batches;
}
