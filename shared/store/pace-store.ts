import * as z from 'zod/mini';
import { InboxId } from '../domain/id.ts';
import type { Table } from '../ports.ts';
import { keys } from './keys.ts';
import { get, type Kind } from './stored.ts';

/** When an inbox's number may send its next text, epoch milliseconds: what comes before is set apart for others. */
const Pace = z.strictObject({ inboxId: InboxId, nextFree: z.number() });
export const paces: Kind<z.infer<typeof Pace>> = {
  type: 'pace',
  parse: (data) => Pace.parse(data),
  key: ({ inboxId }) => keys.pace(inboxId),
};

export const getPace = (table: Table, id: InboxId) => get(table, paces, keys.pace(id));
