import type { Contact } from '../domain/contact.ts';
import { contactSheet, messageSheet, type Sheet } from '../domain/export-row.ts';
import type { ContactId, ExportId } from '../domain/id.ts';
import { instant } from '../domain/instant.ts';
import type { Message } from '../domain/message.ts';
import type { Export, RunningExport } from '../domain/transfer.ts';
import type { Ports } from '../ports.ts';
import { conversation } from '../store/message-store.ts';
import { commit, edit, put, type Stored } from '../store/stored.ts';
import { exports, getExport } from '../store/transfer-store.ts';
import { allCustomFields } from '../store/workspace-store.ts';
import { growingFile } from './growing-file.ts';
import { listContacts } from './read-contacts.ts';
import { CALL_MS, CONTENT_TYPE, exportFile } from './transfer-file.ts';

/** A page's conversations are read side by side, so there are fewer people in it. */
const CONTACTS_PER_PAGE = { contacts: 500, messages: 50 } as const;
const MESSAGES_PER_READ = 200;

/**
 * Works on an export for some seconds; says whether there is more to do. How far it has come is written whenever there
 * is enough for a part of the file, and when time is over; what a crash leaves in between is read again.
 */
export const exportRecords = (ports: Pick<Ports, 'table' | 'clock' | 'files'>) => {
  const { table, clock, files } = ports;
  const list = listContacts(ports);

  return async (id: ExportId): Promise<'more' | 'over'> => {
    const stored = await getExport(table, id);
    if (!stored || stored.value.status === 'DONE') return 'over';
    if (stored.value.status === 'CANCELLED') return clear(stored.value);
    const begun: Stored<RunningExport> = { rev: stored.rev, value: stored.value };
    const sealed = begun.value.isWhole ? begun : await write(begun);
    if (sealed === 'more' || sealed === 'over') return sealed;

    const { kind, format, createdAt, rows, bytes, upload, parts, tail } = sealed.value;
    if (upload !== undefined) await files.finish(exportFile(sealed.value), upload, parts);
    const done: Export = { id, kind, format, createdAt, rows, bytes, status: 'DONE', endedAt: instant(clock.now()) };
    await commit(table, put(exports, edit(sealed, done)));
    if (tail !== undefined) await files.remove(tail);
    return 'over';
  };

  /** Until all is written, or time is over. */
  async function write(from: Stored<RunningExport>): Promise<Stored<RunningExport> | 'more' | 'over'> {
    const begun = clock.now();
    let last = from;
    const { kind, format } = last.value;
    const name = exportFile(last.value);
    const fields = last.value.fields ?? (await allCustomFields(table)).map(({ value }) => value.key);
    const write = writersOf(format, fields);
    const file = await growingFile(files, name, CONTENT_TYPE[format], last.value);
    let { cursor, rows } = last.value;
    if (cursor === undefined) await file.add(write[kind].header);
    for (;;) {
      const page = await list({ limit: CONTACTS_PER_PAGE[kind], cursor });
      const contacts = page.items.map(({ value }) => value);
      if (kind === 'contacts') await add(write.contacts, contacts);
      else for await (const some of messagesOf(contacts.map((contact) => contact.id))) await add(write.messages, some);
      cursor = page.next;
      const isWhole = cursor === undefined;
      const isOver = clock.now() - begun >= CALL_MS;
      if (!isWhole && !isOver && !file.isPart()) continue;
      const { tail, ...rest } = last.value;
      const grown = isWhole ? await file.seal() : await file.pause(`${name}.tail-${rows}`);
      const value: RunningExport = { ...rest, ...grown, parts: [...grown.parts], fields, rows, cursor };
      const next: RunningExport = isWhole ? { ...value, isWhole } : value;
      // Before the parts are put together: from then on none can be put.
      if (!(await commit(table, put(exports, edit(last, next))))) return 'over';
      last = { rev: last.rev + 1, value: next };
      if (tail !== undefined) await files.remove(tail);
      if (isWhole) return last;
      if (isOver) return 'more';
    }

    async function add<T>({ line }: Sheet<T>, values: readonly T[]): Promise<void> {
      rows += values.length;
      if (values.length > 0) await file.add(values.map(line).join(''));
    }
  }

  async function clear(cancelled: Extract<Export, { status: 'CANCELLED' }>): Promise<'over'> {
    const name = exportFile(cancelled);
    if (cancelled.upload !== undefined) await files.abandon(name, cancelled.upload);
    if (cancelled.tail !== undefined) await files.remove(cancelled.tail);
    // It may have been finished just when it was cancelled.
    await files.remove(name);
    return 'over';
  }

  async function* messagesOf(ids: readonly ContactId[]): AsyncGenerator<readonly Message[]> {
    const read = (id: ContactId, cursor?: string) =>
      conversation(table, id, {
        order: 'ascending',
        limit: MESSAGES_PER_READ,
        ...(cursor !== undefined && { cursor }),
      });
    const firsts = await Promise.all(ids.map((id) => read(id)));
    for (const [at, first] of firsts.entries()) {
      const id = ids[at];
      for (let page = first; ; ) {
        yield page.items.map(({ value }) => value);
        if (page.next === undefined || id === undefined) break;
        page = await read(id, page.next);
      }
    }
  }
};

/** As the API shows it: who wrote it last is between us and the triggers. */
const shown = ({ changedBy, ...contact }: Contact): object => contact;
const jsonLine = (value: object): string => `${JSON.stringify(value)}\n`;

function writersOf(format: Export['format'], fields: readonly string[]) {
  return format === 'csv'
    ? { contacts: contactSheet(fields), messages: messageSheet }
    : {
        contacts: { header: '', line: (contact: Contact) => jsonLine(shown(contact)) },
        messages: { header: '', line: (message: Message) => jsonLine(message) },
      };
}
